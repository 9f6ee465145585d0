/**
 * Replacing a whole list of certificates, where no proof of possession is at hand (design §4.8). There is no ETag, so a
 * complete-looking stale read can drop somebody else's entry: the list is written only after two equal reads half a minute
 * apart, its image is stored before, entries go back raw as they came, and afterwards what is missing is put back from the
 * image or named from the audit log.
 */
import { NolapseError } from "../../core/errors.ts";
import { LIST_SCHEDULE, LIST_STILL } from "../../core/replication.ts";
import type { ListLoss, ListWrite, RotationEvent } from "../../core/rotation.ts";
import { type EpochMs, plus } from "../../core/time.ts";
import type { CertificateEntry, CertificateReading, NewCertificate, ReplaceOutcome } from "../../ports/certificates.ts";
import type { CredentialChange } from "../../ports/logs.ts";
import type { CertificateImage, ImageEntry } from "../../ports/store.ts";
import type { Claimed } from "../claimed.ts";

/** After so many restorations somebody else and we are undoing each other's work: a person must look. */
const RESTORATIONS = 5;

export interface ListChange {
  readonly added: NewCertificate | null;
  readonly removed: string | null;
  /** Key ids whose entries are put back from the image. */
  readonly restored: readonly string[];
}

/**
 * Replaces the list once it has been seen still; `later` when it has not been yet, or cannot be (then the rotation is
 * halted). `intent` is stored together with the intent of the write.
 */
export async function replaceList(
  claimed: Claimed,
  reading: CertificateReading,
  change: ListChange,
  intent: readonly RotationEvent[] = [],
): Promise<ReplaceOutcome | "later"> {
  const { rotation, deps, signal } = claimed;
  if (reading.entries.some((one) => !one.resendable)) {
    await claimed.halt("foreign-entries");
    return "later";
  }
  const image = await stillImage(claimed, reading);
  if (image === null) return "later";
  await claimed.mayAct();
  const { added, removed, restored } = change;
  const back = image.lost.filter(({ keyId }) => restored.includes(keyId));
  const kept = [...image.entries.filter(({ keyId }) => keyId !== removed), ...back];
  const at = await claimed.now();
  await claimed.record([...intent, { type: "list-intended", at, added: added?.keyId ?? null, removed, restored }], {
    image: { entries: kept, lost: image.lost.filter(({ keyId }) => !restored.includes(keyId)) },
  });
  const outcome = await deps.certificates.replaceCertificates(
    rotation.holder,
    { kept: kept.map(({ raw }) => raw), added: added === null ? [] : [added] },
    signal,
  );
  // refused for certain: there is nothing to watch
  if (outcome.outcome === "not-applied") await claimed.record([{ type: "list-refused", at: await claimed.now() }]);
  return outcome;
}

/** The stored image when this reading is equal to it and far enough from it; else this reading becomes the image. */
async function stillImage(claimed: Claimed, reading: CertificateReading): Promise<CertificateImage | null> {
  const { rotation, deps } = claimed;
  const now = await claimed.now();
  const image = await deps.store.image(rotation.id);
  const entries = reading.entries.map(entryOf);
  if (image !== null && rotation.listReadAt !== null && isSame(image.entries, entries)) {
    return now >= plus(rotation.listReadAt, LIST_STILL) ? image : null;
  }
  const there = new Set(entries.map(({ keyId }) => keyId));
  // what the last image had is not forgotten while its loss is being mended
  const lost = image?.lost.filter(({ keyId }) => !there.has(keyId)) ?? [];
  await claimed.record([{ type: "list-read", at: now }], { image: { entries, lost } });
  return null;
}

/** One read of the list after it was replaced, and the judgement on what is missing from it. */
export async function compareList(claimed: Claimed): Promise<void> {
  const { rotation, deps, signal } = claimed;
  const write = rotation.listWrite;
  const image = await deps.store.image(rotation.id);
  if (write === null || image === null) throw new NolapseError("unexpected", "no list was written");
  const reading = await deps.certificates.readCertificates(rotation.holder, signal);
  const changes = await changesSince(claimed, write);
  const at = await claimed.now();
  const present = new Set(reading.entries.map(({ credential }) => credential.keyId));
  // once it has been seen, our own new entry is watched like everybody's
  const own = reading.entries.filter(({ credential }) => credential.keyId === write.added).map(entryOf);
  const expected = unique([...image.entries, ...own]);
  const found = findLosses({ write, expected, image, present, changes, at });
  const losses = unique([...found, ...rotation.listLosses]);
  const lost = unique([...expected, ...image.lost]).filter(({ keyId }) => fateOf(losses, keyId) === "lost");
  const settled = write.reads.length + 1 >= LIST_SCHEDULE.length && lost.length === 0;
  await claimed.record([{ type: "list-compared", at, losses, settled }], {
    image: settled ? null : { entries: expected, lost },
    note: { found: found.length, keyIds: found.map(({ keyId, fate }) => `${keyId} ${fate}`).join(", ") },
  });
}

