/**
 * A rotation: the replacement of one credential by its successor. Both generations are named (`replaces`, `issued`);
 * nothing is ever inferred from "newest" or "all others". States are proven facts (design §4.1); retries are columns.
 */

import type { HolderRef, Kind } from "../credentials/credential.ts";
import type { Federated, SignInEvidence, SuccessorKind } from "../credentials/federation.ts";
import type { Assurance, Probe } from "../credentials/sign-in.ts";
import type { NolapseErrorCode } from "../errors.ts";
import type { ApprovalRule, Approved, ApprovedPart, Refused, RemovalWord } from "../policy/approval.ts";
import type { Policy } from "../policy/policy.ts";
import type { ReasonCode } from "../reasons.ts";
import type { EpochMs } from "../time.ts";
import type { ListLoss, ListWrite } from "./list-write.ts";
import type { UseEvidence } from "./use-evidence.ts";
import type { Paused, RulesNow, Wish } from "./words.ts";

export type RotationState =
  | "planned"
  | "issued"
  | "accepted"
  | "delivered"
  | "verified"
  | "retired"
  | "halted"
  | "cancelled";

/** The certificate of an attempt, made and sealed before anything is asked of the directory. */
export interface MadeCertificate {
  readonly sha1: string;
  readonly sha256: string;
  /** The public part, PEM in the spelling of CertificateValue: what a lost answer is recognised by. */
  readonly certificate: string;
  /** The key id that is asked for. */
  readonly keyId: string;
  readonly start: EpochMs;
  readonly fingerprint: string;
}

/**
 * One try at creating the successor. Stored before the call is sent, so that a lost answer can be told from a call that
 * was never made (design §4.5).
 */
export interface Attempt {
  /** Twelve base32 characters; with the instance's four it makes the marker. */
  readonly id: string;
  /** What the credential's display name will be, marker included. */
  readonly displayName: string;
  /** The exact end that is asked for; null for a federated credential, which has none. */
  readonly end: EpochMs | null;
  /** Key ids (ids of federated credentials) the holder had just before. */
  readonly keyIdsBefore: readonly string[];
  readonly startedAt: EpochMs;
  /** Null for a client secret. */
  readonly certificate: MadeCertificate | null;
  /**
   * `made`: a certificate is sealed and nothing was asked of the directory yet; `dropped`: it never will be. `open`: intent stored, outcome not. `unknown`: the answer was lost. The others are settled; `left`: credentials with
   * its marker were seen, none of which is certainly its orphan, so they were reported and left to a person.
   */
  readonly outcome:
    | "made"
    | "dropped"
    | "open"
    | "unknown"
    | "issued"
    | "refused"
    | "orphan-removed"
    | "never-arrived"
    | "left"
    | "withdrawn";
  /** When the holder was read for the marker after an unknown outcome, and what carried it. */
  readonly reads: readonly { readonly at: EpochMs; readonly keyIds: readonly string[] }[];
  /** The orphan whose removal has been decided; a durable intent of its own. */
  readonly orphan: string | null;
}

export interface Issued {
  /** Of a federated credential, its id. */
  readonly keyId: string;
  /** Null for a federated credential, which has none. */
  readonly end: EpochMs | null;
  readonly hint: string | null;
  readonly at: EpochMs;
  /** Keyed digest of the value, to compare copies without opening the seal; empty where there is no value. */
  readonly fingerprint: string;
  readonly attempt: string;
  /** Thumbprints, lower-case hex; null for a client secret. */
  readonly certificate: { readonly sha1: string; readonly sha256: string } | null;
}

export interface RetiredCertificate {
  /** PEM. */
  readonly certificate: string;
  readonly start: EpochMs;
  readonly end: EpochMs;
}

/** A retired certificate put back: what is asked for, and what has become of it. */
export interface Undo {
  readonly until: EpochMs;
  /** The key id that is asked for, then the one it got. */
  readonly keyId: string;
  readonly addedAt: EpochMs | null;
  readonly removedAt: EpochMs | null;
}

