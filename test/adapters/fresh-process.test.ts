/** The program started anew: its answer, its errors, and that it never outlives the wait for it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createFreshProcess } from "../../src/adapters/machine/fresh-process.ts";

const HOLDER = { type: "application", objectId: "0bject", appId: "c11ent" } as const;

/** A process that runs this script; in it `argv` are the holder's words. */
function started(script: string, more: { timeout?: number } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-fresh-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const command = [process.execPath, "-e", `const argv = process.argv.slice(1); ${script}`, "--"];
  return { folder, fresh: createFreshProcess({ command, folder, env: { PATH: process.env.PATH, OWN: "x" }, ...more }) };
}

test("gives what it prints, with the environment it was given and the holder's ids as arguments", async () => {
  const { fresh } = started(
    'const { OWN, HOME } = process.env; console.log(JSON.stringify({ fingerprint: [...argv, OWN, HOME ?? "none"].join("_") }))',
  );
  expect(await fresh.read(HOLDER)).toEqual({ fingerprint: "application_0bject_c11ent_x_none" });
});

test.each([
  ["nothing", ""],
  ["something else", 'console.log("all is well")'],
  ["no fingerprint", 'console.log(JSON.stringify({ fingerprint: "" }))'],
  ["too much", 'console.log(JSON.stringify({ fingerprint: "f".repeat(100_000) }))'],
])("%s is no proof", async (_, script) => {
  await expect(started(script).fresh.read(HOLDER)).rejects.toMatchObject({ code: "unexpected" });
});

test("its own words say why it could not", async () => {
  const { fresh } = started(
    'console.error("warning: x\\nnolapse: the certificate is not registered\\nhint: upload it"); process.exitCode = 6',
  );
  await expect(fresh.read(HOLDER)).rejects.toMatchObject({
    code: "sign-in-failed",
    message: "a fresh process could not read with Nolapse's credential: the certificate is not registered",
    next: "upload it",
  });
});

test("it is ended when it takes too long, and when the work is called off", async () => {
  const script = 'require("fs").writeFileSync("pid", String(process.pid)); setInterval(() => {}, 1e6)';
  const slow = started(script, { timeout: 10 });
  await expect(slow.fresh.read(HOLDER)).rejects.toMatchObject({ code: "directory-unreachable" });
  const called = started(script);
  const stop = new AbortController();
  const reading = called.fresh.read(HOLDER, stop.signal);
  while (!existsSync(join(called.folder, "pid")) || readFileSync(join(called.folder, "pid")).length === 0)
    await new Promise((done) => setImmediate(done));
  stop.abort();
  await expect(reading).rejects.toMatchObject({ code: "directory-unreachable" });
  const pid = Number(readFileSync(join(called.folder, "pid"), "utf8"));
  expect(pid).toBeGreaterThan(1);
  expect(() => process.kill(pid, 0)).toThrow("ESRCH");
});

test("a program that is not there is said", async () => {
  const fresh = createFreshProcess({ command: ["/nowhere/nolapse"], folder: tmpdir(), env: {} });
  await expect(fresh.read(HOLDER)).rejects.toThrow("could not be started a second time");
});
