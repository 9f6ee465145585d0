/** What a client may write of an application or service principal, and what Graph refuses. */
import type { GraphCall } from "../graph/graph-call.ts";
import { badRequest, notEmulated, uniqueNameInUse } from "../graph/graph-error.ts";
import type { ObjectKind } from "../graph/graph-route.ts";
import { checkQuotas } from "../graph/object-quotas.ts";
import { requireType, titled } from "../graph/schema.ts";
import { byUniqueName } from "../graph/target-lookup.ts";
import { sentText } from "../sent-text.ts";
import { type KeyCredential, keysOf } from "../state/state.ts";
import { replacedKeys } from "./key-credentials.ts";
import { requireOwnThumbprint } from "./token-signing-certificate.ts";

const names = (text: string) => new Set(text.split(" "));

/** Assigned by the service, or written by requests of their own. */
const READ_ONLY: Record<ObjectKind, ReadonlySet<string>> = {
  applications: names(
    "id deletedDateTime appId applicationTemplateId certification createdByAppId createdDateTime disabledByMicrosoftStatus logo publisherDomain verifiedPublisher",
  ),
  servicePrincipals: names(
    "id deletedDateTime appId appDescription appDisplayName applicationTemplateId appOwnerOrganizationId createdByAppId disabledByMicrosoftStatus servicePrincipalType signInAudience verifiedPublisher oauth2PermissionScopes appRoles resourceSpecificApplicationPermissions",
  ),
};

/** Needs the tenant's attribute definitions, which are another part of Graph. */
const NOT_EMULATED = names("customSecurityAttributes");

/** Members of complex properties that the service assigns. */
const READ_ONLY_MEMBERS: readonly (readonly [property: string, member: string])[] = [["info", "logoUrl"]];

const AUDIENCES = names("AzureADMyOrg AzureADMultipleOrgs AzureADandPersonalMicrosoftAccount PersonalMicrosoftAccount");

/** Shown only where `$select` names them, with what they are when nobody has set them (reference graph-applications §1.4). */
export const SELECT_ONLY: Readonly<Record<string, unknown>> = {
  authenticationBehaviors: null,
  managerApplications: [],
};

const readOnly = (name: string) => badRequest(`Property '${name}' is read-only and cannot be set.`);

/** The body of a create or update: of the type, of properties a client may write, and within the service's limits. */
export function writable(call: GraphCall, kind: ObjectKind): Record<string, unknown> {
  const type = kind === "applications" ? "application" : "servicePrincipal";
  const body = requireType(type, call.body);
  for (const [name, value] of Object.entries(body)) {
    if (name === "passwordCredentials") {
      if (call.record === undefined && (kind === "applications" || (value as unknown[]).length === 0)) continue;
      throw badRequest("Updates to passwordCredentials are not allowed here; use addPassword and removePassword.");
    }
    if (NOT_EMULATED.has(name)) throw notEmulated(`Writing '${name}'`);
    if (READ_ONLY[kind].has(name)) throw readOnly(name);
  }
  for (const [property, member] of READ_ONLY_MEMBERS) refuseMember(call, body, property, member);
  checkValues(body, titled(type));
  checkQuotas(call, kind, body);
  requireOwnThumbprint(call.record, body.preferredTokenSigningKeyThumbprint);
  if (kind === "applications") checkUniqueName(call, body);
  const keyCredentials = body.keyCredentials === undefined ? undefined : replacedKeys(call, kind, body.keyCredentials);
  checkEncryptionKey(call, body, keyCredentials as KeyCredential[] | undefined, titled(type));
  return keyCredentials === undefined ? body : { ...body, keyCredentials };
}

/** Sent back unchanged it is no change, as by clients that read, alter and write the whole. */
function refuseMember(call: GraphCall, body: Record<string, unknown>, property: string, member: string): void {
  const given = (body[property] ?? {}) as Record<string, unknown>;
  const before = (call.record?.entity[property] ?? {}) as Record<string, unknown>;
  if (given[member] !== undefined && given[member] !== (before[member] ?? null)) throw readOnly(member);
}

/** Lengths and value sets of reference limits §5. */
function checkValues(body: Record<string, unknown>, resource: string): void {
  const invalid = (name: string) =>
    badRequest(`Invalid value specified for property '${name}' of resource '${resource}'.`);
  if (sentText(body.displayName ?? "").length > 256) throw invalid("displayName");
  if (sentText(body.description ?? "").length > 1024) throw invalid("description");
  const audience = body.signInAudience;
  if (audience !== undefined && !AUDIENCES.has(sentText(audience))) throw invalid("signInAudience");
  const tags = (body.tags ?? []) as string[];
  if (tags.some((tag) => tag.length < 1 || tag.length > 256) || new Set(tags).size < tags.length) throw invalid("tags");
}

/** Chosen by the caller once, unique in the tenant, and from then on fixed (reference graph-applications §1.4). */
function checkUniqueName(call: GraphCall, body: Record<string, unknown>): void {
  const { uniqueName } = body;
  if (uniqueName === undefined) return;
  const before = call.record?.entity.uniqueName ?? null;
  if (uniqueName === before) return;
  if (before !== null) throw readOnly("uniqueName");
  if (typeof uniqueName !== "string" || uniqueName === "")
    throw badRequest("Invalid value specified for property 'uniqueName' of resource 'Application'.");
  if (byUniqueName(call.services.store, call.caller.tenantId, uniqueName) !== undefined) throw uniqueNameInUse();
}

/** It names one of the object's certificates; the answer to another one is on no record. */
function checkEncryptionKey(
  call: GraphCall,
  body: Record<string, unknown>,
  replaced: readonly KeyCredential[] | undefined,
  resource: string,
): void {
  const id = body.tokenEncryptionKeyId;
  if (id === undefined || id === null) return;
  const keys = replaced ?? (call.record === undefined ? [] : keysOf(call.record));
  if (keys.some(({ keyId }) => keyId === String(id).toLowerCase())) return;
  throw badRequest(`Invalid value specified for property 'tokenEncryptionKeyId' of resource '${resource}'.`);
}
