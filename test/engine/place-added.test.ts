/** A place that is bound to a slot while its rotation is under way holds the old value: nothing takes that from it unasked. */
import { expect, test } from "vitest";
import type { Binding, TargetSettings } from "../../src/core/policy/settings.ts";
import { decide } from "../../src/core/rotation/decide.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, HOUR } from "../../src/core/time.ts";
import { approve } from "../../src/engine/commands/approve.ts";
import { cancel } from "../../src/engine/commands/cancel.ts";
import { ask } from "../../src/engine/commands/rotate.ts";
import { gatherFacts } from "../../src/engine/facts.ts";
import { findingsOf } from "../../src/engine/notices/findings.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { type BenchOptions, MemoryTarget, Workbench } from "../support/workbench.ts";

/** A bench, and what binds a second place to its slot, which a person has put the old value into. */
function growing(options: BenchOptions = {}) {
  const bench = new Workbench({ policy: { retire: "after-overlap", overlap: 7 * DAY }, complete: true, ...options });
  const second = new MemoryTarget("second", new SecretValue("old~value"));
  const all = new Map([bench.target, second].map((one) => [one.name, one]));
  const targets = { get: (name: string) => all.get(name) ?? null };
  const bindBy = (slots: Binding["slots"]) => {
    const { settings } = bench;
    bench.settings = {
      ...settings,
      bindings: settings.bindings.map((one) => ({ ...one, slots })),
      targets: { ...settings.targets, second: { name: "second", type: "memory", kinds: ["secret"], reload: 60_000 } },
    };
  };
  const bind = () => bindBy([{ slot: "default", current: null, targets: ["billing", "second"] }]);
  const bindAsSlot = () =>
    bindBy([
      { slot: "default", current: null, targets: ["billing"] },
      { slot: "jobs", current: "billing 2025", targets: ["second"] },
    ]);
  const signsIn = async () => {
    const { value } = second;
    if (value === null) return false;
    const probe = await bench.entra.probe(
      { authority: "https://login.example", tenant: "t", clientId: bench.app.appId, scope: "s" },
      value,
    );
    return probe.outcome === "issued";
  };
  return { bench, second, bind, bindAsSlot, signsIn, over: { targets } };
}

test("bound in the overlap, it keeps the old credential until another rotation has served it", async () => {
  const { bench, second, bind, signsIn, over } = growing({ endsIn: 29 * DAY });
  await bench.drive((rotation) => rotation?.state === "verified", 2, over);
  bind();
  await bench.drive(() => false, 12, over).catch(() => undefined);
  expect(await signsIn()).toBe(true);
  const [held] = await bench.store.rotations({ tenantId: bench.settings.tenantId, states: ["verified"] });
  const facts = await gatherFacts(bench.deps(over), held as Rotation, bench.clock.at);
  expect(decide(held as Rotation, facts, bench.clock.at)).toMatchObject({ because: "target-added" });
  const told = { sealKeyAge: null, portal: null, broken: null };
  const findings = await findingsOf(bench.deps(over), [], bench.clock.at, told);
  expect(findings).toContainEqual(expect.objectContaining({ kind: "not-served", appId: bench.app.appId }));
  await bench.store.amend(held as Rotation, { rotation: { ...(held as Rotation), replacesEnd: null }, audit: [] });
  expect(await findingsOf(bench.deps(over), [], bench.clock.at, told)).toContainEqual(
    expect.objectContaining({ kind: "not-served", title: expect.stringMatching(/, which stays$/) }),
  );
  await bench.store.amend(held as Rotation, { rotation: held as Rotation, audit: [] });
  await ask(bench.deps(over), [bench.app.appId], { now: true, actor: "ann" });
  await bench.drive(() => false, 6, over).catch(() => undefined);
  // who reads it there has the whole overlap, too
  expect((await bench.store.rotation((held as Rotation).id))?.state).toBe("verified");
  expect((await bench.entra.read(bench.app)).holder.credentials).toHaveLength(3);
  await bench.drive(() => false, 2, over).catch(() => undefined);
  const after = await bench.store.rotation((held as Rotation).id);
  expect(after?.state).toBe("retired");
  expect(second.deliveries).toBe(1);
  expect(await signsIn()).toBe(true);
});

test("bound in an overlap that a person then ends by keeping both, it is told for as long as the old credential is to end", async () => {
  const { bench, bind, over } = growing({ endsIn: 29 * DAY });
  const { id } = await bench.drive((rotation) => rotation?.state === "verified", 2, over);
  bind();
  await cancel(bench.deps(over), id, "ann", "both are needed");
  expect((await bench.store.rotation(id))?.state).toBe("cancelled");
  const told = { sealKeyAge: null, portal: null, broken: null };
  const kinds = async () => (await findingsOf(bench.deps(over), [], bench.clock.at, told)).map(({ kind }) => kind);
  expect(await kinds()).toContain("not-served");
  bench.clock.advance(30 * DAY);
  expect(await kinds()).not.toContain("not-served");
});

