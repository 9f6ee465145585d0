/** The recycle bin: reference graph-applications §9. What is in it is gone for good after thirty days of the directory's clock. */
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, denied, notFound, principalNameInUse, uniqueNameInUse } from "../graph/graph-error.ts";
import { project } from "../graph/odata.ts";
import { byUniqueName } from "../graph/target-lookup.ts";
import { type Change, type ObjectRecord, RETENTION, type Store } from "../state/state.ts";

type Kind = "applications" | "servicePrincipals";
const TYPES: Record<Kind, string> = {
  applications: "#microsoft.graph.application",
  servicePrincipals: "#microsoft.graph.servicePrincipal",
};
/** Whether an application's restore brings its service principal back; Microsoft's pages disagree (open point 8). */
const RESTORES_PRINCIPAL = true;

/** `GET /directory/deletedItems/microsoft.graph.application` and its like. */
export function listDeleted(call: GraphCall, kind: Kind): GraphAnswer {
  const context = `${call.request.origin}/v1.0/$metadata#${kind}`;
  const records = [...call.services.store.deleted(kind, call.caller.tenantId, call.now - RETENTION)];
  const own = call.onlyOwned ? records.filter((one) => one.owners.includes(call.caller.objectId)) : records;
  return {
    status: 200,
    body: { "@odata.context": context, value: own.map((one) => project(one.entity, call.query.select)) },
  };
}

export function readDeleted(call: GraphCall): GraphAnswer {
  const [kind, record] = found(call);
  return { status: 200, body: shown(call, kind, record) };
}

/** `POST …/restore`: back as it was, credentials included. @throws GraphError where somebody has taken one of its names. */
export function restoreDeleted(call: GraphCall): GraphAnswer {
  const [kind, record] = found(call);
  const { store } = call.services;
  if (kind === "applications") refuseTwin(store, record);
  else {
    const taken = nameInUse(store, record);
    if (taken !== undefined) throw principalNameInUse(taken);
  }
  const restored = alive(record);
  const changes: Change[] = [{ put: kind, record: restored }];
  const principal = kind === "applications" && RESTORES_PRINCIPAL ? principalOf(call, record) : undefined;
  if (principal !== undefined) changes.push({ put: "servicePrincipals", record: alive(principal) });
  call.services.commit(changes);
  return { status: 200, body: shown(call, kind, restored) };
}

/** Identifier URIs and unique name are one application's in the tenant. @throws GraphError */
function refuseTwin(store: Store, { tenantId, entity }: ObjectRecord): void {
  for (const uri of (entity.identifierUris ?? []) as string[]) {
    const holder = store.principalByName(tenantId, uri);
    const isOthers = holder !== undefined && holder.entity.appId !== entity.appId;
    if (isOthers || store.named("applications", tenantId, "identifierUris", uri).length > 0)
      throw badRequest("Another object with the same value for property identifierUris already exists.");
  }
  if (typeof entity.uniqueName === "string" && byUniqueName(store, tenantId, entity.uniqueName) !== undefined)
    throw uniqueNameInUse();
}

/** A name of this service principal that another one has now. */
function nameInUse(store: Store, { tenantId, entity }: ObjectRecord): string | undefined {
  const names = [String(entity.appId), ...((entity.servicePrincipalNames ?? []) as string[])];
  return names.find((name) => store.principalByName(tenantId, name) !== undefined);
}

/** What comes back with an application: its last service principal, where it has none and nobody took one of its names. */
function principalOf({ services, now }: GraphCall, { tenantId, entity }: ObjectRecord): ObjectRecord | undefined {
  return services.store
    .deleted("servicePrincipals", tenantId, now - RETENTION)
    .filter((one) => one.entity.appId === entity.appId && nameInUse(services.store, one) === undefined)
    .reduce<ObjectRecord | undefined>(
      (last, one) => ((one.deletedAt ?? 0) >= (last?.deletedAt ?? 0) ? one : last),
      undefined,
    );
}

/** `DELETE`: for good. */
export function purgeDeleted(call: GraphCall): GraphAnswer {
  const [kind, record] = found(call);
  call.services.commit([{ drop: kind, id: record.entity.id }]);
  return { status: 204 };
}

/** Everything comes back but the assignment of a policy. */
function alive({ deletedAt: _, policyId: __, ...record }: ObjectRecord): ObjectRecord {
  return { ...record, entity: { ...record.entity, deletedDateTime: null } };
}

function found(call: GraphCall): [Kind, ObjectRecord] {
  const id = String(call.keys[0]).toLowerCase();
  for (const kind of ["applications", "servicePrincipals"] as const) {
    for (const record of call.services.store.deleted(kind, call.caller.tenantId, call.now - RETENTION)) {
      if (record.entity.id !== id) continue;
      if (call.onlyOwned && !record.owners.includes(call.caller.objectId)) throw denied();
      return [kind, record];
    }
  }
  throw notFound(id);
}

function shown({ request }: GraphCall, kind: Kind, record: ObjectRecord): Record<string, unknown> {
  const context = `${request.origin}/v1.0/$metadata#directoryObjects/$entity`;
  return { "@odata.context": context, "@odata.type": TYPES[kind], ...record.entity };
}
