/** What every implementation of the port `Store` tells of rotations whose successor is verified. */
import { describe, expect, it } from "vitest";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, HOUR, plus } from "../../src/core/time.ts";
import type { Store } from "../../src/ports/store.ts";
import { NOW, TENANT } from "../core/make.ts";
import { change, claim, numbered, open } from "./store-rotations.ts";
import { OTHER_TENANT } from "./store-trail.suite.ts";

export function overlaps(store: () => Store): void {
  describe("overlaps", () => {
    it("tells when successors were verified: by id in overlap, of retired ones the instants alone", async () => {
      const proven = { verifiedAt: plus(NOW, HOUR) };
      await open(store(), numbered(1, { state: "verified", ...proven }));
      await open(store(), numbered(2, { state: "retired", verifiedAt: plus(NOW, DAY) }));
      await open(store(), numbered(3, { state: "accepted", ...proven }));
      await open(store(), numbered(4, { state: "cancelled", ...proven }));
      await open(store(), numbered(5, { state: "planned" }));
      expect(await store().renewals(TENANT)).toEqual({
        open: [{ id: "r1", verifiedAt: plus(NOW, HOUR) }],
        retired: [plus(NOW, DAY)],
      });
      expect(await store().renewals(OTHER_TENANT)).toEqual({ open: [], retired: [] });
    });

    it("names what is replaced and not removed yet, of all or of one application", async () => {
      const of = (number: number, state: Rotation["state"]) => {
        const holder = { ...numbered(number).holder, appId: `app-${number}` };
        return open(store(), numbered(number, { state, holder, replaces: `k${number}` }));
      };
      await of(1, "verified");
      await of(2, "verified");
      await of(3, "delivered");
      await of(4, "retired");
      await of(5, "cancelled");
      expect((await store().replaced(TENANT, null)).toSorted()).toEqual(["k1", "k2"]);
      expect(await store().replaced(TENANT, "app-2")).toEqual(["k2"]);
      expect(await store().replaced(TENANT, "app-3")).toEqual([]);
      expect(await store().replaced(OTHER_TENANT, null)).toEqual([]);
    });

    it("counts that of a leftover as no renewal and as nothing clean, and lets it stand in no slot's way", async () => {
      const proven = { verifiedAt: plus(NOW, -2 * DAY), state: "verified" } as const;
      expect(await open(store(), numbered(1, { ...proven, id: "left", slot: "api", leftover: true }))).toBe(true);
      const claimed = await claim(store(), NOW);
      if (claimed === null) throw new TypeError("it is due");
      await store().commit(claimed, change({ ...claimed.rotation, state: "halted" }));
      expect(await store().renewals(TENANT)).toEqual({ open: [], retired: [] });
      expect((await store().tally(TENANT, NOW)).clean).toBe(0);
      expect((await store().rotation("left"))?.verifiedAt).toBe(proven.verifiedAt);
      expect(await open(store(), numbered(2, { id: "next", slot: "api" }))).toBe(true);
      // and one that is under way keeps none from being opened
      expect(await open(store(), numbered(3, { ...proven, id: "another", slot: "api", leftover: true }))).toBe(true);
    });
  });
}
