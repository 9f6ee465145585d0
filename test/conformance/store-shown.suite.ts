/** What every implementation of the port `Store` does with client secrets that are made to be seen once. */
import { describe, expect, it } from "vitest";
import { DAY, plus } from "../../src/core/time.ts";
import type { ShownSecret } from "../../src/ports/shown.ts";
import type { Store } from "../../src/ports/store.ts";
import { NOW, TENANT } from "../core/make.ts";
import { audit, OTHER_TENANT } from "./store-trail.suite.ts";

const holder = { type: "application", objectId: "o", appId: "a" } as const;

export function shownSecret(parts: Partial<ShownSecret> = {}): ShownSecret {
  return {
    id: "s1",
    tenantId: TENANT,
    holder,
    displayName: "app",
    actor: "entra:ann",
    person: "ann-id",
    why: "the vendor asked for it",
    state: "asked",
    attempt: "aaaaaaaaaaaa",
    name: "api [nolapse:aaaa.aaaaaaaaaaaa]",
    end: plus(NOW, 90 * DAY),
    keyIdsBefore: [],
    askedAt: NOW,
    until: plus(NOW, 1),
    keyId: null,
    hint: null,
    reads: 0,
    failure: null,
    ...parts,
  };
}

export function shownSecrets(store: () => Store): void {
  describe("secrets that are made to be seen once", () => {
    it("go from state to state once, with their line and their attempt", async () => {
      expect(await store().stepShown(shownSecret(), null, { audit: [audit("shown-asked")] })).toBe(true);
      expect(await store().stepShown(shownSecret(), null, { audit: [audit("twice")] })).toBe(false);
      expect(await store().knownAttempts(TENANT, ["aaaaaaaaaaaa"])).toEqual(new Set(["aaaaaaaaaaaa"]));
      const held = shownSecret({ state: "held", keyId: "k" });
      const ledger = { tenantId: TENANT, holder, keyId: "k", rotation: null, enteredAt: NOW, removedAt: null } as const;
      const step = { audit: [], seal: "sealed", ledger: { ...ledger, origin: "issued" } } as const;
      expect(await store().stepShown(held, "asked", step)).toBe(true);
      expect([await store().shown("s1"), await store().shownSealed("s1")]).toEqual([held, "sealed"]);
      const gone = shownSecret({ state: "removed", keyId: "k" });
      expect(await store().stepShown(gone, "held", { audit: [], seal: null, removedAt: plus(NOW, 5) })).toBe(true);
      expect([await store().shownSealed("s1"), (await store().ledger(TENANT, "a"))[0]?.removedAt]).toEqual([
        null,
        plus(NOW, 5),
      ]);
      expect((await store().auditPage(TENANT, { after: 0, limit: 9 })).map(({ action }) => action)).toEqual([
        "shown-asked",
      ]);
    });

    it("leave images under names of their own alone, which are kept until they are forgotten", async () => {
      const image = { entries: [{ keyId: "k", raw: '{"keyId":"k"}' }], lost: [] };
      await store().putImage("upload o", image);
      await store().putImage("upload o", { ...image, lost: image.entries });
      expect(await store().image("upload o")).toEqual({ ...image, lost: image.entries });
      await store().putImage("upload o", null);
      expect(await store().image("upload o")).toBeNull();
    });

    it("are listed until they are settled, the oldest first, each tenant its own", async () => {
      await store().stepShown(shownSecret({ id: "s2", askedAt: plus(NOW, 1) }), null, { audit: [] });
      await store().stepShown(shownSecret({ id: "s1", state: "held" }), null, { audit: [], seal: "x" });
      await store().stepShown(shownSecret({ id: "s3", state: "lapsed", askedAt: plus(NOW, 2) }), null, { audit: [] });
      await store().stepShown(shownSecret({ id: "s4", state: "kept" }), null, { audit: [] });
      await store().stepShown(shownSecret({ id: "s5", tenantId: OTHER_TENANT }), null, { audit: [] });
      expect((await store().openShown(TENANT)).map(({ id }) => id)).toEqual(["s1", "s2", "s3"]);
      expect([await store().shown("none"), await store().shownSealed("s2")]).toEqual([null, null]);
    });
  });
}
