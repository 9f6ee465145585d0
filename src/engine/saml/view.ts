/** What a service principal signs SAML tokens with: its certificates by thumbprint, which one signs, and what is to be done. */
import { isSamlSigning } from "../../core/credentials/classify.ts";
import {
  type Credential,
  type CredentialState,
  credentialState,
  type HolderRef,
} from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { DAY, type EpochMs } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { look } from "../scan/discover.ts";
import { applicationNamed } from "../scan/named.ts";

/** The portal's own first notice comes 60 days before the end; a vendor needs at least that. */
const EXPIRING = 60 * DAY;

/** A key that signs, its public half and its password are three entries of Entra's and one certificate here. */
export interface SamlCertificate {
  /** What its entries have in common: `customKeyIdentifier`, else the key id. */
  readonly id: string;
  /** SHA-1, lower-case hex; null where the directory shows neither it nor the public part. */
  readonly thumbprint: string | null;
  readonly keyIds: readonly string[];
  readonly name: string | null;
  readonly start: EpochMs | null;
  readonly end: EpochMs | null;
  readonly state: CredentialState;
  /** Its private half is there. */
  readonly hasKey: boolean;
  /** `active` signs; `successor` outlives it and signs nothing yet; `spare` is any other. */
  readonly role: "active" | "successor" | "spare";
}

export interface SamlView {
  readonly appId: string;
  readonly displayName: string;
  /** The service principal. */
  readonly holder: HolderRef;
  readonly readAt: EpochMs;
  /** The one that ends last first. */
  readonly certificates: readonly SamlCertificate[];
  /** The one that signs; null where the directory does not say and there is not only one. */
  readonly active: SamlCertificate | null;
  /** The directory names it; else it is the only one there is. */
  readonly chosen: boolean;
  /** Where whoever trusts the tokens finds the certificates of this application. */
  readonly metadata: string;
  readonly advice: "nothing" | "renew" | "activate" | "choose";
}

/** @throws NolapseError `not-found` for an application that is not in the tenant or signs no SAML tokens. */
export async function readSaml(deps: Deps, named: string, signal?: AbortSignal): Promise<SamlView> {
  const scan = await look(deps, signal);
  const appId = applicationNamed(scan, named);
  const principal = scan.holders.find((one) => one.appId === appId && one.type === "servicePrincipal");
  const displayName = scan.holders.find((one) => one.appId === appId)?.displayName ?? appId;
  const readAt = await deps.clock.now(signal);
  const holder = principal === undefined ? null : refOf(principal);
  const entries = holder === null ? [] : (await deps.certificates.readCertificates(holder, signal)).entries;
  const credentials = entries.map((one) => one.credential);
  const signing = credentials.filter((one) => isSamlSigning({ credentials }, one));
  if (holder === null || principal === undefined || signing.length === 0) {
    throw new NolapseError("not-found", `${displayName} (${appId}) has no certificate that signs SAML tokens`, {
      next: "nolapse scan shows which have: class saml-signing",
    });
  }
  // the second read is the later one: it says who signs now
  const { holder: now } = await deps.entra.read(holder, signal);
  const preferred = now.preferredTokenSigningKeyThumbprint?.toLowerCase() ?? null;
  const certificates = certificatesOf(signing, preferred, readAt);
  const active = certificates.find((one) => one.role === "active") ?? null;
  return {
    appId,
    displayName,
    holder,
    readAt,
    certificates,
    active,
    chosen: preferred !== null && active !== null,
    metadata: `${deps.settings.authority}/${deps.settings.tenantId}/federationmetadata/2007-06/federationmetadata.xml?appid=${appId}`,
    advice: adviceOn(certificates, active, preferred !== null),
  };
}

function refOf({ type, objectId, appId }: HolderRef): HolderRef {
  return { type, objectId, appId };
}

function certificatesOf(signing: readonly Credential[], preferred: string | null, now: EpochMs): SamlCertificate[] {
  const groups = new Map<string, Credential[]>();
  for (const one of signing) {
    const id = one.customKeyIdentifier ?? one.keyId;
    groups.set(id, [...(groups.get(id) ?? []), one]);
  }
  const plain = [...groups].map(([id, entries]) => plainCertificate(id, entries, now));
  const usable = plain.filter((one) => one.hasKey && (one.state === "ok" || one.state === "expiring"));
  const [only = null, another] = usable;
  const named = plain.find((one) => one.thumbprint === preferred) ?? null;
  const active = preferred !== null ? named : another === undefined ? only : null;
  const until = active?.end ?? null;
  return plain
    .map((one): SamlCertificate => {
      const lives = one.state === "ok" || one.state === "expiring" || one.state === "not-yet-valid";
      const outlives = active !== null && one.hasKey && lives && (until === null || (one.end ?? 0) > until);
      return { ...one, role: one === active ? "active" : outlives ? "successor" : "spare" };
    })
    .sort((a, b) => (b.end ?? 0) - (a.end ?? 0));
}

function plainCertificate(id: string, entries: readonly Credential[], now: EpochMs): Omit<SamlCertificate, "role"> {
  const key = entries.find((one) => one.usage === "sign");
  const facts = entries.map((one) => one.certificate).find((one) => one !== null && one !== "unreadable");
  const described = key ?? entries[0];
  const { name = null, start = null, end = null } = described ?? {};
  const sha1 = typeof facts === "object" && facts !== null ? facts.sha1 : null;
  const thumbprint = sha1 ?? (/^[0-9a-f]{40}$/.test(id) ? id : null);
  return {
    id,
    thumbprint,
    keyIds: [...new Set(entries.map((one) => one.keyId))],
    name,
    start,
    end,
    state: described === undefined ? "unknown" : credentialState(described, now, EXPIRING),
    hasKey: key !== undefined,
  };
}

function adviceOn(
  certificates: readonly SamlCertificate[],
  active: SamlCertificate | null,
  isNamed: boolean,
): SamlView["advice"] {
  const canSign = certificates.some((one) => one.hasKey && (one.state === "ok" || one.state === "expiring"));
  if (active === null || !isNamed) return canSign ? "choose" : "renew";
  if (certificates.some((one) => one.role === "successor")) return "activate";
  return active.state === "ok" ? "nothing" : "renew";
}
