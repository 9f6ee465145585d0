/** federatedIdentityCredentials of an application: reference graph-applications §1.6 and §8. */
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, GraphError, notFound } from "../graph/graph-error.ts";
import { project } from "../graph/odata.ts";
import { requireType } from "../graph/schema.ts";
import { type FederatedCredential, federatedOf, type ObjectRecord } from "../state/state.ts";

/** At most so many on one application. */
const LIMIT = 20;
const LONGEST = 600;
/** The answer to one too many is on no record; a quota error is what its neighbours give (open point 13). */
const TOO_MANY = { status: 403, code: "Directory_QuotaExceeded" } as const;

const invalid = (name: string) =>
  badRequest(`Invalid value specified for property '${name}' of resource 'FederatedIdentityCredential'.`);

export function listFederated(call: GraphCall): GraphAnswer {
  const context = `${call.request.origin}/v1.0/$metadata#applications('${holder(call).entity.id}')/federatedIdentityCredentials`;
  const value = federatedOf(holder(call)).map((one) => project(one, call.query.select));
  return { status: 200, body: { "@odata.context": context, value } };
}

export function readFederated(call: GraphCall): GraphAnswer {
  return { status: 200, body: shown(call, named(call)) };
}

export function createFederated(call: GraphCall): GraphAnswer {
  return { status: 201, body: shown(call, add(call, call.body)) };
}

/** `PATCH`: an update, or with `Prefer: create-if-missing` and the name as key, a creation. */
export function updateFederated(call: GraphCall): GraphAnswer {
  const found = find(call);
  if (found === undefined) {
    const name = nameOfKey(call);
    const upsert = call.request.headers.prefer?.toLowerCase().includes("create-if-missing") === true;
    if (name === undefined || !upsert) throw notFound(keyText(call));
    return { status: 201, body: shown(call, add(call, { ...call.body, name })) };
  }
  const given = requireType("federatedIdentityCredential", call.body);
  if (given.name !== undefined && given.name !== found.name) throw invalid("name");
  const next = checked({ ...found, ...given, id: found.id, name: found.name });
  const others = federatedOf(holder(call)).filter((one) => one.id !== found.id);
  refuseTwin(next, others);
  store(
    call,
    federatedOf(holder(call)).map((one) => (one.id === found.id ? next : one)),
  );
  return { status: 204 };
}

export function removeFederated(call: GraphCall): GraphAnswer {
  const { id } = named(call);
  store(
    call,
    federatedOf(holder(call)).filter((one) => one.id !== id),
  );
  return { status: 204 };
}

function add(call: GraphCall, body: Record<string, unknown>): FederatedCredential {
  const given = requireType("federatedIdentityCredential", body);
  const before = federatedOf(holder(call));
  const made = checked({ ...given, id: call.services.random.guid() });
  if (before.some((one) => one.name.toLowerCase() === made.name.toLowerCase())) {
    throw new GraphError(
      409,
      "Request_MultipleObjectsWithSameKeyValue",
      `FederatedIdentityCredential with name ${made.name} already exists.`,
    );
  }
  refuseTwin(made, before);
  if (before.length >= LIMIT) {
    throw new GraphError(
      TOO_MANY.status,
      TOO_MANY.code,
      `No more than ${LIMIT} federated identity credentials are allowed.`,
    );
  }
  store(call, [...before, made], { [made.id]: call.now });
  return made;
}

function refuseTwin(made: FederatedCredential, others: readonly FederatedCredential[]): void {
  if (!others.some((one) => one.issuer === made.issuer && one.subject === made.subject)) return;
  throw badRequest("FederatedIdentityCredential with this issuer and subject already exists on the application.");
}

/** The rules of each field; everything is compared as it stands, case included. */
function checked(given: Record<string, unknown>): FederatedCredential {
  const { id, name, issuer, subject, audiences, description } = given;
  const text = (value: unknown, field: string) => {
    if (typeof value !== "string" || value === "" || value.length > LONGEST) throw invalid(field);
    return value;
  };
  if (typeof name !== "string" || !/^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/.test(name)) throw invalid("name");
  if (!Array.isArray(audiences) || audiences.length !== 1) throw invalid("audiences");
  if (description !== null && description !== undefined && String(description).length > LONGEST) {
    throw invalid("description");
  }
  return {
    id: String(id),
    audiences: [text(audiences[0], "audiences")],
    description: (description as string | null | undefined) ?? null,
    issuer: text(issuer, "issuer"),
    name,
    subject: text(subject, "subject"),
  };
}

function holder({ record }: GraphCall): ObjectRecord {
  if (record === undefined) throw new Error("the route has no target");
  return record;
}

function keyText({ keys }: GraphCall): string {
  const key = keys[1];
  return typeof key === "string" ? key : (key?.name ?? "");
}

/** The name in `(name='…')`. */
function nameOfKey({ keys }: GraphCall): string | undefined {
  const key = keys[1];
  return typeof key === "object" ? key.name : undefined;
}

function find(call: GraphCall): FederatedCredential | undefined {
  const text = keyText(call);
  return federatedOf(holder(call)).find((one) => one.id === text.toLowerCase() || one.name === text);
}

function named(call: GraphCall): FederatedCredential {
  const found = find(call);
  if (found === undefined) throw notFound(keyText(call));
  return found;
}

function shown(call: GraphCall, one: FederatedCredential): Record<string, unknown> {
  const path = `applications('${holder(call).entity.id}')/federatedIdentityCredentials/$entity`;
  return { "@odata.context": `${call.request.origin}/v1.0/$metadata#${path}`, ...one };
}

function store(call: GraphCall, federated: FederatedCredential[], added: Record<string, number> = {}): void {
  const record = holder(call);
  const times = Object.entries({ ...record.federatedAt, ...added }).filter(([id]) =>
    federated.some((one) => one.id === id),
  );
  const federatedAt = Object.fromEntries(times);
  call.services.commit([{ put: "applications", record: { ...record, federated, federatedAt } }]);
}
