/** What a person says in the configuration of a rotation that is under way: a freeze holds it or lets it go, and what is stricter is kept. */
import { expect, test } from "vitest";
import type { PolicyInput } from "../../src/core/policy/policy.ts";
import { completePolicy } from "../../src/core/policy/policy.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { rulesFound } from "../../src/core/rotation/rules-now.ts";
import { DAY, type EpochMs, formatInstant, HOUR } from "../../src/core/time.ts";
import { approve, refuseApproval } from "../../src/engine/commands/approve.ts";
import { runOnce } from "../../src/engine/maintain.ts";
import { findingsOf } from "../../src/engine/notices/findings.ts";
import { START, Workbench } from "../support/workbench.ts";

const OVERLAP = { lifetime: 90 * DAY, retire: "after-overlap", overlap: 7 * DAY } as const;
const MARCH = [{ from: "2026-03-05", to: "2026-03-20", reason: "year end" }];

function setPolicy(bench: Workbench, policy: PolicyInput): void {
  bench.settings = { ...bench.settings, policies: { default: completePolicy("default", { ...OVERLAP, ...policy }) } };
}

const endsAt = (rotation: Rotation | undefined) => (Number(rotation?.removedAt) - START) / DAY;

test("a freeze that is announced in the overlap keeps the old credential until it is over", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  setPolicy(bench, { freeze: MARCH });
  const after = await bench.drive((rotation) => rotation?.state === "retired", 40);
  expect(endsAt(after)).toBeGreaterThanOrEqual(20);
});

test("a freeze that is taken back holds nothing any more, as it would until the credential ends", async () => {
  const forEver = [{ from: "2026-02-20", to: "2027-03-20", reason: "a slip of the pen" }];
  const bench = new Workbench({ policy: { ...OVERLAP, freeze: forEver }, complete: true, endsIn: 10 * DAY });
  await bench.run();
  expect(await bench.rotation()).toMatchObject({ state: "planned", attempts: [] });
  setPolicy(bench, {});
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  expect(bench.clock.at).toBeLessThan(START + 2 * DAY);
});

test("an overlap that is made longer is kept; a shorter one takes nothing back", async () => {
  for (const [overlap, days] of [
    [20 * DAY, 20],
    [1 * HOUR, 7],
  ] as const) {
    const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
    await bench.drive((rotation) => rotation?.state === "verified", 2);
    setPolicy(bench, { overlap });
    const after = await bench.drive((rotation) => rotation?.state === "retired", 40);
    expect(Math.floor(endsAt(after))).toBe(days);
  }
});

test("an approval that is asked for since holds what has not begun and what has not gone; the digest says so", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  setPolicy(bench, { approval: "both" });
  await bench.drive(() => false, 20).catch(() => undefined);
  const held = (await bench.rotation()) as Rotation;
  expect(held).toMatchObject({ state: "verified", retireIntendedAt: null, policy: { approval: "both" } });
  const beside = { sealKeyAge: null, portal: null, broken: null };
  expect(await findingsOf(bench.deps(), [], bench.clock.at, beside)).toContainEqual(
    expect.objectContaining({ kind: "approval" }),
  );
  await approve(bench.deps(), held.id, "retire", "ann");
  await bench.drive((rotation) => rotation?.state === "retired", 5);
});

test("an approval that is asked for no more is not waited for: before the creation, nor before the removal", async () => {
  const bench = new Workbench({ policy: { ...OVERLAP, approval: "both" }, complete: true, endsIn: 10 * DAY });
  await bench.run();
  expect(await bench.rotation()).toMatchObject({ state: "planned", attempts: [] });
  setPolicy(bench, { approval: "retire" });
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  bench.clock.advance(7 * DAY);
  await bench.run();
  expect(await bench.rotation()).toMatchObject({ state: "verified", policy: { approval: "retire" } });
  setPolicy(bench, { approval: "none" });
  await bench.drive((rotation) => rotation?.state === "retired", 2);
});