/** What is known of one target of a rotation. */
export interface Delivery {
  readonly target: string;
  /** The write may have begun; from here on the new credential counts as received by a consumer. */
  readonly intendedAt: EpochMs | null;
  readonly receipt: { readonly version: string | null; readonly at: EpochMs } | null;
  /** The last time the copy read back had our fingerprint and signed in (or its stand-in was found). */
  readonly verifiedAt: EpochMs | null;
  readonly assurance: Assurance | null;
  /** Where a person carries it: when the sign-in log was last read and showed nobody. Left out until then. */
  readonly lookedAt?: EpochMs;
  /** Failed tries of this place in a row, whatever has worked elsewhere in between; left out until the first. */
  readonly failures?: number;
}

/** A later rotation of the same slot has a verified successor: the proof before the removal is about that one now. */
export interface Succession {
  readonly rotation: string;
  readonly kind: SuccessorKind;
  /** Where it is a federated credential. */
  readonly federated?: Federated;
  readonly issued: Issued;
  readonly targets: readonly string[];
  readonly assurance: Assurance | null;
  readonly verifiedAt: EpochMs | null;
}

export interface Failure {
  readonly code: NolapseErrorCode;
  /** For people; never holds a value. */
  readonly message: string;
  /** What a person can do about it, where something is known. */
  readonly next: string | null;
  readonly at: EpochMs;
}

/**
 * What leads to one of these steps may work again and again while the step itself does not: the pace of its tries slows down over
 * all of them. Absent while none has failed.
 */
export interface Tried {
  readonly step: "issue" | "retire";
  readonly failures: number;
}

export interface Rotation {
  readonly id: string;
  /** The tenant's name in the configuration, and its id in the directory. */
  readonly tenant: string;
  readonly tenantId: string;
  readonly holder: HolderRef;
  readonly displayName: string;
  readonly slot: string;
  /** What the successor is. */
  readonly kind: SuccessorKind;
  /** Of a successor that is a federated credential; absent for the others. */
  readonly federated?: Federated;
  /** Key id of the credential to be replaced, its kind, its name and its end. */
  readonly replaces: string;
  readonly replacesKind: Kind;
  readonly replacesName: string | null;
  readonly replacesEnd: EpochMs | null;
  readonly reason: ReasonCode;
  readonly policy: Policy;
  readonly wish?: Wish;
  /** What makes the application privileged, by the scan that opened this and those since; absent in older rotations. */
  readonly privileges?: readonly string[];
  /** The application rolls its own certificate: only `nolapse rotate --self` moves it, signed in as the application. */
  readonly self: boolean;
  /** The binding said that nobody but the targets holds a copy. */
  readonly consumersComplete: boolean;
  readonly state: RotationState;
  /** The state a halted or cancelled rotation was in. */
  readonly from: RotationState | null;
  readonly haltReason: ReasonCode | null;
  readonly preflightAt: EpochMs | null;
  readonly attempts: readonly Attempt[];
  readonly issued: Issued | null;
  /** Token requests of the acceptance in hand, oldest first; a refusal drops what came before it. */
  readonly probes: readonly Probe[];
  /** When the first probe of this attempt was made; the acceptance window counts from here. */
  readonly probingSince: EpochMs | null;
  readonly acceptedAt: EpochMs | null;
  /** Request ids of every probe of ours, so that they never count as use. */
  readonly ownRequests: readonly string[];
  readonly deliveries: readonly Delivery[];
  readonly verifiedAt: EpochMs | null;
  readonly assurance: Assurance | null;
  /**
   * When the image of the holder's certificates that the store keeps was read, by the service's own time: the clocks of two
   * processes differ. Null when none is wanted.
   */
  readonly listReadAt: EpochMs | null;
  /** When, by our own clock, the list may have been still for long enough; absent in rotations of older stores. */
  readonly listAgainAt?: EpochMs | null;
  /** The replacement of the list that is being watched; null when none is. */
  readonly listWrite: ListWrite | null;
  readonly listLosses: readonly ListLoss[];
  readonly withdrawIntendedAt: EpochMs | null;
  /** What was last read of the use of old and new; null before the first reading, absent in older rotations. */
  readonly uses?: UseEvidence | null;
  /**
   * Of an application that rolls itself: the certificate to be replaced, sealed, until it is retired. Without a permission
   * to read, only signing in with it shows whether the directory has it still.
   */
  readonly former: string | null;
  /** Of Nolapse's own credential: the last time a fresh process was asked which one it signs in with. */
  readonly ownProof: { readonly at: EpochMs; readonly proven: boolean } | null;
  /** The public part of a certificate that is to be retired, and the time its entry spanned, so that it can be put back. */
  readonly replacesCertificate: RetiredCertificate | null;
  /** A retired certificate that a person has put back for a time. */
  readonly undo: Undo | null;
  readonly retireIntendedAt: EpochMs | null;
  readonly removedAt: EpochMs | null;
  /** Reads that no longer showed the old key id, counted towards `retired`. */
  readonly absentReads: readonly EpochMs[];
  readonly retiredAt: EpochMs | null;
  readonly approvals: { readonly issue: EpochMs | null; readonly retire: EpochMs | null };
  /** It makes nothing: it lets an adopted credential go that no rotation replaces, and rests on what another one has made. */
  readonly leftover?: true;
  /** While a person holds it: nothing more is done outside. Absent where nobody does. */
  readonly paused?: Paused;
  /** Set once a person has said that the old value leaked: then it goes as soon as the new one is verified. */
  readonly emergency?: { readonly at: EpochMs; readonly actor: string };
  /** Set once a person has said that the old one shall go without waiting for its rule; what protects declared consumers still holds. */
  readonly removal?: RemovalWord & { readonly at: EpochMs };
  /** Whose word it is; a part above has its instant once enough have spoken. Absent in older rotations. */
  readonly approvers?: readonly Approved[];
  /** How many must approve, where a scan has found it privileged since it was opened. */
  readonly persons?: number;
  /** Parts that a person has refused. */
  readonly refusals?: Partial<Record<ApprovedPart, Refused>>;
  /** Failed tries of the step in hand. */
  readonly failures: number;
  /** Failed tries of a step that is prepared anew each time; see {@link Tried}. */
  readonly tried?: Tried;
  readonly lastFailure: Failure | null;
  /** Reads in which the new credential was missing; see `missedReads` for whether they still count. */
  readonly missedAt?: readonly EpochMs[];
  /** After a failure or a withdrawal, the next try is not before this instant. */
  readonly notBefore: EpochMs | null;
  /** When the store should hand it out again; null when only a person can move it, or nothing is left to do. */
  readonly dueAt: EpochMs | null;
  readonly plannedAt: EpochMs;
  readonly updatedAt: EpochMs;
}

