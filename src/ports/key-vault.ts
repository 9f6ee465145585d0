import type { SecretValue } from "../core/secret-value.ts";
import type { EpochMs } from "../core/time.ts";

/** Names and short texts that are kept beside a version; public to whoever may list the vault. */
export type VaultTags = Readonly<Record<string, string>>;

/** One version of a secret with its value. */
export interface VaultSecret {
  readonly version: string;
  readonly value: SecretValue;
  readonly contentType: string | null;
  readonly tags: VaultTags;
  /** The key and the certificate of a certificate of the same name: it is written through that, never as a secret. */
  readonly ofCertificate: boolean;
}

/** One version of a secret or certificate without what it holds. */
export interface VaultVersion {
  readonly version: string;
  readonly enabled: boolean;
  readonly tags: VaultTags;
}

/** A certificate with its private key, as it is imported. */
export type VaultImport =
  | { readonly format: "pem"; readonly text: SecretValue }
  | { readonly format: "pfx"; readonly bytes: Uint8Array; readonly password: SecretValue };

/**
 * One Azure Key Vault. One method is one operation of its REST API, sent once. Every method throws a NolapseError with
 * `target-absent` (the vault is not there), `target-forbidden`, `target-unreachable`, `target-failed`,
 * `certificate-untrusted` or one of Nolapse's own sign-in; an object that is not in the vault is null, never an error.
 */
export interface KeyVault {
  /** Its origin, `https://name.vault.azure.net`. */
  readonly url: string;
  /** The version named, or the current one. */
  secret(name: string, version: string | null, signal?: AbortSignal): Promise<VaultSecret | null>;
  secretVersions(name: string, signal?: AbortSignal): Promise<readonly VaultVersion[]>;
  /** A new version, which becomes the current one; gives its name. */
  setSecret(
    name: string,
    value: SecretValue,
    attributes: { readonly contentType: string; readonly tags: VaultTags; readonly end: EpochMs },
    signal?: AbortSignal,
  ): Promise<string>;
  disableSecret(name: string, version: string, signal?: AbortSignal): Promise<void>;
  /** The current version. */
  certificate(name: string, signal?: AbortSignal): Promise<VaultVersion | null>;
  certificateVersions(name: string, signal?: AbortSignal): Promise<readonly VaultVersion[]>;
  importCertificate(name: string, contents: VaultImport, tags: VaultTags, signal?: AbortSignal): Promise<string>;
  disableCertificate(name: string, version: string, signal?: AbortSignal): Promise<void>;
  /**
   * @throws NolapseError `target-absent` too when an object of this name was deleted and can still be recovered, because until
   * then the name is taken. Where Nolapse may not look among what was deleted, nothing is said.
   */
  nameIsFree(name: string, signal?: AbortSignal): Promise<void>;
  /** The id, version included, of a key's current version. */
  currentKey(name: string, signal?: AbortSignal): Promise<string | null>;
  /** Encrypts a content key with RSA-OAEP-256 under this version of a key; null when there is no such key. */
  wrap(keyId: string, contentKey: Uint8Array, signal?: AbortSignal): Promise<Uint8Array | null>;
  /** `wrong`: it was not wrapped by this key. `absent`: there is no such key or version. */
  unwrap(keyId: string, wrapped: Uint8Array, signal?: AbortSignal): Promise<Uint8Array | "wrong" | "absent">;
}

/** Opens a vault by its address; nothing is asked of it before it is used. */
export type OpenKeyVault = (url: string) => KeyVault;
