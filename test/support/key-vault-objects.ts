/**
 * What the vault of key-vault.ts holds, after the published REST reference (learn.microsoft.com/rest/api/keyvault, versions 7.6
 * and 2025-07-01): secrets, certificates with the secret and the key that belong to them, RSA keys, versions, soft delete.
 */
import {
  constants,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  X509Certificate,
} from "node:crypto";
import { readPfx, writePfx } from "../../src/adapters/targets/pfx.ts";

/** An answer that is an error of the service. */
export class VaultRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly inner: string | null;
  constructor(status: number, code: string, message: string, inner: string | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.inner = inner;
  }
}

export type Body = Record<string, unknown>;
export type ObjectKind = "secrets" | "certificates" | "keys";

interface Attributes {
  enabled: boolean;
  exp?: number;
  nbf?: number;
  created: number;
  updated: number;
}

interface Version {
  readonly id: string;
  attributes: Attributes;
  tags: Record<string, string>;
  readonly contentType: string | null;
  /** A secret's text; for a certificate the secret that belongs to it; for a key nothing. */
  readonly value: string;
  readonly key: KeyObject | null;
  readonly certificate: X509Certificate | null;
}

interface Named {
  readonly kind: ObjectKind;
  versions: Version[];
  deletedAt: number | null;
}

const PEM = "application/x-pem-file";
const PFX = "application/x-pkcs12";
const KEY_OPERATIONS = ["wrapKey", "unwrapKey"];

export class VaultObjects {
  readonly origin: () => string;
  readonly now: () => number;
  readonly #objects = new Map<string, Named>();

  constructor(origin: () => string, now: () => number) {
    this.origin = origin;
    this.now = now;
  }

