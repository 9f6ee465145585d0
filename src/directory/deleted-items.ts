/** The recycle bin: reference graph-applications §9. What is in it is gone for good after thirty days of the directory's clock. */
import type { GraphAnswer, GraphCall } from "./graph-call.ts";
import { badRequest, denied, notFound } from "./graph-error.ts";
import { project } from "./odata.ts";
import { type Change, type ObjectRecord, RETENTION } from "./state.ts";

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

/** `POST …/restore`: back as it was, credentials included. */
export function restoreDeleted(call: GraphCall): GraphAnswer {
  const [kind, record] = found(call);
  const { store } = call.services;
  const uris = (record.entity.identifierUris ?? []) as string[];
  for (const uri of uris) {
    if (store.principalByName(record.tenantId, uri) !== undefined) {
      throw badRequest(`Another object with the same value for property identifierUris already exists.`);
    }
  }
  const restored = alive(record);
  const changes: Change[] = [{ put: kind, record: restored }];
  if (kind === "applications" && RESTORES_PRINCIPAL) {
    const principals = store.deleted("servicePrincipals", record.tenantId, call.now - RETENTION);
    for (const principal of principals) {
      if (principal.entity.appId === record.entity.appId)
        changes.push({ put: "servicePrincipals", record: alive(principal) });
    }
  }
  call.services.commit(changes);
  return { status: 200, body: shown(call, kind, restored) };
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
