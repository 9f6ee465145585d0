import type { HolderRef, HolderType } from "../core/credentials/credential.ts";
import type { SuccessorKind } from "../core/credentials/federation.ts";
import type { ReasonCode } from "../core/reasons.ts";
import type { Rotation, RotationState } from "../core/rotation/rotation.ts";
import type { ApplicationPause } from "../core/rotation/words.ts";
import type { EpochMs } from "../core/time.ts";
import type { AnswerStore } from "./answers.ts";
import type { DriftStore } from "./drift.ts";
import type { LapseStore } from "./lapses.ts";
import type { NoticeStore } from "./notices.ts";
import type { RevealStore } from "./reveals.ts";
import type { ShownStore } from "./shown.ts";
import type { NumberedEntry, TrailStore, WantedEntries } from "./trail.ts";

/** Why a key id may be removed by Nolapse: it issued it, was told to adopt it, or confirmed it as its own orphan. */
export type LedgerOrigin = "issued" | "adopted" | "orphan";

export interface LedgerEntry {
  readonly tenantId: string;
  readonly holder: HolderRef;
  readonly keyId: string;
  readonly origin: LedgerOrigin;
  readonly rotation: string | null;
  readonly enteredAt: EpochMs;
  readonly removedAt: EpochMs | null;
}

/** One line of the append-only audit trail. `details` holds ids, names, codes and times, never a value. */
export interface AuditEntry {
  readonly tenantId: string;
  readonly at: EpochMs;
  /** Who: `nolapse`, or the person or command that asked. */
  readonly actor: string;
  /** What, as the event's type: `issued`, `removed`, `stop`, … */
  readonly action: string;
  readonly rotation: string | null;
  readonly appId: string | null;
  readonly keyId: string | null;
  readonly reason: ReasonCode | null;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  /** Where it tells of a write in the directory. */
  readonly written?: Written | undefined;
}

