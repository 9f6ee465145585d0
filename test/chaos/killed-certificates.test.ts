/**
 * The same as killed.test.ts for certificates: by proof of possession, and from a secret to a certificate by the list. The
 * next run completes, the application signs in throughout, no entry is left over, and no private key lies open anywhere
 * but where the application reads it.
 */
import { once } from "node:events";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { runOnce } from "../../src/engine/maintain.ts";
import { openKeys } from "../support/certified.ts";
import { type CrashPoint, Site } from "../support/site.ts";

type Way = "roll" | "move";
const RUN = ["run", "--once"];

let site: Site;
afterEach(() => site.close());

const one = () => {
  const [application] = site.applications;
  if (application === undefined) throw new Error("no application");
  return application;
};

/** What must hold after every process, however it ended. */
async function expectSound(): Promise<void> {
  expect(await site.signIn(one()), "the application's own copy").toBe(0);
  const { certificate, key } = one().files ?? { certificate: "", key: "" };
  // the key that signs the trail's checkpoints is no credential of anybody
  const own = join(site.folder, "audit.key");
  expect(openKeys(site.folder, [certificate, key, own]), "private keys that lie open").toEqual([]);
}

/** One rotation done, its certificate the only one, the old credential gone, and nothing half done beside the files. */
async function expectDone(outcomes: readonly string[] | null = null): Promise<void> {
  const rotations = await site.finish();
  expect(rotations.map(({ state }) => state)).toEqual(["retired"]);
  const [rotation] = rotations;
  expect(site.certificates(one())).toEqual([rotation?.issued?.keyId]);
  expect(site.secrets(one())).toEqual([]);
  expect(rotation?.listWrite).toBeNull();
  if (outcomes !== null) expect(rotation?.attempts.map(({ outcome }) => outcome)).toEqual(outcomes);
  await expectSound();
  const audit = join(site.folder, "audit.key");
  expect(openKeys(site.folder, [audit]), "and they would be found").toEqual([one().files?.key]);
}

function moveOn(rotation: Rotation | undefined): void {
  const { clock } = site.directory;
  clock.advance(Math.max((rotation?.dueAt ?? 0) - clock.now(), 1000));
}

/** Goes on in this process until the rotation is as wanted: what comes before has tests of its own. */
async function reach(wanted: (rotation: Rotation) => boolean): Promise<void> {
  for (let run = 0; run < 20; run += 1) {
    await site.inside((deps) => runOnce(deps, { wait: 0 }));
    const [rotation] = await site.rotations();
    if (rotation !== undefined && wanted(rotation)) return moveOn(rotation);
    moveOn(rotation);
  }
  throw new Error("the rotation never came that far");
}

const BEFORE: Readonly<Record<string, (rotation: Rotation) => boolean>> = {
  deliver: ({ probes }) => probes.length === 3,
  removeKey: ({ state }) => state === "verified",
};

test.each<Way>(["roll", "move"])("killed after every single commit: %s", { timeout: 300_000 }, async (way) => {
  site = await Site.open({ certificates: way });
  let killed = 0;
  let rotation: Rotation | undefined;
  // what follows the proof is the same for secrets
  for (let process = 0; process < 60 && rotation?.state !== "verified"; process += 1) {
    // killed after its intent again and again, the call itself would never be sent
    const made = rotation?.attempts.at(-1)?.outcome === "made";
    const { signal, code } = await site.nolapse(RUN, {
      crash: { method: "commit", nth: rotation?.state === "planned" && made ? 2 : 1, moment: "after" },
    });
    [rotation] = await site.rotations();
    await expectSound();
    if (signal === "SIGKILL") killed += 1;
    else {
      expect(code).toBe(0);
      moveOn(rotation);
    }
  }
  // so many commits there are on the way, and the two of the call itself are spared
  expect(killed).toBeGreaterThan(7);
  await expectDone();
});

describe("killed around every effect", () => {
  const points: readonly [Way, CrashPoint["method"], CrashPoint["moment"]][] = [
    ["roll", "seal", "after"],
    ["roll", "addKey", "before"],
    ["roll", "addKey", "after"],
    ["roll", "deliver", "before"],
    ["roll", "deliver", "after"],
    ["roll", "removeKey", "before"],
    ["roll", "removeKey", "after"],
    ["move", "replaceCertificates", "before"],
    ["move", "replaceCertificates", "after"],
    ["move", "deliver", "after"],
  ];

  test.each(points)("%s: %s, %s", { timeout: 240_000 }, async (way, method, moment) => {
    site = await Site.open({ certificates: way });
    const before = BEFORE[method];
    if (before !== undefined) await reach(before);
    let killed = false;
    for (let run = 0; run < 20 && !killed; run += 1) {
      const { signal } = await site.nolapse(RUN, { crash: { method, nth: 1, moment } });
      killed = signal === "SIGKILL";
      if (!killed) moveOn((await site.rotations())[0]);
    }
    expect(killed, "it came to that call").toBe(true);
    await expectSound();
    const next = await site.nolapse(RUN);
    expect([next.code, next.signal]).toEqual([0, null]);
    await expectSound();
    await expectDone();
  });
});

describe("killed between an effect and its answer", () => {
  const rule = (on: "addKey" | "removeKey" | "patch") => ({
    seed: 1,
    rules: [{ on, fault: "commit-then-stall" as const, probability: 1, times: 1 }],
  });

  /** Runs, moving the clock, until the directory has done `happened` and kept its answer; then kills the process. */
  async function killWhen(happened: () => boolean): Promise<void> {
    for (let run = 0; run < 20; run += 1) {
      const child = site.start(RUN);
      const gone = once(child, "exit");
      while (child.exitCode === null && !happened()) await site.tick();
      if (happened()) {
        child.kill("SIGKILL");
        await gone;
        expect(child.signalCode, "it was still waiting for the answer").toBe("SIGKILL");
        return;
      }
      await gone;
      moveOn((await site.rotations())[0]);
    }
    throw new Error("it never came to that call");
  }

  test.each<[Way, "addKey" | "patch"]>([
    ["roll", "addKey"],
    ["move", "patch"],
  ])("%s: what %s has added is adopted, not made anew", { timeout: 240_000 }, async (way, on) => {
    site = await Site.open({ certificates: way });
    site.directory.faults.set(rule(on));
    const before = site.certificates(one()).length;
    await killWhen(() => site.certificates(one()).length > before);
    await expectSound();
    expect((await site.nolapse(RUN)).code).toBe(0);
    await expectDone(["issued"]);
  });

  test("roll: what removeKey has removed is seen to be gone, and nothing else goes", { timeout: 240_000 }, async () => {
    site = await Site.open({ certificates: "roll" });
    const [old] = site.certificates(one());
    await reach(({ state }) => state === "verified");
    site.directory.faults.set(rule("removeKey"));
    await killWhen(() => !site.certificates(one()).includes(old ?? ""));
    await expectSound();
    expect((await site.nolapse(RUN)).code).toBe(0);
    await expectDone(["issued"]);
  });
});
