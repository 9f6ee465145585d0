/** What a sign-in asks for: scopes of one resource and those of OpenID Connect, and which of them nobody consented to yet. */

import { GRAPH_APP_ID, GRAPH_URI } from "../graph/permissions.ts";
import { isOwnAddress } from "../http/hosts.ts";
import { scopesFor } from "../resources/permission-grants.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord, TenantRecord } from "../state/state.ts";
import { aadsts } from "./aadsts.ts";
import { peopleAadsts } from "./people-aadsts.ts";

const OPENID: ReadonlySet<string> = new Set(["openid", "profile", "email", "offline_access"]);

export interface Requested {
  readonly resource: ObjectRecord;
  /** The `aud` of a v1.0-shaped token. */
  readonly audience: string;
  readonly openid: readonly string[];
  /** By name, `.default` resolved. */
  readonly scopes: readonly string[];
}

interface Shown {
  readonly id: string;
  readonly value: string;
  readonly type: string;
  readonly userConsentDisplayName?: string | null;
  readonly adminConsentDisplayName?: string | null;
}

const scopesOf = ({ entity }: ObjectRecord) => (entity.oauth2PermissionScopes ?? []) as Shown[];

/** Who asks for what: the application, in whose tenant, at which of our addresses, and the person once he is known. */
export interface Asked {
  readonly tenant: TenantRecord;
  readonly application: ObjectRecord;
  /** The directory's own origin, an alias of Graph's resource. */
  readonly origin: string;
  /** What is there for everything registered (`.default`, or a v1.0 resource) is judged where he is known. */
  readonly user?: ObjectRecord;
}

/** Reads a v2.0 `scope`. @throws AadError */
export function readScope(services: Services, request: Asked, text: string): Requested {
  const { tenant, application, origin } = request;
  const all = [...new Set(text.split(/\s+/).filter((one) => one !== ""))];
  const openid = all.filter((one) => OPENID.has(one));
  const parts = all.filter((one) => !OPENID.has(one)).map(splitScope);
  const names = [...new Set(parts.map(({ resource }) => resource.replace(/\/+$/, "").toLowerCase()))];
  if (names.length > 1) throw aadsts.severalResources(text);
  const found = resourceOf(services, tenant, parts[0]?.resource ?? GRAPH_URI, origin);
  const named = parts.map(({ name }) => name);
  const whole = parts.find(({ name }) => name === ".default")?.resource;
  const scopes = whole === undefined ? named : registeredScopes(services, request, found.resource, whole);
  refuseUnknown(application, found.resource, scopes);
  return { ...found, openid, scopes };
}

/** Reads a v1.0 `resource`, which asks for everything the registration lists. @throws AadError */
export function readResource(services: Services, request: Asked, name: string): Requested {
  const { tenant, application, origin } = request;
  const found = resourceOf(services, tenant, name === "" ? GRAPH_URI : name, origin);
  const openid = ["openid", "profile", "email", "offline_access"];
  // who names no resource only signs in
  const scopes =
    name === "" ? staticScopes(application, found.resource) : registeredScopes(services, request, found.resource, name);
  return { ...found, openid, scopes };
}

/**
 * What the registration lists of a resource; where it lists nothing, what was granted to it or trusted beforehand.
 * @throws AadError 650057 for a resource the client has nothing to do with
 */
function registeredScopes(services: Services, request: Asked, resource: ObjectRecord, named: string): string[] {
  const { application, user } = request;
  if (user === undefined || listsResource(application, resource)) return staticScopes(application, resource);
  const { store } = services;
  const client = store.principalByName(user.tenantId, String(application.entity.appId));
  const granted =
    client === undefined ? [] : scopesFor(store, user.tenantId, client.entity.id, resource.entity.id, user.entity.id);
  const trusted = scopesOf(resource).flatMap(({ value }) =>
    isPreAuthorized(services, resource, application, value) ? [value] : [],
  );
  const scopes = [...new Set([...granted, ...trusted])].filter((one) => !OPENID.has(one));
  // an application's own API needs no registration with itself
  const isOwn = resource.entity.appId === application.entity.appId;
  if (scopes.length > 0 || isOwn) return scopes;
  const { appId, displayName } = application.entity;
  throw peopleAadsts.resourceNotListed({
    client: `${appId}(${displayName})`,
    named: named.replace(/\/+$/, ""),
    resource: String(resource.entity.appId),
    listed: accessOf(application).map(({ resourceAppId }) => resourceAppId),
  });
}

interface Access {
  resourceAppId: string;
  resourceAccess: { id: string; type: string }[];
}

const accessOf = ({ entity }: ObjectRecord) => (entity.requiredResourceAccess ?? []) as Access[];

function listsResource(application: ObjectRecord, resource: ObjectRecord): boolean {
  const appId = String(resource.entity.appId).toLowerCase();
  return accessOf(application).some(({ resourceAppId }) => resourceAppId.toLowerCase() === appId);
}

