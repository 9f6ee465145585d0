/**
 * The store port in memory: what is written lives in a {@link Shelf} that outlives the process that wrote it. The quick
 * stand-in for the real store where a test asks about the simulator and not about storage.
 */

import { NolapseError } from "../../src/core/errors.ts";
import { underPause, withoutPause } from "../../src/core/rotation/application-pause.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import {
  ISSUE_ACTIONS,
  issuesAmong,
  missingNeedsPerson,
  RETIREMENT_ACTIONS,
  retirementsAmong,
  scanTooLossy,
} from "../../src/core/schedule/blast-radius.ts";
import { DAY, type EpochMs, HOUR } from "../../src/core/time.ts";
import type {
  CertificateImage,
  Change,
  Claim,
  KnownObject,
  ScanSummary,
  SlotRecord,
  Store,
  Switches,
  Tally,
} from "../../src/ports/store.ts";
import { DriftShelf, memoryDrift, memoryLapses, memoryReveals, memoryShown, memoryTrail } from "./memory-trail.ts";

interface Lease {
  readonly owner: string;
  readonly fence: number;
  readonly until: number;
}

/** What is on disk. */
export class Shelf extends DriftShelf {
  instance: string | null = null;
  scan: ScanSummary | null = null;
  readonly rotations = new Map<string, Rotation>();
  readonly sealed = new Map<string, { keyId: string; sealed: string }>();
  readonly images = new Map<string, CertificateImage>();
  readonly slots = new Map<string, SlotRecord>();
  readonly leases = new Map<string, Lease>();
  readonly fences = new Map<string, number>();
  readonly dead = new Set<string>();
  readonly seen = new Set<string>();
  readonly missing = new Set<string>();
  readonly known = new Map<string, KnownObject & { readonly tenantId: string }>();
  /** Where in the trail the breaker was last closed. */
  breakerClosed = 0;
  readonly switches = new Map<string, Switches>();
}

const ENDED = ["retired", "cancelled"];
const OFF: Switches = { stopped: null, removalOff: null, breaker: null, paused: [] };
const endOf = (one: Rotation) => one.replacesEnd ?? Number.MAX_SAFE_INTEGER;

