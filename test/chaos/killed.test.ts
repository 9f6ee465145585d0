/** A real process, killed with SIGKILL at every step boundary: the next run completes, and no application notices. */
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { type CrashPoint, Site } from "../support/site.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

const one = () => {
  const [application] = site.applications;
  if (application === undefined) throw new Error("no application");
  return application;
};

/** One successor in the directory, the old one gone, one rotation done, and the application's copy works. */
async function expectDone(): Promise<void> {
  const rotations = await site.finish();
  expect(rotations.map(({ state }) => state)).toEqual(["retired"]);
  expect(site.secrets(one()).map(({ keyId }) => keyId)).toEqual([rotations[0]?.issued?.keyId]);
  expect(await site.signIn(one())).toBe(0);
}

test("killed after every single commit, one process for each step of the way", { timeout: 300_000 }, async () => {
  const old = site.secrets(one())[0]?.keyId;
  let killed = 0;
  let rotation: Rotation | undefined;
  for (let process = 0; process < 80; process += 1) {
    // killed after its intent again and again, the call itself would never be sent; the last read for the lost one comes first
    const nth = rotation?.state === "planned" && rotation.attempts.length > 0 ? 3 : 1;
    const { signal, code } = await site.nolapse(["run", "--once"], {
      crash: { method: "commit", nth, moment: "after" },
    });
    [rotation] = await site.rotations();
    expect(await site.signIn(one())).toBe(0);
    if (signal === "SIGKILL") {
      killed += 1;
      continue;
    }
    expect(code).toBe(0);
    if (rotation?.state === "retired") break;
    const due = (rotation?.dueAt ?? 0) - site.directory.clock.now();
    site.directory.clock.advance(Math.max(due, 1000));
  }
  expect(killed).toBeGreaterThan(15);
  expect(site.secrets(one()).map(({ keyId }) => keyId)).not.toContain(old);
  await expectDone();
});

describe("killed around every effect", () => {
  const points: readonly [CrashPoint["method"], CrashPoint["moment"]][] = [
    ["open", "after"],
    ["addSecret", "before"],
    ["addSecret", "after"],
    ["seal", "after"],
    ["deliver", "before"],
    ["deliver", "after"],
    ["readBack", "after"],
    ["removeSecret", "before"],
    ["removeSecret", "after"],
  ];

  test.each(points)("%s, %s", { timeout: 240_000 }, async (method, moment) => {
    const crash = { method, nth: 1, moment } as const;
    let killed = false;
    for (let run = 0; run < 20 && !killed; run += 1) {
      const { signal } = await site.nolapse(["run", "--once"], { crash });
      killed = signal === "SIGKILL";
      if (killed) break;
      const [rotation] = await site.rotations();
      site.directory.clock.advance(Math.max((rotation?.dueAt ?? 0) - site.directory.clock.now(), 1000));
    }
    expect(killed, "it came to that call").toBe(true);
    expect(await site.signIn(one())).toBe(0);
    const next = await site.nolapse(["run", "--once"]);
    expect([next.code, next.signal]).toEqual([0, null]);
    expect(await site.signIn(one())).toBe(0);
    await expectDone();
  });
});

describe("killed between an effect and its answer", () => {
  const rule = (on: "addPassword" | "removePassword") => ({
    seed: 1,
    rules: [{ on, fault: "commit-then-stall" as const, probability: 1, times: 1 }],
  });

  /** Runs, moving the clock, until the directory has done `happened` and kept its answer; then kills the process. */
  async function killWhen(happened: () => boolean): Promise<void> {
    for (let run = 0; run < 20; run += 1) {
      const child = site.start(["run", "--once"]);
      const gone = once(child, "exit");
      while (child.exitCode === null && !happened()) await site.tick();
      if (happened()) {
        child.kill("SIGKILL");
        await gone;
        expect(child.signalCode, "it was still waiting for the answer").toBe("SIGKILL");
        return;
      }
      await gone;
      const [rotation] = await site.rotations();
      site.directory.clock.advance(Math.max((rotation?.dueAt ?? 0) - site.directory.clock.now(), 1000));
    }
    throw new Error("it never came to that call");
  }

  test("of addPassword: the lost secret is found by its marker, removed, and another one issued", {
    timeout: 240_000,
  }, async () => {
    site.directory.faults.set(rule("addPassword"));
    await killWhen(() => site.secrets(one()).length === 2);
    const [orphan] = site.secrets(one());
    expect(orphan?.name).toMatch(/^app-1 2030 \[nolapse:[a-z2-7]{4}\.[a-z2-7]{12}\]$/);
    const next = await site.nolapse(["run", "--once"]);
    expect(next.code).toBe(0);
    await expectDone();
    const [rotation] = await site.rotations();
    expect(rotation?.attempts.map((attempt) => attempt.outcome)).toEqual(["orphan-removed", "issued"]);
    expect(site.secrets(one()).map(({ keyId }) => keyId)).not.toContain(orphan?.keyId);
  });

  test("of removePassword: it is seen to be gone, and nothing else goes", { timeout: 240_000 }, async () => {
    site.directory.faults.set(rule("removePassword"));
    const [old] = site.secrets(one());
    let began = false;
    await killWhen(() => {
      const held = site.secrets(one()).map(({ keyId }) => keyId);
      began ||= held.length === 2;
      return began && !held.includes(old?.keyId ?? "");
    });
    const next = await site.nolapse(["run", "--once"]);
    expect(next.code).toBe(0);
    await expectDone();
  });
});
