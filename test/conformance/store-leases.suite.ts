/** What every implementation of the port `Store` does with leases: one holder at a time, fenced, and free when its process is dead. */
import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../src/core/time.ts";
import type { Store } from "../../src/ports/store.ts";
import { NOW } from "../core/make.ts";
import { change, claim, LEASE, numbered, open } from "./store-rotations.ts";
import { OTHER_TENANT } from "./store-trail.suite.ts";

export interface StoreBench {
  /** The same memory, opened by another process. */
  open(owner: string): Promise<Store>;
  /** From now on that process is dead. */
  kill(owner: string): void;
  close(): Promise<void>;
}

export function leases(store: () => Store, bench: () => StoreBench): void {
  describe("leases", () => {
    it("go to what is due, the earliest end first, then the highest priority", async () => {
      const policy = numbered(1).policy;
      await open(store(), numbered(1, { replacesEnd: plus(NOW, 9 * DAY) }));
      await open(store(), numbered(2, { replacesEnd: plus(NOW, 2 * DAY), policy: { ...policy, priority: 1 } }));
      await open(store(), numbered(3, { replacesEnd: plus(NOW, 2 * DAY), policy: { ...policy, priority: 5 } }));
      await open(store(), numbered(4, { replacesEnd: plus(NOW, DAY), dueAt: plus(NOW, 1) }));
      await open(store(), numbered(5, { replacesEnd: null }));
      await open(store(), numbered(6, { replacesEnd: plus(NOW, DAY), dueAt: null }));
      const order: string[] = [];
      for (let next = await claim(store()); next !== null; next = await claim(store())) order.push(next.rotation.id);
      expect(order).toEqual(["r3", "r2", "r1", "r5"]);
    });

    it("hands out many that are due at once in the very same order, whoever is busy", async () => {
      const ends = Array.from({ length: 100 }, (_, place) => (place * 37) % 100);
      for (const [place, end] of ends.entries()) {
        const replacesEnd = end === 99 ? null : plus(NOW, end * DAY);
        await open(store(), numbered(place, { replacesEnd, dueAt: plus(NOW, -(place % 7)) }));
      }
      await open(store(), numbered(100, { replacesEnd: plus(NOW, -DAY), dueAt: plus(NOW, 1) }));
      const order: string[] = [];
      for (let next = await claim(store()); next !== null; next = await claim(store())) order.push(next.rotation.id);
      const expected = [...ends.entries()].sort(([, a], [, b]) => a - b).map(([place]) => `r${place}`);
      expect(order).toEqual(expected);
    });

    it("can be asked of some rotations only, and of one tenant", async () => {
      await open(store(), numbered(1));
      await open(store(), numbered(2));
      expect(await store().claim({ tenantId: OTHER_TENANT, now: NOW, processNow: 0, leaseMs: LEASE })).toBeNull();
      expect((await claim(store(), NOW, 0, ["r2"]))?.rotation.id).toBe("r2");
      expect(await claim(store(), NOW, 0, ["r2"])).toBeNull();
    });

    it("have one holder, until they are given back", async () => {
      await open(store(), numbered(1));
      const two = await bench().open("two");
      const held = await claim(store());
      expect(await claim(two)).toBeNull();
      if (held === null) throw new Error("nothing claimed");
      await store().release(held);
      expect((await claim(two))?.rotation.id).toBe("r1");
    });

    it("are given back with the last commit of a step, or kept by it", async () => {
      await open(store(), numbered(1));
      const two = await bench().open("two");
      const held = await claim(store());
      if (held === null) throw new Error("nothing claimed");
      await store().commit(held, change({ ...held.rotation, failures: 1 }));
      expect(await claim(two)).toBeNull();
      await store().commit(held, change({ ...held.rotation, failures: 2 }, { release: true }));
      expect((await claim(two))?.rotation.failures).toBe(2);
      await expect(store().commit(held, change(held.rotation))).rejects.toMatchObject({ code: "lease-lost" });
    });

    it("let one rotation of an application through at a time", async () => {
      await open(store(), numbered(1));
      await open(store(), { ...numbered(1), id: "twin", slot: "jobs", replaces: "else" });
      expect(await claim(store())).not.toBeNull();
      expect(await claim(store())).toBeNull();
    });

    it("end by themselves, and not while they are renewed", async () => {
      await open(store(), numbered(1));
      const two = await bench().open("two");
      const held = await claim(store(), NOW, 0);
      if (held === null) throw new Error("nothing claimed");
      await store().renew(held, 20_000, LEASE);
      expect(await claim(two, NOW, LEASE + 1)).toBeNull();
      expect(await claim(two, NOW, 20_000 + LEASE + 1)).not.toBeNull();
    });

    it("of a dead process are free at once", async () => {
      await open(store(), numbered(1));
      await claim(store(), NOW, 0);
      bench().kill("one");
      expect((await claim(await bench().open("two"), NOW, 1))?.rotation.id).toBe("r1");
    });

    it("are fenced: who was overtaken stores, renews and frees nothing", async () => {
      await open(store(), numbered(1));
      const two = await bench().open("two");
      const late = await claim(store(), NOW, 0);
      const heir = await claim(two, NOW, LEASE + 1);
      if (late === null || heir === null) throw new Error("nothing claimed");
      expect(heir.fence).toBeGreaterThan(late.fence);
      const spoilt = change({ ...late.rotation, state: "issued" }, { seal: { keyId: "new", sealed: "x" } });
      await expect(store().commit(late, spoilt)).rejects.toMatchObject({ code: "lease-lost" });
      await expect(store().renew(late, LEASE + 2, LEASE)).rejects.toMatchObject({ code: "lease-lost" });
      await store().release(late);
      expect(await store().sealed("r1")).toBeNull();
      expect((await store().rotation("r1"))?.state).toBe("planned");
      expect(await claim(await bench().open("three"), NOW, LEASE + 3)).toBeNull();
      await two.commit(heir, change({ ...heir.rotation, preflightAt: NOW }));
      expect((await store().rotation("r1"))?.preflightAt).toBe(NOW);
    });

    it("keep people's words out while they are held", async () => {
      await open(store(), numbered(1));
      const held = await claim(store());
      if (held === null) throw new Error("nothing claimed");
      const cancelled = change({ ...held.rotation, state: "cancelled" });
      expect(await store().amend(held.rotation, cancelled)).toBe(false);
      await store().release(held);
      expect(await store().amend({ ...held.rotation, updatedAt: plus(NOW, 1) }, cancelled)).toBe(false);
      expect(await store().amend(held.rotation, cancelled)).toBe(true);
      expect((await store().rotation("r1"))?.state).toBe("cancelled");
    });
  });
}
