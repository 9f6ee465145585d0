/** What a shell offers behind `nolapse`, asked of the shell itself where the machine has it. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, type TestContext, test } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";
import { completionScript, SHELLS, type Shell } from "../../src/cli/render/completion.ts";
import { needs } from "../support/needs.ts";

const program = buildProgram(async () => undefined);
const script = (shell: Shell) => completionScript(program, shell);

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "nolapse-completion-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** What bash offers for a line, the last word of which is being typed. */
function offered(context: TestContext, ...line: string[]): string[] {
  const bash = needs(context, "bash");
  const cwd = folder();
  writeFileSync(join(cwd, "nolapse.yaml"), "");
  const ask = `${script("bash")}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nolapse; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const told = spawnSync(bash, ["--norc", "-c", ask, "bash", "nolapse", ...line], { encoding: "utf8", cwd });
  expect(told.stderr).toBe("");
  return told.stdout.split("\n").filter((one) => one !== "");
}

test("the commands, and no hidden one; those of a group; what has no further ones offers its options", (context) => {
  const all = offered(context, "");
  expect(all).toEqual(expect.arrayContaining(["scan", "remove", "audit", "completion", "help", "--config"]));
  expect(all).not.toContain("own-credential");
  expect(offered(context, "re")).toEqual(["rehearse", "remove", "resume", "recover"].toSorted(inTree));
  expect(offered(context, "audit", "")).toEqual(expect.arrayContaining(["export", "verify"]));
  expect(offered(context, "plan", "--")).toEqual(expect.arrayContaining(["--json", "--tenant", "--help"]));
});

/** The order in which the program names its commands. */
function inTree(a: string, b: string): number {
  const at = (name: string) => program.commands.findIndex((one) => one.name() === name);
  return at(a) - at(b);
}

test("options of a command beside those of all; files, choices and nothing behind those that take them", (context) => {
  expect(offered(context, "scan", "--f")).toEqual(["--fail-on"]);
  expect(offered(context, "--config", "")).toEqual(["nolapse.yaml"]);
  expect(offered(context, "audit", "verify", "n")).toEqual(["nolapse.yaml"]);
  expect(offered(context, "scan", "--within", "")).toEqual([]);
  expect(offered(context, "directory", "env", "--format", "")).toContain("dotenv");
  expect(offered(context, "completion", "")).toEqual(expect.arrayContaining([...SHELLS]));
});

test("what stands behind an option is no command", (context) => {
  expect(offered(context, "--tenant", "audit", "pl")).toEqual(["plan"]);
  expect(offered(context, "--tenant", "audit", "audit", "ver")).toEqual(["verify"]);
});

test.for(SHELLS)("%s takes the script as it is", (shell, context) => {
  const file = join(folder(), `nolapse.${shell}`);
  writeFileSync(file, script(shell));
  const told = spawnSync(needs(context, shell), ["-n", file], { encoding: "utf8" });
  expect([told.status, told.stderr]).toEqual([0, ""]);
});

test.each(SHELLS)("for %s every command and every option is in it", (shell) => {
  const text = script(shell);
  for (const command of program.commands) {
    if (command.name() === "own-credential") continue;
    expect(text).toContain(command.name());
    for (const { long } of command.options) {
      expect(text).toContain(shell === "fish" ? `-l '${long?.slice(2)}'` : long);
    }
  }
});