test("bound while a rotation waits to begin, it is served with the others", async () => {
  const { bench, second, bind, signsIn, over } = growing({
    endsIn: 29 * DAY,
    settings: { mode: "propose" },
  });
  await bench.drive((rotation) => rotation?.state === "planned", 1, over);
  bind();
  bench.settings = { ...bench.settings, mode: "enforce" };
  bench.clock.advance(7 * HOUR);
  await bench.drive((rotation) => rotation?.state === "retired", 20, over);
  expect(second.deliveries).toBe(1);
  expect(await signsIn()).toBe(true);
});

test("bound after somebody has approved it, it is given no value that nobody has approved for it, and keeps the old one", async () => {
  const policy = { retire: "after-overlap", overlap: 7 * DAY, approval: "issue" } as const;
  const { bench, second, bind, signsIn, over } = growing({ endsIn: 29 * DAY, policy });
  const { id } = await bench.drive((rotation) => rotation?.state === "planned", 1, over);
  await approve(bench.deps(over), id, "issue", { actor: "ann", objectId: null });
  bind();
  await bench.drive((rotation) => rotation?.state === "verified", 2, over);
  expect(second.deliveries).toBe(0);
  await bench.drive(() => false, 12, over).catch(() => undefined);
  expect(await signsIn()).toBe(true);
});

test.each([["after-overlap"], ["at-expiry"]] as const)(
  "bound while the new one is on its way, it is served before anything counts as proven: %s",
  async (retire) => {
    const { bench, second, bind, signsIn, over } = growing({ endsIn: 29 * DAY, policy: { retire, overlap: 7 * DAY } });
    await bench.drive((rotation) => rotation?.state === "issued", 1, over);
    bind();
    const { deliveries } = await bench.drive((rotation) => rotation?.state === "verified", 2, over);
    expect(deliveries).toMatchObject([{ assurance: "token" }, { target: "second", assurance: "token" }]);
    expect(second.deliveries).toBe(1);
    await bench.drive((rotation) => rotation?.state === "retired", 40, over);
    expect(await signsIn()).toBe(true);
  },
);

test("what lies in such a place is looked at before it is written to; the others have the new one meanwhile", async () => {
  const { bench, second, bind, over } = growing({ endsIn: 29 * DAY });
  second.value = new SecretValue("another~application");
  await bench.drive((rotation) => rotation?.state === "issued", 1, over);
  bind();
  await bench.drive(() => false, 3, over).catch(() => undefined);
  expect(second.deliveries).toBe(0);
  expect(bench.target.deliveries).toBe(1);
  expect(await bench.rotation()).toMatchObject({ state: "delivered", lastFailure: { code: "target-foreign" } });
  second.value = new SecretValue("old~value");
  await bench.drive((rotation) => rotation?.state === "verified", 2, over);
  expect(second.deliveries).toBe(1);
});

test("a place that cannot hold it, or that a person would carry a privileged one to, is told and not written to", async () => {
  for (const change of [{ kinds: ["certificate"] }, { carriedBy: "ann" }] as const) {
    const { bench, second, bind, over } = growing({ endsIn: 29 * DAY });
    await bench.drive((rotation) => rotation?.state === "issued", 1, over);
    bind();
    const { settings } = bench;
    const place = { ...settings.targets.second, ...change } as TargetSettings;
    bench.settings = { ...settings, targets: { ...settings.targets, second: place } };
    const before = (await bench.rotation()) as Rotation;
    await bench.store.amend(before, { rotation: { ...before, privileges: ["somebody's grant"] }, audit: [] });
    const { deliveries } = await bench.drive((rotation) => rotation?.state === "verified", 2, over);
    expect(deliveries.map(({ target }) => target)).toEqual(["billing"]);
    expect(second.deliveries).toBe(0);
  }
});

test("bound as a slot of its own that names the old credential, it keeps that one, too", async () => {
  const { bench, bind, signsIn, bindAsSlot, over } = growing({ endsIn: 29 * DAY });
  await bench.drive((rotation) => rotation?.state === "verified", 2, over);
  const first = (await bench.rotation()) as Rotation;
  bindAsSlot();
  const facts = await gatherFacts(bench.deps(over), first, bench.clock.at);
  expect(decide(first, facts, bench.clock.at)).toMatchObject({ because: "slot-shared" });
  const { items } = await makePlan(bench.deps(over), await discover(bench.deps(over)));
  expect(items.map(({ slot, status, because }) => [slot, status, because])).toEqual([
    ["default", "later", "not-due"],
    ["jobs", "cannot", "which-credential"],
  ]);
  await bench.drive(() => false, 12, over).catch(() => undefined);
  expect(await signsIn()).toBe(true);
  // as both say: one slot with all places
  bind();
  await ask(bench.deps(over), [bench.app.appId], { now: true, actor: "ann" });
  await bench.drive(() => false, 6, over).catch(() => undefined);
  expect((await bench.store.rotation(first.id))?.state).toBe("verified");
  await bench.drive(() => false, 2, over).catch(() => undefined);
  expect(await signsIn()).toBe(true);
  expect((await bench.store.rotation(first.id))?.state).toBe("retired");
});
