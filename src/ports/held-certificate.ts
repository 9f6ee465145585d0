import type { CertificateValue } from "../core/credentials/certificate-value.ts";
import type { EpochMs } from "../core/time.ts";

/** A certificate with its key that an application holds, and what its own configuration and store say of the entry. */
export interface HeldCertificate {
  readonly keyId: string;
  readonly name: string | null;
  readonly value: CertificateValue;
  /** What the entry spans, where it is known; else the certificate's own time. */
  readonly start: EpochMs | null;
  readonly end: EpochMs | null;
}
