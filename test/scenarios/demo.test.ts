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

test("the portal opens by a link that is good once, signed in as the demo's administrator; the clock is sent on, and nobody's sign-in fails", {
  timeout: 180_000,
}, async () => {
  const child = demo(place());
  const told = ended(child);
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  const links = () => [...said.matchAll(/open (http:\/\/localhost:\d+)(\/demo\/[\w-]{32})/g)];
  const linked = async (count: number) => {
    while (links().length < count && child.exitCode === null) await once(child.stderr ?? child, "data");
    return links()[count - 1] ?? [];
  };
  const [, origin = "", path = ""] = await linked(1);
  const ask = (to: string, cookie = "", init: RequestInit = {}) =>
    fetch(new URL(to, origin), { redirect: "manual", ...init, headers: { cookie, ...init.headers } });
  const cookieOf = (response: Response) =>
    response.headers
      .getSetCookie()
      .find((line) => !/Max-Age=0/.test(line))
      ?.split(";")[0] ?? "";
  expect((await ask(`/demo/${"x".repeat(32)}`)).status).toBe(401);
  const begun = await ask(path);
  const back = await ask(begun.headers.get("location") ?? "", cookieOf(begun));
  const session = cookieOf(back);
  expect([begun.status, back.status, back.headers.get("location")]).toEqual([302, 302, "/"]);
  const me = (await (await ask("/api/v1/me", session)).json()) as { role: string; csrf: string; rightsUntil: string };
  expect(me.role).toBe("Admin");
  // what takes a person's own rights works at once, and the way to lend them again is nobody else's
  expect(Date.parse(me.rightsUntil)).toBeGreaterThan(0);
  expect((await ask("/demo/rights")).status).toBe(401);
  expect((await ask("/demo/rights", session)).status).toBe(302);
  // used: this one opens nothing any more, the next one is another
  expect((await ask(path)).status).toBe(401);
  expect((await linked(2))[2]).not.toBe(path);
  expect((await ask("/api/v1/demo")).status).toBe(401);
  expect(await (await ask("/", session)).text()).toMatch(/nolapse-demo|npm run build:web/);
  type Demo = {
    now: string;
    target: string | null;
    frozen: boolean;
    next: { at: string } | null;
    signIns: { ok: number; failed: number };
  };
  const state = async () => (await (await ask("/api/v1/demo", session)).json()) as Demo;
  const before = await state();
  const headers = { "x-csrf-token": me.csrf, "content-type": "application/json", origin };
  const days = (count: number, more: Record<string, string>) =>
    ask("/api/v1/demo/clock", session, { method: "POST", body: JSON.stringify({ days: count }), headers: more });
  expect((await days(7, { "content-type": "application/json", origin: "http://evil.example" })).status).toBe(403);
  expect((await days(7, headers)).status).toBe(200);
  await expect.poll(async () => (await state()).target, { timeout: 90_000, interval: 250 }).toBeNull();
  const after = await state();
  expect(Date.parse(after.now) - Date.parse(before.now)).toBeGreaterThanOrEqual(7 * 86_400_000);
  expect(after.signIns.ok).toBeGreaterThan(before.signIns.ok);
  expect(after.signIns.failed).toBe(0);
  const order = async (body: object) =>
    (await ask("/api/v1/demo/clock", session, { method: "POST", body: JSON.stringify(body), headers })).status;
  // to what happens next by itself, and then it stands still
  expect([await order({ to: before.now }), await order({}), await order({ days: 1, frozen: true })]).toEqual([
    400, 400, 400,
  ]);
  expect(await order({ frozen: true })).toBe(200);
  const { next, frozen, now: still } = await state();
  expect(frozen).toBe(true);
  expect(next !== null && next.at > still).toBe(true);
  expect(await order({ to: next?.at })).toBe(200);
  await expect.poll(async () => (await state()).target, { timeout: 90_000, interval: 250 }).toBeNull();
  const there = await state();
  expect(there.now >= (next?.at ?? "")).toBe(true);
  expect((await state()).now).toBe(there.now);
  process.kill(-(child.pid ?? 0), "SIGINT");
  expect((await told).code).toBe(130);
});
