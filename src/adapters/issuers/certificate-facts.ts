/** Reads X.509: what a certificate says of itself. */
import "reflect-metadata";
import { type KeyObject, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";
import type { CertificateFacts } from "../../core/certificate.ts";
import { epochMs } from "../../core/time.ts";

/**
 * What a certificate says of itself; of PEM text with several, the first one. Null for anything that is no certificate.
 * @param certificate PEM text, or DER.
 */
export function certificateFacts(certificate: string | Uint8Array): CertificateFacts | null {
  const read = readCertificate(certificate);
  if (read === null) return null;
  return {
    sha1: hex(read.fingerprint),
    sha256: hex(read.fingerprint256),
    subject: nameOf(read.subject),
    issuer: nameOf(read.issuer),
    notBefore: epochMs(read.validFromDate.getTime()),
    notAfter: epochMs(read.validToDate.getTime()),
    ...keyOf(read),
    digest: digestOf(read),
  };
}

/** A certificate whose dates can be read; null for anything else. */
export function readCertificate(certificate: string | Uint8Array): X509Certificate | null {
  try {
    const read = new X509Certificate(certificate);
    const readable = [read.validFromDate, read.validToDate].every((date) => !Number.isNaN(date.getTime()));
    return readable ? read : null;
  } catch {
    return null;
  }
}

function hex(fingerprint: string): string {
  return fingerprint.replaceAll(":", "").toLowerCase();
}

/**
 * Node.js prints a name one part a line, in the order of the certificate, its values escaped by RFC 2253 and with " + "
 * inside a part of several; it has no value at all for an empty name, whatever its type says. RFC 4514 wants the last part
 * first. A plus sign of a value stands behind a backslash, so " + " is never part of one.
 */
function nameOf(printed: string | undefined): string {
  return (printed ?? "").split("\n").reverse().join(",").replaceAll(" + ", "+");
}

const CURVES: Readonly<Record<string, number>> = { prime256v1: 256, secp256k1: 256, secp384r1: 384, secp521r1: 521 };

function keyOf(certificate: X509Certificate): Pick<CertificateFacts, "algorithm" | "bits"> {
  const key = publicKeyOf(certificate);
  const details = key?.asymmetricKeyDetails ?? {};
  switch (key?.asymmetricKeyType) {
    case "rsa":
      return { algorithm: "rsa", bits: details.modulusLength ?? null };
    case "ec":
      return { algorithm: "ec", bits: CURVES[details.namedCurve ?? ""] ?? null };
    default:
      // RSA keys that may sign PSS only are among these: their type is one that Entra does not take
      return { algorithm: "other", bits: details.modulusLength ?? null };
  }
}

/** The public key, where it is of a kind this Node.js knows. */
export function publicKeyOf(certificate: X509Certificate): KeyObject | null {
  try {
    return certificate.publicKey;
  } catch {
    return null;
  }
}

/** The digest of the signature, such as `sha256`; null where the signature has none (Ed25519) or is of an unknown kind. */
function digestOf(certificate: X509Certificate): string | null {
  try {
    const parsed = new x509.X509Certificate(new Uint8Array(certificate.raw));
    const { hash } = parsed.signatureAlgorithm as { hash?: { name?: string } };
    return hash?.name?.toLowerCase().replace("-", "") ?? null;
  } catch {
    return null;
  }
}