/** A write in the directory that was answered as done, as far as it is known. */
export interface Written {
  /** The service's own id of the request. */
  readonly request: string | null;
  /** The key ids on the object, before and after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** What the last scan of one kind of object saw; completeness is part of it (invariant 8). */
export interface ScanSummary {
  readonly tenantId: string;
  readonly scannedAt: EpochMs;
  readonly applications: number;
  readonly servicePrincipals: number;
  readonly complete: boolean;
  /** Objects known before and not seen now, as a share of those known before (0 to 1); only from a complete scan. */
  readonly lost: number;
}

/** One object of the inventory that a scan saw. */
export interface SeenHolder {
  readonly type: HolderType;
  readonly objectId: string;
  readonly appId: string;
  readonly displayName: string;
  /** What it holds; undefined leaves what the last scan noted. */
  readonly credentials?: readonly { readonly keyId: string }[];
}

/** One object as the last scan that saw it noted it. */
export interface KnownObject extends Omit<SeenHolder, "credentials"> {
  readonly seenAt: EpochMs;
}

/** The line of succession of one slot: which key id is current, by our own proof. */
export interface SlotRecord {
  readonly tenantId: string;
  readonly appId: string;
  readonly slot: string;
  readonly kind: SuccessorKind;
  readonly keyId: string;
  readonly since: EpochMs;
}

/** What holds all writing back, or only removal, in one tenant. */
export interface Switches {
  /** Set by `nolapse stop`. */
  readonly stopped: { readonly at: EpochMs; readonly by: string } | null;
  /** Set by Nolapse itself when the store looks older than the directory (design §4.5). */
  readonly removalOff: { readonly at: EpochMs; readonly why: string } | null;
  /** Set by the breaker; cleared by `nolapse resume`. */
  readonly breaker: { readonly at: EpochMs; readonly why: string } | null;
  /** Applications that persons hold; each is turned by its own verbs. */
  readonly paused: readonly ApplicationPause[];
}

/** A switch of the whole tenant. */
export type Switch = Exclude<keyof Switches, "paused">;

/** A claim on one rotation: the lease's fencing token goes with every write made under it. */
export interface Claim {
  readonly rotation: Rotation;
  readonly fence: number;
  /** False where nothing else was due when it was made. */
  readonly more?: boolean;
}

/** One entry of a list of certificates, raw as the service sent it. */
export interface ImageEntry {
  readonly keyId: string;
  readonly raw: string;
}

/** A list of certificates as it was, and entries of an earlier one that are missing and shall be put back. */
export interface CertificateImage {
  readonly entries: readonly ImageEntry[];
  readonly lost: readonly ImageEntry[];
}

/** What one step proved, in one transaction. */
export interface Change {
  readonly rotation: Rotation;
  readonly audit: readonly AuditEntry[];
  /** The sealed value that must be on disk together with `issued`. */
  readonly seal?: { readonly keyId: string; readonly sealed: string };
  /**
   * The holder's certificates as just read, raw, and those of an earlier image that were lost since; null forgets both. They
   * are public (design §4.8: stored before the list is replaced).
   */
  readonly image?: CertificateImage | null;
  /** Erase the sealed value of this rotation. */
  readonly erase?: boolean;
  readonly ledger?: readonly LedgerEntry[];
  /** Key ids seen absent for good: noted in the ledger as removed. */
  readonly removed?: readonly { readonly keyId: string; readonly at: EpochMs }[];
  readonly slot?: SlotRecord;
  /** The step is over: the lease is given back in the same transaction. Only of a commit. */
  readonly release?: boolean;
  /** What must hold of the numbers at the instant `at` for the change to be stored. Only of a commit. */
  readonly provided?: { readonly at: EpochMs; readonly of: Counted; readonly holds: (tally: Tally) => boolean };
}

/** A slot whose current credential came from a rotation. */
export interface Issuance {
  readonly slot: SlotRecord;
  readonly rotation: Rotation;
}

/** Numbers for ramp, hourly limit, waves and breaker (design §4.7). */
export interface Tally {
  /** Instants of issues in the last 24 hours of domain time, oldest first; those under way and those whose answer was lost, too. */
  readonly issues: readonly EpochMs[];
  /** Rotations verified at least 28 hours ago without a failure since; from {@link RAMP_ENDS_AT} on they are not counted further. */
  readonly clean: number;
  /** Instants of early retirements (before the old end), oldest first, last 60 days. */
  readonly earlyRetirements: readonly EpochMs[];
  /** Early retirements that were begun lately and have not come to a removal. */
  readonly retiring: readonly { readonly rotation: string | null; readonly at: EpochMs }[];
  /** Outcomes of the last 20 acceptances and verifications, newest first: true for success. */
  readonly recent: readonly boolean[];
}

/** Parts of a {@link Tally}: `issues` with `clean`; `earlyRetirements` with `retiring`; `recent`. */
export type Counted = "issues" | "retirements" | "outcomes";

export interface RotationFilter {
  readonly tenantId?: string;
  readonly appId?: string;
  /** Any of these, some hundreds at most. */
  readonly appIds?: readonly string[];
  /** Of the directory's object. */
  readonly objectId?: string;
  readonly states?: readonly RotationState[];
}

/** Where a page of rotations ended; the next one begins behind it, whatever was opened meanwhile. */
export interface RotationPlace {
  readonly plannedAt: EpochMs;
  readonly id: string;
}

export interface RotationPage {
  readonly items: readonly Rotation[];
  /** All that the filter names, on every page. */
  readonly total: number;
  /** Null on the last page. */
  readonly next: RotationPlace | null;
}

/**
 * Durable memory. Each method is one port call and one whole transaction; none is a generic query. Throws NolapseError
 * `store-…`, `disk-full` or `lease-lost`.
 */
export interface Store extends TrailStore, DriftStore, LapseStore, NoticeStore, AnswerStore, ShownStore, RevealStore {
  /** The four base32 characters that name this store in markers; made once from `propose` and kept. */
  instance(propose: string): Promise<string>;

