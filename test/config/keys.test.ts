/** A key that stands in a map twice: refused with its place, wherever it is, however large the file. */
import { expect, test } from "vitest";
import { parseSource } from "../../src/config/locate.ts";

const refusal = (text: string) => {
  try {
    parseSource("nolapse.yaml", text);
    return null;
  } catch (thrown) {
    return (thrown as Error).message;
  }
};

test.each([
  ["at the top", "version: 1\ntenants: {}\nversion: 1\n", 'nolapse.yaml:3:1 "version" stands there a second time'],
  ["further in", "a:\n  - b: 1\n    b: 2\n", 'nolapse.yaml:3:5 "b" stands there a second time'],
  ["in one line", "a: { b: 1, c: 2, b: 3 }\n", 'nolapse.yaml:1:18 "b" stands there a second time'],
  ["quoted", 'a: { b: 1, "b": 3 }\n', 'nolapse.yaml:1:12 "b" stands there a second time'],
])("%s", (_, text, said) => {
  expect(refusal(text)).toBe(said);
});

test("the same key in two maps is two keys", () => {
  expect(refusal("a: { b: 1 }\nc: { b: 1 }\n")).toBeNull();
});

test("the last of 10,000 is found as the first, and they are read as they stand", () => {
  const targets = Array.from({ length: 10_000 }, (_, index) => `t${index}: ${index}`).join("\n");
  expect(Object.keys(parseSource("large.yaml", targets).value as object)).toHaveLength(10_000);
  expect(refusal(`${targets}\nt9999: 1\n`)).toBe('nolapse.yaml:10001:1 "t9999" stands there a second time');
});
