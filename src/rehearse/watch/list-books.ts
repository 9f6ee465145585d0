/**
 * What a rehearsal knows of lists of certificates (design §4.8), from what passes through the ports and from the directory's
 * truth: whether a list was looked at twice and kept before it is replaced, and what becomes of entries that a replacement
 * could not have seen. It never takes the manager's word for what happened, only for what it names.
 */
import type { Rotation } from "../../core/rotation/rotation.ts";
import { type DurationMs, type EpochMs, MINUTE, plus, SECOND } from "../../core/time.ts";
import type { CertificateReading, NewCertificate } from "../../ports/certificates.ts";
import type { CertificateImage } from "../../ports/store.ts";
import type { TrueCredential } from "../stage/ground.ts";
import type { Committed } from "./committed.ts";

// once more the design's own numbers, as in invariants.ts
/** How far apart the two equal reads before a replacement must be. */
const STILL: DurationMs = 30 * SECOND;
/** How long a read may show an entry that is gone. */
const REPLICATION: DurationMs = 10 * MINUTE;

interface Reading {
  readonly at: EpochMs;
  readonly raws: readonly string[];
}

/** What a replacement of ours did without meaning to: it must be as before, or have been named, when the watch ends. */
interface Debt {
  readonly keyId: string;
  readonly did: "dropped" | "put back";
}

/** What a list of certificates is replaced by. */
export interface ReplacedList {
  /** Raw, as they were read. */
  readonly kept: readonly string[];
  readonly added: readonly NewCertificate[];
}

interface Replacement extends ReplacedList {
  readonly holder: string;
}

export interface Surroundings {
  /** The rotations as they were last committed. */
  readonly rotations: Committed;
  truth(objectId: string): readonly TrueCredential[];
  /** Whether somebody else took it away and meant to. */
  wasMeant(keyId: string): boolean;
}

export class ListBooks {
  readonly #around: Surroundings;
  readonly #readings = new Map<string, Reading[]>();
  readonly #seen = new Map<string, Set<string>>();
  readonly #images = new Map<string, CertificateImage>();
  readonly #debts = new Map<string, Debt[]>();
  /** When a key id was last seen to have left its object. */
  readonly #leftAt = new Map<string, EpochMs>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** A reading of ours, stale or not. */
  read(objectId: string, { entries }: CertificateReading, at: EpochMs): void {
    const raws = entries.map(({ raw }) => raw);
    const seen = this.#seen.get(objectId) ?? new Set();
    for (const raw of raws) seen.add(raw);
    this.#seen.set(objectId, seen);
    this.#readings.set(objectId, [...(this.#readings.get(objectId) ?? []), { at, raws }].slice(-12));
  }

  /** What was there before and is not any more. */
  changed(before: readonly TrueCredential[], after: readonly TrueCredential[], at: EpochMs): void {
    const there = new Set(after.map(({ keyId }) => keyId));
    for (const { keyId } of before) if (!there.has(keyId)) this.#leftAt.set(keyId, at);
  }

  /** An image was stored, or forgotten. */
  kept(rotation: string, image: CertificateImage | null): void {
    if (image === null) this.#images.delete(rotation);
    else this.#images.set(rotation, image);
  }

  /** The store is an older one: what it was to name, it cannot know. */
  forget(): void {
    this.#debts.clear();
    this.#images.clear();
  }