function findLosses(facts: {
  readonly write: ListWrite;
  readonly expected: readonly ImageEntry[];
  readonly image: CertificateImage;
  readonly present: ReadonlySet<string>;
  readonly changes: readonly CredentialChange[] | null;
  readonly at: EpochMs;
}): ListLoss[] {
  const { write, expected, image, present, changes, at } = facts;
  const loss = (keyId: string, fate: ListLoss["fate"]) => ({ keyId, name: nameOf(changes, keyId), fate, at });
  const restored = write.restored.filter((keyId) => present.has(keyId)).map((keyId) => loss(keyId, "restored"));
  const missing = expected
    .filter(({ keyId }) => !present.has(keyId))
    .map(({ keyId }) => loss(keyId, removedOnPurpose(changes, keyId) ? "removed" : "lost"));
  const known = new Set([...expected, ...image.lost].map(({ keyId }) => keyId));
  const unseen = droppedByUs(changes, write)
    .filter((keyId) => !known.has(keyId) && !present.has(keyId))
    .map((keyId) => loss(keyId, "unseen"));
  return [...restored, ...missing, ...unseen];
}

/** Puts the entries back that somebody else's write lost, by the same rules as every replacement of the list. */
export async function restoreList(claimed: Claimed): Promise<void> {
  const { rotation, deps, signal } = claimed;
  if ((rotation.listWrite?.round ?? 0) >= RESTORATIONS) {
    await giveUp(claimed);
    return;
  }
  const reading = await deps.certificates.readCertificates(rotation.holder, signal);
  const present = new Set(reading.entries.map(({ credential }) => credential.keyId));
  const lost = rotation.listLosses.filter((one) => one.fate === "lost");
  const missing = lost.filter(({ keyId }) => !present.has(keyId)).map(({ keyId }) => keyId);
  if (missing.length === 0) {
    const at = await claimed.now();
    const back = lost.map((one): ListLoss => ({ ...one, fate: "restored", at }));
    await claimed.record([
      { type: "list-compared", at, losses: unique([...back, ...rotation.listLosses]), settled: false },
    ]);
    return;
  }
  const outcome = await replaceList(claimed, reading, { added: null, removed: null, restored: missing });
  if (outcome !== "later" && outcome.outcome !== "applied") await claimed.fail(outcome.error);
}

/** What could not be put back is reported, with its key ids, and the image is kept for the person who does it. */
async function giveUp(claimed: Claimed): Promise<void> {
  const at = await claimed.now();
  const losses = claimed.rotation.listLosses.map(
    (one): ListLoss => (one.fate === "lost" ? { ...one, fate: "given-up" } : one),
  );
  await claimed.record([{ type: "list-compared", at, losses, settled: true }]);
  await claimed.halt("list-contended");
}

/** The audit log since a while before the write; null where it may not be read: then nobody is named. */
async function changesSince({ rotation, deps, signal }: Claimed, write: ListWrite) {
  try {
    return await deps.logs.credentialChanges(rotation.holder, plus(write.at, -LIST_STILL * 2), signal);
  } catch (thrown) {
    if (thrown instanceof NolapseError && thrown.code === "directory-forbidden") return null;
    throw thrown;
  }
}

/** Somebody took it out and changed nothing else: that was meant. A write that also adds may have lost it by a stale read. */
function removedOnPurpose(changes: readonly CredentialChange[] | null, keyId: string): boolean {
  return (changes ?? []).some((change) => {
    const { gone, come } = difference(change);
    return come.length === 0 && gone.length === 1 && gone[0] === keyId;
  });
}

/** What the log says our own write took away beside what it was meant to. */
function droppedByUs(changes: readonly CredentialChange[] | null, write: ListWrite): string[] {
  return (changes ?? []).flatMap((change) => {
    const { gone, come } = difference(change);
    const isOurs =
      (write.added !== null && come.includes(write.added)) ||
      (write.removed !== null && gone.includes(write.removed)) ||
      (write.restored.length > 0 && write.restored.every((keyId) => come.includes(keyId)));
    return isOurs ? gone.filter((keyId) => keyId !== write.removed) : [];
  });
}

function difference({ before, after }: CredentialChange): { gone: string[]; come: string[] } {
  const then = new Set(before.map(({ keyId }) => keyId));
  const now = new Set(after.map(({ keyId }) => keyId));
  return { gone: [...then].filter((keyId) => !now.has(keyId)), come: [...now].filter((keyId) => !then.has(keyId)) };
}

function nameOf(changes: readonly CredentialChange[] | null, keyId: string): string | null {
  return (changes ?? []).flatMap(({ before }) => before).find((one) => one.keyId === keyId)?.name ?? null;
}

function fateOf(losses: readonly ListLoss[], keyId: string): ListLoss["fate"] | null {
  return losses.find((one) => one.keyId === keyId)?.fate ?? null;
}

/** The first of each key id. */
function unique<T extends { readonly keyId: string }>(all: readonly T[]): T[] {
  return [...new Map(all.toReversed().map((one) => [one.keyId, one])).values()].toReversed();
}

function entryOf({ credential, raw }: CertificateEntry): ImageEntry {
  return { keyId: credential.keyId, raw };
}

function isSame(one: readonly ImageEntry[], other: readonly ImageEntry[]): boolean {
  return one.length === other.length && one.every(({ raw }, index) => raw === other[index]?.raw);
}
