/** What is stored with what: few transactions, and yet nothing outside begins before what was proven until then is on disk. */
import { expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY, MINUTE } from "../../src/core/time.ts";
import type { Store } from "../../src/ports/store.ts";
import { Workbench } from "../support/workbench.ts";

const OVERLAP = { retire: "after-overlap", overlap: 7 * DAY } as const;

/** The same object, and what is called before each call of one of its methods. */
function watched<T extends object>(inner: T, before: (method: string) => Promise<void>): T {
  return new Proxy(inner, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]) => {
        await before(String(key));
        return member.apply(target, args);
      };
    },
  });
}

test("a whole rotation takes no more than fifteen transactions", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true });
  const writes: string[] = [];
  const store: Store = watched(bench.store as Store, async (method) => {
    if (method === "commit" || method === "release") writes.push(method);
  });
  await bench.drive((rotation) => rotation?.state === "retired", 40, { store });
  expect(writes.length).toBeLessThanOrEqual(15);
  // whatever the last one told is in the trail, too
  const trail = await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 100 });
  expect(trail.map((one) => one.action)).toEqual(
    expect.arrayContaining(["accepted", "verified", "removed", "retired"]),
  );
});

test("nothing outside begins before the store knows what was proven until then", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true });
  const unknown: string[] = [];
  const requests: string[] = [];
  /** Every sign-in of the acceptance so far stands in the store, and so does the intent of a delivery. */
  const look = async (method: string) => {
    const rotation = await bench.rotation();
    const known = new Set(rotation?.ownRequests);
    if (requests.some((one) => !known.has(one))) unknown.push(`a probe, before ${method}`);
    const isIntended = rotation?.state === "accepted" && rotation.deliveries[0]?.intendedAt === bench.clock.at;
    if (method === "deliver" && !isIntended) unknown.push("what a delivery rests on");
  };
  const directory = watched(bench.entra, look);
  const probe = async (...asked: Parameters<typeof bench.entra.probe>) => {
    const answer = await directory.probe(...asked);
    if ((await bench.rotation())?.state === "issued" && answer.requestId !== null) requests.push(answer.requestId);
    return answer;
  };
  const target = watched(bench.target, look);
  const over = { verifier: { probe }, entra: directory, targets: { get: () => target } };
  await bench.drive((rotation) => rotation?.state === "retired", 40, over);
  expect(requests).toHaveLength(4);
  expect(unknown).toEqual([]);
});

/** A store that fails to answer once whenever it is told to, right before the next decision. */
function failing(bench: Workbench): { readonly store: Store; readonly once: () => void } {
  let due = false;
  const store = watched(bench.store as Store, async (method) => {
    if (!due || method !== "switches") return;
    due = false;
    throw new NolapseError("store-busy", "somebody has it locked");
  });
  return {
    store,
    once: () => {
      due = true;
    },
  };
}

test("a failed try is stored before anything else can fail, so that the breaker hears of it", async () => {
  const bench = new Workbench({});
  const { store, once } = failing(bench);
  const { readBack } = bench.target;
  bench.target.readBack = async () => {
    if (bench.target.deliveries === 0) return readBack.call(bench.target);
    once();
    throw new NolapseError("target-failed", "nobody answers");
  };
  for (let run = 0; run < 14; run += 1) {
    await bench.run({ store }).catch(() => undefined);
    bench.clock.advance(MINUTE);
  }
  const { tenantId } = bench.settings;
  const { recent } = await bench.store.tally(tenantId, bench.clock.at, "outcomes");
  expect((await bench.rotation())?.failures).toBeGreaterThanOrEqual(3);
  expect(recent.slice(0, 3)).toEqual([false, false, false]);
  expect((await bench.store.switches(tenantId)).breaker).not.toBeNull();
});

test("a consumer is told once, whatever fails right after", async () => {
  const bench = new Workbench({ policy: OVERLAP, complete: true });
  const { store, once } = failing(bench);
  let reloads = 0;
  const target = Object.assign(bench.target, {
    reloadConsumer: async () => {
      reloads += 1;
      if (reloads === 1) once();
    },
  });
  const over = { store, targets: { get: () => target } };
  await expect(bench.drive((rotation) => rotation?.state === "verified", 40, over)).rejects.toMatchObject({
    code: "store-busy",
  });
  expect(reloads).toBe(1);
  bench.clock.advance(MINUTE);
  await bench.drive((rotation) => rotation?.state === "retired", 40, over);
  expect(reloads).toBe(1);
});
