import type { Credential, Holder, HolderRef, HolderType } from "../core/credentials/credential.ts";
import type { NolapseError } from "../core/errors.ts";
import type { Grant } from "../core/policy/privilege.ts";
import type { SecretValue } from "../core/secret-value.ts";
import type { EpochMs } from "../core/time.ts";

/** One page of a list, in the directory's order. `next` is opaque; null on the last page. */
export interface HolderPage {
  readonly holders: readonly Holder[];
  readonly next: string | null;
}

/** The certificates of a page of objects, their public parts read; see {@link Entra.certificatePage}. */
export interface CertificatePage {
  readonly holders: readonly { readonly objectId: string; readonly credentials: readonly Credential[] }[];
  readonly next: string | null;
}

/** One page of what is granted to principals. */
export interface GrantPage {
  readonly grants: readonly Grant[];
  readonly next: string | null;
}

/** One object as just read, with the service's own time (its `Date` header). */
export interface HolderReading {
  readonly holder: Holder;
  readonly serviceTime: EpochMs;
}

/**
 * What became of a write. `not-applied`: the service answered 429 or an explicit 4xx, so nothing was changed. `unknown`:
 * 5xx, time-out, reset, unreadable answer: it may have been applied (design §4.5). Never retried below this port.
 */
export type Unsettled =
  | { readonly outcome: "not-applied"; readonly error: NolapseError }
  | { readonly outcome: "unknown"; readonly error: NolapseError };

/** The service's own id of the request that did it, for the audit trail; null where the answer does not name it. */
export interface Answered {
  readonly request?: string | null;
}

export type AddSecretOutcome =
  | ({ readonly outcome: "applied"; readonly credential: Credential; readonly value: SecretValue } & Answered)
  | Unsettled;

/** `no-such-credential` is the service's "No password credential found" (or "No key credential found"): within the replication window it means not yet. */
export type RemoveCredentialOutcome =
  | ({ readonly outcome: "applied" } & Answered)
  | { readonly outcome: "no-such-credential" }
  | Unsettled;

/**
 * The directory of one tenant. Every method is exactly one request on the wire and throws a NolapseError with a
 * `directory-…`, `sign-in-failed`, `tenant-not-found` or `certificate-untrusted` code: absent, forbidden and unreachable
 * are different answers, and a failed read is never an empty one.
 */
export interface Entra {
  /** One page of applications or service principals; `cursor` null for the first. */
  page(type: HolderType, cursor: string | null, signal?: AbortSignal): Promise<HolderPage>;
  /**
   * What certificates say of themselves, a page of objects at a time; {@link page} does not carry their public parts. Graph
   * meters it to 150 requests a minute and tenant, so it is for scans, and never asked per object.
   */
  certificatePage(type: HolderType, cursor: string | null, signal?: AbortSignal): Promise<CertificatePage>;
  /** One object, now. @throws NolapseError `directory-absent` when it is not there. */
  read(holder: HolderRef, signal?: AbortSignal): Promise<HolderReading>;
  /** Every app role of this service principal that was granted to anybody, a page at a time. */
  grantPage(resource: HolderRef, cursor: string | null, signal?: AbortSignal): Promise<GrantPage>;
  /** Every directory role that was assigned to anybody, a page at a time. */
  directoryRolePage(cursor: string | null, signal?: AbortSignal): Promise<GrantPage>;
  /** Creates a client secret. `end` is always sent, `start` only for a person who wants it valid later (invariant 9). */
  addSecret(
    holder: HolderRef,
    secret: { readonly displayName: string; readonly end: EpochMs; readonly start?: EpochMs | null },
    signal?: AbortSignal,
  ): Promise<AddSecretOutcome>;
  /** Removes one client secret by key id. */
  removeSecret(holder: HolderRef, keyId: string, signal?: AbortSignal): Promise<RemoveCredentialOutcome>;
}
