/** What a certificate says of itself, for whatever the directory or a person calls one: never throws. */
import { createHash, type KeyObject, X509Certificate } from "node:crypto";
import type { CertificateFacts } from "../../core/certificate.ts";
import { certificatePem } from "../../core/certificate-value.ts";
import { epochMs } from "../../core/time.ts";

/** The facts of a certificate in DER (or PEM) bytes; `unreadable` when they are none. */
export function factsOf(certificate: Uint8Array): CertificateFacts | "unreadable" {
  try {
    return read(new X509Certificate(certificate));
  } catch {
    return "unreadable"; // whatever OpenSSL objects to, it is no certificate we know anything of
  }
}

/**
 * The facts of a keyCredential's `key`: base64, also wrapped in lines, of DER or of PEM text (the Azure CLI sends the one,
 * Terraform the other). Null where the directory did not send it.
 */
export function factsOfKey(key: unknown): CertificateFacts | "unreadable" | null {
  if (key === null || key === undefined) return null;
  return typeof key === "string" ? factsOf(Buffer.from(key.replace(/\s+/g, ""), "base64")) : "unreadable";
}

/** The public part in the one spelling of PEM; null where `key` is absent or no certificate. */
export function pemOfKey(key: unknown): string | null {
  if (typeof key !== "string") return null;
  try {
    const { raw } = new X509Certificate(Buffer.from(key.replace(/\s+/g, ""), "base64"));
    return certificatePem(raw.toString("base64"));
  } catch {
    return null;
  }
}

function read(x509: X509Certificate): CertificateFacts | "unreadable" {
  const { raw } = x509;
  const [notBefore, notAfter] = [x509.validFromDate.getTime(), x509.validToDate.getTime()];
  if (Number.isNaN(notBefore) || Number.isNaN(notAfter)) return "unreadable";
  return {
    sha1: createHash("sha1").update(raw).digest("hex"),
    sha256: createHash("sha256").update(raw).digest("hex"),
    subject: distinguishedName(x509.subject),
    issuer: distinguishedName(x509.issuer),
    notBefore: epochMs(notBefore),
    notAfter: epochMs(notAfter),
    ...keyOf(x509),
    digest: digestOf(raw),
  };
}

/**
 * A name as RFC 4514 writes it. Node.js prints one attribute set a line, in the order of the certificate, values escaped
 * already; the standard wants commas and the last one first. An empty name is `undefined` there.
 */
function distinguishedName(lines: string | undefined): string {
  return (lines ?? "")
    .split("\n")
    .map((line) => line.replaceAll(" + ", "+"))
    .reverse()
    .join(",");
}

function keyOf(x509: X509Certificate): Pick<CertificateFacts, "algorithm" | "bits"> {
  let key: KeyObject;
  try {
    key = x509.publicKey;
  } catch {
    return { algorithm: "other", bits: null }; // a kind of key that OpenSSL does not know
  }
  switch (key.asymmetricKeyType) {
    case "rsa":
      return { algorithm: "rsa", bits: key.asymmetricKeyDetails?.modulusLength ?? null };
    case "ec":
      return { algorithm: "ec", bits: x509.toLegacyObject().bits ?? null };
    default:
      return { algorithm: "other", bits: null };
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
