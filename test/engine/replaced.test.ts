/** What is replaced and waits for its end is nobody's work: the plan does not call it left alone, nobody is told to renew it, or woken. */
import { expect, test } from "vitest";
import { DAY } from "../../src/core/time.ts";
import { cancel } from "../../src/engine/commands/cancel.ts";
import { findingsOf } from "../../src/engine/notices/findings.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { metricsOf } from "../../src/engine/views/metrics.ts";
import { stoppedIn } from "../support/stopped-in.ts";
import { Workbench } from "../support/workbench.ts";

async function seen(bench: Workbench) {
  const { items } = await makePlan(bench.deps(), await discover(bench.deps()));
  const old = items.find(({ slot }) => slot === null);
  const beside = { sealKeyAge: null, portal: null, broken: null };
  const told = await findingsOf(bench.deps(), items, bench.clock.at, beside);
  const scan = await bench.store.lastScan(bench.settings.tenantId);
  const switches = await bench.store.switches(bench.settings.tenantId);
  const numbers = { tenant: "contoso", now: bench.clock.at, scan, switches, items, rotations: [], broken: null };
  const late = metricsOf(numbers).flatMap(({ name, value }) => (/urgent|last_safe/.test(name) ? [value] : []));
  return { late, old, told: told.map(({ kind, key, title, next }) => ({ kind, key, title, next })) };
}
const AT_END = { policy: { retire: "at-expiry" }, endsIn: 20 * DAY } as const;

test("with all consumers declared nobody is told of it, to its end", async () => {
  const bench = await stoppedIn(new Workbench({ ...AT_END, complete: true }), "verified");
  for (let day = 0; day < 20; day += 1) {
    const { late, old, told } = await seen(bench);
    expect(old).toMatchObject({ status: "later", because: "replaced" });
    expect([late, told]).toEqual([[0, 0], []]);
    bench.clock.advance(DAY);
  }
  // it has ended, and is swept a week later
  expect(await seen(bench)).toMatchObject({ old: { status: "later", because: "replaced" }, told: [] });
});

test("where others may have a copy, they are told once, a week before, what to do; never that it should be renewed", async () => {
  const bench = await stoppedIn(new Workbench(AT_END), "verified");
  const [, end] = [await seen(bench), (await bench.rotation())?.replacesEnd ?? 0];
  expect((await seen(bench)).told).toEqual([]);
  bench.clock.advance(14 * DAY);
  const { told } = await seen(bench);
  expect(told).toEqual([
    {
      kind: "ending",
      key: expect.stringMatching(/ replaced$/),
      title: "Billing: the old secret billing 2025 ends in 5 days; its successor is in place",
      next: `whoever has a copy of his own takes the new one: nolapse explain ${bench.app.appId}`,
    },
  ]);
  bench.clock.advance(end - bench.clock.at + 1);
  expect((await seen(bench)).told).toEqual([]);
});

test("one that a person keeps beside its successor is nobody's again, and is told as such", async () => {
  const bench = await stoppedIn(new Workbench({ ...AT_END, complete: true }), "verified");
  const { id = "" } = (await bench.rotation()) ?? {};
  await cancel(bench.deps(), id, "cli:ann");
  bench.clock.advance(15 * DAY);
  const { late, old, told } = await seen(bench);
  expect(old).toMatchObject({ status: "cannot", because: "no-slot" });
  expect(late).toEqual([1, 0]);
  expect(told).toMatchObject([{ next: expect.stringContaining("bind it to its targets, or renew it by hand") }]);
});
