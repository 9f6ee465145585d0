/**
 * Azure Key Vault on the vendor's own clients, loaded when first used. Nothing is repeated below us (`maxRetries: 0`): every
 * retry is the engine's. What the service says is turned into our words here; its errors hold requests and stay inside.
 */

import type { HttpClient } from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import type { KeyVaultKey } from "@azure/keyvault-keys";
import { NolapseError } from "../../core/errors.ts";
import { SecretValue } from "../../core/secret-value.ts";
import { SECOND } from "../../core/time.ts";
import type { KeyVault, VaultImport, VaultSecret, VaultTags, VaultVersion } from "../../ports/key-vault.ts";
import { answerOf, deletedName, type VaultDoing, vaultFailure } from "./failures.ts";

/** Nolapse's tokens, as the SDKs ask for them. */
export interface VaultCredential extends TokenCredential {
  /** Nolapse's own client id, where it is known: for the commands in messages. */
  readonly clientId: string | null;
  /** Forgets the tokens, because the vault refused one. */
  discard(): void;
}

export interface KeyVaultOptions {
  /** Its address; anything after the host is left out. */
  readonly url: string;
  readonly credential: VaultCredential;
  /** Nolapse's own version, for the user agent. */
  readonly version: string;
  /** Milliseconds of process time for one request; 30 s where not given. */
  readonly timeout?: number;
  /** Instead of sockets. */
  readonly httpClient?: HttpClient;
}

const CONTENT_TYPES = { pem: "application/x-pem-file", pfx: "application/x-pkcs12" } as const;

/** Whether the SDKs may skip their check that a challenge names this vault's own cloud: on this machine there is none. */
function isLoopback(url: URL): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
}

/** One vault; nothing is asked of it before a method is called. */
export function openKeyVault(options: KeyVaultOptions): KeyVault {
  const calls = new VaultCalls(options);
  return { url: calls.url, ...secretsOf(calls), ...certificatesOf(calls), ...keysOf(calls) };
}

type About = Pick<VaultDoing, "kind" | "name" | "verb">;

