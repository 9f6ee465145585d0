/** An old Node.js is refused in one line, before anything it could not read is loaded. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

test("an old Node.js is refused in one line, with what to do", () => {
  const older = `data:text/javascript,Object.defineProperty(process.versions, "node", { value: "22.3.0" })`;
  const entry = new URL("../../src/cli/main.ts", import.meta.url).pathname;
  const run = spawnSync(process.execPath, ["--import", older, entry, "scan"], { encoding: "utf8" });
  expect(run.stderr).toBe("nolapse: it needs Node.js 24 or newer, this is 22.3.0; install one from nodejs.org\n");
  expect(run.stdout).toBe("");
  expect(run.status).toBe(2);
});
