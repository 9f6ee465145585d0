/**
 * Sealing with an RSA key that never leaves Azure Key Vault: a content key for each value, wrapped and unwrapped by the vault
 * (RSA-OAEP-256), the value under it (A256GCM), all of it one compact JWE (RFC 7516) that names the key with its version. So a
 * key is rolled in the vault alone, and what an older version sealed opens as long as that version is there. See
 * docs/decisions/0008-key-vault-as-seal-key.md.
 */
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { NolapseError, type NolapseErrorCode } from "../../core/errors.ts";
import { SecretValue } from "../../core/secret-value.ts";
import type { KeyVault } from "../../ports/key-vault.ts";
import type { SealContext, Sealer } from "../../ports/sealer.ts";
import { type CompactJwe, decryptCompact, encryptCompact, readCompact } from "./compact-jwe.ts";

const KEY_BYTES = 32;

const HEADER = z.object({
  alg: z.literal("RSA-OAEP-256"),
  enc: z.literal("A256GCM"),
  kid: z.string(),
  v: z.literal(1),
  tenantId: z.string(),
  appId: z.string(),
  keyId: z.string(),
});
const DIGEST_FILE = z.object({ version: z.literal(1), kid: z.string(), wrapped: z.base64url() });

export interface KeyVaultSealerOptions {
  readonly vault: KeyVault;
  /** `https://vault/keys/name`, or with the version that seals. */
  readonly key: string;
  /** The key of fingerprints, wrapped by the vault. */
  readonly digestPath: string;
}

/** The key as it is named in the configuration. */
function keyIn(key: string): { readonly name: string; readonly version: string | null; readonly prefix: string } {
  const [, , name = "", version] = new URL(key).pathname.split("/");
  return { name, version: version ?? null, prefix: `${new URL(key).origin}/keys/${name}/` };
}

/**
 * Makes the key that fingerprints are made with, wrapped by the vault, whole or not at all; one that is there stays.
 * @throws NolapseError `seal-key-…`, `disk-full`.
 */
