/**
 * Holds every answer of Microsoft Graph that a test receives to Graph's own schema: entities and collections by what their
 * `@odata.context` says they are, errors by reference graph-applications §2.3.
 */
import { readFileSync } from "node:fs";
import { graphSchema, mismatch, parseSchema, type Schema, structuredType } from "../../src/directory/graph/schema.ts";

/** What the collections named in a context hold. */
const TYPES: Record<string, string> = {
  applications: "application",
  servicePrincipals: "servicePrincipal",
  users: "user",
  domains: "domain",
  organization: "organization",
  directoryObjects: "directoryObject",
  appRoleAssignments: "appRoleAssignment",
  oauth2PermissionGrants: "oAuth2PermissionGrant",
  roleAssignments: "unifiedRoleAssignment",
  appManagementPolicies: "appManagementPolicy",
  federatedIdentityCredentials: "federatedIdentityCredential",
  extensionProperties: "extensionProperty",
  defaultAppManagementPolicy: "tenantAppManagementPolicy",
  directoryAudits: "directoryAudit",
  signIns: "signIn",
  appCredentialSignInActivities: "appCredentialSignInActivity",
  recommendations: "recommendation",
  impactedResources: "impactedResource",
};
const ANNOTATIONS = ["@odata.context", "@odata.count", "@odata.nextLink", "@odata.deltaLink"];

let betaLogs: Schema | undefined;

/** One answer as it came over the wire. */
export interface WireAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What is wrong with an answer of Graph, in words, or undefined. */
export function faultOf(url: string, answer: WireAnswer): string | undefined {
  const { pathname } = new URL(url);
  if (!/^\/(v1\.0|beta)\//.test(pathname)) return undefined;
  const { status, headers, text } = answer;
  for (const name of ["request-id", "client-request-id"]) if (!headers.has(name)) return `it has no header ${name}`;
  if (status === 204) return text === "" ? undefined : "204 has a body";
  const type = headers.get("content-type") ?? "";
  if (status < 400 && !type.startsWith("application/json")) return faultOfPlain(pathname, type, text);
  if (!type.startsWith("application/json")) return `its content type is '${type}'`;
  const body = asObject(JSON.parse(text));
  if (body === undefined) return "its body is no object";
  if (status >= 400) return faultOfError(body);
  if (headers.get("odata-version") !== "4.0") return "it has no OData-Version";
  return pathname.endsWith("/$batch") ? faultOfBatch(url, body) : faultOfBody(body);
}

function faultOfPlain(pathname: string, type: string, text: string): string | undefined {
  if (pathname.endsWith("/$count"))
    return type.startsWith("text/plain") && /^\d+$/.test(text) ? undefined : "no count in plain text";
  return pathname.endsWith("/logo") ? undefined : `its content type is '${type}'`;
}

function faultOfError(body: Record<string, unknown>): string | undefined {
  const error = asObject(body.error);
  if (error === undefined || Object.keys(body).length !== 1) return "an error stands alone, under 'error'";
  const { code, message, details, innerError, ...others } = error;
  if (Object.keys(others).length > 0) return `an error has no '${Object.keys(others).join()}'`;
  if (typeof code !== "string" || !/^[A-Za-z][A-Za-z_]+$/.test(code)) return `its code is '${String(code)}'`;
  if (typeof message !== "string" || message === "") return "its message is empty";
  const list = details === undefined ? [] : details;
  const isDetail = (one: unknown) => ["code", "message"].every((name) => typeof asObject(one)?.[name] === "string");
  if (!Array.isArray(list) || !list.every(isDetail)) return "its details are no list of codes and messages";
  // a step of a batch that never ran was not asked of any service, which could have given it an id and a date
  if (code === "FailedDependency") return undefined;
  const inner = asObject(innerError);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(String(inner?.date))) return "innerError.date is not as Graph prints it";
  for (const name of ["request-id", "client-request-id"])
    if (typeof inner?.[name] !== "string") return `innerError has no ${name}`;
  return undefined;
}

function faultOfBatch(url: string, body: Record<string, unknown>): string | undefined {
  if (!Array.isArray(body.responses)) return "a batch has no responses";
  for (const one of body.responses as { status: number; headers?: Record<string, string>; body?: unknown }[]) {
    const inner = asObject(one.body);
    const fault = inner === undefined ? undefined : one.status >= 400 ? faultOfError(inner) : faultOfBody(inner);
    if (fault !== undefined) return `in ${url}: ${fault}`;
  }
  return undefined;
}

