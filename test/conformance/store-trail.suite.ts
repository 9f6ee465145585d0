/** What every implementation of the port `Store` does with the trail, its chain, and what changes without us. */
import { describe, expect, it } from "vitest";
import type { Credential } from "../../src/core/credentials/credential.ts";
import { DAY, HOUR, plus } from "../../src/core/time.ts";
import type { Drift } from "../../src/ports/drift.ts";
import type { AuditEntry, Store } from "../../src/ports/store.ts";
import { NOW, TENANT } from "../core/make.ts";

export const OTHER_TENANT = "3f6c0000-0000-4000-8000-00000000000f";

export function audit(action: string, parts: Partial<AuditEntry> = {}): AuditEntry {
  const about = { rotation: null, appId: null, keyId: null, reason: null, details: {} };
  return { tenantId: TENANT, at: NOW, actor: "nolapse", action, ...about, ...parts };
}

export function chain(store: () => Store, open: (owner: string) => Promise<Store>): void {
  describe("the chain over the trail", () => {
    const mark = (position: number) => ({ position, hash: `hash ${position}`, at: NOW, signature: `by ${position}` });
    const link = (position: number, sequence: number) => ({ position, sequence, hash: `hash ${position}` });

    it("gives what is unsealed, per tenant, with the last link", async () => {
      for (const action of ["a", "b", "c"]) await store().audit(audit(action));
      await store().audit(audit("elsewhere", { tenantId: OTHER_TENANT }));
      const { head, entries } = await store().unsealed(TENANT, 2);
      expect([head, entries.map((one) => one.action)]).toEqual([null, ["a", "b"]]);
      const links = entries.map((one, index) => link(index + 1, one.sequence));
      expect(await store().seal(TENANT, links, mark(2))).toBe(true);
      const rest = await store().unsealed(TENANT, 9);
      expect([rest.head?.position, rest.entries.map((one) => one.action)]).toEqual([2, ["c"]]);
      expect((await store().unsealed(OTHER_TENANT, 9)).entries).toHaveLength(1);
    });

    it("takes each place once, whoever seals", async () => {
      const other = await open("two");
      for (const action of ["a", "b"]) await store().audit(audit(action));
      const { entries } = await store().unsealed(TENANT, 9);
      const links = entries.map((one, index) => link(index + 1, one.sequence));
      const taken = await Promise.all([store(), other].map((one) => one.seal(TENANT, links, mark(2))));
      expect(taken.toSorted()).toEqual([false, true]);
      expect(await store().links(TENANT, 0, 9)).toHaveLength(2);
      expect(await store().checkpoints(TENANT, 0, 9)).toEqual([mark(2)]);
    });

    it("gives links with their entries, and checkpoints, after a position", async () => {
      const written = { request: "q", before: ["x"], after: [] };
      await store().audit(audit("a", { written }));
      await store().audit(audit("b"));
      const { entries } = await store().unsealed(TENANT, 9);
      await store().seal(TENANT, [link(1, entries[0]?.sequence ?? 0)], mark(1));
      await store().seal(TENANT, [link(2, entries[1]?.sequence ?? 0)], mark(2));
      const [first, second] = await store().links(TENANT, 0, 9);
      expect([first?.entry?.written, second?.entry?.action]).toEqual([written, "b"]);
      expect(second?.entry).not.toHaveProperty("written");
      expect((await store().links(TENANT, 1, 9)).map((one) => one.link.position)).toEqual([2]);
      expect(await store().links(TENANT, 0, 1)).toHaveLength(1);
      expect((await store().checkpoints(TENANT, 1, 9)).map((one) => one.position)).toEqual([2]);
    });
  });
}

