/** The first help is a file, so that it loads nothing; it says what the commands would say. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";

const main = join(import.meta.dirname, "../../src/cli/main.ts");

function nolapse(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--", main, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

test("every way to ask for it gives the same", () => {
  const expected = { status: 0, stdout: buildProgram(async () => undefined).helpInformation(), stderr: "" };
  for (const asked of [["--help"], ["-h"], ["help"], ["--json", "--help"]])
    expect(nolapse(...asked), asked.join(" ")).toEqual(expected);
});

test("a command's own help, and a slip, are not it", () => {
  expect(nolapse("plan", "--help").stdout).toContain("Usage: nolapse plan");
  expect(nolapse("--hlep")).toMatchObject({ status: 2, stdout: "" });
});
