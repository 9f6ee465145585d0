/** X.509 certificates as clients send and name them: DER or PEM text in base64, thumbprints in hex or base64. */
import { type KeyObject, X509Certificate } from "node:crypto";

/** A certificate as far as the directory cares. Times in epoch milliseconds. */
export interface Certificate {
  readonly x509: X509Certificate;
  /** Made when a signature is first checked with it, and kept: Node.js makes another one at every look. */
  readonly publicKey: KeyObject;
  readonly subject: string;
  readonly from: number;
  readonly to: number;
  readonly sha1: Buffer;
  readonly sha256: Buffer;
}

/** Certificates read already, by their text: each is looked at again at every sign-in with it. */
const known = new Map<string, Certificate | undefined>();
const MOST_KNOWN = 500;

/** Reads the `key` of a keyCredential: base64, also wrapped in lines, of DER or of PEM text. Undefined when it is neither. */
export function readCertificate(key: string): Certificate | undefined {
  if (known.has(key)) return known.get(key);
  if (known.size >= MOST_KNOWN) known.clear();
  const read = readAnew(key);
  known.set(key, read);
  return read;
}

function readAnew(key: string): Certificate | undefined {
  const bytes = Buffer.from(key.replace(/\s+/g, ""), "base64");
  if (bytes.length === 0) return undefined;
  try {
    const x509 = new X509Certificate(bytes);
    let publicKey: KeyObject | undefined;
    return {
      x509,
      get publicKey() {
        publicKey ??= x509.publicKey;
        return publicKey;
      },
      // Node.js prints a name in lines; a distinguished name is read with commas, most specific part first
      subject: x509.subject.split("\n").reverse().join(", "),
      from: Date.parse(x509.validFrom),
      to: Date.parse(x509.validTo),
      sha1: Buffer.from(x509.fingerprint.replaceAll(":", ""), "hex"),
      sha256: Buffer.from(x509.fingerprint256.replaceAll(":", ""), "hex"),
    };
  } catch {
    return undefined;
  }
}

/** A thumbprint in any of its spellings: hex in either case, base64, base64url, padded or not. Undefined when it is none. */
export function readThumbprint(text: string): Buffer | undefined {
  const compact = text.replaceAll(/[\s:]/g, "");
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(compact)) return Buffer.from(compact, "hex");
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return undefined;
  const bytes = Buffer.from(compact.replaceAll("-", "+").replaceAll("_", "/"), "base64");
  return bytes.length === 20 || bytes.length === 32 ? bytes : undefined;
}