/** `https://graph.microsoft.com/User.Read`, `api://app/read`, and `User.Read`, which is Graph's. */
function splitScope(scope: string): { resource: string; name: string } {
  const at = scope.lastIndexOf("/");
  return at < 0 ? { resource: GRAPH_URI, name: scope } : { resource: scope.slice(0, at), name: scope.slice(at + 1) };
}

/** The service principal of a resource; this directory's own origin is an alias of Graph's. @throws AadError */
function resourceOf(services: Services, tenant: TenantRecord, name: string, origin: string) {
  const bare = name.replace(/\/+$/, "");
  const isGraph = isOwnAddress(bare, origin, services.origins) || bare.toLowerCase() === GRAPH_URI;
  const wanted = isGraph ? GRAPH_APP_ID : name;
  const resource = services.store.principalByName(tenant.id, wanted) ?? services.store.principalByName(tenant.id, bare);
  if (resource === undefined) throw aadsts.resourceNotFound(name, tenant.displayName);
  return { resource, audience: isGraph ? GRAPH_URI : name };
}

/** The scopes of a resource that the registration lists (`requiredResourceAccess`). */
export function staticScopes(application: ObjectRecord, resource: ObjectRecord): string[] {
  return staticAccess(application, resource, "Scope").flatMap(
    (id) => scopesOf(resource).find((one) => one.id === id)?.value ?? [],
  );
}

/** The ids of one kind that the registration lists of a resource. */
export function staticAccess(application: ObjectRecord, resource: ObjectRecord, kind: "Scope" | "Role"): string[] {
  const appId = String(resource.entity.appId).toLowerCase();
  const own = accessOf(application).filter(({ resourceAppId }) => resourceAppId.toLowerCase() === appId);
  return own.flatMap(({ resourceAccess }) =>
    resourceAccess.filter(({ type }) => type === kind).map(({ id }) => id.toLowerCase()),
  );
}

function refuseUnknown(application: ObjectRecord, resource: ObjectRecord, scopes: readonly string[]): void {
  const known = new Set(scopesOf(resource).map(({ value }) => value));
  const odd = scopes.find((scope) => !known.has(scope));
  if (odd === undefined) return;
  const [name, of] = [application, resource].map(({ entity }) => String(entity.displayName)) as [string, string];
  throw peopleAadsts.scopeUnknown(name, odd, of);
}

/** What of it nobody consented to yet, for this user: by resource, because OpenID Connect's are Graph's. */
export function unconsented(
  services: Services,
  user: ObjectRecord,
  principal: ObjectRecord | undefined,
  requested: Requested,
): { resource: ObjectRecord; scopes: string[] }[] {
  const { store } = services;
  const graph = store.principalByName(user.tenantId, GRAPH_APP_ID);
  const missing = (resource: ObjectRecord | undefined, scopes: readonly string[]) => {
    if (resource === undefined) return [];
    const granted =
      principal === undefined
        ? []
        : scopesFor(store, user.tenantId, principal.entity.id, resource.entity.id, user.entity.id);
    const left = scopes.filter((one) => !granted.includes(one) && !isPreAuthorized(services, resource, principal, one));
    return left.length === 0 ? [] : [{ resource, scopes: left }];
  };
  if (graph !== undefined && graph.entity.id === requested.resource.entity.id)
    return missing(graph, [...requested.openid, ...requested.scopes]);
  return [...missing(graph, requested.openid), ...missing(requested.resource, requested.scopes)];
}

/** A resource may trust clients beforehand (`preAuthorizedApplications`). */
function isPreAuthorized(
  { store }: Services,
  resource: ObjectRecord,
  client: ObjectRecord | undefined,
  scope: string,
): boolean {
  const api = store.applicationByAppId(String(resource.entity.appId))?.entity.api as
    | { preAuthorizedApplications?: { appId: string; delegatedPermissionIds: string[] }[] }
    | undefined;
  const id = scopesOf(resource).find(({ value }) => value === scope)?.id;
  const trusted = api?.preAuthorizedApplications?.find((one) => one.appId === client?.entity.appId);
  return id !== undefined && trusted?.delegatedPermissionIds.includes(id) === true;
}

/** Whether an administrator has to consent, and how the page words each scope. */
export function describeScopes(resource: ObjectRecord, scopes: readonly string[]): { admin: boolean; lines: string[] } {
  const found = scopes.map((scope) => scopesOf(resource).find(({ value }) => value === scope));
  return {
    admin: found.some((one) => one?.type === "Admin"),
    lines: scopes.map(
      (scope, at) => `${found[at]?.userConsentDisplayName ?? found[at]?.adminConsentDisplayName ?? scope} (${scope})`,
    ),
  };
}
