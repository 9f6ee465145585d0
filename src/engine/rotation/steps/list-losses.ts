/**
 * The judgement on a list of certificates that we replaced: what is missing and by whose doing, and what our own write did
 * without having seen it. Everything is named by key id; the audit log is all that tells of what no read has shown.
 */

import type { ListLoss, ListWrite } from "../../../core/rotation/list-write.ts";
import type { Rotation } from "../../../core/rotation/rotation.ts";
import type { EpochMs } from "../../../core/time.ts";
import type { CredentialChange } from "../../../ports/logs.ts";
import type { CertificateImage, ImageEntry } from "../../../ports/store.ts";

export interface ListFacts {
  readonly rotation: Pick<Rotation, "attempts" | "issued" | "replaces" | "undo" | "listLosses" | "acceptedAt">;
  readonly write: ListWrite;
  /** What should be there: the entries of our list, and our own new one once it has been seen. */
  readonly expected: readonly ImageEntry[];
  readonly image: CertificateImage;
  readonly present: ReadonlySet<string>;
  /** Oldest first; null where the log may not be read. */
  readonly changes: readonly CredentialChange[] | null;
  /** Whether this is the last read of the schedule: by now every read shows our write. */
  readonly last: boolean;
  readonly at: EpochMs;
}

/** What this read and the log say, the most telling first where one entry is meant twice. */
export function findLosses(facts: ListFacts): ListLoss[] {
  const { rotation, write, expected, image, present, changes, at } = facts;
  const loss = (keyId: string, fate: ListLoss["fate"]) => ({ keyId, name: nameOf(changes, keyId), fate, at });
  const restored = rotation.listLosses
    .filter(({ keyId, fate }) => (fate === "restoring" || fate === "lost") && present.has(keyId))
    .map(({ keyId }) => loss(keyId, "restored"));
  const mine = ownChanges(changes ?? [], write, new Set(expected.map(({ keyId }) => keyId)));
  const theirs = (changes ?? []).filter((one) => !mine.includes(one));
  const missing = expected
    .filter(({ keyId }) => !present.has(keyId) && !isOnItsWay(facts, keyId))
    .map(({ keyId }) => loss(keyId, removedOnPurpose(theirs, keyId) ? "removed" : "lost"));
  const own = ownLost(facts);
  const known = new Set([...expected, ...image.lost].map(({ keyId }) => keyId));
  const ours = ownKeyIds(rotation);
  const did = mine.map(difference);
  const unseen = did
    .flatMap(({ gone }) => gone)
    .filter((keyId) => !known.has(keyId) && !ours.has(keyId))
    // an old read may still show what the log says is gone
    .filter((keyId) => !present.has(keyId) || isGone(changes, keyId))
    .map((keyId) => loss(keyId, "unseen"));
  const meant = new Set([...write.restored, ...rotation.listLosses.filter(wasMissed).map(({ keyId }) => keyId)]);
  const revived = did
    .flatMap(({ come }) => come)
    .filter((keyId) => !ours.has(keyId) && !meant.has(keyId) && present.has(keyId))
    .map((keyId) => loss(keyId, "revived"));
  return [...restored, ...missing, ...(own === null ? [] : [loss(own, "lost")]), ...unseen, ...revived];
}

/**
 * Our new certificate, where somebody else's list dropped it before any read had shown it: the log says so, or the token
 * endpoint has honoured it and the last read does not show it. Null when it is there, or may be on its way.
 */
function ownLost({ rotation, write, expected, present, changes, last }: ListFacts): string | null {
  const { issued, acceptedAt } = rotation;
  if (issued === null || issued.certificate === null) return null;
  const { keyId } = issued;
  if (keyId === write.removed || present.has(keyId) || expected.some((one) => one.keyId === keyId)) return null;
  return isGone(changes, keyId) || (last && acceptedAt !== null) ? keyId : null;
}

/** Put back by this very write: an early read that does not show it may be older, unless the log says that it went again. */
function isOnItsWay({ write, changes, last }: ListFacts, keyId: string): boolean {
  return !last && write.restored.includes(keyId) && !isGone(changes, keyId);
}

/** Whether the last that the log tells of a key id is that it went. */
function isGone(changes: readonly CredentialChange[] | null, keyId: string): boolean {
  const touched = (changes ?? []).map(difference).filter(({ gone, come }) => [...gone, ...come].includes(keyId));
  return touched.at(-1)?.gone.includes(keyId) === true;
}

/**
 * How a key id that is not there any more went, by the last that the log tells of it: `removed` by somebody who meant it, or `lost`
 * by a write that also did something else. Null where the log does not tell that it went; it comes minutes late.
 */
export function howItWent(changes: readonly CredentialChange[], keyId: string): "removed" | "lost" | null {
  if (!isGone(changes, keyId)) return null;
  const last = changes.filter((change) => difference(change).gone.includes(keyId)).slice(-1);
  return removedOnPurpose(last, keyId) ? "removed" : "lost";
}

function wasMissed({ fate }: ListLoss): boolean {
  return fate === "lost" || fate === "restoring" || fate === "restored";
}

/** Key ids that this rotation has made, or was opened to replace: what becomes of them is told by its events. */
function ownKeyIds({ attempts, issued, replaces, undo }: ListFacts["rotation"]): ReadonlySet<string> {
  const tried = attempts.flatMap((one) => [one.certificate?.keyId, one.orphan]);
  const ids = [...tried, issued?.keyId, replaces, undo?.keyId];
  return new Set(ids.filter((keyId) => keyId != null));
}

/** Somebody else took it out and changed nothing else: that was meant. A write that also adds may have lost it by a stale read. */
function removedOnPurpose(theirs: readonly CredentialChange[], keyId: string): boolean {
  return theirs.some((change) => {
    const { gone, come } = difference(change);
    return come.length === 0 && gone.length === 1 && gone[0] === keyId;
  });
}

/**
 * The entries of the log that are our own writes since the first of the chain. The first is known by what it did: it brought
 * the key id that we chose, or it left the list as we sent it; the others by who did them.
 */
function ownChanges(
  changes: readonly CredentialChange[],
  { began, at }: ListWrite,
  sent: ReadonlySet<string>,
): readonly CredentialChange[] {
  const asSent = (change: CredentialChange) => {
    const after = new Set(change.after.map(({ keyId }) => keyId));
    return [...sent].every((keyId) => after.has(keyId)) && difference(change).come.every((keyId) => sent.has(keyId));
  };
  const first =
    changes.findIndex((one) => began.added !== null && difference(one).come.includes(began.added)) + 1 ||
    changes.findIndex((one) => began.removed !== null && difference(one).gone.includes(began.removed) && asSent(one)) +
      1 ||
    changes.findIndex((one) => one.at >= at && difference(one).come.length > 0 && asSent(one)) + 1;
  const mine = changes[first - 1];
  if (mine === undefined) return [];
  const since = changes.slice(first - 1);
  return mine.actor.id === null ? [mine] : since.filter(({ actor }) => actor.id === mine.actor.id);
}

function difference({ before, after }: CredentialChange): { gone: string[]; come: string[] } {
  const then = new Set(before.map(({ keyId }) => keyId));
  const now = new Set(after.map(({ keyId }) => keyId));
  return { gone: [...then].filter((keyId) => !now.has(keyId)), come: [...now].filter((keyId) => !then.has(keyId)) };
}

function nameOf(changes: readonly CredentialChange[] | null, keyId: string): string | null {
  const named = (changes ?? []).flatMap(({ before, after }) => [...before, ...after]);
  return named.find((one) => one.keyId === keyId)?.name ?? null;
}