  /** Everything that is kept, as bytes would be compared. */
  snapshot(): string {
    return JSON.stringify(
      [...this.#objects].map(([id, { versions, deletedAt }]) => [
        id,
        deletedAt,
        versions.map(({ id: version, attributes, tags, value }) => [version, attributes, tags, value]),
      ]),
    );
  }

  versions(kind: ObjectKind, name: string): readonly Version[] {
    return this.#objects.get(`${kind}/${name}`.toLowerCase())?.versions ?? [];
  }

  addKey(name: string, size = 2048): string {
    const key = generateKeyPairSync("rsa", { modulusLength: size }).privateKey;
    return this.#add("keys", name, { key }).id;
  }

  setSecret(name: string, { value, contentType, tags, attributes }: Body): Body {
    if (typeof value !== "string" || value === "") throw new VaultRefusal(400, "BadParameter", "The value is missing");
    if (this.#live("certificates", name) !== null) {
      throw new VaultRefusal(409, "Conflict", `${name} is managed by a certificate`, "SecretManagedByKeyVault");
    }
    const version = this.#add("secrets", name, {
      value,
      contentType: typeof contentType === "string" ? contentType : null,
      tags: tagsIn(tags),
      attributes: attributesIn(attributes),
    });
    return { value, ...this.#view("secrets", name, version) };
  }

  secret(name: string, version: string): Body {
    const found = this.#version("secrets", name, version);
    if (!found.attributes.enabled) {
      throw new VaultRefusal(403, "Forbidden", "Operation get is not allowed on a disabled secret.", "SecretDisabled");
    }
    return { value: found.value, ...this.#view("secrets", name, found) };
  }

  certificate(name: string, version: string): Body {
    return this.#view("certificates", name, this.#version("certificates", name, version));
  }

  /** A key's public part. */
  key(name: string, version: string): Body {
    const found = this.#version("keys", name, version);
    const jwk = found.key?.export({ format: "jwk" });
    const { kid, attributes, tags } = this.#view("keys", name, found);
    return { key: { kid, kty: "RSA", n: jwk?.n, e: jwk?.e, key_ops: KEY_OPERATIONS }, attributes, tags };
  }

  importCertificate(name: string, { value, pwd, policy, tags, attributes }: Body): Body {
    if (this.#live("secrets", name) !== null && this.#live("certificates", name) === null) {
      throw new VaultRefusal(409, "Conflict", `A secret with name ${name} exists already`);
    }
    const wanted = (policy as { secret_props?: { contentType?: string } } | undefined)?.secret_props?.contentType;
    const contentType = wanted ?? PFX;
    const made = contentsOf(String(value ?? ""), contentType, String(pwd ?? ""));
    const parts = { tags: tagsIn(tags), attributes: attributesIn(attributes), contentType, ...made };
    const version = this.#add("certificates", name, parts);
    for (const kind of ["secrets", "keys"] as const) this.#add(kind, name, { ...parts, tags: parts.tags }, version.id);
    return this.#view("certificates", name, version);
  }

  /** Attributes and tags of a version; a certificate's secret shares them. */
  update(kind: ObjectKind, name: string, version: string, { attributes, tags }: Body): Body {
    const found = this.#version(kind, name, version);
    const kinds = kind === "certificates" ? (["certificates", "secrets", "keys"] as const) : [kind];
    for (const one of kinds) {
      const same = this.#version(one, name, found.id);
      same.attributes = { ...same.attributes, ...(attributes as Partial<Attributes>), updated: this.#seconds() };
      if (tags !== undefined) same.tags = tagsIn(tags);
    }
    return this.#view(kind, name, found);
  }

  /** A page of versions, oldest first, and the number the next one begins with. */
  page(
    kind: ObjectKind,
    name: string,
    from: number,
    size: number,
  ): { readonly value: Body[]; readonly next: number | null } {
    const { versions } = this.#named(kind, name);
    const value = versions.slice(from, from + size).map((one) => {
      const { policy: _, cer: __, ...rest } = this.#view(kind, name, one);
      return rest;
    });
    return { value, next: from + size < versions.length ? from + size : null };
  }

  delete(kind: ObjectKind, name: string): Body {
    const named = this.#named(kind, name);
    named.deletedAt = this.now();
    if (kind === "certificates") {
      for (const one of ["secrets", "keys"] as const) this.#objects.delete(`${one}/${name}`.toLowerCase());
    }
    return this.deleted(kind, name);
  }

  deleted(kind: ObjectKind, name: string): Body {
    const named = this.#objects.get(`${kind}/${name}`.toLowerCase());
    const last = named?.versions.at(-1);
    if (named?.deletedAt == null || last === undefined) throw notFound(kind, name);
    const recoveryId = `${this.origin()}/deleted${kind}/${name}`;
    return { ...this.#view(kind, name, last), recoveryId, deletedDate: Math.floor(named.deletedAt / 1000) };
  }

  wrap(name: string, version: string, { alg, value }: Body): Body {
    const { found, bytes } = this.#operation(name, version, alg, value);
    if (found.attributes.exp !== undefined && found.attributes.exp <= this.#seconds()) {
      throw new VaultRefusal(403, "Forbidden", "Operation wrapKey is not allowed on an expired key.", "KeyExpired");
    }
    const wrapped = publicEncrypt({ key: found.key as KeyObject, ...OAEP }, bytes);
    return { kid: `${this.origin()}/keys/${name}/${found.id}`, value: wrapped.toString("base64url") };
  }

  unwrap(name: string, version: string, { alg, value }: Body): Body {
    const { found, bytes } = this.#operation(name, version, alg, value);
    try {
      const plain = privateDecrypt({ key: found.key as KeyObject, ...OAEP }, bytes);
      return { kid: `${this.origin()}/keys/${name}/${found.id}`, value: plain.toString("base64url") };
    } catch {
      throw new VaultRefusal(400, "BadParameter", "The parameter is incorrect.");
    }
  }

  #operation(name: string, version: string, alg: unknown, value: unknown) {
    const found = this.#version("keys", name, version);
    if (!found.attributes.enabled) {
      throw new VaultRefusal(403, "Forbidden", "Operation is not allowed on a disabled key.", "KeyDisabled");
    }
    if (alg !== "RSA-OAEP-256") throw new VaultRefusal(400, "BadParameter", "The algorithm is not supported here");
    return { found, bytes: Buffer.from(String(value ?? ""), "base64url") };
  }

  #named(kind: ObjectKind, name: string): Named {
    const found = this.#live(kind, name);
    if (found === null) throw notFound(kind, name);
    return found;
  }

  #live(kind: ObjectKind, name: string): Named | null {
    const found = this.#objects.get(`${kind}/${name}`.toLowerCase());
    return found === undefined || found.deletedAt !== null ? null : found;
  }

  #version(kind: ObjectKind, name: string, version: string): Version {
    const { versions } = this.#named(kind, name);
    const found = version === "" ? versions.at(-1) : versions.find((one) => one.id === version);
    if (found === undefined) throw notFound(kind, `${name}/${version}`);
    return found;
  }

  #add(
    kind: ObjectKind,
    name: string,
    parts: Partial<Omit<Version, "attributes">> & { attributes?: Partial<Attributes> },
    id = randomBytes(16).toString("hex"),
  ): Version {
    const at = `${kind}/${name}`.toLowerCase();
    const named = this.#objects.get(at) ?? { kind, versions: [], deletedAt: null };
    if (named.deletedAt !== null) {
      const why = `${kind} ${name} is currently in a deleted but recoverable state, and its name cannot be reused`;
      throw new VaultRefusal(409, "Conflict", why, "ObjectIsDeletedButRecoverable");
    }
    const attributes = { enabled: true, created: this.#seconds(), updated: this.#seconds(), ...parts.attributes };
    const blank = { tags: {}, contentType: null, value: "", key: null, certificate: null };
    const version: Version = { ...blank, ...parts, id, attributes };
    this.#objects.set(at, { ...named, versions: [...named.versions, version] });
    return version;
  }

  #seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  #view(kind: ObjectKind, name: string, { id, attributes, tags, contentType, certificate }: Version): Body {
    const at = (of: ObjectKind) => `${this.origin()}/${of}/${name}/${id}`;
    const shared = { attributes: { ...attributes, recoveryLevel: "Recoverable+Purgeable", recoverableDays: 90 }, tags };
    if (kind === "keys") return { kid: at("keys"), ...shared };
    if (kind === "secrets") {
      const belongs = certificate === null ? {} : { kid: at("keys"), managed: true };
      return { id: at("secrets"), ...(contentType === null ? {} : { contentType }), ...belongs, ...shared };
    }
    const thumbprint = createHash("sha1")
      .update(certificate?.raw ?? "")
      .digest("base64url");
    const policy = { id: `${this.origin()}/certificates/${name}/policy`, secret_props: { contentType } };
    const links = { kid: at("keys"), sid: at("secrets"), x5t: thumbprint, cer: certificate?.raw.toString("base64") };
    return { id: at("certificates"), ...links, policy, ...shared };
  }
}

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" } as const;