export function drifts(store: () => Store): void {
  describe("what changes without us", () => {
    const summary = { tenantId: TENANT, scannedAt: NOW, applications: 2, servicePrincipals: 0, complete: true };
    const credential = (keyId: string): Credential => ({
      keyId,
      kind: "secret",
      name: null,
      hint: null,
      start: null,
      end: null,
      usage: null,
      customKeyIdentifier: null,
      certificate: null,
    });
    const seen = (id: string, keyIds?: readonly string[]) => ({
      type: "application" as const,
      objectId: id,
      appId: `app-${id}`,
      displayName: id,
      ...(keyIds === undefined ? {} : { credentials: keyIds.map(credential) }),
    });
    const KEYS = ["aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"] as const;
    const known = async (...appIds: string[]) =>
      (await store().inventory(TENANT, appIds)).map((one) => [one.objectId, one.seenAt, [...one.keyIds].sort()]);

    it("knows the key ids that the last scan saw on the objects asked for", async () => {
      await store().recordScan(summary, [seen("a", KEYS), seen("b", [])]);
      expect(await known("app-a")).toEqual([["a", NOW, [...KEYS]]]);
      expect(await known("app-b")).toEqual([["b", NOW, []]]);
      expect(await known("app-c")).toEqual([]);
      expect(await store().inventory(OTHER_TENANT, ["app-a"])).toEqual([]);
      const later = { ...summary, scannedAt: plus(NOW, HOUR) };
      await store().recordScan(later, [seen("a", [KEYS[1]]), seen("b", [])]);
      expect(await known("app-a")).toEqual([["a", plus(NOW, HOUR), [KEYS[1]]]]);
    });

    it("keeps what was known of an object that could not be compared, and says nothing of one never noted", async () => {
      await store().recordScan(summary, [seen("a", KEYS), seen("b")]);
      expect(await known("app-b")).toEqual([]);
      await store().recordScan(summary, [seen("a"), seen("b")]);
      expect((await known("app-a"))[0]?.[2]).toEqual([...KEYS]);
    });

    it("forgets an object that a complete scan no longer saw", async () => {
      await store().recordScan(summary, [seen("a", KEYS), seen("b", [])]);
      await store().recordScan(summary, [seen("b", [])]);
      await store().recordScan(summary, [seen("a"), seen("b", [])]);
      expect(await known("app-a")).toEqual([]);
    });

    const drift = (keyId: string, parts: Partial<Drift> = {}): Drift => ({
      tenantId: TENANT,
      appId: "app-a",
      displayName: "a",
      objectId: "a",
      what: "drift-added",
      keyId,
      target: null,
      at: NOW,
      by: "user ann",
      ...parts,
    });

    it("notes each thing once, with its line in the trail", async () => {
      expect(await store().noteDrift(drift("k1"), audit("drift"))).toBe(true);
      expect(await store().noteDrift(drift("k1", { at: plus(NOW, DAY) }), audit("drift"))).toBe(false);
      expect(await store().noteDrift(drift("k1", { what: "drift-removed" }), audit("drift"))).toBe(true);
      expect(await store().noteDrift(drift("k1", { what: "drift-target", target: "env" }), audit("drift"))).toBe(true);
      expect(await store().noteDrift(drift("k1", { what: "drift-target", target: "kv" }), audit("drift"))).toBe(true);
      expect(await store().auditPage(TENANT, { after: 0, limit: 10 })).toHaveLength(4);
    });

    it("gives what was noticed since an instant, oldest first, of one application or all", async () => {
      const second = drift("k2", { appId: "app-b", objectId: "b", at: plus(NOW, HOUR) });
      await store().noteDrift(second, audit("drift"));
      await store().noteDrift(drift("k1"), audit("drift"));
      await store().noteDrift(drift("k3", { tenantId: OTHER_TENANT }), audit("drift", { tenantId: OTHER_TENANT }));
      expect(await store().drifts(TENANT, null, NOW)).toEqual([drift("k1"), second]);
      expect(await store().drifts(TENANT, null, plus(NOW, 1))).toEqual([second]);
      expect(await store().drifts(TENANT, "app-a", NOW)).toEqual([drift("k1")]);
    });

    it("remembers what each recipient was told last", async () => {
      expect(await store().lastNotice(TENANT, "mail", "ann")).toBeNull();
      await store().noteNotice(TENANT, "mail", "ann", "one", NOW);
      await store().noteNotice(TENANT, "mail", "ann", "two", plus(NOW, 1));
      expect(await store().lastNotice(TENANT, "mail", "ann")).toBe("two");
      expect(await store().lastNotice(TENANT, "mail", "bob")).toBeNull();
      expect(await store().lastNotice(TENANT, "hook", "ann")).toBeNull();
      expect(await store().lastNotice(OTHER_TENANT, "mail", "ann")).toBeNull();
    });

    it("keeps what was answered, for whom and under which key, until it is forgotten", async () => {
      const kept = (answer: string, at = NOW) => ({ asked: "digest", answer, at });
      await store().keepAnswer(TENANT, "ann", "k", kept("1"), NOW);
      await store().keepAnswer(TENANT, "ann", "k", kept("2"), NOW);
      expect(await store().keptAnswer(TENANT, "ann", "k")).toEqual(kept("1"));
      for (const [tenant, who, key] of [
        [TENANT, "bob", "k"],
        [TENANT, "ann", "other"],
        [OTHER_TENANT, "ann", "k"],
      ] as const)
        expect(await store().keptAnswer(tenant, who, key)).toBeNull();
      await store().keepAnswer(OTHER_TENANT, "ann", "k", kept("3"), NOW);
      await store().keepAnswer(TENANT, "bob", "k", kept("4", plus(NOW, 5)), plus(NOW, 1));
      expect(await store().keptAnswer(TENANT, "ann", "k")).toBeNull();
      expect(await store().keptAnswer(TENANT, "bob", "k")).toEqual(kept("4", plus(NOW, 5)));
      expect(await store().keptAnswer(OTHER_TENANT, "ann", "k")).toEqual(kept("3"));
    });
  });
}
