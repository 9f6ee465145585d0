/** The directory's own audit log: what each write changed, key ids before and after (reference graph-applications §14). */
import type { Caller, GraphAnswer, GraphCall } from "./graph-call.ts";
import { logPage, type Row } from "./log-query.ts";
import type { Services } from "./services.ts";
import { type AuditRecord, type Change, type Kind, keysOf, type ObjectRecord, passwordsOf } from "./state.ts";

/** Entries are kept this long; thirty days is what the paid licences have. */
const RETENTION = 30 * 86_400_000;
/** As it stands in the data: an en dash, and a blank at the end. */
const CREDENTIALS = "Update application – Certificates and secrets management ";
/** Its sibling, which every new application gets, with or without credentials. */
const FIRST_CREDENTIALS = "Create application – Certificates and secrets management ";

const NAMES = {
  applications: { add: "Add application", update: "Update application", remove: "Delete application" },
  servicePrincipals: {
    add: "Add service principal",
    update: "Update service principal",
    remove: "Remove service principal",
  },
} as const;
const RESTORED = { applications: "Restore application", servicePrincipals: "Restore service principal" } as const;
const PURGED = { applications: "Hard delete application", servicePrincipals: "Hard delete service principal" } as const;

const ROLE_GRANTED = "Add app role assignment to service principal";
const ROLE_REVOKED = "Remove app role assignment from service principal";

type Audited = keyof typeof NAMES;

/** The same services, whose commits carry an audit entry for each object they change. */
export function audited(services: Services, caller: Caller, correlationId: string): Services {
  const commit: Services["commit"] = (changes, durable) => {
    const entries = changes.flatMap((change) => entriesOf(services, caller, correlationId, change));
    services.commit([...changes, ...entries.map((audit): Change => ({ audit }))], durable);
  };
  return Object.create(services, { commit: { value: commit } }) as Services;
}

function entriesOf(services: Services, caller: Caller, correlationId: string, change: Change): AuditRecord[] {
  const grant = roleEntry(services, caller, correlationId, change);
  if (grant !== undefined) return [grant];
  if ("drop" in change && isAudited(change.drop)) {
    const before = services.store.any(change.drop, change.id);
    return before === undefined
      ? []
      : [entry(services, caller, correlationId, change.drop, before, PURGED[change.drop], [])];
  }
  if (!("put" in change) || !isAudited(change.put)) return [];
  const { put: kind, record } = change;
  const before = services.store.any(kind, record.entity.id);
  const made = (activity: string, modified: AuditRecord["modified"]) =>
    entry(services, caller, correlationId, kind, record, activity, modified);
  if (before === undefined) return [made(NAMES[kind].add, []), ...credentialEntries(kind, undefined, record, made)];
  if (before.deletedAt === undefined && record.deletedAt !== undefined) return [made(NAMES[kind].remove, [])];
  if (before.deletedAt !== undefined && record.deletedAt === undefined) return [made(RESTORED[kind], [])];
  const entries = credentialEntries(kind, before, record, made);
  const owners = ownerEntries(kind, before, record, made);
  const others = changed(before, record);
  if (others.length > 0) entries.push(made(NAMES[kind].update, others));
  return [...entries, ...owners];
}

/** An app role that was granted or revoked: the entry is about the resource, and names role and client. */
function roleEntry(services: Services, caller: Caller, correlationId: string, change: Change): AuditRecord | undefined {
  const { store } = services;
  const isGranted = "put" in change && change.put === "grants";
  const isRevoked = "drop" in change && change.drop === "grants";
  if (!isGranted && !isRevoked) return undefined;
  const grant = "put" in change ? change.record : store.any("grants", change.id);
  if (grant === undefined) return undefined;
  const { appRoleId, principalId, principalDisplayName, resourceId } = grant.entity;
  const resource = store.any("servicePrincipals", String(resourceId));
  if (resource === undefined) return undefined;
  const role = ((resource.entity.appRoles ?? []) as { id: string; value: string | null }[]).find(
    ({ id }) => id === appRoleId,
  );
  const values = {
    "AppRole.Id": appRoleId,
    "AppRole.Value": role?.value ?? null,
    "ServicePrincipal.ObjectID": principalId,
    "ServicePrincipal.DisplayName": principalDisplayName,
  };
  const modified = Object.entries(values).map(([displayName, value]) => {
    const text = JSON.stringify(value);
    return { displayName, oldValue: isGranted ? null : text, newValue: isGranted ? text : null };
  });
  const activity = isGranted ? ROLE_GRANTED : ROLE_REVOKED;
  return entry(services, caller, correlationId, "servicePrincipals", resource, activity, modified);
}

function isAudited(kind: Kind): kind is Audited {
  return kind === "applications" || kind === "servicePrincipals";
}

type Make = (activity: string, modified: AuditRecord["modified"]) => AuditRecord;

