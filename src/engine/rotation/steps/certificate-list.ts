/**
 * Replacing a whole list of certificates, where no proof of possession is at hand (design §4.8). There is no ETag, so a
 * complete-looking stale read can drop somebody else's entry: the list is written only after two equal reads half a minute
 * apart, its image is stored before, entries go back raw as they came, and afterwards what is missing is put back from the
 * image or named from the audit log.
 */
import { NolapseError } from "../../../core/errors.ts";
import type { ListLoss, ListWrite } from "../../../core/rotation/list-write.ts";
import type { RotationEvent } from "../../../core/rotation/rotation.ts";
import { LIST_SCHEDULE, LIST_STILL, SERVICE_TIME_GRAIN } from "../../../core/schedule/replication.ts";
import { plus } from "../../../core/time.ts";
import type {
  CertificateEntry,
  CertificateReading,
  NewCertificate,
  ReplaceOutcome,
} from "../../../ports/certificates.ts";
import type { CertificateImage, ImageEntry } from "../../../ports/store.ts";
import type { Claimed } from "../claimed.ts";
import { findLosses } from "./list-losses.ts";

/** Far enough apart in any case, told in the service's whole seconds. */
const STILL = LIST_STILL + SERVICE_TIME_GRAIN;

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
 * halted). `intent` is stored together with the intent of the write; `lastLook` is asked right before, and throws where it may
 * not be made any more.
 */
export async function replaceList(
  claimed: Claimed,
  reading: CertificateReading,
  change: ListChange,
  {
    intent = [],
    lastLook = () => claimed.mayAct(),
  }: { readonly intent?: readonly RotationEvent[]; readonly lastLook?: () => Promise<void> } = {},
): Promise<ReplaceOutcome | "later"> {
  const { rotation, deps, signal } = claimed;
  if (reading.entries.some((one) => !one.resendable)) {
    await claimed.halt("foreign-entries");
    return "later";
  }
  const image = await stillImage(claimed, reading);
  if (image === null) return "later";
  await lastLook();
  const { removed, restored } = change;
  const back = image.lost.filter(({ keyId }) => restored.includes(keyId));
  // what is there raw goes back raw
  const added = back.some(({ keyId }) => keyId === change.added?.keyId) ? null : change.added;
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

/**
 * The stored image when this reading is equal to it and far enough from it, by the clock that both were read by; else this
 * reading becomes the image.
 */
async function stillImage(claimed: Claimed, reading: CertificateReading): Promise<CertificateImage | null> {
  const { rotation, deps } = claimed;
  const now = await claimed.now();
  const { serviceTime } = reading;
  const image = await deps.store.image(rotation.id);
  const entries = reading.entries.map(entryOf);
  if (image !== null && rotation.listReadAt !== null && isSame(image.entries, entries)) {
    const missing = plus(rotation.listReadAt, STILL) - serviceTime;
    if (missing <= 0) return image;
    // another process had read it, whose clock is behind ours
    await claimed.record([{ type: "list-read", at: now, seen: rotation.listReadAt, again: plus(now, missing) }]);
    return null;
  }
  const there = new Set(entries.map(({ keyId }) => keyId));
  // what the last image had is not forgotten while its loss is being mended
  const lost = image?.lost.filter(({ keyId }) => !there.has(keyId)) ?? [];
  await claimed.record([{ type: "list-read", at: now, seen: serviceTime, again: plus(now, STILL) }], {
    image: { entries, lost },
  });
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
  const last = write.reads.length + 1 >= LIST_SCHEDULE.length;
  const found = findLosses({ rotation, write, expected, image, present, changes, last, at });
  const losses = unique([...found, ...rotation.listLosses]);
  const isLost = (keyId: string) => losses.some((one) => one.keyId === keyId && one.fate === "lost");
  const settled = last && !losses.some(({ fate }) => fate === "lost");
  const lost = unique([...expected, ...image.lost]).filter(({ keyId }) => isLost(keyId));
  await claimed.record([{ type: "list-compared", at, losses, settled }], {
    image: settled ? null : { entries: expected, lost },
    note: { found: found.length, keyIds: found.map(({ keyId, fate }) => `${keyId} ${fate}`).join(", ") },
  });
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
    // by somebody else's list, or because reads flip: it is watched as if we had put it back
    const at = await claimed.now();
    const back = lost.map((one): ListLoss => ({ ...one, fate: "restored", at }));
    const losses = unique([...back, ...rotation.listLosses]);
    await claimed.record([{ type: "list-compared", at, losses, settled: false, anew: true }]);
    return;
  }
  const own = ownAgain(claimed, present);
  const restored = own === null ? missing : [...new Set([...missing, own.keyId])];
  const change = { added: own, removed: null, restored };
  const outcome = await replaceList(claimed, reading, change);
  if (outcome !== "later" && outcome.outcome !== "applied") await claimed.fail(outcome.error);
}

/**
 * Our own new certificate where a read does not show it: it is sent along as it was at first, lost or not. The read may be
 * older than our own last list, and made from it the next list would drop what only that one held. Not where somebody has
 * removed it on purpose.
 */
function ownAgain({ rotation }: Claimed, present: ReadonlySet<string>): NewCertificate | null {
  const { issued, attempts, listLosses } = rotation;
  const attempt = attempts.find(({ id }) => id === issued?.attempt);
  const made = attempt?.certificate ?? null;
  if (issued === null || attempt === undefined || made === null || present.has(issued.keyId)) return null;
  if (listLosses.some(({ keyId, fate }) => keyId === issued.keyId && fate === "removed")) return null;
  const { displayName, end } = attempt;
  if (end === null) return null;
  return { keyId: issued.keyId, displayName, certificate: made.certificate, start: made.start, end };
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
    return await deps.logs.credentialChanges(rotation.holder, plus(write.since, -LIST_STILL * 2), signal);
  } catch (thrown) {
    if (thrown instanceof NolapseError && ["directory-forbidden", "directory-unlicensed"].includes(thrown.code))
      return null;
    throw thrown;
  }
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
