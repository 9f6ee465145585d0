/** What every implementation of the port `Store` does with the pause of an application. */
import { describe, expect, it } from "vitest";
import { applyEvent } from "../../src/core/rotation/apply-event.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { plus } from "../../src/core/time.ts";
import type { Store } from "../../src/ports/store.ts";
import { NOW, TENANT } from "../core/make.ts";
import type { StoreBench } from "./store-leases.suite.ts";
import { change, claim, numbered, open } from "./store-rotations.ts";
import { audit, OTHER_TENANT } from "./store-trail.suite.ts";

const { appId } = numbered(1).holder;
const PAUSE = { appId, by: "cli:ann", at: NOW, reason: "the vault moves this week" };
const SHOWN = { by: PAUSE.by, at: PAUSE.at, reason: PAUSE.reason, application: true };

export function pauses(store: () => Store, bench: () => StoreBench): void {
  const pause = () => store().pauseApplication(TENANT, PAUSE, audit("application-paused"));
  const goOn = (changes: Parameters<Store["continueApplication"]>[2] = []) =>
    store().continueApplication(TENANT, PAUSE, changes, audit("application-continued"));
  const actions = async () => (await store().auditPage(TENANT, { after: 0, limit: 99 })).map(({ action }) => action);

  describe("the pause of an application", () => {
    it("is kept with who, when and why, for one tenant; whoever comes later finds the first one", async () => {
      expect(await pause()).toEqual(PAUSE);
      const later = { ...PAUSE, by: "cli:bob", at: plus(NOW, 1), reason: "another reason of his" };
      expect(await store().pauseApplication(TENANT, later, audit("application-paused"))).toEqual(PAUSE);
      expect((await (await bench().open("two")).switches(TENANT)).paused).toEqual([PAUSE]);
      expect((await store().switches(OTHER_TENANT)).paused).toEqual([]);
      expect(await actions()).toEqual(["application-paused"]);
      expect(await goOn()).toBe(true);
      expect((await store().switches(TENANT)).paused).toEqual([]);
      expect(await actions()).toEqual(["application-paused", "application-continued"]);
    });

    it("shows in each of its rotations, by whichever verb, also in those opened since; and in no other", async () => {
      await open(store(), numbered(1));
      await pause();
      await open(store(), numbered(2));
      const own = { slot: "second", id: "r3", replaces: "old3" };
      await open(store(), { ...numbered(1), ...own });
      const paused = (all: readonly Rotation[]) => all.map((one) => [one.id, one.paused]).toSorted();
      const expected = [
        ["r1", SHOWN],
        ["r2", undefined],
        ["r3", SHOWN],
      ];
      expect(paused(await store().rotations({ tenantId: TENANT }))).toEqual(expected);
      expect(paused(await store().rotations({ tenantId: TENANT, appId }))).toHaveLength(2);
      expect(paused((await store().rotationPage({ tenantId: TENANT, limit: 9, after: null })).items)).toEqual(expected);
      expect((await store().rotation("r1"))?.paused).toEqual(SHOWN);
      expect((await claim(store(), NOW, 0, ["r1"]))?.rotation.paused).toEqual(SHOWN);
    });

    it("is no part of what is stored: a change under it ends with it, and one of a rotation's own stays", async () => {
      await open(store(), numbered(1));
      await pause();
      const held = await claim(store());
      if (held === null) throw new Error("nothing claimed");
      const waited = applyEvent(held.rotation, { type: "waited", at: NOW, dueAt: plus(NOW, 5) });
      await store().commit(held, { ...change(waited), release: true });
      const [seen] = await store().rotations({ tenantId: TENANT });
      if (seen === undefined) throw new Error("nothing there");
      expect(seen).toMatchObject({ dueAt: plus(NOW, 5), paused: SHOWN });
      expect(await store().amend(seen, change(applyEvent(seen, { type: "waited", at: NOW, dueAt: NOW })))).toBe(true);
      await goOn();
      const free = await store().rotation("r1");
      expect(free).not.toHaveProperty("paused");
      if (free === null) throw new Error("nothing there");
      const own = applyEvent(free, { type: "paused", at: NOW, by: "cli:otto" });
      await store().amend(free, change(own));
      await pause();
      expect(await store().rotation("r1")).toEqual(own);
    });

    it("leaves what is over alone, but for what still waits for a time", async () => {
      await open(store(), numbered(1, { state: "retired", dueAt: null }));
      await open(store(), { ...numbered(1), id: "r2", replaces: "old2", state: "retired", dueAt: plus(NOW, 9) });
      await pause();
      expect((await store().rotation("r1"))?.paused).toBeUndefined();
      expect((await store().rotation("r2"))?.paused).toEqual(SHOWN);
    });

    it("neither begins nor ends while somebody works on a rotation of it, unless he is dead", async () => {
      await open(store(), numbered(1));
      const two = await bench().open("two");
      expect(await claim(two)).not.toBeNull();
      expect(await pause()).toBeNull();
      expect((await store().switches(TENANT)).paused).toEqual([]);
      bench().kill("two");
      expect(await pause()).toEqual(PAUSE);
      const held = await claim(store());
      const seen = await store().rotation("r1");
      if (held === null || seen === null) throw new Error("nothing claimed");
      const goes = { expected: seen, change: change(applyEvent(seen, { type: "continued", at: NOW })) };
      expect(await goOn([goes])).toBe(false);
      expect((await store().switches(TENANT)).paused).toEqual([PAUSE]);
      await store().release(held);
      expect(await goOn([goes])).toBe(true);
      expect(await store().rotation("r1")).not.toHaveProperty("paused");
    });

    it("ends by whoever has seen it: not a later one, of which he knows nothing", async () => {
      await pause();
      expect(await goOn()).toBe(true);
      const later = { ...PAUSE, by: "cli:bob", at: plus(NOW, 1), reason: "an incident at the vault" };
      await store().pauseApplication(TENANT, later, audit("application-paused"));
      expect(await goOn()).toBe(false);
      expect((await store().switches(TENANT)).paused).toEqual([later]);
      expect((await actions()).filter((one) => one === "application-continued")).toHaveLength(1);
    });

    it("ends for all of its rotations or for none", async () => {
      await open(store(), numbered(1));
      await open(store(), { ...numbered(1), slot: "second", id: "r2", replaces: "old2" });
      await pause();
      const both = await store().rotations({ tenantId: TENANT });
      const changes = both.map((expected) => ({
        expected,
        change: change(applyEvent(expected, { type: "waited", at: NOW, dueAt: plus(NOW, 7) })),
      }));
      const last = both.at(-1);
      if (last === undefined) throw new Error("nothing there");
      await store().amend(last, change(applyEvent(last, { type: "waited", at: NOW, dueAt: plus(NOW, 3) })));
      expect(await goOn(changes)).toBe(false);
      const dues = async () => (await store().rotations({ tenantId: TENANT })).map(({ dueAt }) => dueAt).toSorted();
      expect(await dues()).toEqual([NOW, plus(NOW, 3)].toSorted());
    });
  });
}
