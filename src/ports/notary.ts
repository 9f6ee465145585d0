import type { Examiner } from "../core/audit/audit-verify.ts";

/** Seals the trail: digests, and signatures by a key kept beside the seal key. In memory, so nothing to wait for. */
export interface Notary extends Examiner {
  /** Ed25519 public key, base64url. */
  readonly publicKey: string;
  /** The signature of the text as UTF-8, base64url. */
  sign(text: string): string;
}
