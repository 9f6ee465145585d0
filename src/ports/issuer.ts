import type { CertificateFacts, KeySize } from "../core/credentials/certificate.ts";
import type { CertificateValue } from "../core/credentials/certificate-value.ts";
import type { EpochMs } from "../core/time.ts";

export interface CertificateRequest {
  /** The common name of the subject: the application's display name or client id. */
  readonly commonName: string;
  readonly keySize: KeySize;
  /** What the certificate is asked to span; an issuer may give a shorter one, never a longer one. */
  readonly notBefore: EpochMs;
  readonly notAfter: EpochMs;
}

export interface IssuedCertificate {
  readonly value: CertificateValue;
  readonly facts: CertificateFacts;
}

/**
 * Makes a key and has its certificate signed: by itself, by a CA in a file, by an external command; a vault or an ACME
 * server can follow. Nothing in the directory changes by it. Throws NolapseError `issuer-failed` (retried) or
 * `issuer-refused` (a person must mend it).
 */
export interface Issuer {
  readonly name: string;
  issue(request: CertificateRequest, signal?: AbortSignal): Promise<IssuedCertificate>;
}

/** The issuers of the configuration by name; `self-signed` is always there. */
export interface Issuers {
  get(name: string): Issuer | null;
}
