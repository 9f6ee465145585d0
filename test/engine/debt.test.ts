/** What came to the rotation debt within some days, and what left it: what is owed now is what was owed then, more by the one, less by the other. */
import { expect, test } from "vitest";
import { DAY, type EpochMs, plus } from "../../src/core/time.ts";
import { Debts } from "../../src/engine/views/debt.ts";
import { rotation } from "../core/make.ts";
import { Workbench } from "../support/workbench.ts";

const WEEK = 7 * DAY;

/** A rotation of a client opened so many days ago, whose credential had been past its renewal time for so many days. */
function opened(now: EpochMs, appId: string, ago: number, overdue: number, more: Parameters<typeof rotation>[0] = {}) {
  const plannedAt = plus(now, -ago * DAY);
  const one = rotation({ id: `${appId} ${ago}`, plannedAt, ...more });
  // a tenth of it is drawn off at most: a day
  const policy = { ...one.policy, renewBefore: 10 * DAY };
  return { ...one, policy, holder: { ...one.holder, appId }, replacesEnd: plus(plannedAt, (10 - overdue) * DAY) };
}

async function debtsOf(make: (now: EpochMs) => readonly ReturnType<typeof opened>[]) {
  const deps = new Workbench({}).deps();
  const now = await deps.clock.now();
  const debts = await Debts.of(deps, plus(now, -WEEK));
  for (const one of make(now)) debts.heard(one);
  return {
    now,
    debts,
    between: (owing: Parameters<Debts["between"]>[2]) => debts.between(plus(now, -WEEK), now, owing),
  };
}

const owes = (appId: string, since: EpochMs | null) => ({ appId, debt: { since } });

test("what is owed since less than a week came; nobody knows when what has no date did, and what is not due has not", async () => {
  const { now, between } = await debtsOf(() => []);
  expect(between([])).toEqual({ came: 0, left: 0 });
  const owing = [
    owes("a", plus(now, -DAY)),
    owes("b", plus(now, -8 * DAY)),
    owes("c", null),
    owes("d", plus(now, DAY)),
  ];
  expect(between(owing)).toEqual({ came: 1, left: 0 });
});

test("what a rotation was opened for left; it came in that week, too, where its time was in it", async () => {
  const { now, between } = await debtsOf((at) => [
    opened(at, "lately", 2, 1),
    opened(at, "long", 2, 20),
    opened(at, "before", 8, 1),
    // of one application it is one, since the first of its slots was owed
    opened(at, "two", 1, 1),
    opened(at, "two", 2, 20),
  ]);
  expect(between([])).toEqual({ came: 1, left: 3 });
  // and as long as something of it is owed, it has not left
  expect(between([owes("long", plus(now, -20 * DAY))])).toEqual({ came: 1, left: 2 });
});

test("what is renewed before its time, given up, or lets an old one go, leaves nothing", async () => {
  const { now, debts, between } = await debtsOf((at) => [
    opened(at, "early", 1, -30, { reason: "asked-for" }),
    opened(at, "aged", 1, -300, { reason: "age-reached" }),
    opened(at, "leftover", 1, 1, { leftover: true }),
    opened(at, "given-up", 1, 1),
  ]);
  expect(between([])).toEqual({ came: 2, left: 2 });
  debts.heard(opened(now, "given-up", 1, 1, { state: "cancelled" }));
  expect(between([])).toEqual({ came: 1, left: 1 });
});

test("the rotations of the time that is told are read, a part at a time, and none of the years before", async () => {
  const deps = new Workbench({}).deps();
  const now = await deps.clock.now();
  const pages = [1, 2, 8, 9].map((ago) => [opened(now, `app-${ago}`, ago, 0.5)]);
  const read: number[] = [];
  const rotationPage = async ({ after }: Parameters<typeof deps.store.rotationPage>[0]) => {
    const at = after === null ? 0 : Number(after.id) + 1;
    read.push(at);
    return { items: pages[at] ?? [], total: pages.length, next: { plannedAt: now, id: String(at) } };
  };
  const debts = await Debts.of({ ...deps, store: { ...deps.store, rotationPage } }, plus(now, -WEEK));
  expect(debts.between(plus(now, -WEEK), now, [])).toEqual({ came: 2, left: 2 });
  expect(read).toEqual([0, 1, 2]);
});
