/** The directory's own audit log: what each write changed, key ids before and after (reference graph-applications §14). */

import type { Caller, GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import type { Services } from "../services.ts";
import { type AuditRecord, type Change, type Kind, keysOf, type ObjectRecord, passwordsOf } from "../state/state.ts";
import { grantEntries, type Told } from "./audit-grants.ts";
import { logPage, narrowing, type Row } from "./log-query.ts";

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

type Audited = keyof typeof NAMES;

/** In whose name entries are written. */
export interface Author {
  readonly caller: Caller;
  readonly correlationId: string;
  /** The service that did it for a person, where one did. */
  readonly through?: string;
}

/** The same services, whose commits carry an audit entry for each object they change. */
export function audited(services: Services, author: Author): Services {
  const commit: Services["commit"] = (changes, durable) => {
    const entries = changes.flatMap((change) => entriesOf(services, author, change));
    services.commit([...changes, ...entries.map((audit): Change => ({ audit }))], durable);
  };
  return Object.create(services, { commit: { value: commit } }) as Services;
}

function entriesOf(services: Services, author: Author, change: Change): AuditRecord[] {
  const grants = grantEntries(services.store, change);
  if (grants !== undefined) return grants.map((told) => auditEntry(services, author, told));
  if ("drop" in change && isAudited(change.drop)) {
    const before = services.store.any(change.drop, change.id);
    return before === undefined
      ? []
      : [auditEntry(services, author, { activity: PURGED[change.drop], about: before, modified: [] })];
  }
  if (!("put" in change) || !isAudited(change.put)) return [];
  const { put: kind, record } = change;
  const before = services.store.any(kind, record.entity.id);
  const made = (activity: string, modified: AuditRecord["modified"]) =>
    auditEntry(services, author, { activity, about: record, modified });
  if (before === undefined) return [made(NAMES[kind].add, []), ...credentialEntries(kind, undefined, record, made)];
  if (before.deletedAt === undefined && record.deletedAt !== undefined) return [made(NAMES[kind].remove, [])];
  if (before.deletedAt !== undefined && record.deletedAt === undefined) return [made(RESTORED[kind], [])];
  const entries = credentialEntries(kind, before, record, made);
  const owners = ownerEntries(kind, before, record, made);
  const others = changed(before, record);
  if (others.length > 0) entries.push(made(NAMES[kind].update, others));
  return [...entries, ...owners];
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
    // what a write leaves alone it carries over as it is
    if (before.entity[name] === after.entity[name]) return [];
    const [oldValue, newValue] = [before, after].map((one) => JSON.stringify(one.entity[name] ?? null));
    return oldValue === newValue ? [] : [{ displayName: name, oldValue: oldValue ?? null, newValue: newValue ?? null }];
  });
}

const isPrincipal = ({ entity }: ObjectRecord) => "servicePrincipalType" in entity;

/** One entry, about an application or a service principal. */
export function auditEntry(
  services: Services,
  { caller, correlationId, through }: Author,
  { activity, about, modified, category }: Told,
  details: AuditRecord["details"] = [],
): AuditRecord {
  const { id, displayName } = about.entity;
  return {
    seq: services.store.nextSeq(),
    id: services.noise.guid(),
    at: services.clock.now(),
    tenantId: about.tenantId,
    activity,
    correlationId,
    appId: caller.appId,
    servicePrincipalId: caller.user === undefined ? caller.objectId : "",
    ...(caller.user === undefined ? {} : { userId: caller.objectId }),
    ...(through === undefined ? {} : { through }),
    ...(category === undefined ? {} : { category }),
    ...(details.length === 0 ? {} : { details }),
    target: {
      id,
      displayName: String(displayName ?? ""),
      type: isPrincipal(about) ? "ServicePrincipal" : "Application",
    },
    modified,
  };
}

/** `GET /auditLogs/directoryAudits`. */
export function listAudits(call: GraphCall): GraphAnswer {
  const { services, caller, now } = call;
  const asked = narrowing(call);
  const target = asked.equal("targetResources/any/id");
  const since = asked.since("activityDateTime");
  const rows = services.store.audits
    .filter((one) => one.at > now - RETENTION && one.at >= since && one.tenantId === caller.tenantId)
    .filter((one) => target === undefined || one.target.id === target)
    .map((one): Row => ({ seq: one.seq, body: shown(services, one) }));
  return logPage(call, "/v1.0/$metadata#auditLogs/directoryAudits", rows);
}

function shown(services: Services, one: AuditRecord): Record<string, unknown> {
  const principal = services.store.find("servicePrincipals", one.tenantId, one.servicePrincipalId);
  const name = String(principal?.entity.displayName ?? "");
  return {
    id: `Directory_${one.id}_${one.seq}`,
    category: one.category ?? "ApplicationManagement",
    correlationId: one.correlationId,
    result: "success",
    resultReason: "",
    activityDisplayName: one.activity,
    activityDateTime: new Date(one.at).toISOString(),
    loggedByService: "Core Directory",
    operationType: operationOf(one.activity),
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
    additionalDetails: one.details ?? [],
  };
}

/** What is granted is assigned, in the words of the log. */
function operationOf(activity: string): string {
  if (/^(Add (app role|delegated)|Consent)/.test(activity)) return "Assign";
  if (/^Remove (app role|delegated)/.test(activity)) return "Unassign";
  if (/^(Add|Restore)/.test(activity)) return "Add";
  return /^(Delete|Remove|Hard)/.test(activity) ? "Delete" : "Update";
}

function initiator(one: AuditRecord, displayName: string): Record<string, unknown> {
  return { appId: one.appId, displayName, servicePrincipalId: one.servicePrincipalId, servicePrincipalName: null };
}

function person({ store }: Services, one: AuditRecord): Record<string, unknown> {
  const user = store.find("users", one.tenantId, one.userId ?? "")?.entity;
  return {
    id: one.userId,
    displayName: one.through ?? user?.displayName ?? null,
    userPrincipalName: user?.userPrincipalName ?? null,
    ipAddress: "127.0.0.1",
  };
}
