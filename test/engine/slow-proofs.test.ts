/** Several places that are slow to read: the old credential goes all the same, on proofs that are fresh enough. */
import { expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { PROOF_LASTS } from "../../src/core/rotation/retire-guard.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, type DurationMs, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { MemoryTarget, Workbench } from "../support/workbench.ts";

/** A bench whose slot has so many places, each of which takes so long to read once `slow` is set; and what has come of proofs since. */
function withPlaces(count: number, takes: DurationMs) {
  const bench = new Workbench({
    policy: { retire: "after-overlap", overlap: 7 * DAY, custody: "keep" },
    complete: true,
    endsIn: 29 * DAY,
  });
  const names = Array.from({ length: count }, (_, index) => `place-${index}`);
  const { settings } = bench;
  bench.settings = {
    ...settings,
    bindings: settings.bindings.map((one) => ({
      ...one,
      slots: [{ slot: "default", current: null, targets: names }],
    })),
    targets: Object.fromEntries(
      names.map((name) => [name, { name, type: "memory", kinds: ["secret"], reload: 60_000 } as const]),
    ),
  };
  const its = { slow: false, atOnce: 0, most: 0, broken: new Set<string>(), came: () => counted(bench) };
  const all = new Map(names.map((name) => [name, new MemoryTarget(name, new SecretValue("old~value"))]));
  for (const [name, target] of all) {
    const read = target.readBack.bind(target);
    target.readBack = async () => {
      if (!its.slow) return read();
      its.atOnce += 1;
      its.most = Math.max(its.most, its.atOnce);
      const until = plus(bench.clock.at, takes);
      // whatever is read beside it begins meanwhile
      await new Promise((resolve) => setImmediate(resolve));
      if (bench.clock.at < until) bench.clock.advance(until - bench.clock.at);
      its.atOnce -= 1;
      if (its.broken.has(name)) throw new NolapseError("target-unreachable", `${name} does not answer`);
      return read();
    };
  }
  const at = (name: string) => all.get(name) as MemoryTarget;
  return { bench, its, names, at, over: { targets: { get: (name: string) => all.get(name) ?? null } } };
}

/** How many copies were proven, and how many tries failed, since it was asked last. */
function counted({ events }: Workbench): readonly [number, number] {
  const since = events.splice(0);
  return [since.filter((one) => one === "verified").length, since.filter((one) => one === "failed").length];
}

/** Verified, and the overlap is over. */
async function overlapped(places: ReturnType<typeof withPlaces>) {
  const { bench, its, over } = places;
  await bench.drive((rotation) => rotation?.state === "verified", 2, over);
  bench.clock.advance(7 * DAY + HOUR);
  its.slow = true;
  its.came();
  return places;
}

test("four places of three minutes each are proven side by side, and the old credential goes", async () => {
  const { bench, its, over } = await overlapped(withPlaces(4, 3 * MINUTE));
  const removedAt = async () => (await bench.rotation())?.removedAt ?? null;
  const removal = bench.entra.removeSecret.bind(bench.entra);
  const ages: number[] = [];
  bench.entra.removeSecret = async (...asked) => {
    const { deliveries = [] } = (await bench.rotation()) ?? {};
    ages.push(...deliveries.map(({ verifiedAt }) => bench.clock.at - (verifiedAt ?? 0)));
    return removal(...asked);
  };
  await bench.drive((rotation) => rotation?.removedAt != null, 1, over);
  expect(await removedAt()).not.toBeNull();
  expect(ages).toHaveLength(4);
  expect(Math.max(...ages), "no proof counts for longer").toBeLessThanOrEqual(PROOF_LASTS);
  expect(its.came(), "each is proven once").toEqual([4, 0]);
});

test("no more than a few are read at once", async () => {
  const { bench, its, over } = await overlapped(withPlaces(20, MINUTE));
  await bench.drive((rotation) => rotation?.removedAt != null, 1, over);
  expect(its.most).toBe(8);
});

test("while one does not answer nothing is proven, and it is tried less and less often", async () => {
  const { bench, its, over } = await overlapped(withPlaces(4, 3 * MINUTE));
  its.broken.add("place-2");
  for (const failures of [1, 2, 3]) {
    await bench.run(over);
    expect(its.came()).toEqual([0, 1]);
    const lastFailure = { code: "target-unreachable", message: "place-2 does not answer" };
    expect(await bench.rotation()).toMatchObject({ state: "verified", removedAt: null, failures, lastFailure });
    bench.clock.advance(DAY);
  }
  its.broken.clear();
  await bench.drive((rotation) => rotation?.removedAt != null, 2, over);
  expect(its.came()).toEqual([4, 0]);
});

test("other values at two places are both brought back before anything is removed, though a third place does not answer", async () => {
  const { bench, its, over, at } = await overlapped(withPlaces(3, MINUTE));
  for (const name of ["place-0", "place-1"]) at(name).value = new SecretValue("somebody's own");
  its.broken.add("place-2");
  await bench.run(over);
  expect(bench.events).toContain("drifted");
  const { deliveries, removedAt, issued } = (await bench.rotation()) ?? {};
  expect(deliveries?.map(({ receipt, verifiedAt }) => [receipt !== null, verifiedAt !== null])).toEqual([
    [false, false],
    [false, false],
    [true, true],
  ]);
  expect(removedAt).toBeNull();
  its.broken.clear();
  await bench.drive((rotation) => rotation?.removedAt != null, 9, over);
  for (const name of ["place-0", "place-1", "place-2"])
    expect(await bench.deps().sealer.fingerprint(at(name).value as SecretValue), name).toBe(issued?.fingerprint);
});

test("twenty places that together take longer than a proof lasts are not read again and again", async () => {
  const { bench, its, over } = await overlapped(withPlaces(20, 3 * MINUTE));
  for (const failures of [1, 2, 3]) {
    await bench.run(over);
    expect(its.came()).toEqual([0, 1]);
    expect(await bench.rotation()).toMatchObject({ state: "verified", removedAt: null, failures });
    bench.clock.advance(DAY);
  }
});

test("places that take longer than a proof lasts are tried again later, with the reason said, and nothing is removed", async () => {
  const { bench, over, its } = await overlapped(withPlaces(1, 8 * MINUTE));
  await bench.run(over);
  const { state, removedAt, lastFailure, dueAt, failures } = (await bench.rotation()) ?? {};
  expect({ state, removedAt, failures }).toEqual({ state: "verified", removedAt: null, failures: 1 });
  expect(its.came()).toEqual([0, 1]);
  expect(lastFailure).toMatchObject({
    code: "target-unreachable",
    message: "to prove the copies took so long that the proof of place-0 is 8 minutes old",
    next: expect.stringMatching(/a proof lasts 7 minutes/),
  });
  expect(dueAt).toBeGreaterThan(bench.clock.at);
  bench.clock.advance(DAY);
  await bench.run(over);
  expect(await bench.rotation(), "less and less often").toMatchObject({ failures: 2, removedAt: null });
});
