/** oauth2PermissionGrants, the delegated permissions of an application: reference graph-applications §1.7 and §11. */

import { both } from "../graph/filter.ts";
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, GraphError, notFound } from "../graph/graph-error.ts";
import { project } from "../graph/odata.ts";
import { listPage } from "../graph/paging.ts";
import { requireType } from "../graph/schema.ts";
import type { Services } from "../services.ts";
import type { Entity, ObjectRecord, Store } from "../state/state.ts";

const LONGEST_SCOPE = 3850;
const TYPE = "oAuth2PermissionGrant";

/** The grants of a client's service principal on a resource that count for this user: his own and everybody's. */
export function scopesFor(
  store: Store,
  tenantId: string,
  clientId: string,
  resourceId: string,
  userId: string,
): string[] {
  const grants = [...store.list("permissionGrants", tenantId)].map(({ entity }) => entity);
  const counting = grants.filter(
    (one) =>
      one.clientId === clientId &&
      one.resourceId === resourceId &&
      (one.consentType === "AllPrincipals" || one.principalId === userId),
  );
  return counting.flatMap(({ scope }) => scopeList(scope));
}

/** Scopes of a text, each once. */
export function scopeList(scope: unknown): string[] {
  return [
    ...new Set(
      String(scope ?? "")
        .split(/\s+/)
        .filter((one) => one !== ""),
    ),
  ];
}

/** Adds scopes to the grant of this client, resource and person, which is made where there is none. */
export function grantScopes(
  services: Services,
  tenantId: string,
  given: { clientId: string; resourceId: string; principalId: string | null; scopes: readonly string[] },
): void {
  if (given.scopes.length === 0) return;
  const { clientId, resourceId, principalId } = given;
  const found = same(services.store, tenantId, clientId, resourceId, principalId);
  const scope = [...new Set([...scopeList(found?.entity.scope), ...given.scopes])].join(" ");
  if (found?.entity.scope === scope) return;
  const record = found ?? newGrant(services, tenantId, { clientId, resourceId, principalId });
  services.commit([{ put: "permissionGrants", record: { ...record, entity: { ...record.entity, scope } } }]);
}

function newGrant(
  { store, random }: Services,
  tenantId: string,
  { clientId, resourceId, principalId }: { clientId: string; resourceId: string; principalId: string | null },
): ObjectRecord {
  const entity: Entity = {
    id: random.bytes(32).toString("base64url"),
    clientId,
    consentType: principalId === null ? "AllPrincipals" : "Principal",
    principalId,
    resourceId,
    scope: "",
  };
  return { seq: store.nextSeq(), tenantId, entity, owners: [], secrets: {} };
}

function same(
  store: Store,
  tenantId: string,
  clientId: string,
  resourceId: string,
  principalId: string | null,
): ObjectRecord | undefined {
  for (const record of store.list("permissionGrants", tenantId)) {
    const { entity } = record;
    if (entity.clientId === clientId && entity.resourceId === resourceId && entity.principalId === principalId)
      return record;
  }
  return undefined;
}

/** `GET /oauth2PermissionGrants`, or those of one service principal or user. */
export function listGrants(call: GraphCall, of?: "clientId" | "principalId"): GraphAnswer {
  const id = call.record?.entity.id;
  const own = { test: ({ entity }: ObjectRecord) => of === undefined || entity[of] === id, hint: undefined };
  const query = { ...call.query, filter: both(call.query.filter, own) };
  return listPage({ ...call, query }, "permissionGrants", ({ entity }) => project(entity, query.select));
}

export function readGrant(call: GraphCall): GraphAnswer {
  return { status: 200, body: shown(call, found(call).entity) };
}

export function createGrant(call: GraphCall): GraphAnswer {
  const { services, caller } = call;
  const given = requireType(TYPE, call.body);
  if (given.id !== undefined) throw badRequest("Property 'id' is read-only and cannot be set.");
  const clientId = principalOf(call, given.clientId, "clientId");
  const resourceId = principalOf(call, given.resourceId, "resourceId");
  const principalId = consenting(call, given.consentType, given.principalId);
  const scope = checkedScope(given.scope);
  if (same(services.store, caller.tenantId, clientId, resourceId, principalId) !== undefined) {
    const text = "Permission entry already exists.";
    throw new GraphError(409, "Request_MultipleObjectsWithSameKeyValue", text);
  }
  const record = newGrant(services, caller.tenantId, { clientId, resourceId, principalId });
  const entity = { ...record.entity, scope };
  services.commit([{ put: "permissionGrants", record: { ...record, entity } }]);
  return { status: 201, body: shown(call, entity) };
}

/** `PATCH`: the scopes alone can change. */
export function updateGrant(call: GraphCall): GraphAnswer {
  const record = found(call);
  const given = requireType(TYPE, call.body);
  const fixed = Object.keys(given).find((name) => name !== "scope");
  if (fixed !== undefined) throw badRequest(`Property '${fixed}' is read-only and cannot be set.`);
  const entity = { ...record.entity, scope: checkedScope(given.scope) };
  call.services.commit([{ put: "permissionGrants", record: { ...record, entity } }]);
  return { status: 204 };
}

export function removeGrant(call: GraphCall): GraphAnswer {
  call.services.commit([{ drop: "permissionGrants", id: found(call).entity.id }]);
  return { status: 204 };
}

function found(call: GraphCall): ObjectRecord {
  const id = String(call.keys[0]);
  for (const record of call.services.store.list("permissionGrants", call.caller.tenantId))
    if (record.entity.id === id) return record;
  throw notFound(id);
}

function principalOf(call: GraphCall, given: unknown, name: string): string {
  const id = String(given ?? "").toLowerCase();
  if (id === "") throw badRequest(`A value is required for property '${name}' of resource 'OAuth2PermissionGrant'.`);
  if (call.services.store.find("servicePrincipals", call.caller.tenantId, id) === undefined) throw notFound(id);
  return id;
}

/** For everybody without a principal, for one user with him. */
function consenting(call: GraphCall, type: unknown, principal: unknown): string | null {
  const invalid = (name: string) =>
    badRequest(`Invalid value specified for property '${name}' of resource 'OAuth2PermissionGrant'.`);
  const none = principal === undefined || principal === null;
  if (type === "AllPrincipals") {
    if (!none) throw invalid("principalId");
    return null;
  }
  if (type !== "Principal") throw invalid("consentType");
  const id = String(principal ?? "").toLowerCase();
  if (none || call.services.store.find("users", call.caller.tenantId, id) === undefined) throw invalid("principalId");
  return id;
}

function checkedScope(given: unknown): string {
  const text = String(given ?? "").trim();
  if (text.length > LONGEST_SCOPE)
    throw badRequest("Invalid value specified for property 'scope' of resource 'OAuth2PermissionGrant'.");
  return text;
}

function shown({ request }: GraphCall, entity: Entity): Record<string, unknown> {
  return { "@odata.context": `${request.origin}/v1.0/$metadata#oauth2PermissionGrants/$entity`, ...entity };
}
