/** Rows ↔ the words of the port. */
import type { HolderType } from "../../core/credentials/credential.ts";
import type { SuccessorKind } from "../../core/credentials/federation.ts";
import type { ReasonCode } from "../../core/reasons.ts";
import { withoutPause } from "../../core/rotation/application-pause.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { EpochMs } from "../../core/time.ts";
import type { AuditEntry, LedgerEntry, LedgerOrigin, SlotRecord, Written } from "../../ports/store.ts";
import type { Tables } from "./tables.ts";

export type Row<T extends keyof Tables> = {
  [K in keyof Tables[T]]: Tables[T][K] extends { __select__: infer S } ? S : Tables[T][K];
};

/** The columns of a rotation that queries need, and the document itself. */
/** That of a leftover is under way in no slot and has renewed nothing: its body says all of it, and no number counts it. */
export function rotationRow(rotation: Rotation) {
  const isLeftover = rotation.leftover === true;
  return {
    id: rotation.id,
    tenant_id: rotation.tenantId,
    object_id: rotation.holder.objectId,
    app_id: rotation.holder.appId,
    slot: isLeftover ? `${rotation.slot} ${rotation.id}` : rotation.slot,
    replaces: rotation.replaces,
    state: rotation.state,
    due_at: rotation.dueAt,
    replaces_end: rotation.replacesEnd,
    priority: rotation.policy.priority,
    verified_at: isLeftover ? null : rotation.verifiedAt,
    failures: rotation.failures,
    planned_at: rotation.plannedAt,
    updated_at: rotation.updatedAt,
    body: JSON.stringify(withoutPause(rotation)),
  };
}

/** Of how many documents the reading is kept; a step asks for the same few again and again. */
const KEPT = 1_024;
/** By how it begins, which is with the id: to look one up by all of its text is to read all of it. */
const kept = new Map<string, { readonly body: string; readonly rotation: Rotation }>();
const BEGINNING = 48;

/** The rotation of a document: the same object for the same text, as nothing ever changes one. */
export function rotationFrom({ body }: { readonly body: string }): Rotation {
  const beginning = body.slice(0, BEGINNING);
  const known = kept.get(beginning);
  if (known?.body === body) return known.rotation;
  const rotation = JSON.parse(body) as Rotation;
  if (kept.size >= KEPT) kept.clear();
  kept.set(beginning, { body, rotation });
  return rotation;
}

export function ledgerRow(entry: LedgerEntry) {
  return {
    tenant_id: entry.tenantId,
    key_id: entry.keyId,
    type: entry.holder.type,
    object_id: entry.holder.objectId,
    app_id: entry.holder.appId,
    origin: entry.origin,
    rotation: entry.rotation,
    entered_at: entry.enteredAt,
    removed_at: entry.removedAt,
  };
}

export function ledgerFrom(row: Row<"ledger">): LedgerEntry {
  return {
    tenantId: row.tenant_id,
    holder: { type: row.type as HolderType, objectId: row.object_id, appId: row.app_id },
    keyId: row.key_id,
    origin: row.origin as LedgerOrigin,
    rotation: row.rotation,
    enteredAt: row.entered_at as EpochMs,
    removedAt: row.removed_at as EpochMs | null,
  };
}

export function slotRow(slot: SlotRecord) {
  return {
    tenant_id: slot.tenantId,
    app_id: slot.appId,
    slot: slot.slot,
    kind: slot.kind,
    key_id: slot.keyId,
    since: slot.since,
  };
}

export function slotFrom(row: Row<"slots">): SlotRecord {
  return {
    tenantId: row.tenant_id,
    appId: row.app_id,
    slot: row.slot,
    kind: row.kind as SuccessorKind,
    keyId: row.key_id,
    since: row.since as EpochMs,
  };
}

export function auditRow(entry: AuditEntry) {
  return {
    tenant_id: entry.tenantId,
    at: entry.at,
    actor: entry.actor,
    action: entry.action,
    rotation: entry.rotation,
    app_id: entry.appId,
    key_id: entry.keyId,
    reason: entry.reason,
    details: JSON.stringify(entry.details),
    written: entry.written === undefined ? null : JSON.stringify(entry.written),
  };
}

export function auditFrom(row: Row<"audit">): AuditEntry & { readonly sequence: number } {
  return {
    sequence: row.sequence,
    tenantId: row.tenant_id,
    at: row.at as EpochMs,
    actor: row.actor,
    action: row.action,
    rotation: row.rotation,
    appId: row.app_id,
    keyId: row.key_id,
    reason: row.reason as ReasonCode | null,
    details: JSON.parse(row.details) as AuditEntry["details"],
    ...(row.written === null ? {} : { written: JSON.parse(row.written) as Written }),
  };
}
