/** The lines for another target: each is one that the configuration takes, and the one that its page of the documentation begins with. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { targetTypes } from "../../src/adapters/targets/registry.ts";
import { loadConfig } from "../../src/config/load.ts";
import { TARGET_KINDS, type TargetType, targetLines } from "../../web/src/text/target-lines.ts";

const TENANT = "version: 1\ntenants: { t: { id: 3f6c0000-0000-4000-8000-000000000001 } }\n";

function load(text: string) {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-lines-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "nolapse.yaml"), text);
  return loadConfig({ path: null, env: {}, cwd: folder, targetTypes });
}

test("there are lines for each kind of target that there is, and for no other one", () => {
  expect(new Set(Object.keys(TARGET_KINDS))).toEqual(new Set(targetTypes.map(({ type }) => type)));
});

test.each(Object.keys(TARGET_KINDS) as TargetType[])("those for %s are taken as they are given", (type) => {
  const { targets, tenants, warnings } = load(`${TENANT}${targetLines(type)}`);
  const [target] = Object.values(targets);
  expect(target?.type).toBe(type);
  expect(tenants[0]?.bindings.map(({ slots }) => slots[0]?.targets)).toEqual([[target?.name]]);
  expect(warnings).toEqual([]);
});

test.each(Object.keys(TARGET_KINDS) as TargetType[])("the page of %s has the same line first", (type) => {
  const page = readFileSync(resolve(import.meta.dirname, `../../docs/targets/${type}.md`), "utf8");
  const [first] = /(?<=^```yaml\n)[\s\S]*?(?=^```)/m.exec(page) ?? [];
  expect(first).toBe(`targets:\n  ${TARGET_KINDS[type].line}\n`);
});

test("what one has misspelt is refused, so that the test above could fail", () => {
  expect(() => load(`${TENANT}${targetLines("env-file").replace("secret:", "secrit:")}`)).toThrow(/billing-env.secret/);
});
