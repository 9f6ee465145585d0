/** What a certificate says of itself, read from its public part by an adapter. Core never parses X.509. */
import type { EpochMs } from "../time.ts";

export interface CertificateFacts {
  /** SHA-1 of the whole certificate, lower-case hex: what Entra calls the thumbprint. */
  readonly sha1: string;
  /** SHA-256 of the whole certificate, lower-case hex. */
  readonly sha256: string;
  /** Distinguished names as RFC 4514 writes them. */
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: EpochMs;
  readonly notAfter: EpochMs;
  /** The kind of public key; Entra verifies client assertions with RSA keys only. */
  readonly algorithm: "rsa" | "ec" | "other";
  /** Length of an RSA modulus or of an elliptic curve's field, in bits; null where it does not say. */
  readonly bits: number | null;
  /** The digest its issuer signed with, such as `sha256`; null where it does not say. */
  readonly digest: string | null;
}

/** Key sizes of the certificates Nolapse makes. */
export type KeySize = 2048 | 3072 | 4096;
