/**
 * What is worth saying of a certificate beside its end: pure, from whatever the directory and its public part say, however
 * odd that is. Keys that sign SAML tokens or encrypt them are no client credentials, so nothing is said of them as such.
 */

import { atOnce, each, type Slices } from "../slices.ts";
import { DAY, type EpochMs } from "../time.ts";
import type { CertificateFacts } from "./certificate.ts";
import { isEncryption, isSamlSigning } from "./classify.ts";
import { type Credential, endOf, type Holder } from "./credential.ts";

/** The closed list of remarks, each with its sentence. */
export const REMARKS = {
  expired: "it has ended and signs nobody in",
  "not-yet-valid": "it is not valid yet",
  "not-rsa": "its key is not RSA; Entra verifies client assertions with RSA keys only, so it signs nobody in",
  "short-key": "its RSA key is shorter than 2048 bits",
  "sha1-signed": "its issuer signed it with SHA-1 or an older digest, which others refuse and Entra does not look at",
  "long-lived": "it lasts for more than two years",
  "end-differs": "the certificate itself ends at another time than its entry in the directory; the earlier one counts",
  duplicate: "the same certificate is on this object more than once",
  shared: "the same certificate is on several applications: whoever holds its key signs in as each of them",
  unreadable: "its public part cannot be read as a certificate",
} as const;

export type Remark = keyof typeof REMARKS;

const LEAST_BITS = 2048;
/** Two years, one of them a leap year. */
const LONG = 731 * DAY;
/** Entries have whole seconds, and some tools round the other way. */
const SAME_END = 1_000;
const WEAK_DIGESTS: ReadonlySet<string> = new Set(["md5", "sha1"]);
const SHA1 = /^[0-9a-f]{40}$/;

/** The remarks on one certificate, in the order of the list above. None on a secret. */
export function remarksOn(holder: Holder, credential: Credential, sharing: Sharing, now: EpochMs): Remark[] {
  if (credential.kind !== "certificate") return [];
  const facts = factsOf(credential);
  const isClient = isClientCertificate(holder, credential);
  const said: Record<Remark, boolean> = {
    expired: (endOf(credential) ?? now + 1) <= now,
    "not-yet-valid": Math.max(credential.start ?? now, facts?.notBefore ?? now) > now,
    "not-rsa": isClient && facts !== null && facts.algorithm !== "rsa",
    "short-key": facts?.algorithm === "rsa" && facts.bits !== null && facts.bits < LEAST_BITS,
    "sha1-signed": facts?.digest != null && WEAK_DIGESTS.has(facts.digest),
    // three years are what Microsoft itself gives a SAML signing certificate
    "long-lived": isClient && isLong(credential, facts),
    "end-differs": facts !== null && credential.end !== null && Math.abs(facts.notAfter - credential.end) > SAME_END,
    duplicate: isClient && sharing.onObject(holder, credential) > 1,
    shared: isClient && sharing.applications(credential).length > 1,
    unreadable: credential.certificate === "unreadable",
  };
  return (Object.keys(REMARKS) as Remark[]).filter((remark) => said[remark]);
}

function isLong({ start, end }: Credential, facts: CertificateFacts | null): boolean {
  const entry = start !== null && end !== null && end - start > LONG;
  return entry || (facts !== null && facts.notAfter - facts.notBefore > LONG);
}

/** Whether it can sign a client in, as far as the directory says what it is for. */
export function isClientCertificate(holder: Holder, credential: Credential): boolean {
  if (credential.kind !== "certificate" || credential.usage !== "verify") return false;
  return !isSamlSigning(holder, credential) && !isEncryption(holder, credential);
}

/** Whether a credential signs a client in, as far as the directory says what it is for. */
export function signsIn(holder: Holder, credential: Credential): boolean {
  if (isSamlSigning(holder, credential) || isEncryption(holder, credential)) return false;
  return credential.kind === "secret" || isClientCertificate(holder, credential);
}

/** Where each client certificate of a tenant is. */
export interface Sharing {
  /** The client ids of the applications that have it, in order; none where nothing tells certificates apart. */
  applications(credential: Credential): readonly string[];
  /** How many entries of this object are it. */
  onObject(holder: Holder, credential: Credential): number;
}

/**
 * Looks for the same certificate in several places: by its SHA-256, or where public parts were not read by
 * `customKeyIdentifier`, where that is a thumbprint. A name somebody chose there tells nothing.
 */
export function sharingOf(holders: readonly Holder[]): Sharing {
  return atOnce(sharingIn(holders));
}

/** The same in slices. */
export function* sharingIn(holders: readonly Holder[]): Slices<Sharing> {
  const bySha1 = new Map<string, string>();
  yield* each(holders, ({ credentials }) => {
    for (const credential of credentials) {
      const facts = factsOf(credential);
      if (facts !== null) bySha1.set(facts.sha1, facts.sha256);
    }
  });
  const nameOf = (credential: Credential): string | null => {
    const facts = factsOf(credential);
    if (facts !== null) return facts.sha256;
    const { customKeyIdentifier: sha1 } = credential;
    return sha1 === null || !SHA1.test(sha1) ? null : (bySha1.get(sha1) ?? sha1);
  };
  const applications = new Map<string, Set<string>>();
  yield* each(holders, (holder) => {
    for (const credential of holder.credentials) {
      const name = isClientCertificate(holder, credential) ? nameOf(credential) : null;
      if (name !== null) applications.set(name, (applications.get(name) ?? new Set()).add(holder.appId));
    }
  });
  return {
    applications: (credential) => [...(applications.get(nameOf(credential) ?? "") ?? [])].toSorted(),
    onObject(holder, credential) {
      const name = nameOf(credential);
      const own = holder.credentials.filter((one) => isClientCertificate(holder, one));
      return name === null ? 0 : own.filter((one) => nameOf(one) === name).length;
    },
  };
}

function factsOf({ certificate }: Credential): CertificateFacts | null {
  return certificate === "unreadable" ? null : certificate;
}
