import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { needs } from "../support/needs.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "nolapse-reporter-"));
afterAll(() => rmSync(folder, { recursive: true }));

symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
writeFileSync(
  join(folder, "vitest.config.ts"),
  `import Totals from ${JSON.stringify(join(root, "test/support/reporter.ts"))};
export default { test: { include: ["*.case.ts"], reporters: ["dot", new Totals()], maxWorkers: 1 } };`,
);
const passing = 'import { expect, test } from "vitest"; test("one", () => { expect(1).toBe(1); });';

function run(file: string, source: string, environment: Record<string, string> = {}) {
  writeFileSync(join(folder, file), source);
  const { NOLAPSE_REQUIRE_ALL: _all, NODE_OPTIONS: _options, ...inherited } = process.env;
  const inside = Object.keys(inherited).filter((name) => name.startsWith("VITEST"));
  for (const name of inside) delete inherited[name];
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const result = spawnSync(process.execPath, [vitest, "run", file], {
    cwd: folder,
    encoding: "utf8",
    env: { ...inherited, ...environment },
  });
  return { ...result, last: result.stdout.trimEnd().split("\n").at(-1) };
}

test("a skip is printed with its reason and the totals are the last line", () => {
  const result = run("skip.case.ts", `${passing} test("two", ({ skip }) => { skip("needs a moon"); });`);
  expect(result.stdout).toContain("skip.case.ts > two: needs a moon");
  expect(result.last).toBe("1 passed, 0 failed, 1 skipped");
  expect(result.status).toBe(0);
});

test("where everything is required, a skip fails the run", () => {
  const result = run("all.case.ts", `${passing} test.skip("two", () => {});`, { NOLAPSE_REQUIRE_ALL: "1" });
  expect(result.stdout).toContain("all.case.ts > two: no reason given");
  expect(result.last).toBe("1 passed, 0 failed, 1 skipped");
  expect(result.status).not.toBe(0);
});

test("a failing test, a failing hook and a file that cannot be loaded are counted", () => {
  const failing = 'test("two", () => { expect(1).toBe(2); });';
  const hook =
    'import { beforeAll, describe } from "vitest"; describe("h", () => { beforeAll(() => { throw new Error("hook"); }); test("in", () => {}); });';
  const failed = run("fail.case.ts", `${passing} ${failing} ${hook}`);
  expect(failed.last).toBe("1 passed, 2 failed, 1 skipped");
  expect(failed.status).not.toBe(0);
  const broken = run("broken.case.ts", 'throw new Error("no");');
  expect(broken.last).toBe("0 passed, 1 failed, 0 skipped");
  expect(broken.status).not.toBe(0);
});

test("what a test needs is found, or skips it, or fails it where everything is required", () => {
  const skipped: string[] = [];
  const skip = ((reason: string) => {
    skipped.push(reason);
    throw new Error("skipped");
  }) as Parameters<typeof needs>[0]["skip"];
  const path = process.env.PATH;
  try {
    process.env.PATH = folder;
    expect(() => needs({ skip }, "openssl", {})).toThrow("skipped");
    expect(skipped).toEqual(["needs openssl: install openssl"]);
    expect(() => needs({ skip }, "openssl", { NOLAPSE_REQUIRE_ALL: "1" })).toThrow("needs openssl");
    writeFileSync(join(folder, "openssl"), "", { mode: 0o755 });
    expect(needs({ skip }, "openssl", {})).toBe(join(folder, "openssl"));
  } finally {
    process.env.PATH = path;
  }
});