/** The vendor's clients of one vault, and how one operation is sent. */
class VaultCalls {
  readonly url: string;
  readonly #options: KeyVaultOptions;
  readonly secrets = once(async () => new (await import("@azure/keyvault-secrets")).SecretClient(...this.#means()));
  readonly certificates = once(
    async () => new (await import("@azure/keyvault-certificates")).CertificateClient(...this.#means()),
  );
  readonly keys = once(async () => new (await import("@azure/keyvault-keys")).KeyClient(...this.#means()));

  constructor(options: KeyVaultOptions) {
    this.#options = options;
    this.url = new URL(options.url).origin;
  }

  /** The cryptography of one version of a key: every operation is the vault's own, one request each. */
  async crypto(id: string) {
    const { CryptographyClient } = await import("@azure/keyvault-keys");
    const [, , name = "", version = ""] = new URL(id).pathname.split("/");
    // without its public part nothing is done here, and nothing judged by this machine's clock
    const key: KeyVaultKey = { id, name, properties: { id, name, version, vaultUrl: this.url } };
    const [, credential, settings] = this.#means();
    return new CryptographyClient(key, credential, settings);
  }

  /** What every operation is sent with. */
  with(signal: AbortSignal | undefined) {
    return {
      requestOptions: { timeout: this.#options.timeout ?? 30 * SECOND },
      ...(signal === undefined ? {} : { abortSignal: signal as globalThis.AbortSignal }),
    };
  }

  /**
   * One operation; null when what it is about is not in the vault. A token that is refused is forgotten and the operation,
   * which had no effect, sent once more. @throws NolapseError as the port says.
   */
  async send<T>(about: About, work: () => Promise<T>, signal?: AbortSignal): Promise<T | null> {
    const { credential } = this.#options;
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (thrown) {
        signal?.throwIfAborted();
        const status = answerOf(thrown)?.status ?? null;
        if (status === 404) return null;
        if (status !== 401 || tries > 1) {
          throw vaultFailure(thrown, { ...about, vault: this.url, client: credential.clientId });
        }
        credential.discard();
      }
    }
  }

  /** As `send`, for what makes the thing it is about. */
  async written<T>(about: About, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const answer = await this.send(about, work, signal);
    if (answer !== null) return answer;
    const what = `${about.kind} ${about.name} of ${this.url}`;
    throw new NolapseError("target-failed", `${what}: the vault says it is not there while it is written (404)`, {
      next: "nolapse tries again by itself and the old credential stays",
    });
  }

  #means(): [string, VaultCredential, object] {
    const { credential, version, httpClient } = this.#options;
    const settings = {
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
      disableChallengeResourceVerification: isLoopback(new URL(this.url)),
      userAgentOptions: { userAgentPrefix: `nolapse/${version}` },
      ...(httpClient === undefined ? {} : { httpClient }),
    };
    return [this.url, credential, settings];
  }
}

function secretsOf(calls: VaultCalls) {
  return {
    async secret(name: string, version: string | null, signal?: AbortSignal): Promise<VaultSecret | null> {
      const which = { ...(version === null ? {} : { version }), ...calls.with(signal) };
      const work = async () => (await calls.secrets()).getSecret(name, which);
      const found = await calls.send({ kind: "secret", name, verb: "get" }, work, signal);
      const { properties, value = "" } = found ?? {};
      // the portal lets nobody store nothing, yet a value is optional in the answer
      if (properties === undefined || value === "") return null;
      return {
        version: properties.version ?? "",
        value: new SecretValue(value),
        contentType: properties.contentType ?? null,
        tags: properties.tags ?? {},
        ofCertificate: properties.certificateKeyId !== undefined || properties.managed === true,
      };
    },
    async secretVersions(name: string, signal?: AbortSignal) {
      const work = async () =>
        gathered((await calls.secrets()).listPropertiesOfSecretVersions(name, calls.with(signal)));
      return (await calls.send({ kind: "secret", name, verb: "list" }, work, signal)) ?? [];
    },
    async setSecret(
      name: string,
      value: SecretValue,
      { contentType, tags, end }: Parameters<KeyVault["setSecret"]>[2],
      signal?: AbortSignal,
    ) {
      const attributes = { contentType, tags: { ...tags }, expiresOn: new Date(end), ...calls.with(signal) };
      const work = async () => (await calls.secrets()).setSecret(name, value.reveal(), attributes);
      const { properties } = await calls.written({ kind: "secret", name, verb: "set" }, work, signal);
      return properties.version ?? "";
    },
    async disableSecret(name: string, version: string, signal?: AbortSignal) {
      const off = { enabled: false, ...calls.with(signal) };
      const work = async () => (await calls.secrets()).updateSecretProperties(name, version, off);
      await calls.send({ kind: "secret", name, verb: "set" }, work, signal);
    },
  };
}

function certificatesOf(calls: VaultCalls) {
  return {
    async certificate(name: string, signal?: AbortSignal) {
      const work = async () => (await calls.certificates()).getCertificate(name, calls.with(signal));
      const found = await calls.send({ kind: "certificate", name, verb: "get" }, work, signal);
      return found === null ? null : versionOf(found.properties);
    },
    async certificateVersions(name: string, signal?: AbortSignal) {
      const work = async () =>
        gathered((await calls.certificates()).listPropertiesOfCertificateVersions(name, calls.with(signal)));
      return (await calls.send({ kind: "certificate", name, verb: "list" }, work, signal)) ?? [];
    },
    async importCertificate(name: string, contents: VaultImport, tags: VaultTags, signal?: AbortSignal) {
      const shape = { ...imported(contents), tags: { ...tags }, preserveCertificateOrder: true };
      const attributes = { ...shape, ...calls.with(signal) };
      const work = async () => (await calls.certificates()).importCertificate(name, bytesOf(contents), attributes);
      const { properties } = await calls.written({ kind: "certificate", name, verb: "import" }, work, signal);
      return properties.version ?? "";
    },
    async disableCertificate(name: string, version: string, signal?: AbortSignal) {
      const off = { enabled: false, ...calls.with(signal) };
      const work = async () => (await calls.certificates()).updateCertificateProperties(name, version, off);
      await calls.send({ kind: "certificate", name, verb: "update" }, work, signal);
    },
    async nameIsFree(name: string, signal?: AbortSignal) {
      const deleted = {
        secret: async () => (await calls.secrets()).getDeletedSecret(name, calls.with(signal)),
        certificate: async () => (await calls.certificates()).getDeletedCertificate(name, calls.with(signal)),
      };
      for (const kind of ["certificate", "secret"] as const) {
        const work = calls.send<unknown>({ kind, name, verb: "get" }, deleted[kind], signal);
        if ((await work.catch(unlessForbidden)) !== null) throw deletedName({ vault: calls.url, kind, name });
      }
    },
  };
}

function keysOf(calls: VaultCalls) {
  return {
    async currentKey(name: string, signal?: AbortSignal) {
      const work = async () => (await calls.keys()).getKey(name, calls.with(signal));
      return (await calls.send({ kind: "key", name, verb: "get" }, work, signal))?.id ?? null;
    },
    async wrap(keyId: string, contentKey: Uint8Array, signal?: AbortSignal) {
      const about = { kind: "key", name: keyNameOf(keyId), verb: "wrapKey" } as const;
      const work = async () => (await calls.crypto(keyId)).wrapKey("RSA-OAEP-256", contentKey, calls.with(signal));
      return (await calls.send(about, work, signal))?.result ?? null;
    },
    async unwrap(keyId: string, wrapped: Uint8Array, signal?: AbortSignal) {
      const about = { kind: "key", name: keyNameOf(keyId), verb: "unwrapKey" } as const;
      const work = async () => {
        try {
          const client = await calls.crypto(keyId);
          return (await client.unwrapKey("RSA-OAEP-256", wrapped, calls.with(signal))).result;
        } catch (thrown) {
          // 400: the vault cannot decrypt it, whatever is the matter with it
          if (answerOf(thrown)?.status === 400) return "wrong" as const;
          throw thrown;
        }
      };
      return (await calls.send(about, work, signal)) ?? "absent";
    },
  };
}

function unlessForbidden(thrown: unknown): null {
  if (thrown instanceof NolapseError && thrown.code === "target-forbidden") return null;
  throw thrown;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

interface Properties {
  readonly version?: string;
  readonly enabled?: boolean;
  readonly tags?: Record<string, string>;
}

function versionOf({ version = "", enabled, tags = {} }: Properties): VaultVersion {
  return { version, enabled: enabled !== false, tags };
}

async function gathered(pages: AsyncIterable<Properties>): Promise<VaultVersion[]> {
  const versions: VaultVersion[] = [];
  for await (const one of pages) versions.push(versionOf(one));
  return versions;
}

/** The name in `https://vault/keys/name/version`. */
function keyNameOf(keyId: string): string {
  return new URL(keyId).pathname.split("/")[2] ?? "";
}

/**
 * What the service needs to know of the format; a password is for this one transport and kept nowhere. The SDK reads `policy`
 * to encode the contents, and leaves it out of what it sends (4.10.3: its serializer looks for `certificatePolicy`).
 */
function imported(contents: VaultImport) {
  const contentType = CONTENT_TYPES[contents.format];
  return {
    policy: { contentType },
    certificatePolicy: { secretProperties: { contentType } },
    ...(contents.format === "pfx" ? { password: contents.password.reveal() } : {}),
  };
}

function bytesOf(contents: VaultImport): Uint8Array {
  return contents.format === "pfx" ? contents.bytes : new TextEncoder().encode(contents.text.reveal());
}