export function memoryStore(shelf: Shelf, owner: string): Store {
  const held = (id: string, processNow: number): boolean => {
    const lease = shelf.leases.get(id);
    return lease !== undefined && lease.until > processNow && !shelf.dead.has(lease.owner);
  };
  const pausesOf = (tenantId: string) => shelf.switches.get(tenantId)?.paused ?? [];
  const shown = (one: Rotation): Rotation =>
    underPause(
      one,
      pausesOf(one.tenantId).find(({ appId }) => appId === one.holder.appId),
    );
  const isAsExpected = (expected: Rotation) =>
    JSON.stringify(shelf.rotations.get(expected.id)) === JSON.stringify(withoutPause(expected)) &&
    !held(expected.id, Number.MIN_SAFE_INTEGER);
  const setPauses = (tenantId: string, paused: Switches["paused"]) =>
    shelf.switches.set(tenantId, { ...(shelf.switches.get(tenantId) ?? OFF), paused });
  const apply = (change: Change): void => {
    const rotation = withoutPause(change.rotation);
    shelf.rotations.set(rotation.id, rotation);
    for (const { id } of rotation.attempts) shelf.attempts.add(id);
    if (change.seal !== undefined) shelf.sealed.set(rotation.id, change.seal);
    if (change.erase === true) shelf.sealed.delete(rotation.id);
    for (const entry of change.ledger ?? []) shelf.ledger.set(entry.keyId, entry);
    for (const { keyId, at } of change.removed ?? []) {
      const entry = shelf.ledger.get(keyId);
      if (entry !== undefined) shelf.ledger.set(keyId, { ...entry, removedAt: at });
    }
    if (change.image === null) shelf.images.delete(change.rotation.id);
    else if (change.image !== undefined) shelf.images.set(change.rotation.id, change.image);
    if (change.slot !== undefined) shelf.slots.set(`${change.slot.appId} ${change.slot.slot}`, change.slot);
    shelf.trail.push(...change.audit);
  };
  const check = (claim: Claim): void => {
    const lease = shelf.leases.get(claim.rotation.id);
    if (lease?.fence !== claim.fence || lease.owner !== owner) throw new NolapseError("lease-lost", "taken over");
  };
  const forget = (ids: Iterable<string>): void => {
    for (const id of ids) {
      shelf.seen.delete(id);
      shelf.missing.delete(id);
      shelf.inventory.delete(id);
      shelf.known.delete(id);
    }
  };
  return {
    instance: async (propose) => (shelf.instance ??= propose),
    async recordScan(summary, seen) {
      const now = new Set(seen.map((one) => one.objectId));
      const gone = summary.complete ? [...shelf.seen].filter((id) => !now.has(id)) : [];
      shelf.scan = { ...summary, lost: gone.length === 0 ? 0 : gone.length / shelf.seen.size };
      if (missingNeedsPerson(gone.length, shelf.seen.size)) for (const id of gone) shelf.missing.add(id);
      else forget(gone);
      for (const { objectId, appId, credentials } of seen) {
        if (credentials === undefined) continue;
        const keyIds = credentials.map((one) => one.keyId);
        shelf.inventory.set(objectId, { tenantId: summary.tenantId, appId, seenAt: summary.scannedAt, keyIds });
      }
      const { tenantId, scannedAt: seenAt } = summary;
      for (const { type, objectId, appId, displayName } of seen)
        shelf.known.set(objectId, { tenantId, type, objectId, appId, displayName, seenAt });
      for (const id of now) {
        shelf.seen.add(id);
        shelf.missing.delete(id);
      }
      return shelf.scan;
    },
    lastScan: async (tenantId) => (shelf.scan?.tenantId === tenantId ? shelf.scan : null),
    known: async (tenantId, after, limit) =>
      [...shelf.known.values()]
        .filter((one) => one.tenantId === tenantId && one.objectId > after && !shelf.missing.has(one.objectId))
        .toSorted((a, b) => (a.objectId < b.objectId ? -1 : 1))
        .slice(0, limit)
        .map(({ tenantId: _, ...one }) => one),
    async forgetMissing(tenantId, audit) {
      const forgotten = shelf.missing.size;
      if (shelf.scan?.tenantId !== tenantId || (forgotten === 0 && !scanTooLossy(shelf.scan.lost))) return 0;
      forget([...shelf.missing]);
      shelf.scan = { ...shelf.scan, lost: 0 };
      shelf.trail.push({ ...audit, details: { ...audit.details, forgotten } });
      return forgotten;
    },
    async open(rotation, ledger, ...audit) {
      const all = [...shelf.rotations.values()];
      const same = all.some((one) => one.replaces === rotation.replaces && !ENDED.includes(one.state));
      const busy = all.some(
        (one) =>
          one.holder.appId === rotation.holder.appId &&
          one.slot === rotation.slot &&
          one.leftover !== true &&
          rotation.leftover !== true &&
          ![...ENDED, "verified"].includes(one.state),
      );
      if (same || busy) return false;
      shelf.rotations.set(rotation.id, rotation);
      for (const entry of ledger) shelf.ledger.set(entry.keyId, entry);
      shelf.trail.push(...audit);
      return true;
    },
    putImage: async (name, image) => {
      if (image === null) shelf.images.delete(name);
      else shelf.images.set(name, image);
    },
    image: async (id) => shelf.images.get(id) ?? null,
    rotation: async (id) => {
      const found = shelf.rotations.get(id);
      return found === undefined ? null : shown(found);
    },
    async rotations(filter) {
      const all = [...shelf.rotations.values()].toSorted((a, b) => b.plannedAt - a.plannedAt);
      const found = all.filter(
        (one) =>
          (filter.tenantId === undefined || filter.tenantId === one.tenantId) &&
          (filter.appId === undefined || one.holder.appId === filter.appId) &&
          (filter.appIds === undefined || filter.appIds.includes(one.holder.appId)) &&
          (filter.states === undefined || filter.states.includes(one.state)),
      );
      return found.map(shown);
    },
    async rotationPage({ tenantId, states, limit, after }) {
      const all = [...shelf.rotations.values()]
        .filter((one) => one.tenantId === tenantId && (states === undefined || states.includes(one.state)))
        .toSorted((a, b) => b.plannedAt - a.plannedAt || (a.id < b.id ? -1 : 1));
      const rest = all.filter(
        ({ plannedAt, id }) =>
          after === null || plannedAt < after.plannedAt || (plannedAt === after.plannedAt && id > after.id),
      );
      const items = rest.slice(0, limit);
      const last = items.at(-1);
      const next = rest.length > limit && last !== undefined ? { plannedAt: last.plannedAt, id: last.id } : null;
      return { items: items.map(shown), total: all.length, next };
    },
    async replaced(tenantId, appId) {
      const all = [...shelf.rotations.values()].filter((one) => one.tenantId === tenantId && one.state === "verified");
      return all.flatMap(({ holder, replaces }) => (appId === null || holder.appId === appId ? [replaces] : []));
    },
    async renewals(tenantId) {
      const all = [...shelf.rotations.values()].filter((one) => one.tenantId === tenantId);
      const of = (state: string) =>
        all.flatMap((one) =>
          one.state === state && one.verifiedAt !== null && one.leftover !== true
            ? [{ id: one.id, verifiedAt: one.verifiedAt }]
            : [],
        );
      return { open: of("verified"), retired: of("retired").map(({ verifiedAt }) => verifiedAt) };
    },
    version: async () => null,
    async claim({ tenantId, now, processNow, leaseMs, only }) {
      const all = [...shelf.rotations.values()].filter((one) => one.tenantId === tenantId);
      const busy = new Set(all.filter((one) => held(one.id, processNow)).map((one) => one.holder.objectId));
      const due = all
        .filter((one) => one.dueAt !== null && one.dueAt <= now && !busy.has(one.holder.objectId))
        .filter((one) => only === undefined || only.includes(one.id))
        .sort((a, b) => endOf(a) - endOf(b) || b.policy.priority - a.policy.priority);
      const rotation = due[0];
      if (rotation === undefined) return null;
      const fence = (shelf.fences.get(rotation.id) ?? 0) + 1;
      shelf.fences.set(rotation.id, fence);
      shelf.leases.set(rotation.id, { owner, fence, until: processNow + leaseMs });
      return { rotation: shown(rotation), fence };
    },
    async renew(claim, processNow, leaseMs) {
      check(claim);
      shelf.leases.set(claim.rotation.id, { owner, fence: claim.fence, until: processNow + leaseMs });
    },
    async release(claim) {
      const lease = shelf.leases.get(claim.rotation.id);
      if (lease?.fence === claim.fence && lease.owner === owner) shelf.leases.delete(claim.rotation.id);
    },
    async commit(claim, change) {
      check(claim);
      if (change.provided?.holds(tally(shelf, change.provided.at)) === false) return false;
      apply(change);
      if (change.release === true) shelf.leases.delete(claim.rotation.id);
      return true;
    },
    async amend(expected, change) {
      if (!isAsExpected(expected)) return false;
      apply(change);
      return true;
    },
    sealed: async (id) => shelf.sealed.get(id) ?? null,
    ledger: async (_, of) => [...shelf.ledger.values()].filter(({ holder }) => [of].flat().includes(holder.appId)),
    async adopt(entry, audit) {
      if (shelf.ledger.has(entry.keyId)) return false;
      shelf.ledger.set(entry.keyId, entry);
      shelf.trail.push(audit);
      return true;
    },
    slots: async (_, appId) => [...shelf.slots.values()].filter((one) => appId === null || one.appId === appId),
    knownAttempts: async (_, attempts) => new Set(attempts.filter((one) => shelf.attempts.has(one))),
    async noteAttempts(_, attempts) {
      for (const one of attempts) shelf.attempts.add(one);
    },
    async nextDue(tenantId) {
      const all = [...shelf.rotations.values()].filter((one) => one.tenantId === tenantId);
      const dues = all.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt]));
      return dues.length === 0 ? null : (Math.min(...dues) as EpochMs);
    },
    switches: async (tenantId) => shelf.switches.get(tenantId) ?? OFF,
    async turn(tenantId, which, value, audit) {
      shelf.switches.set(tenantId, { ...(shelf.switches.get(tenantId) ?? OFF), [which]: value });
      if (which === "breaker" && value === null) shelf.breakerClosed = shelf.trail.length;
      shelf.trail.push(audit);
    },
    async pauseApplication(tenantId, pause, audit) {
      const known = pausesOf(tenantId).find(({ appId }) => appId === pause.appId);
      if (known !== undefined) return known;
      const own = [...shelf.rotations.values()].filter((one) => one.holder.appId === pause.appId);
      if (own.some((one) => one.tenantId === tenantId && held(one.id, Number.MIN_SAFE_INTEGER))) return null;
      const all = [...pausesOf(tenantId), pause].toSorted((a, b) => (a.appId < b.appId ? -1 : 1));
      setPauses(tenantId, all);
      shelf.trail.push(audit);
      return pause;
    },
    async continueApplication(tenantId, { appId, by, at }, changes, audit) {
      if (!pausesOf(tenantId).some((one) => one.appId === appId && one.by === by && one.at === at)) return false;
      if (!changes.every(({ expected }) => isAsExpected(expected))) return false;
      setPauses(
        tenantId,
        pausesOf(tenantId).filter((one) => one.appId !== appId),
      );
      for (const { change } of changes) apply(change);
      shelf.trail.push(audit);
      return true;
    },
    tally: async (_, now) => tally(shelf, now),
    async audit(entry) {
      shelf.trail.push(entry);
    },
    async auditPage(tenantId, { after, before, appId, action, limit }) {
      const numbered = shelf.trail.map((entry, index) => ({ ...entry, sequence: index + 1 }));
      const found = numbered.filter(
        (one) =>
          one.tenantId === tenantId &&
          one.sequence > (after ?? 0) &&
          one.sequence < (before ?? Number.POSITIVE_INFINITY) &&
          one.appId === (appId ?? one.appId) &&
          one.action === (action ?? one.action),
      );
      return (after === undefined ? found.toReversed() : found).slice(0, limit);
    },
    async auditActions(tenantId) {
      const own = shelf.trail.filter((one) => one.tenantId === tenantId);
      return [...new Set(own.map(({ action }) => action))].toSorted();
    },
    async auditSince(tenantId, actions, since) {
      const numbered = shelf.trail.map((entry, index) => ({ ...entry, sequence: index + 1 }));
      return numbered.filter((one) => one.tenantId === tenantId && actions.includes(one.action) && one.at >= since);
    },
    async auditOf(tenantId, rotation, order, limit) {
      const numbered = shelf.trail.map((entry, index) => ({ ...entry, sequence: index + 1 }));
      const found = numbered.filter((one) => one.tenantId === tenantId && one.rotation === rotation);
      return (order === "oldest" ? found : found.toReversed()).slice(0, limit);
    },
    ...memoryTrail(shelf),
    ...memoryDrift(shelf),
    ...memoryLapses(shelf),
    ...memoryShown(shelf),
    ...memoryReveals(shelf),
    issuances: async (tenantId) =>
      [...shelf.slots.values()].flatMap((slot) => {
        const rotation = shelf.rotations.get(shelf.ledger.get(slot.keyId)?.rotation ?? "");
        return rotation === undefined || slot.tenantId !== tenantId ? [] : [{ slot, rotation }];
      }),
    lastNotice: async (...of) => shelf.notices.get(of.join(" ")) ?? null,
    noteNotice: async (tenantId, channel, recipient, digest) =>
      void shelf.notices.set([tenantId, channel, recipient].join(" "), digest),
    keptAnswer: async (...of) => shelf.answers.get(JSON.stringify(of)) ?? null,
    keepAnswer: async (tenantId, who, key, kept, forget) => {
      for (const [place, { at }] of shelf.answers)
        if (JSON.parse(place)[0] === tenantId && at < forget) shelf.answers.delete(place);
      const place = JSON.stringify([tenantId, who, key]);
      if (!shelf.answers.has(place)) shelf.answers.set(place, kept);
    },
    close: async () => {},
  };
}

function tally(shelf: Shelf, now: EpochMs): Tally {
  const outcomes = shelf.trail
    .slice(shelf.breakerClosed)
    .filter(({ action }) => ["accepted", "verified", "accept-failed", "verify-failed"].includes(action));
  const early = retirementsAmong(
    shelf.trail.filter(
      (one) =>
        RETIREMENT_ACTIONS.some((two) => two === one.action) && one.details.early === true && one.at > now - 60 * DAY,
    ),
    now,
  );
  return {
    issues: issuesAmong(
      shelf.trail.filter((one) => ISSUE_ACTIONS.some((two) => two === one.action) && one.at > now - DAY),
      now,
    ),
    clean: [...shelf.rotations.values()].filter(
      (one) =>
        one.failures === 0 &&
        ["verified", "retired"].includes(one.state) &&
        one.verifiedAt !== null &&
        one.leftover !== true &&
        one.verifiedAt <= now - 28 * HOUR,
    ).length,
    earlyRetirements: early.done,
    retiring: early.begun,
    recent: outcomes
      .slice(-20)
      .reverse()
      .map(({ action }) => !action.endsWith("failed")),
  };
}
