/** `retire: after-evidence`: the old secret goes early only where log and report show who signs in with what. */
import { describe, expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR, MINUTE, plus, SECOND } from "../../src/core/time.ts";
import { explainApplication } from "../../src/engine/views/explain.ts";
import { waitingOf } from "../../src/engine/views/under-way.ts";
import type { SignInRow } from "../../src/ports/logs.ts";
import { type BenchOptions, Workbench } from "../support/workbench.ts";

const is = (state: Rotation["state"]) => (rotation: Rotation | undefined) => rotation?.state === state;

/** A verified rotation whose old secret would last for many months more. */
async function verified(options: BenchOptions = {}): Promise<{ bench: Workbench; rotation: Rotation }> {
  const policy = { retire: "after-evidence", maxAge: 300 * DAY, lifetime: 200 * DAY, ...options.policy } as const;
  const bench = new Workbench({ endsIn: 200 * DAY, ...options, policy });
  return { bench, rotation: await bench.drive(is("verified")) };
}

const oldKey = (bench: Workbench) => bench.app.keyIds[0] ?? "";
const signsIn = (bench: Workbench, keyId: string, more: Partial<SignInRow> = {}) =>
  bench.entra.federation.signsIn(bench.app.appId, { ...more, keyId });
const waits = async (bench: Workbench) => (await waitingOf(bench.deps()))[0]?.verdict;

/** Days go by; each day the loop runs, and `daily` happens. */
async function days(bench: Workbench, count: number, daily: () => void = () => {}): Promise<void> {
  for (let day = 0; day < count; day += 1) {
    daily();
    bench.clock.advance(DAY);
    await bench.run();
  }
}

describe("enough", () => {
  test("are sign-ins with the new one and thirty-five days without the old one", async () => {
    const { bench, rotation } = await verified();
    const uses = () => signsIn(bench, rotation.issued?.keyId ?? "");
    await days(bench, 34, uses);
    expect(await waits(bench)).toMatchObject({ because: "evidence-window" });
    expect(bench.entra.keyIds(bench.app)).toHaveLength(2);
    await days(bench, 2, uses);
    const retired = await bench.drive(is("retired"));
    expect((retired.removedAt ?? 0) - (rotation.verifiedAt ?? 0)).toBeGreaterThanOrEqual(35 * DAY);
    expect(retired.removedAt).toBeLessThan(plus(rotation.verifiedAt ?? bench.clock.at, 38 * DAY));
    expect(bench.entra.keyIds(bench.app)).toEqual([rotation.issued?.keyId]);
  });

  test("the policy's window counts, and never less than the overlap", async () => {
    const { bench, rotation } = await verified({ policy: { evidenceWindow: 2 * DAY, overlap: 9 * DAY } });
    const retired = await (async () => {
      await days(bench, 5, () => signsIn(bench, rotation.issued?.keyId ?? ""));
      expect(await waits(bench)).toMatchObject({ because: "overlap" });
      await days(bench, 4, () => signsIn(bench, rotation.issued?.keyId ?? ""));
      return bench.drive(is("retired"));
    })();
    expect((retired.removedAt ?? 0) - (rotation.verifiedAt ?? 0)).toBeGreaterThanOrEqual(9 * DAY);
  });
});

