import type { SecretValue } from "../core/secret-value.ts";

/** What a sealed value belongs to; it is bound into the seal, so that one cannot be put in another's place. */
export interface SealContext {
  readonly tenantId: string;
  readonly appId: string;
  readonly keyId: string;
}

/** Encryption of values at rest. */
export interface Sealer {
  /** A compact JWE whose header names the key, so that keys can be rolled. */
  seal(value: SecretValue, context: SealContext): Promise<string>;
  /** @throws NolapseError `seal-key-wrong` when it was sealed with an unknown key or for another credential, or altered. */
  open(sealed: string, context: SealContext): Promise<SecretValue>;
  /** A keyed digest: equal for equal values, useless without the key. Survives the rolling of the sealing key. */
  fingerprint(value: SecretValue): Promise<string>;
}
