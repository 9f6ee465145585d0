/**
 * Applications that can make themselves, or others, masters of the tenant (design §4.7). Their rotations want two persons'
 * approval, their values are neither kept nor shown. What cannot be read is said, never guessed.
 */
import type { Policy } from "./policy.ts";

/** Microsoft Graph itself, whose app roles these are. */
export const GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000";

/** App roles of Microsoft Graph by id (learn.microsoft.com/graph/permissions-reference). */
const APP_ROLES: Readonly<Record<string, string>> = {
  "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9": "Application.ReadWrite.All",
  "06b708a9-e830-4db3-a914-8e69da51d44f": "AppRoleAssignment.ReadWrite.All",
  "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8": "RoleManagement.ReadWrite.Directory",
};

/** Names of some directory roles by template id (learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference); every role counts. */
const DIRECTORY_ROLES: Readonly<Record<string, string>> = {
  "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
  "e8611ab8-c189-46e8-94e1-60213ab1f814": "Privileged Role Administrator",
  "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "Privileged Authentication Administrator",
  "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "Application Administrator",
  "158c047a-c907-4556-b7ef-446551a6b5f7": "Cloud Application Administrator",
};

/** Something granted to a principal, as a list of the directory has it. */
export interface Grant {
  readonly principalId: string;
  readonly roleId: string;
}

/** What a scan could read of it. */
export interface Privileges {
  /** What makes an application privileged, by client id; those without are not in it. */
  readonly held: ReadonlyMap<string, readonly string[]>;
  /** What could not be read, and what to do about it: privileges of this kind are not known. */
  readonly unknown: readonly string[];
  /** A list failed that can be read at other times: nothing new is begun on it that can wait (engine/plan/plan.ts). */
  readonly unread: boolean;
}

/** The name of an app role of Graph that makes privileged, null for the others. */
export function privilegedAppRole(roleId: string): string | null {
  const id = roleId.toLowerCase();
  return Object.hasOwn(APP_ROLES, id) ? (APP_ROLES[id] ?? null) : null;
}

/** What to call a directory role. */
export function directoryRole(roleId: string): string {
  const id = roleId.toLowerCase();
  return `directory role ${Object.hasOwn(DIRECTORY_ROLES, id) ? DIRECTORY_ROLES[id] : id}`;
}

/** The policy of a privileged application: a person approves both ends, and no value is kept. */
export function hardened(policy: Policy, privileges: readonly string[]): Policy {
  return privileges.length === 0 ? policy : { ...policy, approval: "both", custody: "none" };
}
