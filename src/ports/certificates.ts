import type { CertificateValue } from "../core/credentials/certificate-value.ts";
import type { Credential, HolderRef } from "../core/credentials/credential.ts";
import type { EpochMs } from "../core/time.ts";
import type { Answered, RemoveCredentialOutcome, Unsettled } from "./entra.ts";

/** One entry of an object's certificates: what we understand of it, and its JSON exactly as the service sent it. */
export interface CertificateEntry {
  readonly credential: Credential;
  /** The public part in one spelling of PEM; null where the service gives none that can be read. */
  readonly certificate: string | null;
  /** False for keys that sign, symmetric keys and PKCS #12 files: their hidden parts cannot be sent back. */
  readonly resendable: boolean;
  /** Sent back byte for byte when the list is replaced: never through a date or number type (design §4.8). */
  readonly raw: string;
}

export interface CertificateReading {
  /** In the service's order, public parts included. */
  readonly entries: readonly CertificateEntry[];
  /** The service's own time (its `Date` header). */
  readonly serviceTime: EpochMs;
}

/** A certificate to be added; its private key never goes to the directory. */
export interface NewCertificate {
  /** Chosen by us; the service may give another one where it is added by proof. */
  readonly keyId: string;
  readonly displayName: string;
  /** PEM. */
  readonly certificate: string;
  readonly start: EpochMs;
  readonly end: EpochMs;
}

export type AddCertificateOutcome = ({ readonly outcome: "applied"; readonly keyId: string } & Answered) | Unsettled;
export type ReplaceOutcome = ({ readonly outcome: "applied" } & Answered) | Unsettled;

/**
 * The certificates of one application or service principal. Every method is one request on the wire and throws as
 * {@link import("./entra.ts").Entra} does. There is no ETag: who replaces the list must have read it twice (design §4.8).
 */
export interface Certificates {
  /** All entries with their public parts. Graph meters this to 150 requests a minute and tenant. */
  readCertificates(holder: HolderRef, signal?: AbortSignal): Promise<CertificateReading>;
  /** Adds one, proven by a signature of a certificate that is valid on the object now; touches no other entry. */
  addKey(
    holder: HolderRef,
    added: NewCertificate,
    proof: CertificateValue,
    signal?: AbortSignal,
  ): Promise<AddCertificateOutcome>;
  /** Removes one by the same kind of proof. */
  removeKey(
    holder: HolderRef,
    keyId: string,
    proof: CertificateValue,
    signal?: AbortSignal,
  ): Promise<RemoveCredentialOutcome>;
  /** Replaces the whole list: the entries kept, raw as they were read, and those added. */
  replaceCertificates(
    holder: HolderRef,
    list: { readonly kept: readonly string[]; readonly added: readonly NewCertificate[] },
    signal?: AbortSignal,
  ): Promise<ReplaceOutcome>;
}