describe("not enough", () => {
  test("is our own use of the new one: nobody else was seen", async () => {
    const { bench } = await verified();
    await days(bench, 60);
    expect(await waits(bench)).toMatchObject({ because: "no-evidence", detail: "no row of it in log or report" });
    expect(bench.entra.keyIds(bench.app)).toHaveLength(2);
  });

  test.each(["application", "user"] as const)("is a use of the old one by an %s: named in explain", async (flow) => {
    const { bench, rotation } = await verified();
    const more = { flow, client: "Billing batch", address: "192.0.2.7", resource: "Microsoft Graph" };
    await days(bench, 20, () => signsIn(bench, rotation.issued?.keyId ?? ""));
    signsIn(bench, oldKey(bench), more);
    await days(bench, 33, () => signsIn(bench, rotation.issued?.keyId ?? ""));
    const verdict = await waits(bench);
    expect(verdict).toMatchObject({ because: "old-in-use" });
    const told = await explainApplication(bench.deps(), bench.app.appId, 90 * DAY);
    const detail = told.rotations[0]?.checks.at(-1)?.detail;
    expect(detail).toMatch(
      /^Billing batch signed in( for a person)? at 2026-\S+ from 192\.0\.2\.7 to reach Microsoft Graph/,
    );
    expect(bench.entra.keyIds(bench.app)).toHaveLength(2);
    await days(bench, 3, () => signsIn(bench, rotation.issued?.keyId ?? ""));
    await bench.drive(is("retired"));
  });

  test("is a sign-in whose credential the log does not name", async () => {
    const { bench, rotation } = await verified();
    await days(bench, 30, () => signsIn(bench, rotation.issued?.keyId ?? ""));
    bench.entra.federation.signsIn(bench.app.appId, { unnamed: true });
    await days(bench, 7, () => signsIn(bench, rotation.issued?.keyId ?? ""));
    expect(await waits(bench)).toMatchObject({ because: "unnamed-use" });
    expect(bench.entra.keyIds(bench.app)).toHaveLength(2);
  });

  test("is a log that cannot be had, each for its own reason", async () => {
    const { bench, rotation } = await verified();
    await days(bench, 20, () => signsIn(bench, rotation.issued?.keyId ?? ""));
    for (const [code, because] of [
      ["directory-unlicensed", "sign-ins-unlicensed"],
      ["directory-unoffered", "sign-ins-unoffered"],
      ["directory-forbidden", "sign-ins-closed"],
      ["directory-throttled", "sign-ins-failed"],
    ] as const) {
      bench.entra.fail("lastUses", { fault: "error", error: new NolapseError(code, "no") });
      await days(bench, 1, () => signsIn(bench, rotation.issued?.keyId ?? ""));
      expect(await waits(bench)).toMatchObject({ because });
    }
    bench.clock.advance(HOUR);
    await bench.run();
    expect(await waits(bench)).toMatchObject({ because: "evidence-window" });
  });

  test("is a month in which the log was not read: the window begins anew", async () => {
    const { bench, rotation } = await verified();
    await days(bench, 10, () => signsIn(bench, rotation.issued?.keyId ?? ""));
    signsIn(bench, oldKey(bench));
    bench.clock.advance(34 * DAY);
    signsIn(bench, rotation.issued?.keyId ?? "");
    await bench.run();
    const { uses } = (await bench.rotation()) ?? {};
    expect(uses?.since).toBe(plus(bench.clock.at, -30 * DAY));
    expect(bench.entra.keyIds(bench.app)).toHaveLength(2);
  });

  test("where the cloud has no report of last uses that is said, with what to do instead; it is asked for once a day", async () => {
    const { bench } = await verified();
    bench.entra.fail("lastUses", { fault: "error", error: new NolapseError("directory-unoffered", "no") }, 1_000);
    await days(bench, 2);
    const waiting = await waits(bench);
    expect(waiting).toMatchObject({ detail: expect.stringMatching(/retire: after-overlap with consumers: complete/) });
    expect(JSON.stringify(waiting)).not.toContain("within the hour");
    const asked = () => bench.entra.calls.filter(({ call }) => call === "lastUses").length;
    const before = asked();
    await bench.drive(() => false, 1).catch(() => undefined);
    expect(asked() - before).toBeLessThanOrEqual(2);
  });

  test("falls back to its own end", async () => {
    const { bench, rotation } = await verified({ endsIn: 20 * DAY });
    const retired = await bench.drive(is("retired"));
    expect(retired.removedAt).toBeGreaterThanOrEqual(plus(rotation.replacesEnd ?? bench.clock.at, 7 * DAY));
  });
});

test("the very last look counts: a use of the old one between decision and removal keeps it", async () => {
  const { bench, rotation } = await verified();
  await days(bench, 34, () => signsIn(bench, rotation.issued?.keyId ?? ""));
  bench.clock.advance(DAY + MINUTE);
  let looks = 0;
  const logs = Object.assign(Object.create(bench.entra), {
    signIns: (...args: Parameters<typeof bench.entra.signIns>) => {
      looks += 1;
      if (looks === 2) signsIn(bench, oldKey(bench));
      return bench.entra.signIns(...args);
    },
    lastUses: (...args: Parameters<typeof bench.entra.lastUses>) => bench.entra.lastUses(...args),
  });
  await bench.run({ logs });
  expect(looks).toBe(2);
  expect(await waits(bench)).toMatchObject({ because: "old-in-use" });
  expect(bench.entra.keyIds(bench.app)).toHaveLength(2);
});

test("a new one that somebody removed halts it, whatever the log is asked in between: its reads are a series of their own", async () => {
  const { bench, rotation } = await verified();
  const newKey = rotation.issued?.keyId ?? "";
  await days(bench, 34, () => signsIn(bench, newKey));
  await bench.entra.removeSecret(bench.app, newKey);
  bench.clock.advance(2 * DAY);
  // each look comes a moment late, as in life: at the fifth the evidence is older than ten minutes, and is read once more
  for (let looks = 0; looks < 20 && !is("halted")(await bench.rotation()); looks += 1) {
    const { nextDue } = await bench.run();
    bench.clock.advance(Math.max(0, (nextDue ?? 0) - bench.clock.at) + SECOND);
  }
  expect(await bench.rotation()).toMatchObject({ state: "halted", haltReason: "issued-gone" });
  expect(bench.entra.keyIds(bench.app)).toEqual([oldKey(bench)]);
});

test("the overlap's reason is in explain: the policy's own, or the target that reloads slowest", async () => {
  const raised = new Workbench({ policy: { retire: "after-overlap", overlap: HOUR }, complete: true });
  await raised.drive(is("verified"));
  expect(await waits(raised)).toMatchObject({
    because: "overlap",
    detail: "91m instead of the policy's 1h: the consumer of billing reloads within 1m, and a token lives up to 90m",
  });
  const plain = new Workbench({ policy: { retire: "after-overlap" }, complete: true });
  await plain.drive(is("verified"));
  expect(await waits(plain)).toMatchObject({ detail: "7d, as the policy says" });
});
