/** Pause and Continue of one rotation: in each state nothing is written while it is held, and it goes on afterwards. */
import { expect, test } from "vitest";
import type { RotationEvent, RotationState } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR } from "../../src/core/time.ts";
import { resume } from "../../src/engine/control.ts";
import { discover } from "../../src/engine/discover.ts";
import { findingsOf } from "../../src/engine/findings.ts";
import { handOver } from "../../src/engine/hand-over.ts";
import { metricsOf } from "../../src/engine/metrics.ts";
import { continueRotation, pauseRotation } from "../../src/engine/pause.ts";
import { makePlan } from "../../src/engine/plan.ts";
import { tryNow } from "../../src/engine/try-now.ts";
import { waitingOf } from "../../src/engine/views.ts";
import { TENANT, Workbench } from "../support/workbench.ts";

const ANN = { actor: "entra:ann@contoso.example", why: "the vault moves" };
const idOf = async (bench: Workbench) => (await bench.rotation())?.id ?? "";
const trailOf = async (bench: Workbench) => bench.store.auditPage(TENANT, { after: 0, limit: 1_000 });

/** A rotation in this state, which nothing but the next look keeps from going on. */
async function at(state: RotationState): Promise<Workbench> {
  const bench = new Workbench({ policy: { retire: "after-overlap", overlap: 7 * DAY }, complete: true });
  const breakTarget = () => {
    bench.target.broken = new Error("not now");
  };
  if (state === "planned") breakTarget();
  const observe = (_: unknown, { type }: RotationEvent) => {
    bench.events.push(type);
    if (state === "accepted" && type === "accepted") breakTarget();
    if (state === "delivered" && type === "delivered")
      bench.entra.fail("probe", { fault: "probe", probe: { outcome: "inconclusive" } }, 1);
  };
  await bench.drive((one) => one?.state === state, 5, { observe });
  bench.target.broken = null;
  return bench;
}

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
  const rest = { tenant: "contoso", now: bench.clock.at, scan, switches, states: [], broken: null };
  const value = (name: string) => metricsOf({ ...rest, items: late.items }).find((one) => one.name === name)?.value;
  expect([value("nolapse_rotations_paused"), value("nolapse_credentials_urgent")]).toEqual([1, 1]);
});
