/** Pause and Continue of a whole application: nothing is written while it is held, nothing lapses in silence, and all goes on afterwards. */
import { expect, test } from "vitest";
import type { Rotation, RotationState } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR, plus } from "../../src/core/time.ts";
import { askRemoval } from "../../src/engine/commands/ask-removal.ts";
import { askEmergency } from "../../src/engine/commands/emergency.ts";
import { continueRotation, pauseRotation } from "../../src/engine/commands/pause.ts";
import { continueApplication, pauseApplication } from "../../src/engine/commands/pause-application.ts";
import { ask } from "../../src/engine/commands/rotate.ts";
import { resume } from "../../src/engine/commands/stop.ts";
import { tryNow } from "../../src/engine/commands/try-now.ts";
import { findingsOf } from "../../src/engine/notices/findings.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { handOver } from "../../src/engine/values/hand-over.ts";
import { reveal } from "../../src/engine/values/show.ts";
import { explainApplication } from "../../src/engine/views/explain.ts";
import { metricsOf } from "../../src/engine/views/metrics.ts";
import { pictureOf } from "../../src/engine/views/picture.ts";
import { stoppedIn } from "../support/stopped-in.ts";
import { TENANT, Workbench } from "../support/workbench.ts";

const ANN = { actor: "entra:ann@contoso.example", why: "the vault moves this week" };
const POLICY = { policy: { retire: "after-overlap", overlap: 7 * DAY }, complete: true } as const;
/** What is replaced lasts longer than a pause of a month. */
const EARLY = {
  ...POLICY,
  endsIn: 59 * DAY,
  policy: { ...POLICY.policy, lifetime: 180 * DAY, renewBefore: 60 * DAY },
} as const;
const hold = (bench: Workbench) => pauseApplication(bench.deps(), bench.app.appId, ANN);
const goOn = (bench: Workbench) => continueApplication(bench.deps(), bench.app.appId, { ...ANN, why: null });
const trailOf = async (bench: Workbench) => bench.store.auditPage(TENANT, { after: 0, limit: 1_000 });

/** What stands in directory and targets. */
const there = (bench: Workbench) => [bench.entra.keyIds(bench.app), bench.target.deliveries];

async function told(bench: Workbench) {
  const { items } = await makePlan(bench.deps(), await discover(bench.deps()));
  const beside = { sealKeyAge: null, portal: null, broken: null };
  return findingsOf(bench.deps(), items, bench.clock.at, beside);
}

const at = (state: RotationState, bench = new Workbench(POLICY)) => stoppedIn(bench, state);

async function waits(bench: Workbench, looks: number): Promise<void> {
  for (let look = 0; look < looks; look += 1) {
    await bench.run();
    bench.clock.advance(look < looks / 2 ? HOUR : DAY);
  }
}

test.each(["planned", "issued", "accepted", "delivered", "verified"] as const)(
  "%s: nothing is written for months, and then it goes on to its end by every proof",
  async (state) => {
    const bench = await at(state);
    expect(await hold(bench)).toEqual({
      appId: bench.app.appId,
      by: ANN.actor,
      at: bench.clock.at,
      reason: ANN.why,
    });
    const before = there(bench);
    const events = bench.events.length;
    await waits(bench, 60);
    await bench.reopen();
    await waits(bench, 4);
    expect(there(bench)).toEqual(before);
    expect(new Set(bench.events.slice(events))).toEqual(new Set(["waited"]));
    expect(await bench.rotation()).toMatchObject({ state, paused: { by: ANN.actor, application: true } });
    const since = bench.events.length;
    expect(await goOn(bench)).toMatchObject({ by: ANN.actor });
    expect((await bench.rotation())?.dueAt).toBe(bench.clock.at);
    const after = await bench.drive((one) => one?.state === "retired", 120);
    expect(after).not.toHaveProperty("paused");
    const then = bench.events.slice(since);
    if (state === "planned") expect(then.indexOf("preflighted")).toBeLessThan(then.indexOf("issue-intended"));
    // the time in which nobody tried it speaks neither for nor against it: no credential is withdrawn, and its acceptance is proven anew
    expect(then).not.toContain("withdraw-intended");
    if (state === "issued") expect(then.filter((one) => one === "probed").length).toBeGreaterThanOrEqual(4);
    if (state !== "verified") expect(then).toContain("verified");
  },
);

