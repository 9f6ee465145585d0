import type { NolapseError } from "../core/errors.ts";
import type { EpochMs } from "../core/time.ts";

/** What Nolapse's own token says of it. */
export interface OwnIdentity {
  readonly clientId: string | null;
  readonly tenantId: string | null;
  /** A managed identity: no app registration stands behind it. */
  readonly managed?: boolean;
  /** The application permissions for Graph. */
  readonly permissions: readonly string[];
}

/** One server that was asked without signing in. */
export interface Reached {
  readonly host: string;
  /** Null: it answered. */
  readonly error: NolapseError | null;
  /** Its own time by the `Date` header, null where it does not say. */
  readonly serviceTime: EpochMs | null;
}

/** Looks at Nolapse's own way to the directory; changes nothing. */
export interface Diagnosis {
  /** The login authority and Graph, each asked once without a token. Never throws for the lack of an answer. */
  reach(signal?: AbortSignal): Promise<{ readonly authority: Reached; readonly graph: Reached }>;
  /** Signs in as ever and reads the token. @throws NolapseError as a sign-in does; 53003 is `sign-in-failed`. */
  whoAmI(signal?: AbortSignal): Promise<OwnIdentity>;
  /** As {@link whoAmI}, of the second identity that only writes; absent where one does both. */
  whoWrites?(signal?: AbortSignal): Promise<OwnIdentity>;
  /**
   * One read with our token: how much of the tightest limit everybody uses now, from 0 to 1; null where it is too little for Graph to
   * say so (below 0.8). @throws NolapseError as a read does.
   */
  quotaUsed(signal?: AbortSignal): Promise<number | null>;
  /** The user agents of scanner and verifier. */
  readonly userAgents: readonly string[];
}

/** The state of one thing on this machine. */
export interface LocalCheck {
  readonly name: "store" | "seal key" | "audit key" | "space";
  readonly says: string;
  /** Null: it is well. */
  readonly fix: string | null;
  /** Milliseconds since it was made, where that matters. */
  readonly age?: number;
}
