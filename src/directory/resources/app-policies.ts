/** App management policies: what a tenant allows in credentials, and its enforcement (reference graph-applications §12). */
import { addDuration } from "../clock.ts";
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, GraphError, notEmulated, notFound } from "../graph/graph-error.ts";
import { requireType } from "../graph/schema.ts";
import { sentText } from "../sent-text.ts";
import type { Services } from "../services.ts";
import type { Entity, ObjectRecord } from "../state/state.ts";

type ObjectKind = "applications" | "servicePrincipals";

const DEFAULT_ID = "00000000-0000-0000-0000-000000000000";
/**
 * An object with a policy of its own takes nothing from the tenant's default. Microsoft's pages say both (open point 9);
 * the reference page of the API says this.
 */
const INHERITS = false;
/** When an object without a date of creation counts as made. */
const UNDATED = Date.UTC(2019, 0, 1);
/** A new credential's end is counted to the second below it: clients send their own clock's start. */
const TOLERANCE = 1000;

interface Restriction {
  restrictionType: string;
  state?: string;
  maxLifetime?: string | null;
  restrictForAppsCreatedAfterDateTime?: string | null;
}
interface Restrictions {
  passwordCredentials?: Restriction[];
  keyCredentials?: Restriction[];
}

/** What is about to be added. Times in epoch milliseconds. */
export interface NewCredential {
  readonly kind: "password" | "key" | "symmetric";
  readonly from: number;
  readonly to: number;
}

/** A new keyCredential as policies see it. */
export function addedKey(key: {
  type: string;
  startDateTime: string | null;
  endDateTime: string | null;
}): NewCredential {
  const kind = key.type === "Symmetric" ? "symmetric" : "key";
  return { kind, from: Date.parse(key.startDateTime ?? ""), to: Date.parse(key.endDateTime ?? "") };
}

/** Refuses a new credential that the object's policy forbids. Existing ones go on working. */
export function enforcePolicies(
  services: Services,
  kind: ObjectKind,
  record: ObjectRecord,
  added: NewCredential,
): void {
  for (const { id, restrictions } of policiesOf(services, kind, record)) {
    const list = (added.kind === "key" ? restrictions.keyCredentials : restrictions.passwordCredentials) ?? [];
    for (const restriction of list) if (applies(restriction, record)) check(id, restriction, added);
  }
}

function policiesOf(
  services: Services,
  kind: ObjectKind,
  record: ObjectRecord,
): { id: string; restrictions: Restrictions }[] {
  const own =
    record.policyId === undefined ? undefined : services.store.find("policies", record.tenantId, record.policyId);
  const found: { id: string; restrictions: Restrictions }[] = [];
  if (own !== undefined && own.entity.isEnabled === true) {
    found.push({ id: own.entity.id, restrictions: (own.entity.restrictions ?? {}) as Restrictions });
  }
  if (own !== undefined && !INHERITS) return found;
  const standard = services.store.find("policies", record.tenantId, record.tenantId);
  if (standard === undefined || standard.entity.isEnabled !== true) return found;
  const part = kind === "applications" ? "applicationRestrictions" : "servicePrincipalRestrictions";
  return [...found, { id: DEFAULT_ID, restrictions: (standard.entity[part] ?? {}) as Restrictions }];
}

function applies({ state, restrictForAppsCreatedAfterDateTime: since }: Restriction, record: ObjectRecord): boolean {
  if (state === "disabled") return false;
  if (since == null) return true;
  const created = record.entity.createdDateTime;
  return (typeof created === "string" ? Date.parse(created) : UNDATED) > Date.parse(since);
}

/** Which restriction forbids a kind of credential, and which limits its life; clients' own secrets are refused by everybody. */
const RULES: Record<NewCredential["kind"], { addition?: string; lifetime: string }> = {
  password: { addition: "passwordAddition", lifetime: "passwordLifetime" },
  symmetric: { addition: "symmetricKeyAddition", lifetime: "symmetricKeyLifetime" },
  key: { lifetime: "asymmetricKeyLifetime" },
};

