/** A machine whose clock is wrong: one that is ahead takes nothing away before its time, and one that was ahead forgets nothing. */
import { expect, test } from "vitest";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { askEmergency } from "../../src/engine/commands/emergency.ts";
import { resume } from "../../src/engine/commands/stop.ts";
import type { Deps } from "../../src/engine/deps.ts";
import { run } from "../../src/engine/maintain.ts";
import { START, Workbench } from "../support/workbench.ts";

const OVERLAP = { retire: "after-overlap", overlap: 7 * DAY } as const;

function ahead(bench: Workbench, by: number): Pick<Deps, "clock" | "verifier"> {
  const clock = { ...bench.clock, now: async () => plus(bench.clock.at, by) };
  const probe: Deps["verifier"]["probe"] = async (...asked) => {
    return { ...(await bench.entra.probe(...asked)), at: await clock.now() };
  };
  return { clock, verifier: { probe } };
}

test("ahead, it removes nothing; set right, it does when the overlap is over", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  const { holder } = await bench.drive((rotation) => rotation?.state === "verified", 2);
  await bench.run(ahead(bench, 8 * DAY));
  expect((await bench.entra.read(holder)).holder.credentials).toHaveLength(2);
  expect((await bench.rotation())?.lastFailure?.message).toMatch(/clock is 8d ahead of the directory's/);
  const { removedAt } = await bench.drive((rotation) => rotation?.state === "retired", 20);
  expect(Number(removedAt) - Number((await bench.rotation())?.verifiedAt)).toBeGreaterThanOrEqual(7 * DAY);
});

test("ahead, it holds no leaked one: nothing of that waits for an end or an overlap", async () => {
  const bench = new Workbench({ endsIn: 300 * DAY });
  const wrong = ahead(bench, 8 * DAY);
  const [keyId = ""] = bench.app.keyIds;
  await askEmergency(bench.deps(wrong), bench.app.appId, keyId, { actor: "ann", objectId: null });
  for (let steps = 0; steps < 20; steps += 1) {
    await bench.run(wrong);
    bench.clock.advance(MINUTE);
  }
  expect(bench.entra.keyIds(bench.app)).not.toContain(keyId);
});

test("what was put off by a clock that was ahead is looked at again when it is set right", async () => {
  const bench = new Workbench({ settings: { mode: "propose" } });
  await bench.run();
  // it waits for a word, and is looked at some hours later by a clock that is a year ahead
  bench.clock.advance(7 * HOUR);
  await bench.run(ahead(bench, 300 * DAY));
  bench.clock.advance(MINUTE);
  bench.settings = { ...bench.settings, mode: "enforce" };
  await bench.run();
  expect(await bench.rotation()).toMatchObject({ state: "issued" });
});

test("what a clock that was ahead has tried is tried anew when it is set right, and not when that time comes", async () => {
  const bench = new Workbench({ endsIn: 30 * DAY });
  await bench.run(ahead(bench, 20 * DAY));
  expect(await bench.rotation()).toMatchObject({ state: "issued" });
  bench.clock.advance(MINUTE);
  await bench.drive((rotation) => rotation?.state === "verified", 1);
});

test("nor does a failure that it has seen hold anything until then", async () => {
  const bench = new Workbench({ endsIn: 30 * DAY });
  bench.target.broken = new Error("full");
  await bench.run(ahead(bench, 20 * DAY));
  expect((await bench.rotation())?.lastFailure).not.toBeNull();
  bench.target.broken = null;
  bench.clock.advance(MINUTE);
  await resume(bench.deps(), "ann");
  await bench.drive((rotation) => rotation?.state === "verified", 1);
});