test("a no stands, whatever the configuration asks for: it is still waited for a yes", async () => {
  const bench = new Workbench({ policy: { ...OVERLAP, approval: "both" }, complete: true, endsIn: 10 * DAY });
  await bench.run();
  const { id } = (await bench.rotation()) as Rotation;
  await refuseApproval(bench.deps(), id, "issue", { actor: "ann", objectId: null }, "not before the audit");
  setPolicy(bench, { approval: "none" });
  await bench.drive(() => false, 1).catch(() => undefined);
  expect(await bench.rotation()).toMatchObject({ state: "planned", attempts: [], policy: { approval: "issue" } });
  await approve(bench.deps(), id, "issue", "ann");
  await bench.drive((rotation) => rotation?.state === "verified", 2);
});

test("a name, which an owner can write, takes no approval back that was asked for under another policy", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 10 * DAY });
  const strict = completePolicy("strict", { ...OVERLAP, approval: "both" });
  const { policies } = bench.settings;
  const choose = (displayName: string) => {
    bench.settings = {
      ...bench.settings,
      policies: { ...policies, strict },
      choices: [{ match: { displayName }, policy: "strict" }],
    };
  };
  choose("Billing");
  await bench.run();
  expect(await bench.rotation()).toMatchObject({ state: "planned", policy: { name: "strict", approval: "both" } });
  // as if it were renamed: it matches the pattern no more
  choose("Something else");
  await bench.drive(() => false, 1).catch(() => undefined);
  expect(await bench.rotation()).toMatchObject({ state: "planned", attempts: [], policy: { approval: "both" } });
});

test("a privileged application asks for its approvals, whatever the configuration says", () => {
  const had = completePolicy("default", { ...OVERLAP, approval: "both" });
  const now = completePolicy("default", { ...OVERLAP, approval: "none" });
  const rules = (parts: Partial<Rotation>) => rulesFound({ policy: had, removedAt: null, ...parts }, now)?.approval;
  expect(rules({ privileges: [] })).toBe("none");
  expect(rules({ privileges: ["Application.ReadWrite.All"] })).toBeUndefined();
  // of an older rotation nobody knows
  expect(rules({})).toBeUndefined();
});

test("what is claimed without a scan is held to it, too", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  const { id } = await bench.drive((rotation) => rotation?.state === "verified", 2);
  setPolicy(bench, { approval: "retire" });
  bench.clock.advance(8 * DAY);
  await runOnce(bench.deps(), { wait: 0, only: [id] });
  expect(await bench.rotation()).toMatchObject({ removedAt: null, policy: { approval: "retire" } });
});

test("windows are those of now, and a window of evidence that was made longer is kept", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  setPolicy(bench, { windows: [{ days: ["sat"], from: "02:00", to: "04:00" }], evidenceWindow: 60 * DAY });
  const gone = await bench.drive((rotation) => rotation?.state === "retired", 40);
  // the first Saturday after the overlap
  expect(formatInstant(gone.removedAt as EpochMs)).toMatch(/^2026-03-14T02:/);
  expect(gone.policy.evidenceWindow).toBe(60 * DAY);
});

test("a pattern that chooses another policy for the application gives its freezes, overlap and approvals to what is open", async () => {
  const bench = new Workbench({ policy: { ...OVERLAP, freeze: MARCH }, complete: true, endsIn: 29 * DAY });
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  const { settings } = bench;
  const guarded = completePolicy("guarded", { ...OVERLAP, overlap: 9 * DAY, approval: "retire" });
  bench.settings = {
    ...settings,
    policies: { ...settings.policies, guarded },
    choices: [{ match: { displayName: "Bill*" }, policy: "guarded" }],
  };
  await bench.drive((rotation) => rotation?.policy.name === "guarded", 2);
  await approve(bench.deps(), (await bench.rotation())?.id ?? "", "retire", "ann");
  const gone = await bench.drive((rotation) => rotation?.state === "retired", 12);
  // no freeze of the policy that it had
  expect(Math.floor(endsAt(gone))).toBe(9);
  expect(gone.policy).toMatchObject({ approval: "retire", lifetime: 90 * DAY });
});
