/** extensionProperties of an application, the directory extensions it defines: GD `api/application-post-extensionproperty.md`. */
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, GraphError, notFound } from "../graph/graph-error.ts";
import { project } from "../graph/odata.ts";
import { requireType } from "../graph/schema.ts";
import type { Entity, ObjectRecord } from "../state/state.ts";
import { target } from "./objects.ts";

const DATA_TYPES = new Set(["Binary", "Boolean", "DateTime", "Integer", "LargeInteger", "String"]);
const TARGETS = new Set(["User", "Group", "AdministrativeUnit", "Application", "Device", "Organization"]);
/** Extension values of one object; more definitions than values can be held are of no use. */
const LIMIT = 100;
const TYPE = "extensionProperty";

export const extensionsOf = (record: ObjectRecord): readonly Entity[] => record.extensions ?? [];

export function listExtensions(call: GraphCall): GraphAnswer {
  const value = extensionsOf(target(call)).map((one) => project(one, call.query.select));
  return { status: 200, body: { "@odata.context": context(call), value } };
}

export function readExtension(call: GraphCall): GraphAnswer {
  return { status: 200, body: { "@odata.context": `${context(call)}/$entity`, ...named(call) } };
}

export function createExtension(call: GraphCall): GraphAnswer {
  const record = target(call);
  const given = requireType(TYPE, call.body);
  for (const name of ["id", "deletedDateTime", "appDisplayName", "isSyncedFromOnPremises"])
    if (given[name] !== undefined) throw badRequest(`Property '${name}' is read-only and cannot be set.`);
  const entity = checked(record, given, call.services.random.guid());
  if (extensionsOf(record).some(({ name }) => name === entity.name)) {
    const text = `An extension property exists with the name ${entity.name}.`;
    throw new GraphError(400, "Request_BadRequest", text);
  }
  if (extensionsOf(record).length >= LIMIT) {
    const text = `No more than ${LIMIT} extension properties are allowed on an application.`;
    throw new GraphError(403, "Directory_QuotaExceeded", text);
  }
  store(call, [...extensionsOf(record), entity]);
  return { status: 201, body: { "@odata.context": `${context(call)}/$entity`, ...entity } };
}

export function removeExtension(call: GraphCall): GraphAnswer {
  const { id } = named(call);
  store(
    call,
    extensionsOf(target(call)).filter((one) => one.id !== id),
  );
  return { status: 204 };
}

/** Its full name carries the client id, so that two applications' extensions never meet. */
function checked(record: ObjectRecord, given: Record<string, unknown>, id: string): Entity {
  const invalid = (name: string) =>
    badRequest(`Invalid value specified for property '${name}' of resource 'ExtensionProperty'.`);
  const { name, dataType, targetObjects, isMultiValued } = given;
  if (typeof name !== "string" || !/^[A-Za-z][A-Za-z0-9_]{0,119}$/.test(name)) throw invalid("name");
  if (!DATA_TYPES.has(String(dataType))) throw invalid("dataType");
  const targets = (targetObjects ?? []) as string[];
  if (targets.length === 0 || !targets.every((one) => TARGETS.has(one))) throw invalid("targetObjects");
  return {
    id,
    deletedDateTime: null,
    appDisplayName: record.entity.displayName,
    dataType,
    isMultiValued: isMultiValued === true,
    isSyncedFromOnPremises: false,
    name: `extension_${String(record.entity.appId).replaceAll("-", "")}_${name}`,
    targetObjects: targets,
  };
}

function named(call: GraphCall): Entity {
  const id = String(call.keys[1]).toLowerCase();
  const found = extensionsOf(target(call)).find((one) => one.id === id);
  if (found === undefined) throw notFound(id);
  return found;
}

function store(call: GraphCall, extensions: readonly Entity[]): void {
  call.services.commit([{ put: "applications", record: { ...target(call), extensions: [...extensions] } }]);
}

function context(call: GraphCall): string {
  return `${call.request.origin}/v1.0/$metadata#applications('${target(call).entity.id}')/extensionProperties`;
}