test("held between delivery and proof for longer than an overlap, it is proven first, and the overlap begins then", async () => {
  const bench = await at("delivered", new Workbench(EARLY));
  await hold(bench);
  bench.clock.advance(30 * DAY);
  await bench.run();
  const old = (await bench.rotation())?.replaces;
  await goOn(bench);
  const proven = await bench.drive((one) => one?.state === "verified", 1);
  expect(proven.verifiedAt).toBeGreaterThanOrEqual(plus(bench.clock.at, -HOUR));
  expect(bench.entra.keyIds(bench.app)).toContain(old);
  const retired = await bench.drive((one) => one?.state === "retired", 60);
  expect((retired.removedAt ?? 0) - (proven.verifiedAt ?? 0)).toBeGreaterThanOrEqual(7 * DAY);
});

test.each([
  ["is still right, goes", true],
  ["is gone by then, stays", false],
])("held in overlap past its end, the old one of a copy that %s on Continue", async (_, isRight) => {
  const bench = await at("verified", new Workbench(EARLY));
  const old = (await bench.rotation())?.replaces;
  await hold(bench);
  await waits(bench, 40);
  expect(bench.entra.keyIds(bench.app)).toContain(old);
  if (!isRight) bench.target.value = null;
  await goOn(bench);
  await bench.drive((one) => one?.state === (isRight ? "retired" : "halted"), 10);
  if (isRight) expect(bench.entra.keyIds(bench.app)).not.toContain(old);
  else expect(bench.entra.keyIds(bench.app)).toContain(old);
});

test("nothing is opened while it is held, by time or by a person's word; the next scan opens it afterwards", async () => {
  const bench = new Workbench();
  await discover(bench.deps());
  await hold(bench);
  const before = there(bench);
  expect((await bench.run()).opened).toBe(0);
  const plan = await makePlan(bench.deps(), await discover(bench.deps()));
  expect(plan.items).toMatchObject([
    {
      status: "cannot",
      because: "application-paused",
      detail: expect.stringMatching(/^by entra:ann@.*: the vault moves this week; nolapse continue /),
    },
  ]);
  const asked = await ask(bench.deps(), [bench.app.appId], { now: true, actor: "bob" });
  expect(asked).toMatchObject({ opened: 0, rotations: [], refused: [{ because: "application-paused" }] });
  const picture = await pictureOf(bench.deps(), await discover(bench.deps()));
  expect(picture.find(bench.app.appId)?.outlook.next).toMatchObject({ code: "stops", reason: "application-paused" });
  const { credentials, switches } = await explainApplication(bench.deps(), bench.app.appId, 90 * DAY);
  expect(credentials).toMatchObject([{ status: "cannot", because: "application-paused" }]);
  expect(switches.paused).toMatchObject([{ appId: bench.app.appId }]);
  expect(there(bench)).toEqual(before);
  await goOn(bench);
  expect((await bench.run()).opened).toBe(1);
});

test("one that was opened by a plan from before the pause does nothing either", async () => {
  const bench = await at("planned");
  const free = await bench.rotation();
  await hold(bench);
  expect((await bench.rotation())?.paused).toMatchObject({ application: true });
  await bench.run();
  expect(there(bench)).toEqual([bench.entra.keyIds(bench.app), 0]);
  expect((await bench.rotation())?.state).toBe(free?.state);
});