export async function ensureDigestKey(options: KeyVaultSealerOptions): Promise<void> {
  const { digestPath: path } = options;
  if (existsSync(path)) return;
  const { kid, wrapped } = await wrap(options, randomBytes(KEY_BYTES));
  const draft = `${path}.${randomBytes(6).toString("base64url")}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${JSON.stringify({ version: 1, kid, wrapped })}\n`, { mode: 0o600, flag: "wx", flush: true });
    // a link, unlike a rename, never replaces what another process made meanwhile
    linkSync(draft, path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST" && existsSync(path)) return;
    throw new NolapseError(code === "ENOSPC" ? "disk-full" : "seal-key-missing", `${path} cannot be made`, {
      cause,
      next: "check that its folder is a folder and belongs to the user who runs nolapse",
    });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The sealer for a key of a vault. Nothing is asked of the vault before a value is sealed, opened or compared. */
export function openKeyVaultSealer(options: KeyVaultSealerOptions): Sealer {
  let digestKey: Promise<Buffer> | null = null;
  return {
    async seal(value, context) {
      const contentKey = randomBytes(KEY_BYTES);
      const { kid, wrapped } = await wrap(options, contentKey);
      const header: Header = { alg: "RSA-OAEP-256", enc: "A256GCM", kid, v: 1, ...context };
      return encryptCompact(value.reveal(), header, contentKey, wrapped);
    },
    async open(sealed, context) {
      const { header, jwe } = headerOf(sealed, context, options);
      const contentKey = await unwrap(options, header.kid, jwe.parts[1] ?? "", "a sealed value");
      return decrypt(jwe, contentKey, options);
    },
    async fingerprint(value) {
      digestKey ??= readDigestKey(options).catch((thrown: unknown) => {
        digestKey = null;
        throw thrown;
      });
      return createHmac("sha256", await digestKey)
        .update(value.reveal())
        .digest("base64url");
    },
  };
}

async function wrap(options: KeyVaultSealerOptions, contentKey: Uint8Array) {
  const { name, version, prefix } = keyIn(options.key);
  const kid = version === null ? await asked(options, () => options.vault.currentKey(name)) : `${prefix}${version}`;
  const wrapped = kid === null ? null : await asked(options, () => options.vault.wrap(kid, contentKey));
  if (kid === null || wrapped === null) throw noKey(options);
  return { kid, wrapped: Buffer.from(wrapped).toString("base64url") };
}

/** Only this key's own versions are asked: a header must not send us anywhere else. */
async function unwrap(options: KeyVaultSealerOptions, kid: string, wrapped: string, what: string): Promise<Buffer> {
  const { name, prefix } = keyIn(options.key);
  if (!/^[0-9A-Za-z]+$/.test(kid.slice(prefix.length)) || !kid.startsWith(prefix)) throw wrongKey(options, what);
  const contentKey = await asked(options, () => options.vault.unwrap(kid, Buffer.from(wrapped, "base64url")));
  if (contentKey === "absent" && (await asked(options, () => options.vault.currentKey(name))) === null) {
    throw noKey(options);
  }
  if (contentKey === "absent" || contentKey === "wrong" || contentKey.length !== KEY_BYTES) {
    throw wrongKey(options, what);
  }
  return Buffer.from(contentKey);
}

type Header = z.infer<typeof HEADER>;

/** The parts of a seal whose header is well-formed and for this credential; whether it is genuine, the decryption says. */
function headerOf(sealed: string, context: SealContext, options: KeyVaultSealerOptions) {
  try {
    const jwe = readCompact(sealed);
    const header = HEADER.parse(jwe.header);
    for (const [name, expected] of Object.entries(context)) {
      if (header[name as keyof SealContext] !== expected) throw new TypeError(`sealed for another ${name}`);
    }
    return { header, jwe };
  } catch (cause) {
    throw wrongKey(options, "a sealed value", cause);
  }
}

function decrypt(jwe: CompactJwe, contentKey: Buffer, options: KeyVaultSealerOptions): SecretValue {
  try {
    return new SecretValue(decryptCompact(jwe, contentKey));
  } catch (cause) {
    throw wrongKey(options, "a sealed value", cause);
  }
}

async function readDigestKey(options: KeyVaultSealerOptions): Promise<Buffer> {
  const { digestPath: path } = options;
  let file: z.infer<typeof DIGEST_FILE>;
  try {
    file = DIGEST_FILE.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new NolapseError("seal-key-missing", `the digest key ${path} cannot be read`, {
      cause,
      next: "put back the file that belongs to this store; without it copies cannot be compared",
    });
  }
  return unwrap(options, file.kid, file.wrapped, `the digest key ${path}`);
}

/** The vault's answers in the words of a seal: what cannot be reached now must never be taken for a value that is lost. */
const CODES: Partial<Record<NolapseErrorCode, NolapseErrorCode>> = {
  "target-absent": "seal-key-missing",
  "target-forbidden": "seal-key-forbidden",
  "target-unreachable": "seal-key-unreachable",
  "target-failed": "seal-key-unreachable",
};

async function asked<T>({ key }: KeyVaultSealerOptions, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const code = thrown instanceof NolapseError ? CODES[thrown.code] : undefined;
    if (!(thrown instanceof NolapseError) || code === undefined) throw thrown;
    throw new NolapseError(code, `the seal key ${key} cannot be used: ${thrown.message}`, {
      cause: thrown,
      retryAfter: thrown.retryAfter,
      ...(thrown.next === null ? {} : { next: thrown.next }),
    });
  }
}

function noKey({ key }: KeyVaultSealerOptions): NolapseError {
  const [vault, name] = [new URL(key).hostname.split(".")[0], keyIn(key).name];
  return new NolapseError("seal-key-missing", `the seal key ${key} does not exist`, {
    next: `az keyvault key recover --vault-name ${vault} --name ${name}, or for a new store az keyvault key create --vault-name ${vault} --name ${name} --kty RSA --size 3072 --ops wrapKey unwrapKey`,
  });
}

function wrongKey({ key }: KeyVaultSealerOptions, what: string, cause?: unknown): NolapseError {
  return new NolapseError("seal-key-wrong", `${what} does not open with the key ${key}`, {
    cause,
    next: "name the key this store was sealed with, and put back the digest key file that belongs to the store",
  });
}
