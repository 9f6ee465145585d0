/**
 * Graph's JSON as core's words; Microsoft's own words stop here. Total: whatever is null in Graph is null in core, and a
 * shape that is not Graph's is `directory-failed`, never an empty list — an empty list would read as "nothing expires".
 */
import type { Credential, Holder, HolderType, Usage } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { type EpochMs, parseInstant } from "../../core/time.ts";
import { canonicalId, isObject, type JsonObject, objectAt } from "./json.ts";
import { factsOfKey } from "./key-property.ts";

/** An answer that is not what Graph sends. `where` names the place, never a content. */
export function unreadable(where: string): NolapseError {
  return new NolapseError("directory-failed", `the directory's answer cannot be read: ${where}`, {
    next: "check that graphEndpoint names Microsoft Graph itself, with nothing in between that changes answers",
  });
}

export function optionalText(from: JsonObject, name: string): string | null {
  const value = from[name] ?? null;
  if (value !== null && typeof value !== "string") throw unreadable(`${name} is not a text`);
  return value;
}

export function requiredText(from: JsonObject, name: string): string {
  const value = optionalText(from, name);
  if (value === null || value === "") throw unreadable(`${name} is missing`);
  return value;
}

export function instant(from: JsonObject, name: string): EpochMs | null {
  const text = optionalText(from, name);
  if (text === null) return null;
  const at = parseInstant(text);
  if (at === null) throw unreadable(`${name} is not a date`);
  return at;
}

export function list(from: JsonObject, name: string): readonly JsonObject[] {
  const value = from[name];
  if (!Array.isArray(value)) throw unreadable(`${name} is missing or not a list`);
  return value.map((item: unknown) => {
    if (!isObject(item)) throw unreadable(`${name} holds something that is no object`);
    return item;
  });
}

/** The bytes of `customKeyIdentifier`: base64 (either alphabet) by the schema, 40 hex digits in much real data. */
function identifierBytes(entry: JsonObject): Buffer | null {
  const text = optionalText(entry, "customKeyIdentifier");
  if (text === null || text === "") return null;
  if (/^[0-9a-fA-F]{40}$/.test(text)) return Buffer.from(text, "hex");
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) throw unreadable("customKeyIdentifier is neither base64 nor hex");
  return Buffer.from(text, "base64");
}

/**
 * Text people write: one script beside Latin letters, digits and punctuation. A thumbprint read as UTF-16 is a jumble of
 * scripts, which is how the two are told apart.
 */
const PLAIN_TEXT = [
  ["Cyrillic"],
  ["Greek"],
  ["Hebrew"],
  ["Arabic"],
  ["Thai"],
  ["Devanagari"],
  ["Hangul"],
  ["Han", "Hiragana", "Katakana"],
].map((scripts) => {
  const letters = ["Latin", ...scripts].map((script) => `\\p{sc=${script}}`).join("");
  return new RegExp(`^[${letters}\\p{M}\\p{Nd}\\p{P}\\p{S}\\p{Zs}]+$`, "u");
});

/** The name of an old secret: portal and CLI once kept it as UTF-16LE in `customKeyIdentifier`. Null when it is no text. */
function hiddenName(bytes: Buffer | null): string | null {
  if (bytes === null || bytes.length % 2 !== 0) return null;
  const text = bytes.toString("utf16le").replace(/\0+$/, "");
  return PLAIN_TEXT.some((plain) => plain.test(text)) ? text : null;
}

export function secretFrom(entry: JsonObject): Credential {
  const identifier = identifierBytes(entry);
  return {
    keyId: canonicalId(requiredText(entry, "keyId")),
    kind: "secret",
    name: optionalText(entry, "displayName") ?? hiddenName(identifier),
    hint: optionalText(entry, "hint"),
    start: instant(entry, "startDateTime"),
    end: instant(entry, "endDateTime"),
    usage: null,
    customKeyIdentifier: identifier?.toString("hex") ?? null,
    certificate: null,
  };
}

function usageFrom(entry: JsonObject): Usage {
  const usage = optionalText(entry, "usage");
  if (usage === "Verify") return "verify";
  return usage === "Sign" ? "sign" : "other";
}

export function certificateFrom(entry: JsonObject): Credential {
  return {
    keyId: canonicalId(requiredText(entry, "keyId")),
    kind: "certificate",
    name: optionalText(entry, "displayName"),
    hint: null,
    start: instant(entry, "startDateTime"),
    end: instant(entry, "endDateTime"),
    usage: usageFrom(entry),
    customKeyIdentifier: identifierBytes(entry)?.toString("hex") ?? null,
    certificate: factsOfKey(entry.key),
  };
}

/**
 * The app instance property lock; it covers secrets and `Verify` certificates alike
 * (learn.microsoft.com/graph/api/resources/serviceprincipallockconfiguration).
 */
function isLocked(application: JsonObject): boolean {
  const lock = objectAt(application, "servicePrincipalLockConfiguration");
  return lock?.isEnabled === true && (lock.allProperties === true || lock.credentialsWithUsageVerify === true);
}

function isEnabled(holder: JsonObject): boolean {
  const disabledByMicrosoft = optionalText(holder, "disabledByMicrosoftStatus") ?? "NotDisabled";
  return holder.accountEnabled !== false && holder.isDisabled !== true && disabledByMicrosoft === "NotDisabled";
}

function tagsFrom(holder: JsonObject): readonly string[] {
  const tags = holder.tags ?? [];
  if (!Array.isArray(tags)) throw unreadable("tags is not a list");
  return tags.filter((tag: unknown): tag is string => typeof tag === "string");
}

export function holderFrom(type: HolderType, value: unknown): Holder {
  if (!isObject(value)) throw unreadable("an object was expected");
  const principal = type === "servicePrincipal";
  return {
    type,
    objectId: requiredText(value, "id"),
    appId: canonicalId(requiredText(value, "appId")),
    displayName: optionalText(value, "displayName") ?? "",
    createdAt: instant(value, "createdDateTime"),
    signInAudience: optionalText(value, "signInAudience"),
    tags: tagsFrom(value),
    notes: optionalText(value, "notes"),
    serviceManagementReference: optionalText(value, "serviceManagementReference"),
    servicePrincipalType: principal ? optionalText(value, "servicePrincipalType") : null,
    homeTenantId: principal ? optionalText(value, "appOwnerOrganizationId") : null,
    signOnMode: principal ? optionalText(value, "preferredSingleSignOnMode") : null,
    preferredTokenSigningKeyThumbprint: principal
      ? optionalText(value, "preferredTokenSigningKeyThumbprint")?.toLowerCase() || null
      : null,
    enabled: isEnabled(value),
    locked: principal ? false : isLocked(value),
    encryptionKeyId: optionalText(value, "tokenEncryptionKeyId"),
    credentials: [
      ...list(value, "passwordCredentials").map(secretFrom),
      ...list(value, "keyCredentials").map(certificateFrom),
    ],
  };
}
