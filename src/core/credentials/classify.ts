/**
 * What a credential is, and whether it may ever be rotated (design §4.4, last paragraph). Only from what the directory
 * says of the object; whether anybody has bound it to targets is another question. The order of the checks matters: what
 * the credential is for, then whose the object is, then what would happen if it were replaced.
 */

import type { ReasonCode } from "../reasons.ts";
import { DAY } from "../time.ts";
import type { Credential, Holder } from "./credential.ts";
import { parseMarkedName } from "./marker.ts";

/** The closed list of classes, each with its sentence. `scan` prints the class (design §6). */
export const CLASSES = {
  "client-secret": "a client secret",
  "issued-by-nolapse": "a credential with the marker of a Nolapse",
  "unnamed-secret": "a client secret without a name, so only its key id tells it from others",
  "long-lived-secret": "a client secret made for more than 24 months",
  "consented-secret": "a client secret held here for an application whose home is another tenant",
  certificate: "a certificate that signs a client in",
  "long-lived-certificate": "a certificate that signs a client in for more than 24 months",
  "consented-certificate": "a certificate held here for an application whose home is another tenant",
  "no-end": "a credential without an end",
  "saml-signing": "a key that signs SAML tokens, or what belongs to it",
  encryption: "a key that encrypts tokens",
  "managed-identity": "a credential of a managed identity; Azure renews it",
  "first-party": "a credential on an application of Microsoft",
  "property-locked": "a credential on a service principal whose home tenant locks credentials",
  "platform-managed": "a credential that a Microsoft service or agent made and renews for itself",
  "managed-elsewhere": "a credential of an application that another tool is seen to manage",
  "no-room": "one of two secrets where the audience allows no third",
} as const;

export type Class = keyof typeof CLASSES;

/** The tenants Microsoft's own applications live in: Microsoft Services, and Microsoft's corporate tenant. */
const FIRST_PARTY_HOMES: ReadonlySet<string> = new Set([
  "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
  "72f988bf-86f1-41af-91ab-2d7cd011db47",
]);

/** Names that Microsoft's own agents give to the applications whose credentials they renew themselves. */
const PLATFORM_NAMES: readonly RegExp[] = [
  /^ConnectSyncProvisioning_/i, // Microsoft Entra Connect Sync, application-based sign-in
  /^(?:Azure AD|Microsoft Entra) Connect\b/i,
  /^P2P Server$/i, // peer-to-peer sign-in of joined devices
  // Azure DevOps service connections: <organisation>-<project>-<subscription id>
  /^[^\s].*-.*-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
];

/** The tag on applications published through Application Proxy. */
const APP_PROXY_TAG = "WindowsAzureActiveDirectoryOnPremApp";

const TOOLS = "terraform|opentofu|bicep|pulumi|crossplane|ansible|vault|hashicorp";
/** A whole tag: `terraform`, `managed-by:terraform`, `ManagedBy=Bicep`, `created_by: pulumi`. */
const TOOL_TAG = new RegExp(
  `^(?:terraform|opentofu|bicep|pulumi|(?:managed|created|provisioned)[ _-]?by[ :=_-]{1,3}(?:${TOOLS}))$`,
  "i",
);
/** "Managed by Terraform" somewhere in the notes, which are prose. */
const TOOL_NOTE = new RegExp(`\\b(?:managed|provisioned)[ _-]?(?:by|with|in)[ :=_-]{1,3}(?:${TOOLS})\\b`, "i");

/**
 * Audiences with personal accounts hold at most two secrets
 * (learn.microsoft.com/entra/identity-platform/supported-accounts-validation).
 */
const PERSONAL_AUDIENCES: ReadonlySet<string> = new Set([
  "AzureADandPersonalMicrosoftAccount",
  "PersonalMicrosoftAccount",
]);
const PERSONAL_SECRETS = 2;

/** The portal's own limit; the API lets people make longer ones. A day of grace for clocks and leap days. */
const LONG_LIVED = 731 * DAY;

/**
 * The class of a credential and the reason why it is never rotated; the reason is null when it may be. `tenantId` is the
 * tenant that was scanned. Credentials on our own service principal of somebody else's application are ours, unless that
 * application is Microsoft's or locks them.
 */
