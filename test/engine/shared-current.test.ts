/** Two slots that name one credential as their current one: renewing one would take it from the places of the other. */
import { expect, test } from "vitest";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { Workbench } from "../support/workbench.ts";

const DAY = 86_400_000;

function withSlots(first: string, second: string): Workbench {
  const bench = new Workbench({ policy: { retire: "after-overlap" }, complete: true, endsIn: 20 * DAY });
  const [binding] = bench.settings.bindings;
  if (binding === undefined) throw new TypeError("the bench binds its application");
  const slots = [
    { slot: "web", current: first, targets: ["billing"] },
    { slot: "job", current: second, targets: ["mail"] },
  ];
  bench.settings = { ...bench.settings, bindings: [{ ...binding, slots }] };
  return bench;
}

test("neither is begun, and both say why", async () => {
  const bench = withSlots("billing 2025", "billing 2025");
  const { items } = await makePlan(bench.deps(), await discover(bench.deps()));
  expect(items.map(({ slot, status, because }) => [slot, status, because])).toEqual([
    ["web", "cannot", "which-credential"],
    ["job", "cannot", "which-credential"],
  ]);
  expect(items[0]?.detail).toContain('slots "web" and "job" name the same one');
  await bench.run();
  expect(await bench.rotation()).toBeUndefined();
});

test("the second is not begun while the first one's rotation is under way, and each with its own is", async () => {
  const bench = withSlots("billing 2025", "another");
  await bench.run();
  expect(await bench.rotation()).toMatchObject({ slot: "web" });
  const bindings = bench.settings.bindings.map((one) => ({
    ...one,
    slots: one.slots.map((slot) => ({ ...slot, current: "billing 2025" })),
  }));
  bench.settings = { ...bench.settings, bindings };
  const { items } = await makePlan(bench.deps(), await discover(bench.deps()));
  expect(items.map(({ slot, status, because }) => [slot, status, because])).toEqual([
    ["web", "in-progress", expect.any(String)],
    ["job", "cannot", "which-credential"],
  ]);
});
