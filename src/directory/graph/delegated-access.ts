/**
 * What a signed-in user may do through an application: what the application has the scope for, and no more than he may himself.
 * Members read the directory and register applications by default; owners change what is theirs; administrators everything
 * (reference graph-applications §3).
 */

import { rolesOf } from "../resources/directory-roles.ts";
import type { ObjectRecord, Store } from "../state/state.ts";
import type { Caller } from "./graph-call.ts";
import type { GraphRoute } from "./graph-route.ts";

export const GLOBAL_ADMINISTRATOR = "Global Administrator";

/** Roles that administer applications and consent for everybody. */
const ADMINISTRATORS = new Set([
  GLOBAL_ADMINISTRATOR,
  "Application Administrator",
  "Cloud Application Administrator",
  "Privileged Role Administrator",
]);

/** Whether this user administers applications. Where nobody has a role, the first user is who made the tenant, and has all. */
export function isAdministrator(store: Store, user: ObjectRecord): boolean {
  for (const { entity } of store.list("roleAssignments", user.tenantId))
    if (store.find("users", user.tenantId, String(entity.principalId)) !== undefined)
      return rolesOf(store, user.entity.id).some((role) => ADMINISTRATORS.has(role));
  const [first] = store.list("users", user.tenantId);
  return first?.entity.id === user.entity.id;
}

/** Whether the user behind a delegated token may himself; an application on its own is judged by its roles alone. */
export function mayHimself(store: Store, caller: Caller, route: GraphRoute, record: ObjectRecord | undefined): boolean {
  if (caller.user === undefined) return true;
  if (route.access.members === true || isAdministrator(store, caller.user)) return true;
  if (record === undefined || route.access.admins === true) return false;
  return record.owners.includes(caller.user.entity.id) || record.entity.id === caller.user.entity.id;
}
