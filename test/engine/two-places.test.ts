/** One good place and one that is gone, of the same application: the good one's proofs make no haste for the other. */
import { expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, HOUR } from "../../src/core/time.ts";
import { type BenchOptions, MemoryTarget, Workbench } from "../support/workbench.ts";

const away = async () => {
  throw new NolapseError("target-absent", "it is not there");
};

/** A bench whose slot has a second place, and how often that one was read while it was away. */
function withSecondPlace(order: readonly string[], options: BenchOptions = {}) {
  const bench = new Workbench({
    policy: { retire: "after-overlap", overlap: 7 * DAY },
    complete: true,
    endsIn: 29 * DAY,
    ...options,
  });
  const second = new MemoryTarget("second", new SecretValue("old~value"));
  const { settings } = bench;
  bench.settings = {
    ...settings,
    bindings: settings.bindings.map((one) => ({
      ...one,
      slots: [{ slot: "default", current: null, targets: [...order] }],
    })),
    targets: {
      ...settings.targets,
      second: { name: "second", type: "memory", kinds: ["secret"], reload: 60_000 },
    },
  };
  const all = new Map([bench.target, second].map((one) => [one.name, one]));
  const targets = { get: (name: string) => all.get(name) ?? null };
  return { bench, second, over: { targets } };
}

test.each([[["billing", "second"]], [["second", "billing"]]])(
  "in the order %j the one that is gone is tried every few hours, and the removal goes on once it is back",
  async (order) => {
    const { bench, second, over } = withSecondPlace(order);
    await bench.drive((rotation) => rotation?.state === "verified", 2, over);
    const read = second.readBack.bind(second);
    let tries = 0;
    second.readBack = async () => {
      tries += 1;
      throw new NolapseError("target-absent", "it is not there");
    };
    bench.clock.advance(7 * DAY + HOUR);
    await bench.drive(() => false, 2, over).catch(() => undefined);
    expect(tries).toBeGreaterThan(5);
    tries = 0;
    await bench.drive(() => false, 7, over).catch(() => undefined);
    // every six hours, as far as the jitter shortens that, and each look at the whole tenant reads the copy, too
    expect(tries).toBeLessThan(7 * 12);
    second.readBack = read;
    await bench.drive((rotation) => rotation?.state === "retired", 2, over);
  },
);

test("what is read every day for the evidence makes no haste for it either", async () => {
  const policy = { retire: "after-evidence", evidenceWindow: 2 * DAY, maxAge: 300 * DAY, lifetime: 200 * DAY } as const;
  const { bench, second, over } = withSecondPlace(["billing", "second"], { policy, endsIn: 200 * DAY });
  const { issued } = await bench.drive((rotation) => rotation?.state === "verified", 2, over);
  let tries = 0;
  second.readBack = async () => {
    tries += 1;
    return away();
  };
  const days = async (count: number) => {
    for (let day = 0; day < count; day += 1) {
      bench.entra.federation.signsIn(bench.app.appId, { keyId: issued?.keyId ?? "" });
      await bench.drive(() => false, 1, over).catch(() => undefined);
    }
  };
  await days(14);
  expect(tries).toBeGreaterThan(5);
  expect(bench.events.filter((one) => one === "uses-read").length).toBeGreaterThan(7);
  tries = 0;
  await days(7);
  expect(tries).toBeLessThan(7 * 12);
});