  /**
   * Records a scan and what it saw; the summary comes back with `lost` filled in. An incomplete one forgets nothing, and one that
   * lost so much that it needs a person keeps what it no longer saw as known: the next one has lost it, too.
   */
  recordScan(summary: Omit<ScanSummary, "lost">, seen: readonly SeenHolder[]): Promise<ScanSummary>;
  lastScan(tenantId: string): Promise<ScanSummary | null>;
  /**
   * Objects that scans have seen and no complete one has missed since, in the order of their ids: at most `limit` of those after an id, which
   * is empty for the first ones.
   */
  known(tenantId: string, after: string, limit: number): Promise<readonly KnownObject[]>;
  /**
   * Forgets, on a person's word, the objects that were kept as known although scans no longer saw them; the last scan then
   * counts as one that lost nothing. How many; the audit line gets that number, and is left out where nothing was held back.
   */
  forgetMissing(tenantId: string, audit: AuditEntry): Promise<number>;

  /**
   * Opens a rotation with its audit lines and ledger entry (an adopted current credential), unless one is open for the
   * same replaced key id (any state but retired and cancelled), or one is under way in the same slot (planned to
   * delivered, or halted; a verified one only waits to retire and is no obstacle, and that of a leftover never is one). Returns
   * whether it was opened.
   */
  open(rotation: Rotation, ledger: readonly LedgerEntry[], ...audit: readonly AuditEntry[]): Promise<boolean>;
  rotation(id: string): Promise<Rotation | null>;
  /** Newest first. */
  rotations(filter: RotationFilter): Promise<readonly Rotation[]>;
  /** Key ids whose successor is verified and which are not removed yet, of one application or, with null, of all; in no order. */
  replaced(tenantId: string, appId: string | null): Promise<readonly string[]>;
  /** Newest first, a part of them at a time, so that years of finished ones are not read to show fifty; with a `limit` of 0 they are only counted. */
  rotationPage(filter: {
    readonly tenantId: string;
    readonly states?: readonly RotationState[];
    readonly limit: number;
    readonly after: RotationPlace | null;
  }): Promise<RotationPage>;

  /**
   * When the successors were verified of the rotations that have made one: of those in overlap by their ids, of retired ones, which keep it,
   * the instants alone; in no order.
   */
  renewals(tenantId: string): Promise<{
    readonly open: readonly { readonly id: string; readonly verifiedAt: EpochMs }[];
    readonly retired: readonly EpochMs[];
  }>;

  /**
   * Leases the due rotation with the earliest `replacesEnd` (then highest priority) whose `dueAt` is not after `now` and
   * which nobody else holds; at most one rotation of one holder is leased at a time, so that writes to one application
   * are serialised. A lease lasts `leaseMs` of process time; one held by a dead process of this host is free at once.
   * `only` restricts the choice to these ids. Null when nothing can be claimed.
   */
  claim(request: {
    readonly tenantId: string;
    readonly now: EpochMs;
    readonly processNow: number;
    readonly leaseMs: number;
    readonly only?: readonly string[];
  }): Promise<Claim | null>;
  /** Extends the lease. @throws NolapseError `lease-lost`. */
  renew(claim: Claim, processNow: number, leaseMs: number): Promise<void>;
  /** Gives the lease back; quietly nothing when it is no longer ours. */
  release(claim: Claim): Promise<void>;
  /**
   * Stores what a step proved, under the claim's fence. What the change is `provided` is asked in the same transaction, which no
   * other change comes between, so that two processes cannot both pass a limit once; false, and nothing is stored, where it does
   * not hold. @throws NolapseError `lease-lost` when the fence is stale.
   */
  commit(claim: Claim, change: Change): Promise<boolean>;
  /** Changes a rotation on a person's word (approve, cancel, resume), when it still is `expected.updatedAt` old and not leased. */
  amend(expected: Rotation, change: Change): Promise<boolean>;