test("a value that was tried by a clock that was ahead is tried anew when it is set right", async () => {
  const bench = new Workbench();
  await bench.run();
  const issued = (await bench.rotation()) as Rotation;
  const wrong = plus(bench.clock.at, 300 * DAY);
  const probes = issued.probes.map((one) => ({ ...one, at: wrong }));
  const put = { probes, probingSince: wrong, updatedAt: wrong, dueAt: wrong };
  await bench.store.amend(issued, { rotation: { ...issued, ...put }, audit: [] });
  const { id, verifiedAt } = await bench.drive((rotation) => rotation?.state === "verified", 1);
  expect(id).toBe(issued.id);
  expect(verifiedAt).toBeLessThanOrEqual(bench.clock.at);
});

test("an overlap that began by a clock that was ahead begins when it is set right, and lasts as long", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY });
  await bench.drive((rotation) => rotation?.state === "verified", 2);
  const before = (await bench.rotation()) as Rotation;
  const wrong = plus(bench.clock.at, 300 * DAY);
  const rotation = { ...before, verifiedAt: wrong, updatedAt: wrong, dueAt: plus(wrong, 7 * DAY) };
  await bench.store.amend(before, { rotation, audit: [] });
  const right = bench.clock.at;
  const { removedAt } = await bench.drive((one) => one?.state === "retired", 20);
  expect(Number(removedAt) - right).toBeGreaterThanOrEqual(7 * DAY);
  expect(Number(removedAt) - right).toBeLessThan(8 * DAY);
});

test("a lost answer and the hour before a second attempt are waited for from when it is set right", async () => {
  const bench = new Workbench();
  bench.entra.fail("addSecret", { fault: "lost-after" });
  await bench.run();
  const before = (await bench.rotation()) as Rotation;
  const wrong = plus(bench.clock.at, 300 * DAY);
  const attempts = before.attempts.map((one) => ({ ...one, startedAt: wrong }));
  const put = { attempts, lastFailure: null, notBefore: plus(wrong, HOUR), updatedAt: wrong, dueAt: wrong };
  await bench.store.amend(before, { rotation: { ...before, ...put }, audit: [] });
  await bench.drive((one) => one?.state === "verified", 2);
});

test("what ramp and waves count by a clock that was ahead holds nobody once it is set right; a few hours are waited for", async () => {
  const audit = { tenantId: "", actor: "nolapse", rotation: "other", appId: null, keyId: null, reason: null };
  const doneBy = async (by: number) => {
    const settings = { limits: { issuesPerHour: 60 } };
    const bench = new Workbench({ policy: OVERLAP, complete: true, endsIn: 29 * DAY, settings });
    const stamped = async (action: string) =>
      bench.store.audit({
        ...audit,
        tenantId: bench.settings.tenantId,
        action,
        at: plus(bench.clock.at, by),
        details: { early: true },
      });
    await stamped("issue-intended");
    const { issued } = await bench.drive((rotation) => rotation?.state === "verified", 3);
    for (const action of ["retire-intended", "removed", "retire-intended"]) await stamped(action);
    const { removedAt, verifiedAt } = await bench.drive((rotation) => rotation?.state === "retired", 12);
    return [Number(issued?.at) - START, Number(removedAt) - Number(verifiedAt) - 7 * DAY].map((wait) => wait / HOUR);
  };
  for (const waited of await doneBy(300 * DAY)) expect(waited).toBeLessThan(1);
  const [issued, removed] = await doneBy(6 * HOUR);
  expect(issued).toBeGreaterThanOrEqual(30);
  // by then its own day is over
  expect(removed).toBeLessThan(1);
});

test("a loop scans again when its clock was set back", async () => {
  const bench = new Workbench();
  const told = new AbortController();
  let by = 300 * DAY;
  const clock = { ...bench.clock, now: async () => plus(bench.clock.at, by) };
  const scans: number[] = [];
  let waits = 0;
  const wait = async () => {
    by = 0;
    waits += 1;
    if (waits > 20) told.abort();
  };
  await run(bench.deps({ clock: { ...clock, wait } }), {
    signal: told.signal,
    onScan: () => scans.push(by),
  });
  expect(scans).toContain(0);
});
