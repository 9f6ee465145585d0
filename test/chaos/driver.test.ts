/**
 * The program as a process against the directory as a process, killed at random moments and while the answer of an effect is
 * kept back: at least three hundred rotations, looked at from outside. `npm run chaos -- --rotations 10000` goes on for longer.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { isRunning } from "../../scripts/chaos/place.ts";
import { chaos, endedBadly, findingsOf } from "../../scripts/chaos.ts";

test("three hundred rotations under SIGKILL: nobody notices, and nothing is lost", { timeout: 1_200_000 }, async () => {
  const report = await chaos({ rotations: 300, applications: 75, seed: 1 });
  expect(findingsOf(report)).toEqual([]);
  expect(report.retired).toBeGreaterThanOrEqual(300);
  // every kind of moment is hit, or the run has proven less than it says
  for (const state of ["planned", "verified"]) expect(report.killsByState[state] ?? 0).toBeGreaterThan(0);
  for (const effect of ["addPassword", "removePassword"]) expect(report.stalls[effect] ?? 0).toBeGreaterThan(0);
  expect(report.signIns).toBeGreaterThanOrEqual(report.kills * 75);
});

test("a process that ends by itself is a finding, also one that a signal of somebody else's ends", async () => {
  for (const code of ["process.exit(7)", "process.kill(process.pid, 'SIGKILL')"]) {
    const child = spawn(process.execPath, ["-e", code], { stdio: "ignore" });
    expect(isRunning(child)).toBe(true);
    await once(child, "exit");
    expect(isRunning(child), code).toBe(false);
  }
  const report = {
    rotations: 1,
    retired: 1,
    kills: 0,
    killsByState: {},
    stalls: {},
    signIns: 1,
    failedSignIns: [],
    orphans: [],
    endedByItself: ["SIGKILL: "],
    halted: 0,
    seconds: 1,
  };
  expect(findingsOf(report)).toEqual(["the program ended by itself: SIGKILL: "]);
});

test("a last process that ends badly is a finding, with what it said; one that ends well is not", async () => {
  const ends = (code: string) =>
    endedBadly(spawn(process.execPath, ["-e", code], { stdio: ["ignore", "ignore", "pipe"] }));
  expect(await ends("console.error('all is well')")).toBe(null);
  const failing = "process.stderr.write('nolapse: it is locked\\n', () => process.exit(4))";
  expect(await ends(failing)).toBe("4: nolapse: it is locked");
  expect(await ends("process.kill(process.pid, 'SIGKILL')")).toBe("SIGKILL: ");
});
