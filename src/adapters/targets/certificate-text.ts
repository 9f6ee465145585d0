/** A certificate and its private key as PEM (RFC 7468), in every spelling that people and tools leave in files. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { CertificateValue } from "../../core/credentials/certificate-value.ts";
import { SecretValue } from "../../core/secret-value.ts";

/**
 * What a place holds. `broken`: parts of a credential that no program could sign in with; it may be overwritten.
 * `foreign`: something else, or something we cannot open; it is not ours to overwrite.
 */
export type Reading =
  | { readonly state: "empty" }
  | { readonly state: "present"; readonly value: CertificateValue }
  | { readonly state: "broken" | "foreign"; readonly why: string; readonly next: string };

/** The blocks as they are written: every consumer takes the key first, and some tools only that (`az login`). */
export function writePem(value: CertificateValue): { readonly key: string; readonly certificates: string } {
  const blocks = blocksIn(value.reveal());
  const text = (wanted: boolean) =>
    blocks
      .filter(({ label }) => (label === "PRIVATE KEY") === wanted)
      .map(({ label, bytes }) => pem(label, bytes))
      .join("");
  return { key: text(true), certificates: text(false) };
}

/** Reads a key and certificates; both arguments are the same text where they share a file. */
export function readPem(keyText: string, certificateText: string): Reading {
  if (keyText.trim() === "" && certificateText.trim() === "") return { state: "empty" };
  const keys = blocksIn(keyText).filter(({ label }) => label.endsWith("PRIVATE KEY"));
  const certificates = blocksIn(certificateText).filter(({ label }) => label === "CERTIFICATE");
  const [key, ...more] = keys;
  if (key === undefined && certificates.length === 0) {
    return { state: "foreign", why: "holds neither a certificate nor a key in PEM", next: "name the right file" };
  }
  if (key === undefined) return broken("holds no private key");
  if (more.length > 0) return broken("holds several private keys");
  if (key.encrypted) {
    return {
      state: "foreign",
      why: "holds a private key that is encrypted",
      next: "write the key unencrypted, readable by its owner only, or use format: pfx with a password",
    };
  }
  const parsed = parseKey(key);
  if (parsed === null) return broken("holds a private key that cannot be read");
  return joined(
    parsed,
    certificates.map(({ bytes }) => bytes),
  );
}

/**
 * A key with its certificates, DER. The first certificate has to be the key's own, because that is the one programs take.
 * A key in PKCS #8 stays byte for byte, so that a copy has the fingerprint of what was delivered.
 */
export function joined(pkcs8: Uint8Array, certificates: readonly Uint8Array[]): Reading {
  const [first] = certificates;
  if (first === undefined) return broken("holds no certificate");
  const belongs = isOwn(pkcs8, first);
  if (belongs === null) return broken("holds a certificate or key that cannot be read");
  if (!belongs) return broken("holds a private key that does not belong to its first certificate");
  const [certificate = "", ...chain] = certificates.map((one) => pem("CERTIFICATE", one));
  const key = new SecretValue(pem("PRIVATE KEY", pkcs8));
  return { state: "present", value: new CertificateValue({ key, certificate, chain }) };
}

/** Whether the key is the certificate's; null when one of them cannot be read. */
export function isOwn(pkcs8: Uint8Array, certificate: Uint8Array): boolean | null {
  const key = keyOf(pkcs8, "pkcs8");
  try {
    return key === null ? null : new X509Certificate(certificate).checkPrivateKey(key);
  } catch {
    return null;
  }
}

/** The bytes inside a bundle: the key as PKCS #8 and the certificates, the key's own first. */
export function derOf(value: CertificateValue): { readonly key: Buffer; readonly certificates: readonly Buffer[] } {
  const blocks = blocksIn(value.reveal());
  return {
    key: blocks.find(({ label }) => label === "PRIVATE KEY")?.bytes ?? Buffer.alloc(0),
    certificates: blocks.filter(({ label }) => label === "CERTIFICATE").map(({ bytes }) => bytes),
  };
}

interface Block {
  readonly label: string;
  readonly bytes: Buffer;
  readonly encrypted: boolean;
}

/** Every block of a text, whatever stands around and between them, and however its lines end. */
function blocksIn(text: string): Block[] {
  const blocks = text.matchAll(/-----BEGIN (?<label>[A-Z0-9 ]+)-----(?<body>[\s\S]*?)-----END \k<label>-----/g);
  return [...blocks].map(({ groups }) => {
    const { label = "", body = "" } = groups ?? {};
    return {
      label,
      bytes: Buffer.from(body.replaceAll(/\s+/g, ""), "base64"),
      // RFC 1421's header is how OpenSSL encrypts the older key formats
      encrypted: label === "ENCRYPTED PRIVATE KEY" || /^\s*Proc-Type:.*ENCRYPTED/m.test(body),
    };
  });
}

function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** The key as PKCS #8; the older formats are turned into it. Null when it is none. */
function parseKey({ label, bytes }: Block): Uint8Array | null {
  if (label === "PRIVATE KEY") return bytes;
  const type = label === "RSA PRIVATE KEY" ? "pkcs1" : label === "EC PRIVATE KEY" ? "sec1" : null;
  return type === null ? null : (keyOf(bytes, type)?.export({ format: "der", type: "pkcs8" }) ?? null);
}

/** The library's own error is dropped: it could say something of the key. */
function keyOf(bytes: Uint8Array, type: "pkcs8" | "pkcs1" | "sec1"): KeyObject | null {
  try {
    return createPrivateKey({ key: Buffer.from(bytes), format: "der", type });
  } catch {
    return null;
  }
}

function broken(why: string): Reading {
  return { state: "broken", why, next: "put the application's current certificate and key there" };
}