export function classify(
  holder: Holder,
  credential: Credential,
  tenantId: string,
): { class: Class; reason: ReasonCode | null } {
  if (isSamlSigning(holder, credential)) return { class: "saml-signing", reason: "saml-signing" };
  if (isEncryption(holder, credential)) return { class: "encryption", reason: "encryption" };
  const ownership = classifyHolder(holder, tenantId);
  if (ownership !== null) return ownership;
  if (credential.end === null) return { class: "no-end", reason: "no-end" };
  if (credential.kind === "certificate") return { class: certificateClass(holder, credential, tenantId), reason: null };
  if (!hasRoom(holder)) return { class: "no-room", reason: "no-room" };
  return { class: secretClass(holder, credential, tenantId), reason: null };
}

/**
 * Whether a credential signs SAML tokens or belongs to a key that does. Entra stores such a key as three entries with one
 * `customKeyIdentifier`: a private key (`sign`), its public half, and a password that looks like a client secret.
 */
export function isSamlSigning(holder: Pick<Holder, "credentials">, credential: Credential): boolean {
  if (credential.usage === "sign") return true;
  return holder.credentials.some(
    (other) =>
      other.usage === "sign" &&
      (sameId(other.keyId, credential.keyId) || sameId(other.customKeyIdentifier, credential.customKeyIdentifier)),
  );
}

/** Whether tokens are encrypted to it: by its usage, or because the object names it as its encryption key. */
export function isEncryption(holder: Pick<Holder, "encryptionKeyId">, { usage, keyId }: Credential): boolean {
  return usage === "other" || sameId(holder.encryptionKeyId, keyId);
}

/** What about the object itself keeps every credential on it from being rotated; null when nothing does. */
function classifyHolder(holder: Holder, tenantId: string): { class: Class; reason: ReasonCode } | null {
  if (holder.servicePrincipalType === "ManagedIdentity") {
    return { class: "managed-identity", reason: "platform-managed" };
  }
  if (isForeign(holder, tenantId) && FIRST_PARTY_HOMES.has(holder.homeTenantId?.toLowerCase() ?? "")) {
    return { class: "first-party", reason: "first-party" };
  }
  // The lock forbids credentials on service principals only; the application itself is never locked.
  if (holder.type === "servicePrincipal" && holder.locked) {
    return { class: "property-locked", reason: "property-locked" };
  }
  if (holder.tags.includes(APP_PROXY_TAG) || PLATFORM_NAMES.some((name) => name.test(holder.displayName))) {
    return { class: "platform-managed", reason: "platform-managed" };
  }
  if (holder.tags.some((tag) => TOOL_TAG.test(tag)) || TOOL_NOTE.test(holder.notes ?? "")) {
    return { class: "managed-elsewhere", reason: "managed-elsewhere" };
  }
  return null;
}

/** What is worth saying of a secret that may be rotated, the most telling first. */
function secretClass(holder: Holder, credential: Credential, tenantId: string): Class {
  if (credential.name !== null && parseMarkedName(credential.name).marker !== null) return "issued-by-nolapse";
  if (isForeign(holder, tenantId)) return "consented-secret";
  if (credential.start !== null && credential.end !== null && credential.end - credential.start > LONG_LIVED) {
    return "long-lived-secret";
  }
  return (credential.name ?? "").trim() === "" ? "unnamed-secret" : "client-secret";
}

function certificateClass(holder: Holder, { name, start, end }: Credential, tenantId: string): Class {
  if (name !== null && parseMarkedName(name).marker !== null) return "issued-by-nolapse";
  if (isForeign(holder, tenantId)) return "consented-certificate";
  return start !== null && end !== null && end - start > LONG_LIVED ? "long-lived-certificate" : "certificate";
}

/** Whether it is an instance of an application of another tenant. */
export function isForeign(holder: Holder, tenantId: string): boolean {
  return holder.homeTenantId !== null && !sameId(holder.homeTenantId, tenantId);
}

/** Whether the audience allows one more secret beside those there are; expired ones count until they are removed. */
function hasRoom(holder: Holder): boolean {
  if (holder.type !== "application" || !PERSONAL_AUDIENCES.has(holder.signInAudience ?? "")) return true;
  return holder.credentials.filter((one) => one.kind === "secret").length < PERSONAL_SECRETS;
}

function sameId(a: string | null, b: string | null): boolean {
  return a !== null && b !== null && a.toLowerCase() === b.toLowerCase();
}
