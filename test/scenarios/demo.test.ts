/** The demo as a person starts it: the whole job, its proof, and two of them at once. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { DOCUMENTS } from "../../scripts/json-documents.ts";
import { ended } from "../support/site.ts";

const MAIN = resolve(import.meta.dirname, "../../src/cli/main.ts");

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-demo-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A process in a group of its own, as a terminal's foreground job is one. */
function demo(cwd: string, ...args: string[]): ChildProcess {
  const env = { PATH: process.env.PATH, HOME: cwd, USER: "ann", NO_COLOR: "1" };
  const child = spawn(process.execPath, ["--", MAIN, "demo", ...args], {
    cwd,
    env,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    if (child.exitCode === null) child.kill("SIGKILL");
  });
  return child;
}

/** Every client secret in the files that the demo leaves: the applications', the vaults', the directory's own. */
function values(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const texts = files.map((one) => readFileSync(join(one.parentPath, one.name), "latin1"));
  return [...new Set(texts.flatMap((text) => text.match(/[\w.~-]{3}\dQ~[\w.~-]{34}/g) ?? []))];
}

test("rotates and retires what is due while nobody's sign-in fails", { timeout: 180_000 }, async () => {
  const folder = place();
  const { code, stdout, stderr } = await ended(demo(folder, "--once", "--fresh", "--json"));
  expect([code, stderr.match(/unexpected|hint:/)]).toEqual([0, null]);
  const told = DOCUMENTS.demo.parse(JSON.parse(stdout));
  expect(told.rotated).toBeGreaterThanOrEqual(5);
  expect(told).toMatchObject({ retired: told.rotated, halted: 0, lapses: 0, signIns: { failed: 0 } });
  expect(told.signIns.ok).toBeGreaterThan(100);
  const secrets = values(folder);
  expect(secrets.length).toBeGreaterThanOrEqual(told.rotated);
  for (const value of secrets) expect(stdout + stderr).not.toContain(value);
});

test("one that is running is not forgotten from under, and ends with its applications", {
  timeout: 120_000,
}, async () => {
  const folder = place();
  const first = demo(folder, "--once");
  const told = ended(first);
  let said = "";
  first.stderr?.on("data", (text) => {
    said += text;
  });
  while (!said.includes("issued a new secret")) await once(first.stderr ?? first, "data");
  const second = await ended(demo(folder, "--once", "--fresh"));
  expect(second.code).toBe(2);
  expect(second.stderr).toContain("another demo is running");
  expect(second.stderr).toContain("hint: end it first");
  expect(first.exitCode).toBeNull();
  process.kill(-(first.pid ?? 0), "SIGINT");
  const { code, stderr } = await told;
  expect(code).toBe(130);
  expect(stderr).not.toContain("unexpected");
});
