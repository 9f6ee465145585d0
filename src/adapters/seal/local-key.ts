/**
 * Sealing with keys in a local file: compact JWE (A256GCM, direct), the key's id in the header so that keys can be
 * rolled, and the credential it belongs to bound in as protected header members. The file holds a list of keys, the first
 * is current, older ones still open; and one more key for fingerprints, which stays when keys are rolled.
 */
import { createHmac, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { z } from "zod";
import { NolapseError } from "../../core/errors.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { SealContext, Sealer } from "../../ports/sealer.ts";
import { decryptCompact, encryptCompact, readCompact } from "./compact-jwe.ts";
import { makeKeyFile, readKeyFile, replaceKeyFile } from "./key-file.ts";

const KEY = z.object({ kid: z.string().min(1), key: z.base64url() });
/** Beside these it holds the credential. */
const HEADER = z.looseObject({ alg: z.literal("dir"), enc: z.literal("A256GCM"), kid: z.string() });
const FILE = z.object({ version: z.literal(1), fingerprint: z.base64url(), keys: z.array(KEY).min(1) });
type KeyFile = z.infer<typeof FILE>;

const KEY_BYTES = 32;
const WHAT = "the seal key";

/**
 * Makes the key file where there is none: a new key would make sealed values useless. @throws NolapseError `disk-full`,
 * `seal-key-missing`.
 */
export function ensureLocalKey(path: string): void {
  makeKeyFile(path, WHAT, () =>
    textOf({ version: 1, fingerprint: newKey(), keys: [{ kid: newKid(), key: newKey() }] }),
  );
}

/** Puts a new key first; what was sealed before still opens. */
export function rollLocalKey(path: string): void {
  const file = keysIn(path);
  replaceKeyFile(path, textOf({ ...file, keys: [{ kid: newKid(), key: newKey() }, ...file.keys] }));
}

/** The sealer for a key file. @throws NolapseError `seal-key-missing`, `seal-key-wrong`. */
export function openLocalKey(path: string): Sealer {
  const file = keysIn(path);
  // key objects: the bytes would be made one at every call
  const keys = new Map(file.keys.map(({ kid, key }) => [kid, createSecretKey(Buffer.from(key, "base64url"))]));
  const current = file.keys[0];
  if (current === undefined) throw new NolapseError("seal-key-wrong", `the seal key file ${path} holds no key`);
  const fingerprintKey = createSecretKey(Buffer.from(file.fingerprint, "base64url"));
  return {
    seal: async (value, context) => seal(value, context, current.kid, keys),
    open: async (sealed, context) => open(sealed, context, keys, path),
    fingerprint: async (value) => createHmac("sha256", fingerprintKey).update(value.reveal()).digest("base64url"),
  };
}

type Keys = ReadonlyMap<string, KeyObject>;

function seal(value: SecretValue, context: SealContext, kid: string, keys: Keys): string {
  return encryptCompact(value.reveal(), { alg: "dir", enc: "A256GCM", kid, v: 1, ...context }, keyOf(kid, keys), "");
}

function open(sealed: string, context: SealContext, keys: Keys, path: string): SecretValue {
  try {
    const jwe = readCompact(sealed);
    const header = HEADER.parse(jwe.header);
    // "dir": the key is the file's own; the tag does not cover this part, so it would be another spelling of the same seal
    if (jwe.parts[1] !== "") throw new TypeError("a wrapped key where there is none");
    for (const [name, expected] of Object.entries(context)) {
      if (header[name] !== expected) throw new TypeError(`sealed for another ${name}`);
    }
    return new SecretValue(decryptCompact(jwe, keyOf(header.kid, keys)));
  } catch (cause) {
    throw new NolapseError("seal-key-wrong", `a sealed value does not open with the keys in ${path}`, {
      cause,
      next: "put back the seal key file that belongs to this store (it is backed up apart from it)",
    });
  }
}

function keyOf(kid: string, keys: Keys): KeyObject {
  const key = keys.get(kid);
  if (key === undefined) throw new TypeError(`no key ${kid}`);
  return key;
}

function keysIn(path: string): KeyFile {
  const text = readKeyFile(path, WHAT);
  try {
    return FILE.parse(JSON.parse(text));
  } catch {
    // the parser's own message could quote the file, which holds keys
    throw new NolapseError("seal-key-wrong", `${path} is not a seal key file of this version`, {
      next: "put back the seal key file that belongs to this store",
    });
  }
}

function textOf(file: KeyFile): string {
  return `${JSON.stringify(file)}\n`;
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString("base64url");
}

function newKid(): string {
  return randomBytes(6).toString("base64url");
}