/** A restriction that is on and that nothing here enforces must not look as if it were. */
function refuseUnbuilt(body: Record<string, unknown>): Record<string, unknown> {
  const visit = (name: string, value: unknown): void => {
    if (name === "excludeActors" && value != null) throw notEmulated("Exempting callers from a policy");
    if (Array.isArray(value)) for (const one of value) visit(name, one);
    else if (typeof value === "object" && value !== null) {
      const isOn = (value as { state?: unknown }).state === "enabled";
      if (isOn && UNBUILT.has(name)) throw notEmulated(`Enforcing '${name}'`);
      for (const [inner, one] of Object.entries(value)) visit(inner, one);
    }
  };
  visit("", body);
  return body;
}

const UNBUILT = new Set(["nonDefaultUriAddition", "uriAdditionWithoutUniqueTenantIdentifier"]);

function check(id: string, { restrictionType, maxLifetime }: Restriction, { kind, from, to }: NewCredential): void {
  if (restrictionType === RULES[kind].addition) {
    throw new GraphError(
      400,
      "CredentialTypeNotAllowedAsPerAppPolicy",
      `Credential type not allowed as per assigned policy '${id}'.`,
    );
  }
  if (restrictionType !== RULES[kind].lifetime || maxLifetime == null) return;
  if (to <= addDuration(from, maxLifetime) + TOLERANCE) return;
  const message = `Credential lifetime exceeds the max value allowed as per assigned policy '${id}'.`;
  throw new GraphError(400, "CredentialInvalidLifetimeAsPerAppPolicy", message, {
    details: [{ code: "InvalidKeyEndDate", message, target: "EndDate" }],
  });
}

/** `GET /policies/defaultAppManagementPolicy`: always there, off until somebody turns it on. */
export function readDefaultPolicy(call: GraphCall): GraphAnswer {
  const context = `${call.request.origin}/v1.0/$metadata#policies/defaultAppManagementPolicy/$entity`;
  return { status: 200, body: { "@odata.context": context, ...defaultPolicy(call), id: DEFAULT_ID } };
}

function defaultPolicy({ services, caller }: GraphCall): Entity {
  const kept = services.store.find("policies", caller.tenantId, caller.tenantId);
  return (
    kept?.entity ?? {
      id: caller.tenantId,
      deletedDateTime: null,
      displayName: "Default app management tenant policy",
      description:
        "Default tenant policy that enforces app management restrictions on applications and service principals.",
      isEnabled: false,
      applicationRestrictions: { passwordCredentials: [], keyCredentials: [], identifierUris: null },
      servicePrincipalRestrictions: { passwordCredentials: [], keyCredentials: [] },
    }
  );
}

/** `PATCH`: a part that is given replaces the whole part. */
export function updateDefaultPolicy(call: GraphCall): GraphAnswer {
  const given = refuseUnbuilt(requireType("tenantAppManagementPolicy", call.body));
  const entity = { ...defaultPolicy(call), ...given, id: call.caller.tenantId };
  put(call, entity);
  return { status: 204 };
}

export function listPolicies(call: GraphCall): GraphAnswer {
  const context = `${call.request.origin}/v1.0/$metadata#policies/appManagementPolicies`;
  const own = [...call.services.store.list("policies", call.caller.tenantId)].map((one) => one.entity);
  return {
    status: 200,
    body: { "@odata.context": context, value: own.filter((one) => one.id !== call.caller.tenantId) },
  };
}

export function createPolicy(call: GraphCall): GraphAnswer {
  const given = refuseUnbuilt(requireType("appManagementPolicy", call.body));
  if (typeof given.displayName !== "string" || given.displayName === "") {
    throw badRequest("A value is required for property 'displayName' of resource 'AppManagementPolicy'.");
  }
  const entity: Entity = {
    deletedDateTime: null,
    description: null,
    isEnabled: false,
    restrictions: null,
    ...given,
    id: call.services.random.guid(),
  };
  put(call, entity);
  const context = `${call.request.origin}/v1.0/$metadata#policies/appManagementPolicies/$entity`;
  return { status: 201, body: { "@odata.context": context, ...entity } };
}

