/** What entries of the trail are called. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { actionWords } from "../../web/src/text/actions.ts";

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
