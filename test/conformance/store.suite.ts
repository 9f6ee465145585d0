/** What every implementation of the port `Store` does. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, type EpochMs, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import type { RotationPage, RotationPlace, Store } from "../../src/ports/store.ts";
import { attempt, issued, NOW, TENANT } from "../core/make.ts";
import { leases, type StoreBench } from "./store-leases.suite.ts";
import { overlaps } from "./store-overlaps.suite.ts";
import { pauses } from "./store-pauses.suite.ts";
import { revealRequests } from "./store-reveals.suite.ts";
import { change, claim, entry, numbered, open } from "./store-rotations.ts";
import { scans } from "./store-scans.suite.ts";
import { shownSecrets } from "./store-shown.suite.ts";
import { audit, chain, drifts, OTHER_TENANT } from "./store-trail.suite.ts";

export { audit, numbered, type StoreBench };

export function storeSuite(name: string, make: () => Promise<StoreBench>): void {
  describe(`store: ${name}`, () => {
    let bench: StoreBench;
    let store: Store;
    beforeEach(async () => {
      bench = await make();
      store = await bench.open("one");
    });
    afterEach(() => bench.close());

    it("keeps the name that was proposed first", async () => {
      expect(await store.instance("abcd")).toBe("abcd");
      expect(await (await bench.open("two")).instance("wxyz")).toBe("abcd");
    });

    const at = () => store;
    const on = () => bench;
    opening(at);
    overlaps(at);
    leases(at, on);
    changes(at);
    scans(at);
    shownSecrets(at);
    revealRequests(at);
    drifts(at);
    switchesAndTally(at);
    pauses(at, on);
    chain(at, (owner) => bench.open(owner));
  });
}

function opening(store: () => Store): void {
  describe("opening", () => {
    it("gives them a page at a time, newest first, whatever is opened between two pages", async () => {
      for (let place = 0; place < 9; place += 1) {
        const state = (["planned", "retired", "verified"] as const)[place % 3] ?? "planned";
        await open(store(), numbered(place, { state, plannedAt: plus(NOW, Math.floor(place / 2)) }));
      }
      const walk = async (more: { states?: Rotation["state"][] }, opening = false) => {
        const pages: string[][] = [];
        let after: RotationPlace | null = null;
        do {
          const page: RotationPage = await store().rotationPage({ tenantId: TENANT, limit: 2, after, ...more });
          pages.push(page.items.map(({ id }) => id));
          after = page.next;
          if (opening && pages.length === 1) await open(store(), numbered(50, { plannedAt: plus(NOW, 99) }));
        } while (after !== null);
        return pages;
      };
      expect(await walk({ states: ["planned", "retired"] })).toEqual([
        ["r6", "r7"],
        ["r4", "r3"],
        ["r0", "r1"],
      ]);
      expect(await walk({ states: ["verified"] })).toEqual([["r8", "r5"], ["r2"]]);
      expect((await walk({}, true)).flat()).toEqual(["r8", "r6", "r7", "r4", "r5", "r2", "r3", "r0", "r1"]);
      const page = await store().rotationPage({ tenantId: TENANT, limit: 3, after: null });
      expect([page.total, page.items[0]]).toEqual([10, numbered(50, { plannedAt: plus(NOW, 99) })]);
      const counted = await store().rotationPage({ tenantId: TENANT, states: ["planned"], limit: 0, after: null });
      expect(counted).toEqual({ items: [], total: 4, next: null });
      const none = await store().rotationPage({ tenantId: "another", limit: 3, after: null });
      expect(none).toEqual({ items: [], total: 0, next: null });
    });

    it("gives the rotation back as it was, newest first, filtered", async () => {
      const later = numbered(2, { plannedAt: plus(NOW, MINUTE), state: "verified" });
      expect(await open(store(), numbered(1))).toBe(true);
      expect(await open(store(), later)).toBe(true);
      expect(await store().rotation("r1")).toEqual(numbered(1));
      expect(await store().rotation("r9")).toBeNull();
      const ids = async (filter: Parameters<Store["rotations"]>[0]) =>
        (await store().rotations(filter)).map((one) => one.id);
      expect(await ids({})).toEqual(["r2", "r1"]);
      expect(await ids({ tenantId: TENANT, states: ["verified"] })).toEqual(["r2"]);
      expect(await ids({ appId: later.holder.appId })).toEqual(["r2"]);
      expect(await ids({ tenantId: OTHER_TENANT })).toEqual([]);
    });

    it("refuses a second rotation of one credential, and a second one under way in a slot", async () => {
      await open(store(), numbered(1));
      expect(await open(store(), numbered(1, { id: "again", slot: "other" }))).toBe(false);
      expect(await open(store(), numbered(1, { id: "again", replaces: "else" }))).toBe(false);
      expect((await store().rotations({})).map((one) => one.id)).toEqual(["r1"]);
      expect(await store().auditPage(TENANT, { after: 0, limit: 10 })).toHaveLength(1);
    });

    it("lets the next one open in a slot whose last one only waits to retire", async () => {
      await open(store(), numbered(1, { state: "verified" }));
      expect(await open(store(), numbered(1, { id: "next", replaces: "else" }))).toBe(true);
    });

    it("gives those of several applications, in any state or in some, and of no other tenant", async () => {
      for (const number of [1, 2, 3]) {
        const holder = { ...numbered(number).holder, appId: `app-${number}` };
        await open(store(), numbered(number, { holder }));
      }
      const of = async (filter: Parameters<Store["rotations"]>[0]) =>
        (await store().rotations(filter)).map((one) => one.id).toSorted();
      const appIds = ["app-1", "app-3", "app-9"];
      expect(await of({ tenantId: TENANT, appIds })).toEqual(["r1", "r3"]);
      expect(await of({ tenantId: TENANT, appIds, states: ["retired"] })).toEqual([]);
      expect(await of({ tenantId: OTHER_TENANT, appIds })).toEqual([]);
      expect(await of({ tenantId: TENANT, appIds: [] })).toEqual([]);
    });

    it("has another version after a change, and the same one while nothing changes, where it can tell", async () => {
      const before = await store().version();
      await store().rotations({});
      expect(await store().version()).toBe(before);
      await open(store(), numbered(1));
      const after = await store().version();
      if (before !== null) expect(after).not.toBe(before);
      expect(await store().version()).toBe(after);
    });

    it("of two processes at once opens one", async () => {
      const same = [numbered(1, { id: "a" }), numbered(1, { id: "b" })];
      const opened = await Promise.all(same.map((one) => open(store(), one)));
      expect(opened.toSorted()).toEqual([false, true]);
    });

    it("tells when the next thing is due", async () => {
      expect(await store().nextDue(TENANT)).toBeNull();
      await open(store(), numbered(1, { dueAt: plus(NOW, DAY) }));
      await open(store(), numbered(2, { dueAt: plus(NOW, HOUR) }));
      await open(store(), numbered(3, { dueAt: null }));
      expect(await store().nextDue(TENANT)).toBe(plus(NOW, HOUR));
      expect(await store().nextDue(OTHER_TENANT)).toBeNull();
    });
  });
}

function changes(store: () => Store): void {
  describe("what a step proved", () => {
    const begin = async () => {
      await open(store(), numbered(1));
      const held = await claim(store());
      if (held === null) throw new Error("nothing claimed");
      return held;
    };

    it("is stored whole: rotation, seal, ledger, slot, audit", async () => {
      const held = await begin();
      const after: Rotation = { ...held.rotation, state: "issued", issued: issued(), attempts: [attempt()] };
      const slot = {
        tenantId: TENANT,
        appId: after.holder.appId,
        slot: "default",
        kind: "secret",
        keyId: "new",
        since: NOW,
      };
      const line = audit("issued", {
        rotation: "r1",
        keyId: "new",
        reason: "issue-due",
        details: { end: 5, early: true },
      });
      await store().commit(held, {
        rotation: after,
        audit: [line],
        seal: { keyId: "new", sealed: "jwe" },
        ledger: [entry(after, { keyId: "new", origin: "issued", enteredAt: plus(NOW, 1) })],
        slot: { ...slot, kind: "secret" },
      });
      expect(await store().rotation("r1")).toEqual(after);
      expect(await store().sealed("r1")).toEqual({ keyId: "new", sealed: "jwe" });
      const ledger = await store().ledger(TENANT, after.holder.appId);
      expect(ledger.map(({ keyId, origin }) => [keyId, origin])).toEqual([
        ["old1", "adopted"],
        ["new", "issued"],
      ]);
      expect(await store().slots(TENANT, null)).toEqual([slot]);
      expect(await store().slots(TENANT, "another")).toEqual([]);
      expect((await store().auditPage(TENANT, { after: 0, limit: 10 })).at(-1)).toMatchObject(line);
      expect([...(await store().knownAttempts(TENANT, ["aaaaaaaaaaaa", "bbbbbbbbbbbb"]))]).toEqual(["aaaaaaaaaaaa"]);
    });

    it("erases the seal and notes what was removed", async () => {
      const held = await begin();
      await store().commit(held, change(held.rotation, { seal: { keyId: "new", sealed: "jwe" } }));
      await store().commit(
        held,
        change(held.rotation, { erase: true, removed: [{ keyId: "old1", at: plus(NOW, 5) }] }),
      );
      expect(await store().sealed("r1")).toBeNull();
      expect((await store().ledger(TENANT, held.rotation.holder.appId))[0]).toMatchObject({
        keyId: "old1",
        removedAt: plus(NOW, 5),
      });
    });

    it("takes what a person adopts once, with its line, and never over what is there", async () => {
      const held = await begin();
      const { holder } = held.rotation;
      const adopted = {
        ...entry(held.rotation, { keyId: "theirs", origin: "adopted", enteredAt: NOW }),
        rotation: null,
      };
      expect(await store().adopt(adopted, audit("adopted", { keyId: "theirs" }))).toBe(true);
      expect(await store().adopt({ ...adopted, enteredAt: plus(NOW, 1) }, audit("again"))).toBe(false);
      await store().commit(
        held,
        change(held.rotation, { ledger: [entry(held.rotation, { keyId: "made", origin: "issued", enteredAt: NOW })] }),
      );
      expect(await store().adopt({ ...adopted, keyId: "made" }, audit("stolen"))).toBe(false);
      const ledger = await store().ledger(TENANT, holder.appId);
      expect(ledger.find(({ keyId }) => keyId === "theirs")).toEqual(adopted);
      expect(ledger.find(({ keyId }) => keyId === "made")).toMatchObject({ origin: "issued" });
      const other = { ...adopted, keyId: "other", holder: { ...holder, appId: "other" }, enteredAt: plus(NOW, 2) };
      expect(await store().adopt(other, audit("adopted", { keyId: "other" }))).toBe(true);
      expect(await store().ledger(TENANT, ["other", holder.appId])).toEqual([...ledger, other]);
      expect(await store().ledger(TENANT, ["nobody"])).toEqual([]);
      const trail = await store().auditPage(TENANT, { after: 0, limit: 10 });
      expect(trail.map(({ action }) => action)).toEqual(["planned", "adopted", "adopted"]);
    });

    it("reads the trail in its order, in pages", async () => {
      for (const action of ["a", "b", "c"]) await store().audit(audit(action));
      const first = await store().auditPage(TENANT, { after: 0, limit: 2 });
      const rest = await store().auditPage(TENANT, { after: first.at(-1)?.sequence ?? 0, limit: 2 });
      expect([...first, ...rest].map((one) => one.action)).toEqual(["a", "b", "c"]);
      expect(await store().auditPage(OTHER_TENANT, { after: 0, limit: 10 })).toEqual([]);
    });

    it("reads the trail backwards from now or from a number, forwards after one, of an application or an action alone", async () => {
      for (const [action, appId] of [
        ["b", "one"],
        ["a", "two"],
        ["b", "one"],
        ["c", "one"],
        ["a", "one"],
      ] as const)
        await store().audit(audit(action, { appId }));
      await store().audit(audit("z", { tenantId: OTHER_TENANT }));
      const all = await store().auditPage(TENANT, { after: 0, limit: 10 });
      const at = (place: number) => all[place]?.sequence ?? 0;
      const found = async (wanted: Parameters<Store["auditPage"]>[1]) =>
        (await store().auditPage(TENANT, wanted)).map(({ sequence }) => sequence);
      expect(await store().auditPage(TENANT, { limit: 9 })).toEqual(all.toReversed());
      expect(await found({ limit: 2 })).toEqual([at(4), at(3)]);
      expect(await found({ before: at(3), limit: 2 })).toEqual([at(2), at(1)]);
      expect(await found({ after: at(1), limit: 2 })).toEqual([at(2), at(3)]);
      expect(await found({ after: at(1), before: at(3), limit: 9 })).toEqual([at(2)]);
      expect(await found({ appId: "one", action: "b", limit: 9 })).toEqual([at(2), at(0)]);
      expect(await found({ appId: "one", before: at(4), limit: 1 })).toEqual([at(3)]);
      expect(await found({ action: "a", after: 0, limit: 9 })).toEqual([at(1), at(4)]);
      expect(await found({ appId: "three", limit: 9 })).toEqual([]);
      expect(await store().auditActions(TENANT)).toEqual(["a", "b", "c"]);
      expect(await store().auditActions("nobody")).toEqual([]);
    });

    it("finds lines of the trail by what was done, and since when", async () => {
      for (const [index, action] of ["a", "b", "a", "c"].entries()) {
        await store().audit({ ...audit(action), at: plus(NOW, index) });
      }
      const found = async (tenant: string, actions: readonly string[], since: EpochMs) =>
        (await store().auditSince(tenant, actions, since)).map((one) => `${one.action}${one.at - NOW}`);
      expect(await found(TENANT, ["a", "c"], NOW)).toEqual(["a0", "a2", "c3"]);
      expect(await found(TENANT, ["a", "b"], plus(NOW, 1))).toEqual(["b1", "a2"]);
      expect(await found(OTHER_TENANT, ["a"], NOW)).toEqual([]);
    });

    it("gives the first or the last lines about one rotation, of this tenant", async () => {
      for (const [index, about] of ["one", "other", "one", null].entries())
        await store().audit({ ...audit(`a${index}`), rotation: about });
      await store().audit({ ...audit("elsewhere"), tenantId: OTHER_TENANT, rotation: "one" });
      const actions = async (rotation: string, order: "oldest" | "newest", limit: number) =>
        (await store().auditOf(TENANT, rotation, order, limit)).map(({ action }) => action);
      expect(await actions("one", "oldest", 9)).toEqual(["a0", "a2"]);
      expect(await actions("one", "newest", 9)).toEqual(["a2", "a0"]);
      expect([await actions("one", "oldest", 1), await actions("one", "newest", 1)]).toEqual([["a0"], ["a2"]]);
      expect(await actions("none", "oldest", 9)).toEqual([]);
    });

    it("notes attempts on a person's word", async () => {
      await store().noteAttempts(TENANT, ["cccccccccccc"]);
      await store().noteAttempts(TENANT, ["cccccccccccc"]);
      expect([...(await store().knownAttempts(TENANT, ["cccccccccccc"]))]).toEqual(["cccccccccccc"]);
    });
  });
}

function switchesAndTally(store: () => Store): void {
  describe("switches and the tally", () => {
    it("turn on and off, each with its line in the trail", async () => {
      expect(await store().switches(TENANT)).toEqual({ stopped: null, removalOff: null, breaker: null, paused: [] });
      await store().turn(TENANT, "stopped", { at: NOW, by: "ann" }, audit("stop"));
      await store().turn(TENANT, "stopped", { at: plus(NOW, 1), by: "bob" }, audit("stop"));
      await store().turn(TENANT, "removalOff", { at: NOW, why: "older" }, audit("removal-off"));
      expect(await store().switches(TENANT)).toEqual({
        stopped: { at: plus(NOW, 1), by: "bob" },
        removalOff: { at: NOW, why: "older" },
        breaker: null,
        paused: [],
      });
      expect(await store().switches(OTHER_TENANT)).toMatchObject({ stopped: null });
      await store().turn(TENANT, "stopped", null, audit("resume"));
      expect((await store().switches(TENANT)).stopped).toBeNull();
      expect((await store().auditPage(TENANT, { after: 0, limit: 10 })).map((one) => one.action)).toEqual([
        "stop",
        "stop",
        "removal-off",
        "resume",
      ]);
    });

    it("count issues of a day, early retirements, and the last outcomes until the breaker is closed", async () => {
      await store().audit(audit("issue-intended", { at: plus(NOW, -2 * DAY) }));
      // the answer was lost: it may have been made
      await store().audit(audit("issue-intended", { at: plus(NOW, -HOUR) }));
      await store().audit(audit("issue-unknown", { at: plus(NOW, -HOUR) }));
      // refused: it was not
      await store().audit(audit("issue-intended", { at: plus(NOW, -MINUTE) }));
      await store().audit(audit("issue-refused", { at: plus(NOW, -MINUTE) }));
      await store().audit(audit("removed", { at: plus(NOW, -HOUR), details: { early: true } }));
      await store().audit(audit("removed", { at: plus(NOW, -HOUR), details: { early: false } }));
      const begun = (rotation: string, ago: number, early = true, action = "retire-intended") =>
        store().audit(audit(action, { at: plus(NOW, -ago), rotation, details: { early } }));
      await begun("long ago", 28 * HOUR);
      await begun("may be done", 27 * HOUR);
      await begun("at its end", MINUTE, false);
      await begun("removed since", 2 * MINUTE);
      await begun("removed since", MINUTE, true, "removed");
      await begun("refused", 2 * MINUTE);
      await begun("refused", MINUTE, true, "retire-refused");
      await begun("b", 2 * MINUTE);
      await begun("b", MINUTE);
      for (const action of ["accepted", "verified", "accept-failed", "verify-failed"])
        await store().audit(audit(action));
      const tally = await store().tally(TENANT, NOW);
      expect(tally).toEqual({
        issues: [plus(NOW, -HOUR)],
        clean: 0,
        earlyRetirements: [plus(NOW, -HOUR), plus(NOW, -MINUTE)],
        retiring: [
          { rotation: "may be done", at: plus(NOW, -27 * HOUR) },
          { rotation: "b", at: plus(NOW, -MINUTE) },
        ],
        recent: [false, false, true, true],
      });
      await store().turn(TENANT, "breaker", null, audit("breaker-closed", { at: plus(NOW, 1) }));
      expect((await store().tally(TENANT, plus(NOW, 2))).recent).toEqual([]);
    });

    it("count as clean what has been verified for 28 hours without a failure", async () => {
      const verified = (number: number, parts: Partial<Rotation>) =>
        open(store(), numbered(number, { state: "verified", verifiedAt: plus(NOW, -28 * HOUR), ...parts }));
      await verified(1, {});
      await verified(2, { failures: 1 });
      await verified(3, { verifiedAt: plus(NOW, -27 * HOUR) });
      await verified(4, { state: "retired" });
      expect((await store().tally(TENANT, NOW)).clean).toBe(2);
    });
  });
}
