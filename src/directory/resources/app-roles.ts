import { both } from "../graph/filter.ts";
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, GraphError, notFound } from "../graph/graph-error.ts";
import { project } from "../graph/odata.ts";
import { listPage } from "../graph/paging.ts";
import { requireType } from "../graph/schema.ts";
import type { Kind, ObjectRecord } from "../state/state.ts";

/** An app role's assignment is read and revoked from either end of it. */
type Side = "principalId" | "resourceId";

/** Assignments to one principal (reference limits §5). */
const LIMIT = 1500;

/** `GET …/appRoleAssignments` (granted to) and `…/appRoleAssignedTo` (granted on). */
export function assignedRoles(call: GraphCall, side: Side): GraphAnswer {
  const id = call.record?.entity.id;
  const own = { test: ({ entity }: ObjectRecord) => entity[side] === id, hint: undefined };
  const query = { ...call.query, filter: both(call.query.filter, own) };
  return listPage({ ...call, query }, "grants", ({ entity }) => project(entity, query.select));
}

/** `GET …/appRoleAssignments/{id}`. */
export function readAssignment(call: GraphCall, side: Side): GraphAnswer {
  const context = `${call.request.origin}/v1.0/$metadata#appRoleAssignments/$entity`;
  return { status: 200, body: { "@odata.context": context, ...assignment(call, side).entity } };
}

function assignment(call: GraphCall, side: Side): ObjectRecord {
  const id = String(call.keys[1]);
  for (const record of call.services.store.list("grants", call.caller.tenantId))
    if (record.entity.id === id && record.entity[side] === call.record?.entity.id) return record;
  throw notFound(id);
}

/** `POST …/appRoleAssignments` and `…/appRoleAssignedTo`: reference graph-applications §11. */
export function assignRole(call: GraphCall, side: Side): GraphAnswer {
  const { services, caller, now } = call;
  const given = requireType("appRoleAssignment", call.body);
  const find = (name: string, ...kinds: Kind[]): ObjectRecord => {
    const id = given[name];
    if (typeof id !== "string")
      throw badRequest(`A value is required for property '${name}' of resource 'AppRoleAssignment'.`);
    const found = kinds.map((kind) => services.store.find(kind, caller.tenantId, id)).find((one) => one !== undefined);
    if (found === undefined) throw notFound(id);
    return found;
  };
  const [principal, resource] = [
    find("principalId", "servicePrincipals", "users"),
    find("resourceId", "servicePrincipals"),
  ];
  // the path names one end of it, and the body must mean the same
  if ((side === "principalId" ? principal : resource).entity.id !== call.record?.entity.id)
    throw badRequest(`Invalid value specified for property '${side}' of resource 'AppRoleAssignment'.`);
  const isUser = services.store.find("users", caller.tenantId, principal.entity.id) !== undefined;
  const appRoleId = String(given.appRoleId ?? "").toLowerCase();
  const roles = ((resource.entity.appRoles ?? []) as { id: string; allowedMemberTypes?: string[] }[]).filter(
    ({ allowedMemberTypes = [] }) => allowedMemberTypes.includes(isUser ? "User" : "Application"),
  );
  const isDefault = appRoleId === "00000000-0000-0000-0000-000000000000" && roles.length === 0;
  if (!isDefault && !roles.some(({ id }) => id === appRoleId))
    throw badRequest("Permission being assigned was not found on application");
  const exists = services.store
    .grantsTo(principal.entity.id)
    .some(({ entity }) => entity.resourceId === resource.entity.id && entity.appRoleId === appRoleId);
  if (exists) throw badRequest("Permission being assigned already exists on the object");
  if (services.store.grantsTo(principal.entity.id).length >= LIMIT) {
    const text = `Unable to perform operation as '${LIMIT + 1}' would exceed the maximum quota count '${LIMIT}' for forward-link 'appRoleAssignments'.`;
    throw new GraphError(403, "Directory_QuotaExceeded", text);
  }
  const entity = {
    id: services.random.bytes(32).toString("base64url"),
    deletedDateTime: null,
    appRoleId,
    createdDateTime: new Date(now).toISOString(),
    principalDisplayName: principal.entity.displayName,
    principalId: principal.entity.id,
    principalType: isUser ? "User" : "ServicePrincipal",
    resourceDisplayName: resource.entity.displayName,
    resourceId: resource.entity.id,
  };
  const record = { seq: services.store.nextSeq(), tenantId: caller.tenantId, entity, owners: [], secrets: {} };
  services.commit([{ put: "grants", record }]);
  return {
    status: 201,
    body: { "@odata.context": `${call.request.origin}/v1.0/$metadata#appRoleAssignments/$entity`, ...entity },
  };
}

/** `DELETE …/appRoleAssignments/{id}` and `…/appRoleAssignedTo/{id}`. */
export function revokeRole(call: GraphCall, side: Side): GraphAnswer {
  call.services.commit([{ drop: "grants", id: assignment(call, side).entity.id }]);
  return { status: 204 };
}