function credentialEntries(
  kind: Audited,
  before: ObjectRecord | undefined,
  after: ObjectRecord,
  made: Make,
): AuditRecord[] {
  const [old, now] = [descriptions(before), descriptions(after)];
  const isNew = before === undefined && kind === "applications";
  if (old.join() === now.join() && !isNew) return [];
  const modified = [{ displayName: "KeyDescription", oldValue: JSON.stringify(old), newValue: JSON.stringify(now) }];
  if (kind === "applications") return [made(isNew ? FIRST_CREDENTIALS : CREDENTIALS, modified)];
  const more = now.some((one) => !old.includes(one));
  return [made(more ? "Add service principal credentials" : "Remove service principal credentials", modified)];
}

/** Every credential as one line: key id, type, usage, name. */
function descriptions(record: ObjectRecord | undefined): string[] {
  if (record === undefined) return [];
  const line = (keyId: string, type: string, usage: string, name: string | null) =>
    `[KeyIdentifier=${keyId},KeyType=${type},KeyUsage=${usage},DisplayName=${name ?? ""}]`;
  return [
    ...keysOf(record).map((one) => line(one.keyId, one.type, one.usage, one.displayName)),
    ...passwordsOf(record).map((one) => line(one.keyId, "Password", "Verify", one.displayName)),
  ];
}

function ownerEntries(kind: Audited, before: ObjectRecord, after: ObjectRecord, made: Make): AuditRecord[] {
  const noun = kind === "applications" ? "application" : "service principal";
  const modified = (id: string) => [{ displayName: "Owner.ObjectID", oldValue: null, newValue: JSON.stringify(id) }];
  const added = after.owners.filter((id) => !before.owners.includes(id));
  const removed = before.owners.filter((id) => !after.owners.includes(id));
  return [
    ...added.map((id) => made(`Add owner to ${noun}`, modified(id))),
    ...removed.map((id) => made(`Remove owner from ${noun}`, modified(id))),
  ];
}

/** Properties that differ, credentials apart. */
function changed(before: ObjectRecord, after: ObjectRecord): AuditRecord["modified"] {
  const names = new Set([...Object.keys(before.entity), ...Object.keys(after.entity)]);
  return [...names].flatMap((name) => {
    if (name === "passwordCredentials" || name === "keyCredentials") return [];
    const [oldValue, newValue] = [before, after].map((one) => JSON.stringify(one.entity[name] ?? null));
    return oldValue === newValue ? [] : [{ displayName: name, oldValue: oldValue ?? null, newValue: newValue ?? null }];
  });
}

function entry(
  services: Services,
  caller: Caller,
  correlationId: string,
  kind: Audited,
  record: ObjectRecord,
  activity: string,
  modified: AuditRecord["modified"],
): AuditRecord {
  return {
    seq: services.store.nextSeq(),
    id: services.noise.guid(),
    at: services.clock.now(),
    tenantId: record.tenantId,
    activity,
    correlationId,
    appId: caller.appId,
    servicePrincipalId: caller.user === undefined ? caller.objectId : "",
    ...(caller.user === undefined ? {} : { userId: caller.objectId }),
    target: {
      id: record.entity.id,
      displayName: String(record.entity.displayName ?? ""),
      type: kind === "applications" ? "Application" : "ServicePrincipal",
    },
    modified,
  };
}

/** `GET /auditLogs/directoryAudits`. */
export function listAudits(call: GraphCall): GraphAnswer {
  const { services, caller, now } = call;
  const rows = services.store.audits
    .filter((one) => one.tenantId === caller.tenantId && one.at > now - RETENTION)
    .map((one): Row => ({ seq: one.seq, body: shown(services, one) }));
  return logPage(call, "/v1.0/$metadata#auditLogs/directoryAudits", rows);
}

function shown(services: Services, one: AuditRecord): Record<string, unknown> {
  const principal = services.store.find("servicePrincipals", one.tenantId, one.servicePrincipalId);
  const name = String(principal?.entity.displayName ?? "");
  return {
    id: `Directory_${one.id}_${one.seq}`,
    category: "ApplicationManagement",
    correlationId: one.correlationId,
    result: "success",
    resultReason: "",
    activityDisplayName: one.activity,
    activityDateTime: new Date(one.at).toISOString(),
    loggedByService: "Core Directory",
    operationType: /^(Add|Restore)/.test(one.activity)
      ? "Add"
      : /^(Delete|Remove|Hard)/.test(one.activity)
        ? "Delete"
        : "Update",
    initiatedBy:
      one.userId === undefined ? { user: null, app: initiator(one, name) } : { user: person(services, one), app: null },
    targetResources: [
      {
        ...one.target,
        userPrincipalName: null,
        groupType: null,
        modifiedProperties: one.modified,
      },
    ],
    additionalDetails: [],
  };
}

function initiator(one: AuditRecord, displayName: string): Record<string, unknown> {
  return { appId: one.appId, displayName, servicePrincipalId: one.servicePrincipalId, servicePrincipalName: null };
}

function person({ store }: Services, one: AuditRecord): Record<string, unknown> {
  const user = store.find("users", one.tenantId, one.userId ?? "")?.entity;
  return {
    id: one.userId,
    displayName: user?.displayName ?? null,
    userPrincipalName: user?.userPrincipalName ?? null,
    ipAddress: "127.0.0.1",
  };
}
