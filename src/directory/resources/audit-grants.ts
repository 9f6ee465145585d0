/**
 * What the audit log says of permissions that were granted or revoked: the entry is about the resource, and names permission and client.
 * Activities, properties and operations are those of recorded entries; a changed grant is written twice there, once under each name.
 */
import type { AuditRecord } from "../state/log-records.ts";
import type { Change, Entity, ObjectRecord, Store } from "../state/state.ts";

/** An entry before it has a number, a time and an author. */
export interface Told {
  readonly activity: string;
  readonly about: ObjectRecord;
  readonly modified: AuditRecord["modified"];
  /** Where it is not "ApplicationManagement". */
  readonly category?: "UserManagement";
}

/** The entries of one change, if it is to a grant; undefined where it is to something else. */
export function grantEntries(store: Store, change: Change): Told[] | undefined {
  const kind = "put" in change ? change.put : "drop" in change ? change.drop : undefined;
  if (kind !== "grants" && kind !== "permissionGrants") return undefined;
  const now = "put" in change ? change.record.entity : undefined;
  const before = store.any(kind, "drop" in change ? change.id : (now?.id ?? ""))?.entity;
  return kind === "grants" ? roleEntries(store, before, now) : delegatedEntries(store, before, now);
}

function roleEntries(store: Store, before: Entity | undefined, now: Entity | undefined): Told[] {
  const grant = now ?? before;
  if (grant === undefined) return [];
  const about = store.any("servicePrincipals", String(grant.resourceId));
  if (about === undefined) return [];
  const roles = (about.entity.appRoles ?? []) as { id: string; value?: string | null; displayName?: string | null }[];
  const role = roles.find(({ id }) => id === grant.appRoleId);
  const ofUser = grant.principalType === "User";
  const values = {
    "AppRole.Id": grant.appRoleId,
    "AppRole.Value": role?.value ?? "",
    "AppRole.DisplayName": role?.displayName ?? "",
    "AppRoleAssignment.CreatedDateTime": grant.createdDateTime,
    ...(ofUser ? userValues(store, grant) : principalValues(store, grant)),
  };
  const modified = [...shift(values, now === undefined), targetNames(about)];
  if (ofUser) {
    const activity =
      now === undefined ? "Remove app role assignment from user" : "Add app role assignment grant to user";
    return [{ activity, about, modified, category: "UserManagement" }];
  }
  const activity =
    now === undefined
      ? "Remove app role assignment from service principal"
      : "Add app role assignment to service principal";
  return [{ activity, about, modified }];
}

function principalValues(store: Store, grant: Entity): Record<string, unknown> {
  const client = store.any("servicePrincipals", String(grant.principalId))?.entity;
  return {
    "ServicePrincipal.ObjectID": grant.principalId,
    "ServicePrincipal.DisplayName": grant.principalDisplayName,
    "ServicePrincipal.AppId": client?.appId ?? null,
  };
}

function userValues(store: Store, grant: Entity): Record<string, unknown> {
  const user = store.any("users", String(grant.principalId))?.entity;
  return { "User.ObjectID": grant.principalId, "User.UPN": user?.userPrincipalName ?? null };
}

function delegatedEntries(store: Store, before: Entity | undefined, now: Entity | undefined): Told[] {
  const grant = now ?? before;
  if (grant === undefined) return [];
  const about = store.any("servicePrincipals", String(grant.resourceId));
  if (about === undefined) return [];
  const property = (displayName: string, name: string) => ({
    displayName,
    oldValue: quoted(before?.[name]),
    newValue: quoted(now?.[name]),
  });
  const modified = [
    property("DelegatedPermissionGrant.Scope", "scope"),
    property("DelegatedPermissionGrant.ConsentType", "consentType"),
    property("ServicePrincipal.ObjectID", "clientId"),
    // in the record these are there and empty
    ...["DisplayName", "AppId", "Name"].map((name) => ({
      displayName: `ServicePrincipal.${name}`,
      oldValue: null,
      newValue: null,
    })),
    targetNames(about),
  ];
  const [added, removed] = ["Add", "Remove"].map((verb) => `${verb} delegated permission grant`) as [string, string];
  const activities = before === undefined ? [added] : now === undefined ? [removed] : [removed, added];
  return activities.map((activity) => ({ activity, about, modified }));
}

/** Values that came, or went. */
function shift(values: Record<string, unknown>, gone: boolean): AuditRecord["modified"] {
  return Object.entries(values).map(([displayName, value]) => ({
    displayName,
    oldValue: gone ? quoted(value) : null,
    newValue: gone ? null : quoted(value),
  }));
}

const quoted = (value: unknown) => (value === undefined ? null : JSON.stringify(value));

/** The names of the service principal an entry is about, as such entries end with. */
export function targetNames({ entity }: ObjectRecord): AuditRecord["modified"][number] {
  const names = ((entity.servicePrincipalNames ?? []) as string[]).join(";");
  return { displayName: "TargetId.ServicePrincipalNames", oldValue: null, newValue: JSON.stringify(names) };
}