/** An entity, or a collection of them, by its own context. */
function faultOfBody(body: Record<string, unknown>): string | undefined {
  const context = /^https:\/\/[^/]+\/(v1\.0|beta)\/\$metadata#(.+)$/.exec(String(body["@odata.context"]));
  if (context === null) return `its context is '${String(body["@odata.context"])}'`;
  const [, version, what = ""] = context;
  const { type, select } = described(what);
  if (type === undefined) return `no type is known for '#${what}': say in graph-answers.ts which it is`;
  betaLogs ??= parseSchema(readFileSync(new URL("./schema/graph-beta-logs.csdl.xml", import.meta.url), "utf8"));
  const schema = version === "beta" && betaLogs.types.has(type) ? betaLogs : graphSchema();
  const isOne = what.endsWith("/$entity") || what.startsWith("microsoft.graph.");
  if (isOne) return faultOfEntity(schema, type, body, select);
  const { value, ...others } = body;
  if (!Array.isArray(value)) return "a collection has no 'value'";
  const odd = Object.keys(others).find((name) => !ANNOTATIONS.includes(name));
  if (odd !== undefined) return `a collection has no '${odd}'`;
  for (const [index, item] of value.entries()) {
    const fault = faultOfEntity(schema, type, item, select);
    if (fault !== undefined) return `item ${index}: ${fault}`;
  }
  return undefined;
}

/** `applications(id,displayName)/$entity`, `applications('id')/owners`, `policies/appManagementPolicies` … */
function described(what: string): { type: string | undefined; select: readonly string[] | undefined } {
  const path = what.replace(/\/\$entity$/, "");
  if (path.startsWith("microsoft.graph.")) return { type: path.slice("microsoft.graph.".length), select: undefined };
  const [, name = "", listed] = /([A-Za-z0-9]+)(?:\(([^')]*(?:\(\))?)\))?$/.exec(path) ?? [];
  return { type: TYPES[name], select: listed?.split(",") };
}

function faultOfEntity(
  schema: Schema,
  declared: string,
  given: unknown,
  select: readonly string[] | undefined,
): string | undefined {
  const entity = asObject(given);
  if (entity === undefined) return "an entity is no object";
  if (entity["@removed"] !== undefined) return undefined;
  const derived = /^#microsoft\.graph\.(\w+)$/.exec(String(entity["@odata.type"] ?? ""))?.[1];
  const type = derived ?? declared;
  const { navigation, properties } = structuredType(type, schema);
  const own: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(entity)) {
    if (!navigation.has(name) || properties.has(name)) own[name] = member;
    else {
      const members = Array.isArray(member) ? member : [member];
      const fault = members.map((one) => faultOfEntity(schema, "directoryObject", one, undefined)).find(Boolean);
      if (fault !== undefined) return `${name}: ${fault}`;
    }
  }
  const unselected =
    select && Object.keys(own).find((name) => properties.has(name) && name !== "id" && !select.includes(name));
  if (unselected) return `'${unselected}' was not selected`;
  const wrong = mismatch(type, own, schema);
  if (wrong !== undefined)
    return `${type}.${wrong.property} ${wrong.unknown ? "is not in the schema" : "has the wrong type"}`;
  const isWhole = select === undefined && properties.has("id") && declared !== "keyCredential";
  return isWhole && typeof entity.id !== "string" ? `a ${type} has no id` : undefined;
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

const NOT_GRAPH = /^https:\/\/(login|management)\./;

/** A `fetch` that fails on an answer of Graph that is not as the schema says, and notes it in `faults`. */
export function checkedFetch(fetch: typeof globalThis.fetch, faults: string[]): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const { method, url } = request;
    const response = await fetch(request);
    // by the proxy the directory also stands for hosts that are not Graph's
    if (NOT_GRAPH.test(url)) return response;
    const text = await response.clone().text();
    const fault = faultOf(url, { status: response.status, headers: response.headers, text });
    if (fault === undefined) return response;
    faults.push(`${method} ${url} answered ${response.status}, but ${fault}: ${text.slice(0, 300)}`);
    throw new Error(faults.at(-1));
  };
}