test.each([
  ["with a rotation under way", true],
  ["with none", false],
])(
  "%s: a forgotten pause is told at each step and past the urgent time, with who set it and what ends it",
  async (_, opened) => {
    const bench = new Workbench({ endsIn: 29 * DAY, policy: { renewBefore: opened ? 60 * DAY : 20 * DAY } });
    await bench.run();
    await hold(bench);
    expect((await bench.store.rotations({ tenantId: TENANT })).length).toBe(opened ? 1 : 0);
    const next = `nolapse continue ${bench.app.appId}`;
    const title = expect.stringContaining(`; the application is paused by ${ANN.actor} (${ANN.why})`);
    const early = await told(bench);
    expect(early).toMatchObject([{ kind: "ending", appId: bench.app.appId, title, next }]);
    bench.clock.advance(28 * DAY);
    const late = await told(bench);
    expect(late).toMatchObject([{ kind: "urgent", title, next }]);
    bench.clock.advance(2 * DAY);
    const past = await told(bench);
    expect(past).toMatchObject([{ kind: "urgent", title: expect.stringContaining("1 day ago"), next }]);
    expect(new Set([...early, ...late, ...past].map(({ key }) => key)).size).toBe(3);
    await goOn(bench);
    expect((await told(bench)).map((one) => one.title).join()).not.toContain("is paused");
  },
);

test("it is a number of its own, and its rotation counts as paused; the plan says why it stands still", async () => {
  const bench = await at("accepted");
  const measured = async () => {
    const [scan, switches] = [await bench.store.lastScan(TENANT), await bench.store.switches(TENANT)];
    const rotations = await bench.store.rotations({ tenantId: TENANT });
    const rest = { tenant: "contoso", now: bench.clock.at, items: [], broken: null };
    const all = metricsOf({ ...rest, scan, switches, rotations });
    return ["applications", "rotations"].map((of) => all.find(({ name }) => name === `nolapse_${of}_paused`)?.value);
  };
  const because = async () => (await makePlan(bench.deps(), await discover(bench.deps()))).items[0]?.because;
  expect([await measured(), await because()]).toEqual([[0, 0], "lead-time-reached"]);
  await hold(bench);
  expect([await measured(), await because()]).toEqual([[1, 1], "application-paused"]);
});

test("in overlap it is told each week that the old one stays, and how the application goes on", async () => {
  const bench = await at("verified");
  await hold(bench);
  bench.clock.advance(7 * DAY);
  const found = (await told(bench)).filter(({ kind }) => kind === "paused");
  expect(found).toMatchObject([{ next: `nolapse continue ${bench.app.appId}` }]);
});

test("said twice it is noted once; the word for the tenant or for one rotation does not end it", async () => {
  const bench = await at("planned");
  const id = (await bench.rotation())?.id ?? "";
  expect(await goOn(bench)).toBeNull();
  const first = await hold(bench);
  bench.clock.advance(HOUR);
  expect(await pauseApplication(bench.deps(), bench.app.appId, { actor: "bob", why: "another reason" })).toEqual(first);
  await resume(bench.deps(), "bob");
  await expect(continueRotation(bench.deps(), id, { actor: "bob", why: null })).rejects.toMatchObject({
    code: "refused-by-rule",
    next: `nolapse continue ${bench.app.appId}, then ask again`,
  });
  await bench.run();
  expect((await bench.rotation())?.state).toBe("planned");
  await goOn(bench);
  expect(await goOn(bench)).toBeNull();
  const words = (await trailOf(bench)).filter(({ action }) => action.startsWith("application-"));
  expect(words).toMatchObject([
    { action: "application-paused", actor: ANN.actor, appId: bench.app.appId, details: { why: ANN.why } },
    { action: "application-continued", actor: ANN.actor },
  ]);
});

test.each(["before", "after"])(
  "a rotation that a person held by itself %s its application stays held when that goes on",
  async (when) => {
    const bench = await at("accepted");
    const id = (await bench.rotation())?.id ?? "";
    if (when === "after") await hold(bench);
    const own = await pauseRotation(bench.deps(), id, { actor: "cli:otto", why: null });
    expect(own.paused).toEqual({ by: "cli:otto", at: bench.clock.at });
    if (when === "before") await hold(bench);
    await goOn(bench);
    await bench.run();
    expect(await bench.rotation()).toMatchObject({ state: "accepted", paused: { by: "cli:otto" } });
    await continueRotation(bench.deps(), id, ANN);
    await bench.drive((one) => one?.state === "retired", 120);
  },
);

