/** The audit trail and its chain, for the store in memory. */

import type { Lapse } from "../../src/core/pictures/gaps.ts";
import type { EpochMs } from "../../src/core/time.ts";
import type { KeptAnswer } from "../../src/ports/answers.ts";
import type { Drift, DriftStore } from "../../src/ports/drift.ts";
import type { LapseStore } from "../../src/ports/lapses.ts";
import type { RevealRequest, RevealStore } from "../../src/ports/reveals.ts";
import type { ShownSecret, ShownStore } from "../../src/ports/shown.ts";
import type { AuditEntry, LedgerEntry } from "../../src/ports/store.ts";
import type { Checkpoint, Link, TrailStore } from "../../src/ports/trail.ts";

/** What of it is on disk. */
export class TrailShelf {
  readonly trail: AuditEntry[] = [];
  readonly links = new Map<string, Link[]>();
  readonly checkpoints = new Map<string, Checkpoint[]>();
}

export function memoryTrail(shelf: TrailShelf): TrailStore {
  const numbered = (tenantId: string) =>
    shelf.trail.map((entry, index) => ({ ...entry, sequence: index + 1 })).filter((one) => one.tenantId === tenantId);
  return {
    async unsealed(tenantId, limit) {
      const links = shelf.links.get(tenantId) ?? [];
      const known = new Set(links.map((one) => one.sequence));
      const entries = numbered(tenantId).filter((one) => !known.has(one.sequence));
      return { head: links.at(-1) ?? null, entries: entries.slice(0, limit) };
    },
    async seal(tenantId, links, checkpoint) {
      const all = shelf.links.get(tenantId) ?? [];
      if (all.length + 1 !== links[0]?.position) return false;
      shelf.links.set(tenantId, [...all, ...links]);
      shelf.checkpoints.set(tenantId, [...(shelf.checkpoints.get(tenantId) ?? []), checkpoint]);
      return true;
    },
    async links(tenantId, after, limit) {
      const entries = new Map(numbered(tenantId).map((one) => [one.sequence, one]));
      const all = (shelf.links.get(tenantId) ?? []).filter((one) => one.position > after);
      return all.slice(0, limit).map((link) => ({ link, entry: entries.get(link.sequence) ?? null }));
    },
    checkpoints: async (tenantId, after, limit) =>
      (shelf.checkpoints.get(tenantId) ?? []).filter((one) => one.position > after).slice(0, limit),
  };
}

/** What scans saw of credentials, and what they noticed. */
export class DriftShelf extends TrailShelf {
  readonly inventory = new Map<string, { tenantId: string; appId: string; seenAt: EpochMs; keyIds: string[] }>();
  readonly drifts = new Map<string, Drift>();
  readonly watches = new Map<string, EpochMs>();
  readonly lapses = new Map<string, Lapse & { readonly tenantId: string; asked: EpochMs | null }>();
  readonly notices = new Map<string, string>();
  readonly answers = new Map<string, KeptAnswer>();
  readonly shown = new Map<string, ShownSecret>();
  readonly shownSealed = new Map<string, string>();
  readonly reveals = new Map<string, RevealRequest>();
  readonly ledger = new Map<string, LedgerEntry>();
  readonly attempts = new Set<string>();
}

/** Client secrets that a person makes to see the value once. */
export function memoryShown(shelf: DriftShelf): ShownStore {
  return {
    openShown: async (tenantId) =>
      [...shelf.shown.values()]
        .filter((one) => one.tenantId === tenantId && ["asked", "held", "lapsed"].includes(one.state))
        .toSorted((a, b) => a.askedAt - b.askedAt || (a.id < b.id ? -1 : 1)),
    shown: async (id) => shelf.shown.get(id) ?? null,
    shownSealed: async (id) => shelf.shownSealed.get(id) ?? null,
    stepShown: async (next, from, { audit, seal, ledger, removedAt }) => {
      if ((shelf.shown.get(next.id)?.state ?? null) !== from) return false;
      shelf.shown.set(next.id, next);
      shelf.attempts.add(next.attempt);
      if (seal === null) shelf.shownSealed.delete(next.id);
      else if (seal !== undefined) shelf.shownSealed.set(next.id, seal);
      if (ledger !== undefined) shelf.ledger.set(ledger.keyId, ledger);
      const entry = shelf.ledger.get(next.keyId ?? "");
      if (removedAt !== undefined && entry !== undefined) shelf.ledger.set(entry.keyId, { ...entry, removedAt });
      shelf.trail.push(...audit);
      return true;
    },
  };
}