/** What has happened to a rotation. `advance` makes events; only {@link applyEvent} turns them into a new rotation. */
export type RotationEvent = { readonly at: EpochMs } & (
  | {
      readonly type: "preflighted";
      /** Ids of our own sign-ins with the copies found there. */
      readonly requests: readonly string[];
      /** The certificate found there, sealed, where the application rolls itself. */
      readonly former?: string | null;
      /** Places that the slot has been bound to since; they are served with the others. */
      readonly added?: readonly string[];
    }
  | {
      readonly type: "made";
      readonly attempt: Pick<Attempt, "id" | "displayName" | "end"> & { readonly certificate: MadeCertificate };
    }
  | {
      readonly type: "list-read";
      /** The service's own time of the first reading that was like this one. */
      readonly seen: EpochMs;
      readonly again: EpochMs;
    }
  | {
      readonly type: "list-intended";
      readonly added: string | null;
      readonly removed: string | null;
      readonly restored: readonly string[];
    }
  | { readonly type: "list-refused" }
  | {
      readonly type: "list-compared";
      readonly losses: readonly ListLoss[];
      readonly settled: boolean;
      /** The list is watched from the beginning, because what was missing has come back. */
      readonly anew?: true;
    }
  | {
      readonly type: "issue-intended";
      readonly attempt: Pick<Attempt, "id" | "displayName" | "end" | "keyIdsBefore">;
    }
  | { readonly type: "issued"; readonly issued: Issued }
  | { readonly type: "issue-refused"; readonly failure: Failure; readonly notBefore: EpochMs }
  | { readonly type: "issue-unknown"; readonly failure: Failure }
  | { readonly type: "attempt-read"; readonly attempt: string; readonly keyIds: readonly string[] }
  | { readonly type: "orphan-confirmed"; readonly attempt: string; readonly keyId: string }
  | { readonly type: "orphan-removed"; readonly attempt: string }
  | { readonly type: "attempt-closed"; readonly attempt: string }
  | { readonly type: "probed"; readonly probe: Probe }
  | { readonly type: "accepted"; readonly assurance: Assurance }
  | { readonly type: "withdraw-intended" }
  | { readonly type: "withdrawn"; readonly notBefore: EpochMs }
  | { readonly type: "delivery-intended"; readonly target: string }
  | { readonly type: "delivered"; readonly target: string; readonly version: string | null }
  | {
      readonly type: "verified";
      /** When the copy was read, which is how old the proof is. */
      readonly read: EpochMs;
      readonly target: string;
      readonly assurance: Assurance;
      readonly request: string | null;
    }
  /** The sign-in log was read, and nobody but ourselves has signed in with the new credential yet. */
  | { readonly type: "not-used-yet"; readonly target: string }
  | { readonly type: "drifted"; readonly target: string }
  /** A federated credential holds no value: there is nothing to accept and nothing to deliver. */
  | { readonly type: "passed" }
  | { readonly type: "sign-ins-read"; readonly evidence: SignInEvidence; readonly failure: Failure | null }
  | { readonly type: "uses-read"; readonly uses: UseEvidence; readonly failure: Failure | null }
  | { readonly type: "succeeded"; readonly by: Succession }
  | { readonly type: "own-tried"; readonly proven: boolean }
  | { readonly type: "retire-intended"; readonly certificate: RetiredCertificate | null }
  | { readonly type: "removed" }
  | { readonly type: "emergency-asked"; readonly actor: string }
  /** A scan has found the application privileged by more than was known; `persons` and `unproven` say whose words let it go on from now on. */
  | ({ readonly type: "privileges-found"; readonly privileges: readonly string[] } & ApprovalRule)
  | ({ readonly type: "policy-found" } & RulesNow)
  | ({ readonly type: "removal-asked" } & RemovalWord)
  | { readonly type: "undo-asked"; readonly until: EpochMs; readonly keyId: string }
  | { readonly type: "undone"; readonly keyId: string }
  | { readonly type: "undo-swept" }
  | { readonly type: "absent-read" }
  | { readonly type: "reappeared" }
  | {
      readonly type: "approved";
      readonly what: "issue" | "retire" | "both";
      /** Who, and how many different persons it takes; without it one unnamed word is enough. */
      readonly by?: { readonly id: string; readonly actor: string; readonly persons: number };
    }
  | {
      readonly type: "approval-refused";
      readonly what: ApprovedPart;
      readonly actor: string;
      readonly why: string;
    }
  | {
      readonly type: "approval-withdrawn";
      readonly what: ApprovedPart;
      readonly by: { readonly id: string; readonly actor: string; readonly persons: number };
    }
  | {
      readonly type: "failed";
      readonly failure: Failure;
      readonly notBefore: EpochMs;
      /** A verification failed: this is what the breaker counts, not every failed read. */
      readonly verifying: boolean;
      /** The failure is that a read did not show the new credential. */
      readonly missed?: true;
      /** Where it is one of those whose tries are counted beyond what leads to them. */
      readonly step?: Tried["step"];
      /** The directory has said that it did not remove the old one: nothing is begun any more. */
      readonly refused?: true;
      /** The place that it is about, where it is one. */
      readonly target?: string;
    }
  /** A person has mended something: the next try is now. */
  | { readonly type: "retry-asked"; readonly clockWasAhead?: true }
  | { readonly type: "paused"; readonly by: string; readonly reason?: string }
  | { readonly type: "continued" }
  | { readonly type: "waited"; readonly dueAt: EpochMs | null }
  | { readonly type: "halted"; readonly reason: ReasonCode }
  | { readonly type: "resumed" }
  | { readonly type: "cancelled" }
);
