/** What every implementation of the port `Store` does with scans. */
import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../src/core/time.ts";
import type { Store } from "../../src/ports/store.ts";
import { NOW, TENANT } from "../core/make.ts";
import { change, claim, entry, numbered, open } from "./store-rotations.ts";
import { audit, OTHER_TENANT } from "./store-trail.suite.ts";

const KEY = "aaaaaaaa-0000-4000-8000-000000000001";

export function scans(store: () => Store): void {
  describe("scans", () => {
    const summary = { tenantId: TENANT, scannedAt: NOW, applications: 2, servicePrincipals: 0, complete: true };
    const seen = (...ids: string[]) =>
      ids.map((id) => ({ type: "application" as const, objectId: id, appId: `app-${id}`, displayName: id }));

    it("tell what share of the known objects a complete one no longer saw", async () => {
      expect(await store().lastScan(TENANT)).toBeNull();
      expect(await store().recordScan(summary, seen("a", "b", "c", "d"))).toEqual({ ...summary, lost: 0 });
      const second = { ...summary, scannedAt: plus(NOW, DAY) };
      expect(await store().recordScan(second, seen("a", "b", "c"))).toEqual({ ...second, lost: 0.25 });
      expect(await store().lastScan(TENANT)).toEqual({ ...second, lost: 0.25 });
      expect((await store().recordScan(second, seen("a", "b", "c"))).lost).toBe(0);
    });

    const many = Array.from({ length: 20 }, (_, index) => `object ${index}`);
    const forgotten = async () =>
      (await store().auditPage(TENANT, { after: 0, limit: 9 })).map(({ action, details }) => [action, details]);

    it("begin a watch once, and note each lapse once, with its end when it has one", async () => {
      const appId = "app-a";
      expect(await store().lapses(TENANT)).toEqual({ since: null, lapses: [] });
      await store().noteLapses(TENANT, NOW, []);
      const open = { appId, from: plus(NOW, DAY), to: null };
      const other = { appId: "app-b", from: plus(NOW, 2 * DAY), to: plus(NOW, 3 * DAY) };
      await store().noteLapses(TENANT, plus(NOW, 3 * DAY), [other, open]);
      expect(await store().lapses(TENANT)).toEqual({ since: NOW, lapses: [open, other] });
      const over = { ...open, to: plus(NOW, 4 * DAY) };
      await store().noteLapses(TENANT, plus(NOW, 5 * DAY), [over]);
      await store().noteLapses(TENANT, plus(NOW, 5 * DAY), [open, { ...over, to: plus(NOW, 5 * DAY) }]);
      expect(await store().lapses(TENANT)).toEqual({ since: NOW, lapses: [over, other] });
      expect(await store().lapses(TENANT, appId)).toEqual({ since: NOW, lapses: [over] });
      expect(await store().lapses(OTHER_TENANT)).toEqual({ since: null, lapses: [] });
    });

    it("have one open lapse of an application at most, which stays the first one until it has ended", async () => {
      const [first, second] = [1, 2].map((day) => ({ appId: "app-a", from: plus(NOW, day * DAY), to: null }));
      const other = { appId: "app-b", from: plus(NOW, 2 * DAY), to: null };
      if (first === undefined || second === undefined) throw new Error("two lapses were made");
      await store().noteLapses(TENANT, NOW, [first, second, other]);
      await store().noteLapses(TENANT, NOW, [second]);
      expect((await store().lapses(TENANT)).lapses).toEqual([first, other]);
      const over = { ...first, to: plus(NOW, 1.5 * DAY) };
      await store().noteLapses(TENANT, NOW, [over, second]);
      expect((await store().lapses(TENANT, "app-a")).lapses).toEqual([over, second]);
      // what was none after all, once more was known
      await store().noteLapses(TENANT, NOW, [{ ...second, to: second.from }]);
      expect((await store().lapses(TENANT, "app-a")).lapses).toEqual([over]);
    });

    it("name the open lapses that were asked about longest ago, and why one ended", async () => {
      const open = (appId: string, day: number) => ({ appId, from: plus(NOW, day * DAY), to: null });
      const [a, b, c] = [open("app-a", 1), open("app-b", 2), open("app-c", 3)] as const;
      await store().noteLapses(TENANT, NOW, [a, b, c]);
      expect(await store().lapsesToAsk(TENANT, 2), "the newest first where none was").toEqual(["app-c", "app-b"]);
      await store().noteLapses(TENANT, plus(NOW, 4 * DAY), [], ["app-c", "app-b"]);
      expect(await store().lapsesToAsk(TENANT, 9)).toEqual(["app-a", "app-c", "app-b"]);
      await store().noteLapses(TENANT, plus(NOW, 5 * DAY), [], ["app-a", "app-c"]);
      expect(await store().lapsesToAsk(TENANT, 2)).toEqual(["app-b", "app-c"]);
      const over = { ...b, to: plus(NOW, 6 * DAY), over: "switched-off" } as const;
      await store().noteLapses(TENANT, plus(NOW, 7 * DAY), [over], ["app-b"]);
      expect(await store().lapsesToAsk(TENANT, 9)).toEqual(["app-c", "app-a"]);
      expect((await store().lapses(TENANT)).lapses).toEqual([a, over, c]);
      expect(await store().lapsesToAsk(OTHER_TENANT, 9)).toEqual([]);
      const begun = open("app-d", 8);
      await store().noteLapses(TENANT, plus(NOW, 8 * DAY), [begun], ["app-d"]);
      expect(await store().lapsesToAsk(TENANT, 9), "asked about when it began").toEqual(["app-c", "app-a", "app-d"]);
    });

    it("go on losing what was lost until it is seen again", async () => {
      await store().recordScan(summary, seen(...many));
      for (let again = 0; again < 3; again += 1)
        expect((await store().recordScan(summary, seen(...many.slice(3)))).lost).toBe(0.15);
      expect((await store().recordScan(summary, seen(...many.slice(1)))).lost).toBe(0.05);
      expect((await store().recordScan(summary, seen(...many.slice(1)))).lost).toBe(0);
      expect(await store().forgetMissing(TENANT, audit("loss-accepted")), "nothing was held back").toBe(0);
      expect(await forgotten()).toEqual([]);
    });

    it("forget on a person's word what they lost, with its line in the trail", async () => {
      await store().recordScan(summary, seen(...many));
      await store().recordScan(summary, seen(...many.slice(5)));
      // what an incomplete one did not get to see is no more gone than before
      await store().recordScan({ ...summary, complete: false }, seen(...many.slice(8)));
      expect((await store().recordScan(summary, seen(...many.slice(5)))).lost).toBe(0.25);
      expect(await store().forgetMissing("another tenant", audit("loss-accepted"))).toBe(0);
      expect(await store().forgetMissing(TENANT, audit("loss-accepted"))).toBe(5);
      expect(await store().lastScan(TENANT)).toMatchObject({ lost: 0, complete: true });
      expect(await forgotten()).toEqual([["loss-accepted", { forgotten: 5 }]]);
      expect((await store().recordScan(summary, seen(...many.slice(5)))).lost).toBe(0);
    });

    it("keep what was known of the objects that come back", async () => {
      const holding = seen(...many).map((one) => ({ ...one, credentials: [{ keyId: KEY }] }));
      await store().recordScan(summary, holding);
      await store().recordScan(summary, holding.slice(5));
      await store().recordScan(summary, seen(...many));
      expect((await store().inventory(TENANT, ["app-object 0"]))[0]?.keyIds).toEqual([KEY]);
    });

    it("name those that were seen and not missed since, a page at a time", async () => {
      await store().recordScan(summary, seen(...many));
      const later = { ...summary, scannedAt: plus(NOW, DAY) };
      // what an incomplete scan did not get to see is there still; what a complete one has lost is not
      await store().recordScan({ ...later, complete: false }, seen(...many.slice(0, 1)));
      const all: [string, number][] = [];
      for (let after = "", length = 7; length === 7; ) {
        const page = await store().known(TENANT, after, 7);
        length = page.length;
        after = page.at(-1)?.objectId ?? "";
        for (const { objectId, seenAt } of page) all.push([objectId, seenAt - NOW]);
      }
      expect(all.map(([id]) => id)).toEqual([...many].sort());
      expect(all.filter(([, at]) => at === DAY)).toEqual([[many[0], DAY]]);
      expect((await store().known(TENANT, "", 1))[0]).toEqual({
        ...seen(all[0]?.[0] ?? "")[0],
        seenAt: expect.any(Number),
      });
      await store().recordScan(later, seen(...many.slice(5)));
      const left = await store().known(TENANT, "", 99);
      expect(left.map(({ objectId }) => objectId)).toEqual(many.slice(5).sort());
      expect(await store().known(OTHER_TENANT, "", 9)).toEqual([]);
    });

    it("say of each object when it was seen, and of what stands between others only where it was seen, too", async () => {
      const holding = (...ids: string[]) => seen(...ids).map((one) => ({ ...one, credentials: [{ keyId: KEY }] }));
      await store().recordScan(summary, holding("a", "b", "d", "e", "f"));
      const later = { ...summary, scannedAt: plus(NOW, DAY), complete: false };
      const renamed = holding("e").map((one) => ({ ...one, displayName: "another" }));
      // b and f are not seen, c is new, e has changed
      await store().recordScan(later, [...holding("d", "a", "c"), ...renamed]);
      const appIds = ["a", "b", "c", "d", "e", "f"].map((id) => `app-${id}`);
      const at = (await store().inventory(TENANT, appIds)).map(({ objectId, seenAt }) => [objectId, seenAt - NOW]);
      expect(Object.fromEntries(at)).toEqual({ a: DAY, b: 0, c: DAY, d: DAY, e: DAY, f: 0 });
    });

    it("are compared with what each slot was issued, each with the rotation that issued it", async () => {
      const [first, second] = [numbered(1), numbered(2)];
      await open(store(), first);
      await open(store(), second);
      expect(await store().issuances(TENANT)).toEqual([]);
      const claimed = await claim(store());
      if (claimed === null) throw new Error("nothing was claimed");
      const { id, holder, slot } = claimed.rotation;
      const current = {
        tenantId: TENANT,
        appId: holder.appId,
        slot,
        kind: "secret",
        keyId: "new",
        since: NOW,
      } as const;
      const issued = entry(claimed.rotation, { keyId: "new", origin: "issued" });
      await store().commit(
        claimed,
        change({ ...claimed.rotation, state: "verified" }, { slot: current, ledger: [issued] }),
      );
      expect(await store().issuances(TENANT)).toMatchObject([{ slot: current, rotation: { id, state: "verified" } }]);
      expect(await store().issuances("another tenant")).toEqual([]);
    });

    it("forget nothing when they are incomplete", async () => {
      await store().recordScan(summary, seen("a", "b"));
      expect(await store().recordScan({ ...summary, complete: false }, seen("a"))).toMatchObject({ lost: 0 });
      expect(await store().recordScan(summary, seen("a"))).toMatchObject({ lost: 0.5 });
    });
  });
}
