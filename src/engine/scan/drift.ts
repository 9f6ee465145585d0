/**
 * What changed without Nolapse on bound applications, noticed at a scan: key ids that came or went since the last one, a
 * slot's current credential that is gone, a target whose copy is another. A list can be stale, so nothing is said before one
 * read of the object itself agrees; and what cannot be read is not compared, and compared again by the next scan.
 */
import type { Credential, Holder } from "../../core/credentials/credential.ts";
import { parseMarkedName } from "../../core/credentials/marker.ts";
import { asNolapseError } from "../../core/errors.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { REPLICATION_WINDOW } from "../../core/schedule/replication.ts";
import { SLICE, those } from "../../core/slices.ts";
import { type EpochMs, HOUR, plus } from "../../core/time.ts";
import type { Drift } from "../../ports/drift.ts";
import type { Actor, CredentialChange } from "../../ports/logs.ts";
import type { Deps } from "../deps.ts";
import { NOLAPSE } from "../trail/audit.ts";
import { inTurns, turnEvery } from "../turns.ts";
import type { Scan } from "./discover.ts";

/** A rotation in one of these states may be writing to its targets. */
const UNDER_WAY = ["planned", "issued", "accepted", "delivered", "halted"] as const;

/** How far before the last scan the audit log is read: clocks differ, and a page is older than its scan. */
const BEFORE = HOUR;

interface Compared {
  readonly drift: readonly Drift[];
  /** Objects that could not be compared: what was known of them stays. */
  readonly skipped: ReadonlySet<string>;
}

/** Notices, attributes and stores it, each thing once. To be called before the scan is recorded. */
export async function noticeDrift(deps: Deps, scan: Scan, signal?: AbortSignal): Promise<Compared> {
  const bound = new Set(deps.settings.bindings.map((one) => one.appId));
  const holders = await inTurns(
    deps,
    those(scan.holders, (one) => bound.has(one.appId)),
  );
  const known = new Map((await deps.store.inventory(scan.tenantId, [...bound])).map((one) => [one.objectId, one]));
  const found: Drift[] = [];
  const skipped = new Set<string>();
  const turn = turnEvery(deps, SLICE);
  for (const holder of holders) {
    await turn();
    const last = known.get(holder.objectId);
    if (last === undefined) continue;
    try {
      found.push(...(await compare(deps, holder, last, scan.scannedAt, signal)));
    } catch (thrown) {
      const error = asNolapseError(thrown);
      if (!error.code.startsWith("directory-")) throw error;
      skipped.add(holder.objectId);
    }
  }
  found.push(...(await replacedCopies(deps, holders, scan.scannedAt, signal)));
  const drift: Drift[] = [];
  for (const one of found) if (await deps.store.noteDrift(one, auditLine(one))) drift.push(one);
  return { drift, skipped };
}

async function compare(
  deps: Deps,
  listed: Holder,
  last: { readonly seenAt: EpochMs; readonly keyIds: readonly string[] },
  at: EpochMs,
  signal?: AbortSignal,
): Promise<Drift[]> {
  const before = new Set(last.keyIds);
  const differs = (holder: Holder) =>
    holder.credentials.length !== before.size || holder.credentials.some((one) => !before.has(one.keyId));
  if (!differs(listed)) return [];
  const { holder } = await deps.entra.read(listed, signal);
  const after = new Set(holder.credentials.map((one) => one.keyId));
  const { ours, busy, current } = await ownDoing(deps, holder, plus(last.seenAt, -BEFORE), at);
  const come = holder.credentials.filter((one) => !before.has(one.keyId) && !ours.has(one.keyId) && !busy(one.name));
  const gone = [...before].filter((keyId) => !after.has(keyId) && (current.has(keyId) || !ours.has(keyId)));
  if (come.length + gone.length === 0) return [];
  const changes = await changesOf(deps, holder, plus(last.seenAt, -BEFORE), signal);
  const about = { tenantId: deps.settings.tenantId, appId: holder.appId, displayName: holder.displayName };
  const made = (what: Drift["what"], keyId: string): Drift => {
    const { objectId } = holder;
    return { ...about, objectId, what, keyId, target: null, at, by: authorOf(changes, keyId, what === "drift-added") };
  };
  return [
    ...come.map(({ keyId }) => made("drift-added", keyId)),
    ...gone.map((keyId) => made(current.has(keyId) ? "drift-current-gone" : "drift-removed", keyId)),
  ];
}

