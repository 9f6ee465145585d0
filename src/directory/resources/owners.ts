import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, GraphError, notFound } from "../graph/graph-error.ts";
import { project } from "../graph/odata.ts";
import { sentText } from "../sent-text.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord } from "../state/state.ts";

/** Owners per object (reference limits §5). */
const OWNER_LIMIT = 100;

function owner(call: GraphCall): ObjectRecord {
  if (call.record === undefined) throw new Error("the route has no target");
  return call.record;
}

/** `GET …/owners`. */
export function listOwners(call: GraphCall): GraphAnswer {
  const context = `${call.request.origin}/v1.0/$metadata#directoryObjects`;
  return { status: 200, body: { "@odata.context": context, value: ownerView(call.services, owner(call)) } };
}

/** The owners of an object, users and service principals, as Graph lists them. */
export function ownerView(services: Services, record: ObjectRecord): Record<string, unknown>[] {
  return record.owners.flatMap((id) => {
    const user = services.store.find("users", record.tenantId, id);
    if (user !== undefined) return { "@odata.type": "#microsoft.graph.user", ...user.entity };
    const principal = services.store.find("servicePrincipals", record.tenantId, id);
    return principal === undefined ? [] : { "@odata.type": "#microsoft.graph.servicePrincipal", ...principal.entity };
  });
}

/** `POST …/owners/$ref`. */
export function addOwner(call: GraphCall, kind: "applications" | "servicePrincipals"): GraphAnswer {
  const record = owner(call);
  const id = /\/(?:directoryObjects|users|servicePrincipals)\/([0-9a-f-]{36})$/i
    .exec(sentText(call.body["@odata.id"] ?? ""))?.[1]
    ?.toLowerCase();
  if (id === undefined) throw badRequest("Invalid URL format specified in @odata.id for reference to be added.");
  const { store } = call.services;
  const known = store.find("users", record.tenantId, id) ?? store.find("servicePrincipals", record.tenantId, id);
  if (known === undefined) throw notFound(id);
  if (record.owners.includes(id))
    throw badRequest(
      "One or more added object references already exist for the following modified properties: 'owners'.",
    );
  if (record.owners.length >= OWNER_LIMIT) {
    const count = record.owners.length + 1;
    throw new GraphError(
      403,
      "Directory_QuotaExceeded",
      `Unable to perform operation as '${count}' would exceed the maximum quota count '${OWNER_LIMIT}' for forward-link 'owners'.`,
    );
  }
  call.services.commit([{ put: kind, record: { ...record, owners: [...record.owners, id] } }]);
  return { status: 204 };
}

/** `DELETE …/owners/{id}/$ref`. */
export function removeOwner(call: GraphCall, kind: "applications" | "servicePrincipals"): GraphAnswer {
  const record = owner(call);
  const id = String(call.keys[1]).toLowerCase();
  if (!record.owners.includes(id)) throw notFound(id);
  call.services.commit([{ put: kind, record: { ...record, owners: record.owners.filter((one) => one !== id) } }]);
  return { status: 204 };
}

/** `GET /organization`. */
export function showOrganization(call: GraphCall): GraphAnswer {
  const tenant = call.services.store.tenants.get(call.caller.tenantId);
  if (tenant === undefined) throw notFound(call.caller.tenantId);
  const verifiedDomains = tenant.domains.map((domain) => ({
    capabilities: "Email, OfficeCommunicationsOnline",
    ...domain,
    type: "Managed",
  }));
  const organization = {
    id: tenant.id,
    deletedDateTime: null,
    displayName: tenant.displayName,
    tenantType: "AAD",
    verifiedDomains,
  };
  const context = `${call.request.origin}/v1.0/$metadata#organization`;
  return { status: 200, body: { "@odata.context": context, value: [project(organization, call.query.select)] } };
}
