import type { EpochMs } from "../time.ts";
import type { CertificateFacts } from "./certificate.ts";

/** Entra's client secret (`passwordCredential`) or certificate (`keyCredential`). */
export type Kind = "secret" | "certificate";

/** Which of the two directory objects of an application holds a credential; both sign the same client id in. */
export type HolderType = "application" | "servicePrincipal";

/** What a certificate entry is for. `verify` signs clients in; the others are never client credentials. */
export type Usage = "verify" | "sign" | "other";

/** One credential as the directory lists it. Every property but the key id may be null in Graph. */
export interface Credential {
  readonly keyId: string;
  readonly kind: Kind;
  /** The display name; for old secrets, the text hidden in `customKeyIdentifier`. */
  readonly name: string | null;
  /** The first three characters of a secret. */
  readonly hint: string | null;
  readonly start: EpochMs | null;
  readonly end: EpochMs | null;
  /** Null for secrets. */
  readonly usage: Usage | null;
  /** `customKeyIdentifier` as lower-case hex: a certificate's SHA-1 thumbprint, or what ties a SAML secret to its key. */
  readonly customKeyIdentifier: string | null;
  /** What its public part says; null for secrets and where the public part was not read. */
  readonly certificate: CertificateFacts | "unreadable" | null;
}

/** Names one directory object. */
export interface HolderRef {
  readonly type: HolderType;
  readonly objectId: string;
  readonly appId: string;
}

/** An application or service principal with what decides about its credentials. */
export interface Holder extends HolderRef {
  readonly displayName: string;
  /** Null where the directory does not say (old service principals). */
  readonly createdAt: EpochMs | null;
  readonly signInAudience: string | null;
  readonly tags: readonly string[];
  readonly notes: string | null;
  readonly serviceManagementReference: string | null;
  /** Service principals only: `Application`, `ManagedIdentity`, `Legacy`, … */
  readonly servicePrincipalType: string | null;
  /** Service principals only: the tenant whose application this is an instance of. */
  readonly homeTenantId: string | null;
  /** Service principals only: `saml`, `oidc`, `password`, … */
  readonly signOnMode: string | null;
  /** Service principals only: SHA-1 of the certificate that signs SAML tokens, lower-case hex; null where none is chosen. */
  readonly preferredTokenSigningKeyThumbprint: string | null;
  /** False when sign-in is switched off. */
  readonly enabled: boolean;
  /** Whether the property lock forbids credentials on service principals of this application. */
  readonly locked: boolean;
  /** The key id of the certificate that tokens for it are encrypted to. */
  readonly encryptionKeyId: string | null;
  readonly credentials: readonly Credential[];
}

/** Whether a credential could sign in at `now` as far as its dates say. */
export function isLive(credential: Credential, now: EpochMs): boolean {
  if (credential.end === null || credential.end <= now) return false;
  return credential.start === null || credential.start <= now;
}

/** When it stops to sign in: the end of its entry, or of the certificate itself where that was read and comes first. */
export function endOf({ end, certificate }: Pick<Credential, "end" | "certificate">): EpochMs | null {
  if (end === null || certificate === null || certificate === "unreadable") return end;
  return certificate.notAfter < end ? certificate.notAfter : end;
}

export type CredentialState = "ok" | "expiring" | "expired" | "not-yet-valid" | "unknown";

/** The state shown for a credential; `expiring` means it ends within `within` milliseconds of `now`. */
export function credentialState(credential: Credential, now: EpochMs, within: number): CredentialState {
  const end = endOf(credential);
  if (end === null) return "unknown";
  if (end <= now) return "expired";
  if (credential.start !== null && credential.start > now) return "not-yet-valid";
  return end - now <= within ? "expiring" : "ok";
}
