/** Reads X.509: what a certificate says of itself. */
import { type KeyObject, X509Certificate } from "node:crypto";
import type { CertificateFacts } from "../core/credentials/certificate.ts";
import { epochMs } from "../core/time.ts";

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
    digest: digestOf(read.raw),
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

function keyOf(certificate: X509Certificate): Pick<CertificateFacts, "algorithm" | "bits"> {
  const key = publicKeyOf(certificate);
  const details = key?.asymmetricKeyDetails ?? {};
  switch (key?.asymmetricKeyType) {
    case "rsa":
      return { algorithm: "rsa", bits: details.modulusLength ?? null };
    case "ec":
      return { algorithm: "ec", bits: certificate.toLegacyObject().bits ?? null };
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

/** Object identifiers in DER and the digest each stands for (RFC 3279, 4055, 5758; OIW for the old names of SHA-1). */
const DIGESTS: readonly (readonly [identifier: string, digest: string])[] = [
  ["06092a864886f70d010104", "md5"],
  ["06092a864886f70d010105", "sha1"],
  ["06092a864886f70d01010e", "sha224"],
  ["06092a864886f70d01010b", "sha256"],
  ["06092a864886f70d01010c", "sha384"],
  ["06092a864886f70d01010d", "sha512"],
  ["06072a8648ce3d0401", "sha1"],
  ["06082a8648ce3d040301", "sha224"],
  ["06082a8648ce3d040302", "sha256"],
  ["06082a8648ce3d040303", "sha384"],
  ["06082a8648ce3d040304", "sha512"],
  ["06072a8648ce380403", "sha1"],
  ["06052b0e03021d", "sha1"],
  ["06052b0e03021a", "sha1"],
  ["0609608648016503040204", "sha224"],
  ["0609608648016503040201", "sha256"],
  ["0609608648016503040202", "sha384"],
  ["0609608648016503040203", "sha512"],
];
/** RSASSA-PSS, whose parameters name the digest, and mean SHA-1 where they name none (RFC 4055 §3.1). */
const PSS = "06092a864886f70d01010a";

/** `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature }`: the digest in the second of the three. */
function digestOf(der: Buffer): string | null {
  const start = contentOf(der, 0).from;
  const algorithm = contentOf(der, contentOf(der, start).to);
  const named = der.subarray(algorithm.from, algorithm.to);
  const places = DIGESTS.map(([identifier, digest]) => ({ digest, at: named.indexOf(Buffer.from(identifier, "hex")) }));
  const [first] = places.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
  return first?.digest ?? (named.includes(Buffer.from(PSS, "hex")) ? "sha1" : null);
}

/** Where the content of the DER element at `at` begins and ends. */
function contentOf(der: Buffer, at: number): { readonly from: number; readonly to: number } {
  const short = der.readUInt8(at + 1);
  if (short < 0x80) return { from: at + 2, to: at + 2 + short };
  const from = at + 2 + (short & 0x7f);
  return { from, to: from + der.readUIntBE(at + 2, short & 0x7f) };
}