/** Requests of one person to see a value, which another one approves. */
export function memoryReveals(shelf: DriftShelf): RevealStore {
  return {
    openReveals: async (tenantId) =>
      [...shelf.reveals.values()]
        .filter((one) => one.tenantId === tenantId && ["asked", "approved"].includes(one.state))
        .toSorted((a, b) => a.askedAt - b.askedAt || (a.id < b.id ? -1 : 1)),
    revealRequest: async (id) => shelf.reveals.get(id) ?? null,
    stepReveal: async (next, from, audit) => {
      if ((shelf.reveals.get(next.id)?.state ?? null) !== from) return false;
      shelf.reveals.set(next.id, next);
      shelf.trail.push(...audit);
      return true;
    },
  };
}

export function memoryDrift(shelf: DriftShelf): Omit<DriftStore, "issuances"> {
  return {
    async inventory(tenantId, appIds) {
      const known = [...shelf.inventory].filter(([, one]) => one.tenantId === tenantId && appIds.includes(one.appId));
      return known.map(([objectId, { seenAt, keyIds }]) => ({ objectId, seenAt, keyIds }));
    },
    async noteDrift(drift, audit) {
      const key = [drift.tenantId, drift.objectId, drift.target, drift.keyId, drift.what].join(" ");
      if (shelf.drifts.has(key)) return false;
      shelf.drifts.set(key, drift);
      shelf.trail.push(audit);
      return true;
    },
    drifts: async (tenantId, appId, since) =>
      [...shelf.drifts.values()]
        .filter((one) => one.tenantId === tenantId && (appId === null || one.appId === appId) && one.at >= since)
        .toSorted((a, b) => a.at - b.at || (a.keyId < b.keyId ? -1 : 1)),
  };
}

export function memoryLapses(shelf: DriftShelf): LapseStore {
  return {
    async lapses(tenantId, appId) {
      const all = [...shelf.lapses.values()].filter(
        (one) => one.tenantId === tenantId && (appId === undefined || one.appId === appId) && one.to !== one.from,
      );
      const inOrder = all.toSorted((a, b) => a.from - b.from || (a.appId < b.appId ? -1 : 1));
      return {
        since: shelf.watches.get(tenantId) ?? null,
        lapses: inOrder.map(({ tenantId: _, asked: __, ...lapse }) => lapse),
      };
    },
    async lapsesToAsk(tenantId, most) {
      const open = [...shelf.lapses.values()].filter((one) => one.tenantId === tenantId && one.to === null);
      const inOrder = open.toSorted(
        (a, b) => (a.asked ?? 0) - (b.asked ?? 0) || b.from - a.from || (a.appId < b.appId ? -1 : 1),
      );
      return inOrder.slice(0, most).map(({ appId }) => appId);
    },
    async noteLapses(tenantId, at, lapses, asked = []) {
      if (!shelf.watches.has(tenantId)) shelf.watches.set(tenantId, at);
      for (const one of lapses) {
        const key = [tenantId, one.appId, one.from].join(" ");
        const own = [...shelf.lapses.values()].filter((it) => it.tenantId === tenantId && it.appId === one.appId);
        if (one.to === null && own.some(({ to }) => to === null)) continue;
        if ((shelf.lapses.get(key)?.to ?? null) === null) shelf.lapses.set(key, { tenantId, asked: null, ...one });
      }
      for (const one of shelf.lapses.values())
        if (one.tenantId === tenantId && one.to === null && asked.includes(one.appId)) one.asked = at;
    },
  };
}
