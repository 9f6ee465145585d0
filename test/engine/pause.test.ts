/** Pause and Continue of one rotation: in each state nothing is written while it is held, and it goes on afterwards. */
import { expect, test } from "vitest";
import type { Rotation, RotationState } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR, plus } from "../../src/core/time.ts";
import { askRemoval } from "../../src/engine/commands/ask-removal.ts";
import { continueRotation, pauseRotation } from "../../src/engine/commands/pause.ts";
import { ask, refusalOf } from "../../src/engine/commands/rotate.ts";
import { resume } from "../../src/engine/commands/stop.ts";
import { tryNow } from "../../src/engine/commands/try-now.ts";
import { gatherFacts } from "../../src/engine/facts.ts";
import { findingsOf } from "../../src/engine/notices/findings.ts";
import { makePlan, type PlanItem } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { handOver } from "../../src/engine/values/hand-over.ts";
import { metricsOf } from "../../src/engine/views/metrics.ts";
import { pictureOf } from "../../src/engine/views/picture.ts";
import { waitingOf } from "../../src/engine/views/under-way.ts";
import { NOW, rotation, settings } from "../core/make.ts";
import { stoppedIn } from "../support/stopped-in.ts";
import { TENANT, Workbench } from "../support/workbench.ts";

const ANN = { actor: "entra:ann@contoso.example", why: "the vault moves" };
const idOf = async (bench: Workbench) => (await bench.rotation())?.id ?? "";
const trailOf = async (bench: Workbench) => bench.store.auditPage(TENANT, { after: 0, limit: 1_000 });

const POLICY = { policy: { retire: "after-overlap", overlap: 7 * DAY }, complete: true } as const;
const at = (state: RotationState) => stoppedIn(new Workbench(POLICY), state);

test.each(["planned", "issued", "accepted", "delivered", "verified"] as const)(
  "%s: nothing is written for months, and then it goes on to its end",
  async (state) => {
    const bench = await at(state);
    const id = await idOf(bench);
    expect(await pauseRotation(bench.deps(), id, ANN)).toMatchObject({
      state,
      paused: { by: ANN.actor, at: bench.clock.at, reason: ANN.why },
    });
    const there = () => [bench.entra.keyIds(bench.app), bench.target.deliveries];
    const before = there();
    const events = bench.events.length;
    for (let look = 0; look < 60; look += 1) {
      await bench.run();
      bench.clock.advance(look < 40 ? HOUR : DAY);
    }
    expect(there()).toEqual(before);
    expect(new Set(bench.events.slice(events))).toEqual(new Set(["waited"]));
    expect(await bench.rotation()).toMatchObject({ id, state });
    expect(await continueRotation(bench.deps(), id, ANN)).toMatchObject({ dueAt: bench.clock.at });
    const after = await bench.drive((one) => one?.state === "retired", 120);
    expect(after.id).toBe(id);
    expect(after).not.toHaveProperty("paused");
  },
);

test("said twice it is noted once, by whom and why; what resumes the tenant does not continue it", async () => {
  const bench = await at("planned");
  const id = await idOf(bench);
  await continueRotation(bench.deps(), id, ANN);
  const first = await pauseRotation(bench.deps(), id, ANN);
  expect(await pauseRotation(bench.deps(), id, { actor: "bob", why: null })).toEqual(first);
  await resume(bench.deps(), "bob");
  await bench.run();
  expect((await waitingOf(bench.deps()))[0]?.verdict).toMatchObject({ because: "paused", until: null });
  await continueRotation(bench.deps(), id, { actor: "bob", why: null });
  await continueRotation(bench.deps(), id, ANN);
  const words = (await trailOf(bench)).filter(({ action }) => action === "paused" || action === "continued");
  expect(words).toMatchObject([
    { action: "paused", actor: ANN.actor, details: { why: ANN.why } },
    { action: "continued", actor: "bob" },
  ]);
});

test("while another process works on it the word is refused with what to do, and nothing is noted", async () => {
  const bench = await at("planned");
  const before = await bench.rotation();
  bench.store.amend = async () => false;
  await expect(pauseRotation(bench.deps(), before?.id ?? "", ANN)).rejects.toMatchObject({
    code: "store-busy",
    next: "try again in half a minute",
  });
  expect(await bench.rotation()).toEqual(before);
});

