/**
 * Compact JWE by A256GCM (RFC 7516 §7.1, RFC 7518 §5.3), as the sealers of this folder have in common. By `node:crypto` and at once:
 * on another thread, as WebCrypto does it, handing the work over costs several times the work.
 */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from "node:crypto";

/** What GCM is specified with, and so what A256GCM means. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A JWE read, not opened: nothing in it is proven yet. */
export interface CompactJwe {
  readonly header: unknown;
  readonly parts: readonly string[];
}

/**
 * The text under a content key of 32 bytes; whoever has that key opens it with any JOSE library.
 * @param wrapped the content key as the header's `alg` keeps it, base64url; empty where both sides have it
 */
export function encryptCompact(
  text: string,
  header: Readonly<Record<string, unknown>>,
  contentKey: Uint8Array | KeyObject,
  wrapped: string,
): string {
  const protectedHeader = Buffer.from(JSON.stringify(header)).toString("base64url");
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", contentKey, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(protectedHeader, "ascii"));
  const encrypted = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const rest = [nonce, encrypted, cipher.getAuthTag()].map((one) => one.toString("base64url"));
  return [protectedHeader, wrapped, ...rest].join(".");
}

/** The parts of a text that is five of them. @throws Error for any other. */
export function readCompact(sealed: string): CompactJwe {
  const parts = sealed.split(".");
  // one spelling only, so that no bit of a seal can change unnoticed
  if (parts.length !== 5 || parts.some((one) => Buffer.from(one, "base64url").toString("base64url") !== one)) {
    throw new TypeError("not five parts in base64url");
  }
  return { header: JSON.parse(Buffer.from(parts[0] ?? "", "base64url").toString("utf8")) as unknown, parts };
}

/** The text itself. @throws Error when key, header and the rest do not belong together. */
export function decryptCompact({ parts }: CompactJwe, contentKey: Uint8Array | KeyObject): string {
  const [header = "", , nonce = "", encrypted = "", tag = ""] = parts;
  const bytes = Buffer.from(nonce, "base64url");
  if (bytes.length !== NONCE_BYTES) throw new TypeError(`a nonce of ${bytes.length} bytes`);
  const decipher = createDecipheriv("aes-256-gcm", contentKey, bytes, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(header, "ascii")).setAuthTag(Buffer.from(tag, "base64url"));
  return Buffer.concat([decipher.update(Buffer.from(encrypted, "base64url")), decipher.final()]).toString("utf8");
}
