/**
 * Directory roles: who holds which, over the whole directory (learn.microsoft.com/graph/api/resources/unifiedroleassignment).
 * Scopes below the directory, custom roles and role definitions are not emulated.
 */
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, GraphError, notEmulated, notFound } from "../graph/graph-error.ts";
import { project } from "../graph/odata.ts";
import { listPage } from "../graph/paging.ts";
import { guid } from "../graph/routing.ts";
import { guidOf } from "../random.ts";
import type { Change, Entity, ObjectRecord, Store } from "../state/state.ts";

/** Built-in roles by template id (learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference). */
const ROLES: Readonly<Record<string, string>> = {
  "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
  "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
  "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
  "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
  "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
  "cf1c38e5-3621-4004-a7cb-879624dced7c": "Application Developer",
  "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2": "Hybrid Identity Administrator",
  "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9": "Conditional Access Administrator",
  "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
  "5d6b6bb7-de71-4623-b4af-96380a352509": "Security Reader",
  "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Administrator",
  "729827e3-9c14-49f7-bb1b-9608f156bbb8": "Helpdesk Administrator",
  "9360feb5-f418-4baa-8175-e2a00bac4301": "Directory Writers",
  "88d8e3e3-8f55-4a1e-953a-9b9898b8876b": "Directory Readers",
  "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
};

export const roleNames: readonly string[] = Object.values(ROLES);

/** The template id of a role by its name; undefined for one that is not known here. */
export function roleIdOf(name: string): string | undefined {
  return Object.keys(ROLES).find((id) => ROLES[id] === name);
}

/** Names of the roles a user or service principal holds. */
export function rolesOf(store: Store, principalId: string): string[] {
  return store.rolesOf(principalId).flatMap(({ entity }) => ROLES[String(entity.roleDefinitionId)] ?? []);
}

/** That a principal holds a role, as the state keeps it. */
export function roleAssignment(
  tenantId: string,
  seq: number,
  given: { readonly id: string; readonly principalId: string; readonly roleDefinitionId: string },
): ObjectRecord {
  const entity: Entity = { ...given, directoryScopeId: "/", appScopeId: null };
  return { seq, tenantId, entity, owners: [], secrets: {} };
}

/** Roles that a state of an older version keeps with its users, as assignments. */
export function upgradedRoles(store: Store): Change[] {
  const changes: Change[] = [];
  for (const { id } of store.tenants.values())
    for (const user of store.list("users", id)) {
      if (user.directoryRoles === undefined) continue;
      const { directoryRoles, ...record } = user;
      changes.push({ put: "users", record });
      for (const name of directoryRoles) {
        const [principalId, roleDefinitionId] = [user.entity.id, roleIdOf(name)];
        if (roleDefinitionId === undefined) continue;
        const given = { id: guidOf(`${roleDefinitionId}/${principalId}`), principalId, roleDefinitionId };
        changes.push({ put: "roleAssignments", record: roleAssignment(id, store.nextSeq(), given) });
      }
    }
  return changes;
}

export function listRoleAssignments(call: GraphCall): GraphAnswer {
  return listPage(call, "roleAssignments", ({ entity }) => project(entity, call.query.select));
}

export function readRoleAssignment(call: GraphCall): GraphAnswer {
  return { status: 200, body: shown(call, found(call).entity) };
}

export function assignDirectoryRole(call: GraphCall): GraphAnswer {
  const { services, caller } = call;
  const { store } = services;
  const { principalId, roleDefinitionId } = checked(call.body);
  const principal = (["servicePrincipals", "users"] as const)
    .map((kind) => store.find(kind, caller.tenantId, principalId))
    .find((one) => one !== undefined);
  if (principal === undefined) throw notFound(principalId);
  if (store.rolesOf(principal.entity.id).some(({ entity }) => entity.roleDefinitionId === roleDefinitionId)) {
    const text = "A conflicting object with one or more of the specified property values is present in the directory.";
    throw new GraphError(400, "Request_BadRequest", text);
  }
  const given = {
    id: services.random.bytes(32).toString("base64url"),
    principalId: principal.entity.id,
    roleDefinitionId,
  };
  const record = roleAssignment(caller.tenantId, store.nextSeq(), given);
  services.commit([{ put: "roleAssignments", record }]);
  return { status: 201, body: shown(call, record.entity) };
}

export function removeRoleAssignment(call: GraphCall): GraphAnswer {
  call.services.commit([{ drop: "roleAssignments", id: found(call).entity.id }]);
  return { status: 204 };
}

/** `roleAssignments/{id}`: an id is case-sensitive, and belongs to one tenant. */
function found({ services, caller, keys }: GraphCall): ObjectRecord {
  const id = String(keys[0]);
  const record = services.store.any("roleAssignments", id);
  if (record === undefined || record.tenantId !== caller.tenantId) throw notFound(id);
  return record;
}

function checked(body: Record<string, unknown>): { principalId: string; roleDefinitionId: string } {
  const known = ["@odata.type", "principalId", "roleDefinitionId", "directoryScopeId", "appScopeId"];
  const odd = Object.keys(body).find((name) => !known.includes(name));
  if (odd !== undefined) throw badRequest(`Invalid property '${odd}'.`);
  const { principalId, roleDefinitionId, directoryScopeId, appScopeId } = body;
  for (const [name, value] of Object.entries({ principalId, roleDefinitionId, directoryScopeId }))
    if (typeof value !== "string") throw badRequest(`A value is required for property '${name}'.`);
  if (directoryScopeId !== "/" || appScopeId != null) throw notEmulated("A scope below the directory");
  const [principal, role] = [String(principalId).toLowerCase(), String(roleDefinitionId).toLowerCase()];
  for (const id of [principal, role]) if (!guid.test(id)) throw badRequest(`Invalid object identifier '${id}'.`);
  if (!Object.hasOwn(ROLES, role)) throw notFound(role);
  return { principalId: principal, roleDefinitionId: role };
}

function shown({ request }: GraphCall, entity: Entity): Record<string, unknown> {
  const context = `${request.origin}/v1.0/$metadata#roleManagement/directory/roleAssignments/$entity`;
  return { "@odata.context": context, ...entity };
}
