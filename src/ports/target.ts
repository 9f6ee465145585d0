import type { Kind } from "../core/credentials/credential.ts";
import type { Reload } from "../core/policy/policy.ts";
import type { SecretValue } from "../core/secret-value.ts";
import type { EpochMs } from "../core/time.ts";

/**
 * What a target is given. For a certificate `value` is a CertificateValue: certificate, chain, and the key or a reference to
 * a key that never leaves a vault.
 */
export interface Consignment {
  /** The same for every repetition of one delivery: writing it twice must be the same as writing it once. */
  readonly idempotencyKey: string;
  readonly tenantId: string;
  readonly appId: string;
  readonly keyId: string;
  readonly end: EpochMs;
  readonly value: SecretValue;
}

/** The target took the value. `version` is the target's own name for this state of it, where it has one. */
export interface Receipt {
  readonly version: string | null;
}

/**
 * The copy an application would read now; a certificate as a CertificateValue. `empty`: the place exists and holds no value
 * yet.
 */
export type Copy =
  | { readonly state: "present"; readonly value: SecretValue; readonly version: string | null }
  | { readonly state: "empty" };

/**
 * A place an application reads its credential from. The engine never asks for its type: what it can do shows in which
 * optional methods it has. Every method throws a NolapseError with a `target-…` or `disk-full` code; absent, forbidden and
 * unreachable are different answers.
 */
export interface Target {
  /** Its name in the configuration. */
  readonly name: string;
  /** As the user writes it in the configuration: `env-file`, `key-vault`, … */
  readonly type: string;
  /** The kinds of credential it can hold; it is never given another one. */
  readonly kinds: readonly Kind[];
  /** How the consumer of this place takes a new value. */
  readonly reload: Reload;
  /** Who carries the value there, and where to, when only a person can. Such a place is neither written nor read. */
  readonly carried?: { readonly by: string; readonly to: string };
  /** Checks, changing nothing, that the place exists and could be written (design §4.5). */
  preflight(signal?: AbortSignal): Promise<void>;
  /** Writes the value so that a reader sees the old one or the new one, never half. */
  deliver(consignment: Consignment, signal?: AbortSignal): Promise<Receipt>;
  /** The copy an application would read now. Left out by write-only places (a GitHub secret): the receipt stands in. */
  readBack?(signal?: AbortSignal): Promise<Copy>;
  /**
   * Told once the credential with this key id is gone from the directory for good: what the place still keeps of it is of no
   * use to anybody. Left out by places that keep no old versions.
   */
  retired?(keyId: string, signal?: AbortSignal): Promise<void>;
  /** Tells the consumer to take the new value, where the configuration names a hook. */
  reloadConsumer?(signal?: AbortSignal): Promise<void>;
}

/** The targets of the configuration by name. */
export interface Targets {
  get(name: string): Target | null;
}
