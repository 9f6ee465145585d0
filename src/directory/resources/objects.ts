import { isAllShown, shownCredentials, withDeparted } from "../faults/departed.ts";
import { isReplicated } from "../faults/replication.ts";
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, denied, notFound, principalNameInUse } from "../graph/graph-error.ts";
import type { ObjectKind } from "../graph/graph-route.ts";
import { requireRoom } from "../graph/limits.ts";
import { requireQuota } from "../graph/object-quotas.ts";
import { project } from "../graph/odata.ts";
import { countPage, listPage, selection } from "../graph/paging.ts";
import type { Change, Entity, KeyCredential, ObjectRecord } from "../state/state.ts";
import { addedKey, enforcePolicies } from "./app-policies.ts";
import { withKeys } from "./key-credentials.ts";
import { type NewPassword, newPassword, PERSONAL_LIMIT } from "./new-password.ts";
import { ownerView } from "./owners.ts";
import { copiedFromApplication, graphInstant, merge, newApplication, newServicePrincipal } from "./shapes.ts";
import { SELECT_ONLY, writable } from "./writable-properties.ts";

export type { ObjectKind } from "../graph/graph-route.ts";

/** `GET /applications`, `GET /servicePrincipals` and their `/$count`. */
export function listObjects(call: GraphCall, kind: ObjectKind, as: "list" | "count" = "list"): GraphAnswer {
  const { query } = call;
  if (as === "count") return countPage(call, kind);
  if (query.expandOwners && (query.count || query.searches))
    throw badRequest("$expand is not supported with advanced queries.");
  const show = (record: ObjectRecord) => view(call, record);
  if (query.select !== undefined || query.expandOwners) return listPage(call, kind, show);
  const { faults } = call.services;
  const lags = faults.plan.rules.length > 0;
  return listPage(call, kind, show, (record) =>
    !lags || isAllShown(record, faults, call.now) ? plainText(record, show) : JSON.stringify(show(record)),
  );
}

/** Objects as JSON, as a list shows them where nothing is asked for: a record never changes, so its text stays right. */
let texts = new Map<ObjectRecord, string>();
const MOST_TEXTS = 20_000;

function plainText(record: ObjectRecord, show: (record: ObjectRecord) => Record<string, unknown>): string {
  const known = texts.get(record);
  if (known !== undefined) return known;
  if (texts.size >= MOST_TEXTS) texts = new Map();
  const text = JSON.stringify(show(record));
  texts.set(record, text);
  return text;
}

/** `GET /applications/{id}` and its like. */
export function readObject(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const record = target(call);
  const context = `${call.request.origin}/v1.0/$metadata#${kind}${selection(call.query)}/$entity`;
  return {
    status: 200,
    body: { "@odata.context": context, ...view(call, record) },
  };
}

/** The object the path names; routes with a target always have one. */
export function target(call: GraphCall): ObjectRecord {
  if (call.record === undefined) throw new Error("the route has no target");
  return call.record;
}

/** An object as a read shows it: without secrets the reader does not see yet, and without certificate bytes unless selected. */
function view(call: GraphCall, record: ObjectRecord): Record<string, unknown> {
  const { services, query, now } = call;
  const entity: Entity = { ...record.entity };
  if (services.faults.plan.rules.length > 0) {
    Object.assign(entity, shownCredentials(record, services.faults, now));
  }
  if (query.select?.includes("keyCredentials") !== true) {
    entity.keyCredentials = (entity.keyCredentials as object[]).map((credential) => ({
      ...credential,
      key: null,
    }));
  }
  const shown = { ...project(entity, query.select) };
  for (const [name, standard] of Object.entries(SELECT_ONLY)) {
    if (query.select === undefined) delete shown[name];
    else if (query.select.includes(name)) shown[name] ??= standard;
  }
  // An expansion shows at most twenty members (reference limits §4).
  return query.expandOwners ? { ...shown, owners: ownerView(services, record).slice(0, 20) } : shown;
}

/** `POST /applications`. */
export function createApplication(call: GraphCall): GraphAnswer {
  const { services, caller, now } = call;
  const { passwordCredentials, ...given } = writable(call, "applications");
  if (typeof given.displayName !== "string" || given.displayName === "") {
    throw badRequest("A value is required for property 'displayName' of resource 'Application'.");
  }
  const asked = (passwordCredentials ?? []) as Record<string, unknown>[];
  if (asked.length > PERSONAL_LIMIT && String(given.signInAudience).includes("Personal"))
    throw badRequest("You can only add a maximum of 2 encrypted credentials.");
  requireRoom(asked.length - 1);
  const passwords = asked.map((one) => newPassword(services, now, one));
  const tenant = services.store.tenants.get(caller.tenantId);
  const id = services.random.guid();
  const entity = newApplication({
    ...given,
    id,
    appId: services.random.guid(),
    createdDateTime: `${new Date(now).toISOString().slice(0, 19)}Z`,
    publisherDomain: tenant?.domains.find(({ isDefault }) => isDefault)?.name ?? "",
    passwordCredentials: passwords.map(({ credential }) => credential),
  });
  return created(call, "applications", entity, passwords);
}

