/** What entries of the trail are called. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ACTIONS } from "../../src/core/audit/actions.ts";
import { actionOptions, actionWords } from "../../web/src/text/actions.ts";

/** What changes a rotation without a line in the trail, or is written there by another name. */
const UNWRITTEN = ["waited", "not-used-yet", "withdraw-intended"];

test("every event of a rotation has words, and what has none keeps its code", () => {
  const core = readFileSync(new URL("../../src/core/rotation/rotation.ts", import.meta.url), "utf8");
  const events = core.slice(core.indexOf("export type RotationEvent"));
  const types = [...events.matchAll(/readonly type: "([a-z-]+)"/g)].flatMap(([, type]) => type ?? []);
  expect(types.length).toBeGreaterThan(40);
  const trail = readFileSync(new URL("../../src/engine/trail/audit.ts", import.meta.url), "utf8");
  const naming = trail.slice(trail.indexOf("function actionOf"), trail.indexOf("function isNoNews"));
  const renamed = [...naming.matchAll(/(?:return|[?:]) "([a-z-]+)"/g)].flatMap(([, type]) => type ?? []);
  expect(renamed).toContain("copy-verified");
  const written = [...types, ...renamed].filter((type) => !UNWRITTEN.includes(type));
  expect(written.filter((type) => actionWords(type) === null)).toEqual([]);
  expect(actionWords("constructor")).toBeNull();
});

test("whatever else is written to the trail has words of its own, by which the filter tells it apart", () => {
  expect(ACTIONS.filter((one) => actionWords(one) === null)).toEqual([]);
  const words = ACTIONS.map((one) => actionWords(one));
  expect(words.filter((one, place) => words.indexOf(one) !== place)).toEqual([]);
  // what calls for a code takes one of these; an entry that is put together on the spot may say any
  const src = join(import.meta.dirname, "../../src");
  const files = globSync("{engine,http,cli,compose}/**/*.ts", { cwd: src });
  const codes = files.flatMap((file) => [...readFileSync(join(src, file), "utf8").matchAll(/\baction: "([a-z-]+)"/g)]);
  const written = codes.flatMap(([, code]) => code ?? []);
  expect(written).toContain("adopted");
  expect(written.filter((code) => actionWords(code) === null)).toEqual([]);
});

test("codes to choose from are named by their words, and stand in their order", () => {
  expect(actionOptions(["stop", "adopted", "of-a-later-version", "halted"])).toEqual([
    ["adopted", "Adopted"],
    ["stop", "All writing was paused"],
    ["halted", "Halted"],
    ["of-a-later-version", "of-a-later-version"],
  ]);
});