/** What Nolapse itself added or took away, or may have, and which key ids must be there. */
async function ownDoing(deps: Deps, { appId, credentials }: Holder, since: EpochMs, at: EpochMs) {
  const { tenantId } = deps.settings;
  const ledger = await deps.store.ledger(tenantId, appId);
  const slots = await deps.store.slots(tenantId, appId);
  const rotations = await deps.store.rotations({ tenantId, appId });
  const ours = new Set(
    ledger.filter((one) => one.origin !== "adopted" || one.removedAt !== null).map((one) => one.keyId),
  );
  for (const one of rotations) {
    if (one.retireIntendedAt !== null) ours.add(one.replaces);
    if (one.undo !== null) ours.add(one.undo.keyId);
    for (const { certificate } of one.attempts) if (certificate !== null) ours.add(certificate.keyId);
  }
  const lines = await deps.store.auditSince(tenantId, ["saml-renewed"], since);
  for (const line of lines.filter((one) => one.appId === appId)) {
    const made = { keyId: line.keyId, thumbprint: String(line.details.thumbprint) };
    for (const { keyId } of signingEntries(credentials, made)) ours.add(keyId);
  }
  const attempts = new Set(rotations.flatMap((one) => one.attempts.map((attempt) => attempt.id)));
  // just made: a read can still be older than the write
  const settled = slots.filter((one) => at - one.since > REPLICATION_WINDOW && !isRetired(rotations, one.keyId));
  return {
    ours,
    busy: (name: string | null) => attempts.has(parseMarkedName(name ?? "").marker?.attempt ?? ""),
    current: new Set(settled.map((one) => one.keyId)),
  };
}

/**
 * The entries of one SAML signing certificate: its key, its public half and its secret are tied by their identifier, which need not be the
 * thumbprint; a read of the object shows no public part.
 */
function signingEntries(
  credentials: readonly Credential[],
  made: { readonly keyId: string | null; readonly thumbprint: string },
): Credential[] {
  const identifiers = credentials.flatMap(({ keyId, certificate, customKeyIdentifier: id }) => {
    const own = certificate === null || certificate === "unreadable" ? id : certificate.sha1;
    return id !== null && (own === made.thumbprint || keyId === made.keyId) ? [id] : [];
  });
  return credentials.filter((one) => one.keyId === made.keyId || identifiers.includes(one.customKeyIdentifier ?? ""));
}

function isRetired(
  rotations: readonly { readonly replaces: string; readonly retireIntendedAt: EpochMs | null }[],
  keyId: string,
) {
  return rotations.some((one) => one.replaces === keyId && one.retireIntendedAt !== null);
}

/** Targets of slots at rest whose copy is not the value that was delivered and verified there. */
async function replacedCopies(
  deps: Deps,
  holders: readonly Holder[],
  at: EpochMs,
  signal?: AbortSignal,
): Promise<Drift[]> {
  const { store, settings } = deps;
  const { tenantId } = settings;
  // by client id the first, as the application itself comes before its service principal
  const listed = new Map(holders.toReversed().map((one) => [one.appId, one]));
  const bound = new Set(settings.bindings.map((one) => one.appId));
  const open = await store.rotations({ tenantId, states: UNDER_WAY });
  const moving = open.filter(({ leftover }) => leftover !== true);
  const underWay = new Set(moving.map((one) => placeOf(one.holder.appId, one.slot)));
  const drift: Drift[] = [];
  for (const { slot, rotation } of await store.issuances(tenantId)) {
    const { appId, keyId } = slot;
    const holder = listed.get(appId);
    const isLast = rotation.slot === slot.slot && rotation.issued?.keyId === keyId && rotation.verifiedAt !== null;
    if (holder === undefined || !isLast || !bound.has(appId) || underWay.has(placeOf(appId, slot.slot))) continue;
    for (const { target } of rotation.deliveries) {
      if (await isInPlace(deps, target, rotation, signal)) continue;
      const { displayName, objectId } = holder;
      drift.push({ tenantId, appId, displayName, objectId, what: "drift-target", keyId, target, at, by: null });
    }
  }
  return drift;
}

function placeOf(appId: string, slot: string): string {
  return `${appId} ${slot}`;
}

/** What cannot be read is no drift; a target that is gone shows when something is to be delivered. */
async function isInPlace({ targets, sealer }: Deps, target: string, { issued }: Rotation, signal?: AbortSignal) {
  const copy = await targets
    .get(target)
    ?.readBack?.(signal)
    .catch(() => null);
  if (copy == null) return true;
  return copy.state === "present" && (await sealer.fingerprint(copy.value)) === issued?.fingerprint;
}

/** The directory's audit log, null where it may not be read: then nobody is named. */
async function changesOf(deps: Deps, holder: Holder, since: EpochMs, signal?: AbortSignal) {
  try {
    return await deps.logs.credentialChanges(holder, since, signal);
  } catch (thrown) {
    if (["directory-forbidden", "directory-unlicensed"].includes(asNolapseError(thrown).code)) return null;
    throw thrown;
  }
}

function authorOf(changes: readonly CredentialChange[] | null, keyId: string, added: boolean): string | null {
  const has = (list: CredentialChange["before"]) => list.some((one) => one.keyId === keyId);
  const change = (changes ?? []).findLast(({ before, after }) =>
    added ? has(after) && !has(before) : has(before) && !has(after),
  );
  return change === undefined ? null : inWords(change.actor);
}

function inWords({ kind, id, name }: Actor): string | null {
  if (kind === "unknown" || (id === null && name === null)) return null;
  return `${kind} ${name ?? id}${name !== null && id !== null ? ` (${id})` : ""}`;
}

function auditLine({ tenantId, at, appId, keyId, what, target, by, objectId }: Drift) {
  const details = { object: objectId, by: by ?? "unknown", ...(target === null ? {} : { target }) };
  return { tenantId, at, actor: NOLAPSE, action: "drift", rotation: null, appId, keyId, reason: what, details };
}
