import { format, inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";

const TEXT = "abc8Q~the-very-text-of-a-secret";
const value = new SecretValue(TEXT);

/** Every way a value gets printed by accident. */
const PRINTS: Record<string, () => string> = {
  "template string": () => `${value}`,
  concatenation: () => `before ${String(value)}`,
  "String()": () => String(value),
  "JSON.stringify": () => JSON.stringify({ value, list: [value] }),
  inspect: () => inspect(value),
  "inspect, nested, with everything shown": () =>
    inspect({ deep: { list: [value] } }, { depth: null, showHidden: true, getters: true }),
  "console format %s %o %O %j": () => format("%s %o %O %j", value, value, value, value),
  "error message": () => String(new Error(`could not write ${value}`)),
  "error cause": () => inspect(new Error("failed", { cause: value }), { depth: null, showHidden: true }),
  "error of ours with a cause that holds it": () =>
    inspect(new NolapseError("target-failed", "write failed", { cause: { consignment: { value } } }), { depth: null }),
  "property names and entries": () => JSON.stringify([Object.entries(value), Reflect.ownKeys(value).map(String)]),
  map: () => inspect(new Map([[value, value]]), { depth: null, showHidden: true }),
  "structured clone": () => inspect(structuredClone({ value }), { depth: null, showHidden: true }),
};

describe("SecretValue", () => {
  test.each(Object.keys(PRINTS))("does not show its text: %s", (way) => {
    const printed = PRINTS[way]?.() ?? TEXT;
    expect(printed).not.toContain(TEXT);
    expect(printed).not.toContain(TEXT.slice(0, 10));
  });

  test.each(["template string", "JSON.stringify", "inspect", "error message"])("says [sealed]: %s", (way) => {
    expect(PRINTS[way]?.()).toContain("[sealed]");
  });

  test("gives its text to whoever asks by name, and knows its hint", () => {
    expect(value.reveal()).toBe(TEXT);
    expect(value.fitsHint("abc")).toBe(true);
    expect(value.fitsHint("abd")).toBe(false);
  });

  test("an empty text is a caller's mistake", () => {
    expect(() => new SecretValue("")).toThrow(TypeError);
  });
});