/** `POST /servicePrincipals` for an application of this tenant, or a multi-tenant one of another. */
export function createServicePrincipal(call: GraphCall): GraphAnswer {
  const { services, caller } = call;
  const { appId, ...rest } = call.body;
  if (typeof appId !== "string" || appId === "")
    throw badRequest("A value is required for property 'appId' of resource 'ServicePrincipal'.");
  const given = writable({ ...call, body: rest }, "servicePrincipals");
  const registered = services.store.applicationByAppId(appId);
  const application = registered !== undefined && isReplicated(services, registered) ? registered : undefined;
  const foreign = application?.tenantId !== caller.tenantId;
  if (application === undefined || (foreign && application.entity.signInAudience === "AzureADMyOrg")) {
    throw badRequest(`The appId '${appId}' of the service principal does not reference a valid application object.`);
  }
  if (call.onlyOwned && (foreign || !application.owners.includes(caller.objectId))) throw denied();
  if (services.store.principalByName(caller.tenantId, appId) !== undefined) {
    throw principalNameInUse(appId);
  }
  const id = services.random.guid();
  const own = {
    ...copiedFromApplication(application.entity),
    appOwnerOrganizationId: application.tenantId,
    createdByAppId: caller.appId,
  };
  const entity = newServicePrincipal({ ...own, ...given, id, appId: String(application.entity.appId) });
  return created(call, "servicePrincipals", entity);
}

/** Stores the new object, owned by its maker, and answers with it. */
function created(
  call: GraphCall,
  kind: ObjectKind,
  entity: Entity,
  passwords: readonly NewPassword[] = [],
): GraphAnswer {
  const { services, caller, request, now } = call;
  requireQuota(call);
  const bare: ObjectRecord = {
    ...(caller.user === undefined ? {} : { createdBy: caller.objectId }),
    seq: services.store.nextSeq(),
    tenantId: caller.tenantId,
    entity,
    bornAt: now,
    owners: [caller.objectId],
    secrets: Object.fromEntries(passwords.map(({ credential, secret }) => [credential.keyId, secret])),
  };
  const keys = entity.keyCredentials as KeyCredential[];
  const record = keys.length === 0 ? bare : withKeys({ ...bare, entity: { ...entity, keyCredentials: [] } }, keys, now);
  for (const { spanned } of passwords) enforcePolicies(services, kind, record, { kind: "password", ...spanned });
  for (const key of keys) enforcePolicies(services, kind, record, addedKey(key));
  services.commit([{ put: kind, record }]);
  const type = kind === "applications" ? "Application" : "ServicePrincipal";
  // the one answer that shows the values
  const shown = passwords.map(({ credential, secretText }) => ({ ...credential, secretText }));
  const body = shown.length === 0 ? entity : { ...entity, passwordCredentials: shown };
  return {
    status: 201,
    body: { "@odata.context": `${request.origin}/v1.0/$metadata#${kind}/$entity`, ...body },
    headers: { Location: `${request.origin}/v1.0/directoryObjects/${entity.id}/Microsoft.DirectoryServices.${type}` },
  };
}

/** `PATCH` of an application or service principal. */
export function updateObject(call: GraphCall, kind: ObjectKind): GraphAnswer {
  if (call.record === undefined) return upsert(call, kind);
  const record = target(call);
  const given = writable(call, kind);
  const { keyCredentials, ...others } = given;
  const entity = merge(record.entity, others);
  if (kind === "applications" && (typeof entity.displayName !== "string" || entity.displayName === "")) {
    throw badRequest("Invalid value specified for property 'displayName' of resource 'Application'.");
  }
  const updated = { ...record, entity };
  const keys = keyCredentials as KeyCredential[] | undefined;
  const { faults } = call.services;
  const replaced =
    keys === undefined ? updated : withDeparted(record, withKeys(updated, keys, call.now), faults, call.now);
  const changes: Change[] = [{ put: kind, record: replaced }];
  if (kind === "applications") {
    for (const tenantId of call.services.store.tenants.keys()) {
      const principal = call.services.store.principalByName(tenantId, String(entity.appId));
      if (principal === undefined) continue;
      const copied = merge(principal.entity, copiedFromApplication(entity));
      changes.push({ put: "servicePrincipals", record: { ...principal, entity: copied } });
    }
  }
  call.services.commit(changes);
  return { status: 204 };
}

/** `PATCH` of what an alternate key names and is not there, with `Prefer: create-if-missing`: it is made, under that key. */
function upsert(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const [name, value] = Object.entries(call.keys[0] ?? {})[0] ?? ["", ""];
  const given = call.body[name];
  if (given !== undefined && given !== value) throw badRequest(`The value of '${name}' is not that of the key.`);
  // the client id of an application is never the caller's choice
  if (kind === "applications" && name !== "uniqueName") throw notFound(String(value));
  const body = { ...call.body, [name]: value };
  return kind === "applications" ? createApplication({ ...call, body }) : createServicePrincipal({ ...call, body });
}

/** `DELETE`: into the recycle bin, an application together with its service principal of the same tenant. */
export function deleteObject(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const record = target(call);
  const { services, now } = call;
  const binned = (one: ObjectRecord): ObjectRecord => ({
    ...one,
    deletedAt: now,
    entity: { ...one.entity, deletedDateTime: graphInstant(now, "") },
  });
  const changes: Change[] = [{ put: kind, record: binned(record) }];
  if (kind === "applications") {
    const principal = services.store.principalByName(record.tenantId, String(record.entity.appId));
    if (principal !== undefined) changes.push({ put: "servicePrincipals", record: binned(principal) });
  }
  services.commit(changes);
  return { status: 204 };
}