test.each([
  ["left out", null],
  ["of spaces", "           "],
  ["too short to tell anybody anything", "moved"],
])("a reason that is %s is none", async (_, why) => {
  const bench = new Workbench();
  const pausing = pauseApplication(bench.deps(), bench.app.appId, { actor: "ann", why });
  await expect(pausing).rejects.toMatchObject({ code: "usage", message: expect.stringContaining("10 characters") });
  expect((await bench.store.switches(TENANT)).paused).toEqual([]);
});

test("while a step of it is being done the word is refused with what to do, and nothing is noted", async () => {
  const bench = await at("planned");
  const { store, clock } = bench;
  clock.advance(DAY);
  const claim = await store.claim({ tenantId: TENANT, now: clock.at, processNow: clock.at, leaseMs: 30_000 });
  const busy = { code: "store-busy", next: "try again in half a minute" };
  await expect(hold(bench)).rejects.toMatchObject(busy);
  if (claim === null) throw new Error("nothing claimed");
  expect((await store.switches(TENANT)).paused).toEqual([]);
  await store.release(claim);
  await hold(bench);
  const again = await store.claim({ tenantId: TENANT, now: clock.at, processNow: clock.at, leaseMs: 30_000 });
  await expect(goOn(bench)).rejects.toMatchObject(busy);
  if (again === null) throw new Error("nothing claimed");
  await store.release(again);
  expect(await goOn(bench)).not.toBeNull();
});

test("no other word goes past it: not a leak, no try, no value by hand; a sealed value can still be had", async () => {
  const bench = await at("accepted");
  const { id, replaces } = (await bench.rotation()) as Rotation;
  await hold(bench);
  const because = { message: expect.stringContaining("[application-paused]") };
  const person = { actor: "bob", objectId: "bob" };
  await expect(askEmergency(bench.deps(), bench.app.appId, replaces, person)).rejects.toMatchObject({
    ...because,
    next: `nolapse continue ${bench.app.appId}, then ask again`,
  });
  await expect(tryNow(bench.deps(), id, ANN)).rejects.toMatchObject(because);
  await expect(handOver(bench.deps(), id, { target: null, actor: "bob" })).rejects.toMatchObject({
    ...because,
    next: `nolapse continue ${bench.app.appId}`,
  });
  bench.clock.advance(40 * DAY);
  await bench.run();
  const shown = await reveal(bench.deps(), id, "the vault is gone, by hand", "ann");
  expect(shown.value.reveal()).toMatch(/./);
});

test("no removal of the old one is asked for past it", async () => {
  const bench = await at("verified");
  await hold(bench);
  const { holders } = await discover(bench.deps());
  const place = { appId: bench.app.appId, keyId: (await bench.rotation())?.replaces ?? "", holders, privileges: [] };
  const asked = { accepts: ["overlap"], why: "it is in the way", person: { actor: "bob", objectId: null } } as const;
  await expect(askRemoval(bench.deps(), place, asked)).rejects.toMatchObject({
    code: "refused-by-rule",
    message: `Billing is paused by ${ANN.actor} (${ANN.why})`,
    next: `nolapse continue ${bench.app.appId}, then ask again`,
  });
  expect(await bench.rotation()).not.toHaveProperty("removal");
});

test("an answer that was lost is looked for after the pause, before anything else is made", async () => {
  const bench = new Workbench(POLICY);
  bench.entra.fail("addSecret", { fault: "lost-after" }, 1);
  await bench.run();
  await hold(bench);
  const before = there(bench);
  await waits(bench, 20);
  expect(there(bench)).toEqual(before);
  await goOn(bench);
  const done = await bench.drive((one) => one?.state === "verified", 60);
  // the orphan is gone: the old one and the one that was proven
  expect(bench.entra.keyIds(bench.app).toSorted()).toEqual([done.replaces, done.issued?.keyId].toSorted());
});
