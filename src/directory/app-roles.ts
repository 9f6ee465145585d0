import type { GraphAnswer, GraphCall } from "./graph-call.ts";
import { badRequest, notFound } from "./graph-error.ts";
import { requireType } from "./schema.ts";
import type { ObjectRecord } from "./state.ts";

/** `GET …/appRoleAssignments` (granted to) and `…/appRoleAssignedTo` (granted on). */
export function assignedRoles(call: GraphCall, side: "principalId" | "resourceId"): GraphAnswer {
  const id = call.record?.entity.id;
  const all = call.services.store.list("grants", call.caller.tenantId);
  const value = [...all].filter(({ entity }) => entity[side] === id).map(({ entity }) => entity);
  return { status: 200, body: { "@odata.context": `${call.request.origin}/v1.0/$metadata#appRoleAssignments`, value } };
}

/** `POST …/appRoleAssignments` and `…/appRoleAssignedTo`: reference graph-applications §11. */
export function assignRole(call: GraphCall): GraphAnswer {
  const { services, caller, now } = call;
  const given = requireType("appRoleAssignment", call.body);
  const find = (name: string): ObjectRecord => {
    const id = given[name];
    if (typeof id !== "string")
      throw badRequest(`A value is required for property '${name}' of resource 'AppRoleAssignment'.`);
    const record = services.store.find("servicePrincipals", caller.tenantId, id);
    if (record === undefined) throw notFound(id);
    return record;
  };
  const [principal, resource] = [find("principalId"), find("resourceId")];
  const appRoleId = String(given.appRoleId ?? "").toLowerCase();
  const roles = (resource.entity.appRoles ?? []) as { id: string }[];
  const isDefault = appRoleId === "00000000-0000-0000-0000-000000000000" && roles.length === 0;
  if (!isDefault && !roles.some(({ id }) => id === appRoleId))
    throw badRequest("Permission being assigned was not found on application");
  const exists = services.store
    .grantsTo(principal.entity.id)
    .some(({ entity }) => entity.resourceId === resource.entity.id && entity.appRoleId === appRoleId);
  if (exists) throw badRequest("Permission being assigned already exists on the object");
  const entity = {
    id: services.random.bytes(32).toString("base64url"),
    deletedDateTime: null,
    appRoleId,
    createdDateTime: new Date(now).toISOString(),
    principalDisplayName: principal.entity.displayName,
    principalId: principal.entity.id,
    principalType: "ServicePrincipal",
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
export function revokeRole(call: GraphCall): GraphAnswer {
  const id = String(call.keys[1]);
  const found = [...call.services.store.list("grants", call.caller.tenantId)].find(({ entity }) => entity.id === id);
  if (found === undefined) throw notFound(id);
  call.services.commit([{ drop: "grants", id }]);
  return { status: 204 };
}