test("what is over cannot be paused, no try brings it nearer, and no value leaves by hand", async () => {
  const bench = await at("accepted");
  const id = await idOf(bench);
  await pauseRotation(bench.deps(), id, ANN);
  await expect(tryNow(bench.deps(), id, ANN)).rejects.toMatchObject({ message: expect.stringContaining("[paused]") });
  await expect(handOver(bench.deps(), id, { target: null, actor: "bob" })).rejects.toMatchObject({
    message: expect.stringContaining("[paused]"),
    next: `nolapse continue ${id}`,
  });
  await continueRotation(bench.deps(), id, ANN);
  await bench.drive((one) => one?.state === "retired", 120);
  await expect(pauseRotation(bench.deps(), id, ANN)).rejects.toMatchObject({ code: "refused-by-rule" });
  await expect(pauseRotation(bench.deps(), "none", ANN)).rejects.toMatchObject({ code: "not-found" });
});

test.each([
  ["blank", ""],
  ["of spaces", "          "],
  ["too short to tell anybody anything", "moved"],
])("a reason that is %s is none, to pause as to continue", async (_, why) => {
  const bench = await at("planned");
  const id = await idOf(bench);
  const refusal = { code: "usage", message: expect.stringContaining("a reason of at least 10 characters") };
  await expect(pauseRotation(bench.deps(), id, { actor: "ann", why })).rejects.toMatchObject(refusal);
  expect(await bench.rotation()).not.toHaveProperty("paused");
  await pauseRotation(bench.deps(), id, { actor: "ann", why: ` ${ANN.why} ` });
  expect((await bench.rotation())?.paused?.reason).toBe(ANN.why);
  await expect(continueRotation(bench.deps(), id, { actor: "ann", why })).rejects.toMatchObject(refusal);
});

test("in overlap no removal is foreseen, it is a number, and told each week until it goes on", async () => {
  const bench = await at("verified");
  const id = await idOf(bench);
  const outlook = async () =>
    (await pictureOf(bench.deps(), await discover(bench.deps()))).find(bench.app.appId)?.outlook.next;
  const goes = (await outlook())?.at;
  await pauseRotation(bench.deps(), id, ANN);
  const end = (await bench.rotation())?.replacesEnd;
  expect(goes).toBeLessThan(end ?? 0);
  expect(await outlook()).toEqual({ code: "overlap", at: end, reason: "paused", rotation: id });
  const told = async () => {
    const { items } = await makePlan(bench.deps(), await discover(bench.deps()));
    const beside = { sealKeyAge: null, portal: null, broken: null };
    const found = await findingsOf(bench.deps(), items, bench.clock.at, beside);
    return found.filter(({ kind }) => kind === "paused");
  };
  expect(await told()).toEqual([]);
  bench.clock.advance(7 * DAY);
  const [first] = await told();
  expect(first).toMatchObject({
    appId: bench.app.appId,
    title: `Billing: the old secret billing 2025 is not removed until its rotation goes on; paused by ${ANN.actor} (${ANN.why})`,
    next: `nolapse continue ${id}`,
  });
  bench.clock.advance(6 * DAY);
  expect(await told()).toEqual([first]);
  bench.clock.advance(DAY);
  expect((await told())[0]?.key).not.toBe(first?.key);
  const [scan, switches] = [await bench.store.lastScan(TENANT), await bench.store.switches(TENANT)];
  const rotations = await bench.store.rotations({ tenantId: TENANT });
  const rest = { tenant: "contoso", now: bench.clock.at, scan, switches, items: [], broken: null };
  const paused = metricsOf({ ...rest, rotations }).find(({ name }) => name === "nolapse_rotations_paused");
  expect(paused?.value).toBe(1);
  await continueRotation(bench.deps(), id, ANN);
  expect(await told()).toEqual([]);
});