function notFound(kind: ObjectKind, name: string): VaultRefusal {
  const what = { secrets: "Secret", certificates: "Certificate", keys: "Key" }[kind];
  return new VaultRefusal(404, `${what}NotFound`, `A ${what.toLowerCase()} with (name/id) ${name} was not found`);
}

function tagsIn(tags: unknown): Record<string, string> {
  const given = Object.entries((tags ?? {}) as Record<string, string>);
  if (given.length > 15) throw new VaultRefusal(400, "BadParameter", "Too many tags");
  if (given.some(([name, value]) => name.length > 512 || value.length > 256)) {
    throw new VaultRefusal(400, "BadParameter", "A tag is too long");
  }
  return Object.fromEntries(given);
}

function attributesIn(given: unknown): Partial<Attributes> {
  const { enabled, exp, nbf } = (given ?? {}) as Partial<Attributes>;
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(exp === undefined ? {} : { exp }),
    ...(nbf === undefined ? {} : { nbf }),
  };
}

/** The service keeps PKCS#12 without a password, and PEM with the key first. */
function contentsOf(value: string, contentType: string, password: string) {
  const unreadable = () =>
    new VaultRefusal(400, "BadParameter", "The specified certificate content is in an unexpected format.");
  try {
    if (contentType === PEM) {
      const blocks = value.match(/-----BEGIN (?:PRIVATE KEY|CERTIFICATE)-----[\s\S]*?-----END [A-Z ]+-----/g) ?? [];
      const key = createPrivateKey(blocks.find((one) => one.includes("PRIVATE KEY")) ?? "");
      const certificates = blocks.filter((one) => one.includes("CERTIFICATE"));
      const text = [key.export({ type: "pkcs8", format: "pem" }), ...certificates.map((one) => `${one}\n`)].join("");
      return owned(
        key,
        certificates.map((one) => new X509Certificate(one)),
        text,
      );
    }
    const { keys, certificates } = readPfx(Buffer.from(value, "base64"), password);
    const key = createPrivateKey({ key: Buffer.from(keys[0] ?? []), format: "der", type: "pkcs8" });
    const bare = Buffer.from(writePfx(keys[0] as Uint8Array, certificates, "", "")).toString("base64");
    return owned(
      key,
      certificates.map((one) => new X509Certificate(one)),
      bare,
    );
  } catch {
    throw unreadable();
  }
}

function owned(key: KeyObject, certificates: readonly X509Certificate[], value: string) {
  const certificate = certificates.find((one) => one.checkPrivateKey(key));
  if (certificate === undefined) throw new TypeError("no certificate of this key");
  return { key, certificate, value };
}
