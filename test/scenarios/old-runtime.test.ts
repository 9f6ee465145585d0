/** An old Node.js is refused in one line, before anything it could not read is loaded. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

/** What an older one is, as far as the entry can tell: its number, and a `node:module` without the names that came later. */
const OLDER = `
  import { registerHooks } from "node:module";
  Object.defineProperty(process.versions, "node", { value: "20.20.2" });
  registerHooks({
    resolve: (name, context, next) =>
      name === "node:module" && context.parentURL.endsWith("/cli/main.ts")
        ? { url: "data:text/javascript,export default {}", shortCircuit: true }
        : next(name, context),
  });`;

test("an old Node.js is refused in one line, with what to do", () => {
  const older = `data:text/javascript,${encodeURIComponent(OLDER)}`;
  const entry = new URL("../../src/cli/main.ts", import.meta.url).pathname;
  const run = spawnSync(process.execPath, ["--import", older, entry, "scan"], { encoding: "utf8" });
  expect(run.stderr).toBe("nolapse: it needs Node.js 24 or newer, this is 20.20.2; install one from nodejs.org\n");
  expect(run.stdout).toBe("");
  expect(run.status).toBe(2);
});