export function readPolicy(call: GraphCall): GraphAnswer {
  const context = `${call.request.origin}/v1.0/$metadata#policies/appManagementPolicies/$entity`;
  return { status: 200, body: { "@odata.context": context, ...policy(call, call.keys[0]).entity } };
}

export function updatePolicy(call: GraphCall): GraphAnswer {
  const { entity } = policy(call, call.keys[0]);
  put(call, { ...entity, ...refuseUnbuilt(requireType("appManagementPolicy", call.body)), id: entity.id });
  return { status: 204 };
}

export function removePolicy(call: GraphCall): GraphAnswer {
  const { entity } = policy(call, call.keys[0]);
  call.services.commit([{ drop: "policies", id: entity.id }]);
  return { status: 204 };
}

/** `GET …/appliesTo`: the objects a policy is assigned to. */
export function policyAppliesTo(call: GraphCall): GraphAnswer {
  const { entity } = policy(call, call.keys[0]);
  const objects = (["applications", "servicePrincipals"] as const).flatMap((kind) =>
    [...call.services.store.list(kind, call.caller.tenantId)]
      .filter((one) => one.policyId === entity.id)
      .map((one) => ({
        "@odata.type": kind === "applications" ? "#microsoft.graph.application" : "#microsoft.graph.servicePrincipal",
        ...one.entity,
      })),
  );
  return {
    status: 200,
    body: { "@odata.context": `${call.request.origin}/v1.0/$metadata#directoryObjects`, value: objects },
  };
}

/** `GET /applications/{id}/appManagementPolicies`. */
export function listAssigned(call: GraphCall): GraphAnswer {
  const { record, services } = call;
  const found =
    record?.policyId === undefined ? undefined : services.store.find("policies", record.tenantId, record.policyId);
  const context = `${call.request.origin}/v1.0/$metadata#appManagementPolicies`;
  return { status: 200, body: { "@odata.context": context, value: found === undefined ? [] : [found.entity] } };
}

/** `POST …/appManagementPolicies/$ref`: one policy for an object, a second is refused. */
export function assignPolicy(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const { record } = call;
  if (record === undefined) throw new Error("the route has no target");
  const id = /\/policies\/appManagementPolicies\/([0-9a-f-]{36})$/i.exec(sentText(call.body["@odata.id"] ?? ""))?.[1];
  if (id === undefined) throw badRequest("Invalid URL format specified in @odata.id for reference to be added.");
  const { entity } = policy(call, id);
  const former = record.policyId;
  if (former !== undefined && call.services.store.find("policies", record.tenantId, former) !== undefined) {
    throw badRequest(
      "A conflicting object with one or more of the specified property values is present in the directory.",
    );
  }
  call.services.commit([{ put: kind, record: { ...record, policyId: entity.id } }]);
  return { status: 204 };
}

export function unassignPolicy(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const { record } = call;
  const id = String(call.keys[1]).toLowerCase();
  if (record === undefined || record.policyId !== id) throw notFound(id);
  const { policyId: _, ...rest } = record;
  call.services.commit([{ put: kind, record: rest }]);
  return { status: 204 };
}

function policy({ services, caller }: GraphCall, key: unknown): ObjectRecord {
  const id = String(key).toLowerCase();
  const found = services.store.find("policies", caller.tenantId, id);
  if (found === undefined || id === caller.tenantId) throw notFound(id);
  return found;
}

function put({ services, caller }: GraphCall, entity: Entity): void {
  const before = services.store.find("policies", caller.tenantId, entity.id);
  const seq = before?.seq ?? services.store.nextSeq();
  services.commit([{ put: "policies", record: { seq, tenantId: caller.tenantId, entity, owners: [], secrets: {} } }]);
}