  /** Why a list may not be replaced like this; null when it may. `removes` is told of every entry that it leaves out. */
  whyNotReplace({ holder, kept, added }: Replacement): string | null {
    const rotation = this.writer(holder);
    const write = rotation?.listWrite ?? null;
    if (rotation === null || write === null) return "no rotation has written down that it does so";
    const image = this.#images.get(rotation.id);
    const stored = new Set(image?.entries.map(({ raw }) => raw));
    if (image === undefined || kept.some((raw) => !stored.has(raw))) return "what it holds was not stored before";
    const seen = this.#seen.get(holder);
    if (kept.some((raw) => seen?.has(raw) !== true)) return "an entry goes back otherwise than as it was read";
    const back = new Set(write.restored);
    const basis = kept.filter((raw) => !back.has(keyIdOf(raw)));
    if (!this.#isStill(holder, basis, write.removed))
      return "two equal reads half a minute apart have not shown the list that it is made from";
    const fresh = added.filter(({ keyId }) => keyId !== write.added);
    return fresh.length > 0 ? "it adds what its intent does not name" : null;
  }

  /** The rotation that has last written down that it replaces the list of this object. */
  writer(objectId: string): Rotation | null {
    return lastWriter(this.#around.rotations.naming(objectId).filter(({ holder }) => holder.objectId === objectId));
  }

  /** Judges what a replacement did: what it took away and what it brought, beside what it meant to. */
  replaced({ holder, added }: Replacement, before: readonly TrueCredential[], after: readonly TrueCredential[]): void {
    const rotation = this.writer(holder);
    const write = rotation?.listWrite ?? null;
    this.#readings.delete(holder);
    if (rotation === null || write === null) return;
    const [then, now] = [idsOf(before), idsOf(after)];
    const meant = new Set([...write.restored, ...added.map(({ keyId }) => keyId)]);
    const dropped = [...then].filter((keyId) => !now.has(keyId) && keyId !== write.removed);
    const back = [...now].filter((one) => !then.has(one) && !meant.has(one) && this.#around.wasMeant(one));
    this.#debts.set(rotation.id, [
      ...(this.#debts.get(rotation.id) ?? []),
      ...dropped.map((keyId): Debt => ({ keyId, did: "dropped" })),
      ...back.map((keyId): Debt => ({ keyId, did: "put back" })),
    ]);
  }

  /** What the end of a watch leaves unsaid; `last` is the image as it was kept until then. */
  unsaid(rotation: Rotation, at: EpochMs): readonly string[] {
    const there = idsOf(this.#around.truth(rotation.holder.objectId));
    const said = new Set(rotation.listLosses.map(({ keyId }) => keyId));
    const ours = new Set(rotation.attempts.flatMap((one) => [one.certificate?.keyId, one.orphan]));
    const debts = this.#debts.get(rotation.id) ?? [];
    this.#debts.delete(rotation.id);
    const open = debts.filter(({ keyId, did }) => there.has(keyId) === (did === "put back") && !said.has(keyId));
    const image = this.#images.get(rotation.id)?.entries ?? [];
    const missing = image.filter(
      ({ keyId }) =>
        !there.has(keyId) &&
        !said.has(keyId) &&
        !ours.has(keyId) &&
        plus(this.#leftAt.get(keyId) ?? at, REPLICATION) < at,
    );
    return [
      ...open.map(({ keyId, did }) => `a list of ours has ${did} ${keyId}, and nothing says so`),
      ...missing.map(({ keyId }) => `${keyId} was lost from a list of ours, and nothing says so`),
    ];
  }

  #isStill(objectId: string, basis: readonly string[], removed: string | null): boolean {
    const fits = (this.#readings.get(objectId) ?? []).filter(({ raws }) =>
      isSame(
        raws.filter((raw) => keyIdOf(raw) !== removed),
        basis,
      ),
    );
    const last = fits.at(-1);
    return last !== undefined && fits.some(({ at, raws }) => last.at - at >= STILL && isSame(raws, last.raws));
  }
}

/** Of the rotations of one object the one that has last written down that it replaces its list, and has not looked at it since. */
export function lastWriter(rotations: readonly Rotation[]): Rotation | null {
  return rotations
    .filter(({ listWrite }) => listWrite !== null && listWrite.reads.length === 0)
    .reduce<Rotation | null>(
      (last, one) => ((one.listWrite?.at ?? 0) >= (last?.listWrite?.at ?? 0) ? one : last),
      null,
    );
}

function idsOf(credentials: readonly TrueCredential[]): ReadonlySet<string> {
  return new Set(credentials.filter(({ kind }) => kind === "certificate").map(({ keyId }) => keyId));
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((raw, index) => raw === other[index]);
}

function keyIdOf(raw: string): string {
  return (JSON.parse(raw) as { keyId: string }).keyId;
}
