/**
 * Digests and Ed25519 signatures for the audit trail. The private key lies beside the seal key, 0600, and its public half
 * beside that for whoever checks an export: a copy of it kept elsewhere is what an attacker on this machine cannot replace.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Examiner } from "../../core/audit/audit-verify.ts";
import { NolapseError } from "../../core/errors.ts";
import type { Notary } from "../../ports/notary.ts";
import { makeKeyFile, readKeyFile } from "./key-file.ts";

const WHAT = "the key of the audit trail";

export const AUDIT_KEY = "audit.key";
export const AUDIT_PUBLIC_KEY = "audit.pub";

/** Checks what a notary has sealed; takes no key of its own. */
export function createExaminer(): Examiner {
  // a trail is sealed by one key, and to read it costs as much as a check with it
  let last: { readonly text: string; readonly key: KeyObject } | undefined;
  const keyFor = (text: string): KeyObject => {
    if (last?.text !== text) {
      last = { text, key: createPublicKey({ format: "jwk", key: { kty: "OKP", crv: "Ed25519", x: text } }) };
    }
    return last.key;
  };
  return {
    digest: (text) => createHash("sha256").update(text).digest("hex"),
    verifies(text, signature, publicKey) {
      try {
        return verify(null, Buffer.from(text), keyFor(publicKey), Buffer.from(signature, "base64url"));
      } catch {
        return false; // no such key, or no signature
      }
    },
  };
}

/**
 * The notary whose key lies beside the seal key, made on first use. @throws NolapseError `seal-key-missing`,
 * `seal-key-wrong`, `disk-full`.
 */
export function openNotary(sealKeyPath: string): Notary {
  const path = join(dirname(sealKeyPath), AUDIT_KEY);
  makeKeyFile(path, WHAT, newKey);
  const key = keyOf(path);
  const publicKey = String(createPublicKey(key).export({ format: "jwk" }).x);
  publish(join(dirname(sealKeyPath), AUDIT_PUBLIC_KEY), publicKey);
  return { ...createExaminer(), publicKey, sign: (text) => sign(null, Buffer.from(text), key).toString("base64url") };
}

function newKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

function keyOf(path: string): KeyObject {
  const text = readKeyFile(path, WHAT);
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    // the cause could quote the file, which holds the key
  }
  throw new NolapseError("seal-key-wrong", `${path} holds no Ed25519 key to seal the audit trail with`, {
    next: "put back the file that belongs to this store; its checkpoints are signed by it",
  });
}

/** For people and other machines; not being able to write it stops nothing. */
function publish(path: string, publicKey: string): void {
  try {
    if (existsSync(path) && readFileSync(path, "utf8").trim() === publicKey) return;
    writeFileSync(path, `${publicKey}\n`, { mode: 0o644 });
    chmodSync(path, 0o644);
  } catch {
    // a read-only folder: the export names the key, too
  }
}