  /** The sealed value of a rotation, or null when there is none (never sealed, or erased). */
  sealed(rotation: string): Promise<{ readonly keyId: string; readonly sealed: string } | null>;
  /** The image of the holder's certificates kept for a rotation, or null. */
  image(rotation: string): Promise<CertificateImage | null>;
  /** Keeps an image beside rotations, under a name of its own; null forgets it. */
  putImage(name: string, image: CertificateImage | null): Promise<void>;
  /** Ledger entries of one application, or of any of these, some hundreds at most; removed ones included, in the order they were entered. */
  ledger(tenantId: string, of: string | readonly string[]): Promise<readonly LedgerEntry[]>;
  /** Enters a key id on a person's word, with its audit line; false, and nothing is stored, where the ledger has it already. */
  adopt(entry: LedgerEntry, audit: AuditEntry): Promise<boolean>;
  slots(tenantId: string, appId: string | null): Promise<readonly SlotRecord[]>;
  /** Which of these attempt ids this store has ever recorded an intent for. */
  knownAttempts(tenantId: string, attempts: readonly string[]): Promise<ReadonlySet<string>>;
  /** Notes attempts found in the directory as known, on a person's word after a restored backup. */
  noteAttempts(tenantId: string, attempts: readonly string[]): Promise<void>;
  /** The earliest `dueAt` of the tenant's rotations, null when nothing is waiting. */
  nextDue(tenantId: string): Promise<EpochMs | null>;

  switches(tenantId: string): Promise<Switches>;
  /** Sets or clears one switch, with its audit line. Clearing the breaker also forgets the outcomes that opened it. */
  turn<K extends Switch>(tenantId: string, which: K, value: Switches[K], audit: AuditEntry): Promise<void>;
  /**
   * Holds an application: from here on every verb gives its rotations as paused, whatever is stored of them. Gives the pause that holds
   * now, which may be an earlier one; null, and nothing is stored, while somebody works on one of its rotations.
   */
  pauseApplication(tenantId: string, pause: ApplicationPause, audit: AuditEntry): Promise<ApplicationPause | null>;
  /**
   * Ends this very pause together with what each of its rotations goes on with; false, and nothing is stored, where it holds no more, or a
   * rotation is not as expected or leased.
   */
  continueApplication(
    tenantId: string,
    pause: ApplicationPause,
    changes: readonly { readonly expected: Rotation; readonly change: Change }[],
    audit: AuditEntry,
  ): Promise<boolean>;
  /** `of`: only these numbers are needed, and the others may be left out as if there were none. */
  tally(tenantId: string, now: EpochMs, of?: Counted): Promise<Tally>;

  /**
   * A text that is another one after anything that the verbs here tell may have changed, by whichever process, leases left aside; null
   * where the store cannot tell. What was read under one version is what would be read again.
   */
  version(): Promise<string | null>;

  audit(entry: AuditEntry): Promise<void>;
  /**
   * Part of the trail of a tenant, at most `limit` entries: after a sequence number the ones that follow it, oldest first; otherwise those
   * before a number, or before now, newest first.
   */
  auditPage(tenantId: string, wanted: WantedEntries): Promise<readonly NumberedEntry[]>;
  /** Every action that stands in the trail of a tenant, in alphabetical order. */
  auditActions(tenantId: string): Promise<readonly string[]>;
  /** The lines with one of these actions since an instant, oldest first: what was begun and not yet ended, by any process. */
  auditSince(
    tenantId: string,
    actions: readonly string[],
    since: EpochMs,
  ): Promise<readonly (AuditEntry & { readonly sequence: number })[]>;
  /** At most `limit` lines about one rotation, from its oldest or its newest on: what was done by whom, and when. */
  auditOf(
    tenantId: string,
    rotation: string,
    order: "oldest" | "newest",
    limit: number,
  ): Promise<readonly Pick<NumberedEntry, "sequence" | "at" | "actor" | "action" | "reason">[]>;
  close(): Promise<void>;
}
