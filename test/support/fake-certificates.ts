/** The certificates of one object in memory, for `FakeEntra`: what a directory checks before it takes or drops one. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { entryFrom } from "../../src/adapters/graph/certificates.ts";
import { proofOfPossession } from "../../src/adapters/graph/proof.ts";
import type { CertificateValue } from "../../src/core/credentials/certificate-value.ts";
import { type Credential, type HolderRef, isLive } from "../../src/core/credentials/credential.ts";
import { asNolapseError, NolapseError } from "../../src/core/errors.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { type EpochMs, formatInstant } from "../../src/core/time.ts";
import type { CertificateEntry, NewCertificate } from "../../src/ports/certificates.ts";

export interface SeedCertificate {
  /** PEM, or with its key. */
  readonly certificate: string | CertificateValue;
  readonly name?: string | null;
  /** The certificate's own where not given. */
  readonly start?: EpochMs;
  readonly end?: EpochMs;
  readonly keyId?: string;
  readonly usage?: "Verify" | "Sign";
}

export interface StoredCertificate {
  readonly entry: CertificateEntry;
  /** Null for a seeded credential of which only the description is there. */
  readonly der: Buffer | null;
  readonly addedAt: number;
  removedAt: number | null;
}

const seconds = (at: EpochMs) => formatInstant((at - (at % 1_000)) as EpochMs);

function stored(raw: Record<string, unknown>, der: Buffer, addedAt: number): StoredCertificate {
  const text = JSON.stringify(raw);
  return { entry: entryFrom(text), der, addedAt, removedAt: null };
}

/** A certificate as the directory keeps it. @throws TypeError when it is none. */
export function storedCertificate(seed: SeedCertificate, keyId: string, addedAt: number): StoredCertificate {
  const pem = typeof seed.certificate === "string" ? seed.certificate : seed.certificate.certificate;
  const x509 = new X509Certificate(pem);
  const raw = {
    customKeyIdentifier: Buffer.from(x509.fingerprint.replaceAll(":", ""), "hex").toString("base64"),
    displayName: seed.name ?? null,
    endDateTime: seconds(seed.end ?? (x509.validToDate.getTime() as EpochMs)),
    key: x509.raw.toString("base64"),
    keyId: seed.keyId ?? keyId,
    startDateTime: seconds(seed.start ?? (x509.validFromDate.getTime() as EpochMs)),
    type: "AsymmetricX509Cert",
    usage: seed.usage ?? "Verify",
  };
  return stored(raw, x509.raw, addedAt);
}

/** A credential that is only described, as most tests of the rules have it. */
export function describedCertificate(credential: Credential): StoredCertificate {
  const { keyId, name, start, end, usage, customKeyIdentifier } = credential;
  const raw = {
    customKeyIdentifier:
      customKeyIdentifier === null ? null : Buffer.from(customKeyIdentifier, "hex").toString("base64"),
    displayName: name,
    endDateTime: end === null ? null : seconds(end),
    key: null,
    keyId,
    startDateTime: start === null ? null : seconds(start),
    type: usage === "sign" ? "X509CertAndPassword" : "AsymmetricX509Cert",
    usage: usage === "sign" ? "Sign" : usage === "verify" ? "Verify" : "Encrypt",
  };
  return {
    entry: { ...entryFrom(JSON.stringify(raw)), credential },
    der: null,
    addedAt: Number.NEGATIVE_INFINITY,
    removedAt: null,
  };
}

/** What a reader sees at `now` who learns of changes only after `lag`. */
export function visibleAt<T extends { readonly addedAt: number; readonly removedAt: number | null }>(
  all: readonly T[],
  lag: number,
  now: EpochMs,
): readonly T[] {
  return all.filter(({ addedAt, removedAt }) => addedAt + lag <= now && (removedAt === null || removedAt + lag > now));
}

export const present = (all: readonly StoredCertificate[]) => all.filter(({ removedAt }) => removedAt === null);

/** Whether the private key belongs to the certificate it came with. */
function isWhole({ key, certificate }: CertificateValue): boolean {
  return key instanceof SecretValue && new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key.reveal()));
}

function sameCertificate(value: CertificateValue, { der }: StoredCertificate): boolean {
  return der?.equals(new X509Certificate(value.certificate).raw) === true;
}

/** Why a proof is refused; null for a good one. */
export function proofRefusal(
  holder: HolderRef,
  value: CertificateValue,
  all: readonly StoredCertificate[],
  now: EpochMs,
): NolapseError | null {
  try {
    proofOfPossession(holder, value, now);
  } catch (thrown) {
    return asNolapseError(thrown);
  }
  const signer = present(all).find(
    (one) =>
      one.entry.credential.usage === "verify" && isLive(one.entry.credential, now) && sameCertificate(value, one),
  );
  if (signer !== undefined && isWhole(value)) return null;
  return new NolapseError("directory-refused", "the proof is refused (401, Authentication_MissingOrMalformed)", {
    next: "the copy in the target may not be valid any more: look at both ends",
  });
}

/** Why a new certificate is refused; null for a good one. */
export function additionRefusal(added: NewCertificate, now: EpochMs): NolapseError | null {
  const x509 = new X509Certificate(added.certificate);
  const inside = added.start >= x509.validFromDate.getTime() && added.end - 999 <= x509.validToDate.getTime();
  if (inside && added.end > now && added.end > added.start) return null;
  return new NolapseError("directory-refused", "the period is refused (400, KeyCredentialsInvalidEndDate)");
}

/**
 * The list that a replacement leaves: entries kept as they are, those that somebody removed meanwhile put back, the rest
 * gone. A NolapseError when an entry kept differs from the one that is there.
 */
export function replacement(
  all: readonly StoredCertificate[],
  kept: readonly string[],
  now: EpochMs,
): { readonly kept: readonly StoredCertificate[]; readonly gone: readonly StoredCertificate[] } | NolapseError {
  const list: StoredCertificate[] = [];
  for (const raw of kept) {
    const entry = JSON.parse(raw) as Record<string, unknown>;
    const known = present(all).find((one) => one.entry.credential.keyId === entry.keyId);
    if (known !== undefined) {
      const there = JSON.parse(known.entry.raw) as Record<string, unknown>;
      if (JSON.stringify({ ...entry, key: entry.key ?? there.key }) !== JSON.stringify(there)) {
        return new NolapseError("directory-refused", "an entry cannot be changed (400, KeyNotUpdatable)");
      }
      list.push(known);
    } else if (typeof entry.key === "string") {
      list.push({
        ...stored(entry, Buffer.from(entry.key, "base64"), now),
        entry: entryFrom(raw),
      });
    } else {
      return new NolapseError("directory-refused", "an entry has no key (400, Request_BadRequest)");
    }
  }
  return { kept: list, gone: present(all).filter((one) => !list.includes(one)) };
}

/** The entry that lets a client in, or the AADSTS number of the refusal, as the token endpoint decides it. */
export function clientRefusal(
  value: CertificateValue,
  known: readonly StoredCertificate[],
  now: EpochMs,
): { readonly code: number | null; readonly keyId: string | null } {
  const matches = known.filter((one) => one.entry.credential.usage === "verify" && sameCertificate(value, one));
  const live = matches.find((one) => isLive(one.entry.credential, now));
  const keyId = (live ?? matches[0])?.entry.credential.keyId ?? null;
  return { code: live !== undefined && isWhole(value) ? null : 700027, keyId };
}