test("neither Rotate now nor Remove now goes past whoever holds it: each says who does, and what to type", async () => {
  const { deps, app } = await (async () => {
    const bench = await at("planned");
    await pauseRotation(bench.deps(), await idOf(bench), ANN);
    return { deps: bench.deps(), app: bench.app };
  })();
  const asked = await ask(deps, [app.appId], { now: true, actor: "bob" });
  const [open] = await deps.store.rotations({ tenantId: TENANT });
  const detail = expect.stringMatching(`^by ${ANN.actor} since .*Z.*; nolapse continue ${open?.id}$`);
  expect(asked).toMatchObject({ rotations: [], opened: 0, refused: [{ because: "paused", detail }] });
  expect(open?.updatedAt).toBe(open?.paused?.at);
  const bench = await at("verified");
  const id = await idOf(bench);
  await pauseRotation(bench.deps(), id, ANN);
  const { holders } = await discover(bench.deps());
  const keyId = (await bench.rotation())?.replaces ?? "";
  const place = { appId: bench.app.appId, keyId, holders, privileges: [] };
  const person = { actor: "bob", objectId: null };
  const asking = askRemoval(bench.deps(), place, {
    accepts: ["overlap", "consumers-unknown"],
    why: "it is in the way",
    person,
  });
  await expect(asking).rejects.toMatchObject({
    code: "refused-by-rule",
    message: `the rotation of Billing is paused by ${ANN.actor} (${ANN.why})`,
    next: `nolapse continue ${id}, then ask again`,
  });
  expect(await bench.rotation()).not.toHaveProperty("removal");
});

test("an early removal that a person holds takes no place in a wave", async () => {
  const bench = await at("verified");
  const id = await idOf(bench);
  bench.clock.advance(8 * DAY);
  // the third wave, which has had ten: how many are due decides whether it takes more
  const hours = [60, 31, ...Array<number>(10).fill(1)];
  const earlyRetirements = hours.map((ago) => plus(bench.clock.at, -ago * HOUR));
  const tally = { issues: [], clean: 0, earlyRetirements, retiring: [], recent: [] };
  const limits = { issuesPerHour: 10 };
  const rotation = await bench.rotation();
  if (rotation === undefined) throw new Error("no rotation");
  const due = async () => {
    const deps = bench.deps({ settings: { ...bench.settings, limits } });
    deps.store.tally = async () => tally;
    return (await gatherFacts(deps, rotation, bench.clock.at)).earlyDue;
  };
  expect(await due()).toBe(1);
  await pauseRotation(bench.deps(), id, ANN);
  expect(await due()).toBe(0);
});

test("a forgotten pause is told before the old one ends, and as urgent past that time", async () => {
  const bench = new Workbench({ endsIn: 29 * DAY, policy: { renewBefore: 60 * DAY } });
  await bench.run();
  const id = await idOf(bench);
  const told = async () => {
    const { items } = await makePlan(bench.deps(), await discover(bench.deps()));
    const beside = { sealKeyAge: null, portal: null, broken: null };
    return { items, found: await findingsOf(bench.deps(), items, bench.clock.at, beside) };
  };
  expect((await told()).found).toEqual([]);
  await pauseRotation(bench.deps(), id, ANN);
  const next = `nolapse continue ${id}`;
  const title = expect.stringContaining(`paused by ${ANN.actor} (${ANN.why})`);
  expect((await told()).found).toMatchObject([{ kind: "ending", appId: bench.app.appId, title, next }]);
  bench.clock.advance(28 * DAY);
  const late = await told();
  expect(late.found).toMatchObject([{ kind: "urgent", title, next }]);
  const [scan, switches] = [await bench.store.lastScan(TENANT), await bench.store.switches(TENANT)];
  const rotations = await bench.store.rotations({ tenantId: TENANT });
  const rest = { tenant: "contoso", now: bench.clock.at, scan, switches, rotations, broken: null };
  const value = (name: string) => metricsOf({ ...rest, items: late.items }).find((one) => one.name === name)?.value;
  expect([value("nolapse_rotations_paused"), value("nolapse_credentials_urgent")]).toEqual([1, 1]);
});

test("what halted while it was paused is taken up again before it can go on", () => {
  const held = { by: "cli:ann", at: NOW };
  const item = { because: "paused", detail: null } as PlanItem;
  const told = (parts: Partial<Rotation>) =>
    refusalOf({ settings: settings() }, { ...item, rotation: rotation({ paused: held, ...parts }) });
  expect(told({ state: "verified" }).detail).toMatch(/^by cli:ann since .*Z; nolapse continue /);
  expect(told({ state: "halted", haltReason: "list-contended" })).toMatchObject({
    because: "list-contended",
    detail: expect.stringContaining("nolapse resume"),
  });
});
