import { compactVerify } from "jose";
import { audited } from "./audit.ts";
import type { Strike } from "./faults.ts";
import { spend, throttled } from "./graph-budget.ts";
import type { Caller, GraphAnswer } from "./graph-call.ts";
import {
  denied,
  GraphError,
  graphErrorBody,
  invalidBody,
  notEmulated,
  notFound,
  unauthenticated,
} from "./graph-error.ts";
import type { GraphRoute } from "./graph-route.ts";
import { stampOf } from "./jws.ts";
import type { Request, Response } from "./message.ts";
import { parseQuery } from "./odata.ts";
import { GRAPH_APP_ID, GRAPH_URI } from "./permissions.ts";
import { guid, type Matched, matchRoute, parsePath } from "./routing.ts";
import type { Services } from "./services.ts";
import type { ObjectRecord } from "./state.ts";

/** Bodies over this many bytes are refused before they are read as JSON. */
export const GRAPH_BODY_LIMIT = 1024 * 1024;

/** Answers a request to one version of Microsoft Graph. */
export async function answerGraph(
  services: Services,
  request: Request,
  routes: readonly GraphRoute[],
): Promise<Response> {
  const requestId = services.noise.guid();
  const clientRequestId = request.headers["client-request-id"] ?? requestId;
  const common = { "request-id": requestId, "client-request-id": clientRequestId, ...COMMON_HEADERS };
  let strikes: Strike[] = [];
  try {
    const matched = matchRoute(routes, request.method, parsePath(request.target));
    const caller = await authenticateCaller(services, request);
    strikes = services.faults.strike(matched.route.operation);
    const spent = spend(services, request, matched, caller);
    const recording = audited(services, caller, clientRequestId);
    const answer = await handle(recording, request, matched, caller, strikes);
    const response: Response = { status: answer.status, headers: { ...common, ...spent, ...answer.headers }, body: "" };
    if (answer.body !== undefined) {
      response.headers["Content-Type"] = answer.contentType ?? JSON_TYPE;
      response.body = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
      if (answer.contentType === undefined) response.headers["OData-Version"] = "4.0";
    }
    return disturb(response, strikes);
  } catch (failure) {
    if (!(failure instanceof GraphError)) throw failure;
    const body = JSON.stringify(graphErrorBody(failure, services.clock.now(), requestId, clientRequestId));
    const headers = { ...common, "Content-Type": "application/json", ...failure.headers };
    return disturb({ status: failure.status, headers, body }, strikes);
  }
}

const JSON_TYPE = "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

const COMMON_HEADERS = {
  "Cache-Control": "no-cache",
  "Strict-Transport-Security": "max-age=31536000",
  "x-ms-ags-diagnostic": JSON.stringify({
    ServerInfo: { DataCenter: "Nolapse", Slice: "E", Ring: "0", ScaleUnit: "000", RoleInstance: "DIRECTORY" },
  }),
};

function disturb(response: Response, strikes: readonly Strike[]): Response {
  const struck = (name: string) => strikes.find(({ fault }) => fault === name);
  const slow = struck("slow");
  if (slow !== undefined) response.delayMs = slow.durationMs;
  if (struck("reset")) response.disturbance = "reset";
  // Only what was carried out can have its answer lost: a refusal changed nothing.
  else if (response.status < 400 && struck("lost-response")) response.disturbance = "lost";
  else if (response.status < 400 && struck("commit-then-stall")) response.disturbance = "stall";
  return response;
}

function handle(
  services: Services,
  request: Request,
  matched: Matched<GraphRoute>,
  caller: Caller,
  strikes: readonly Strike[],
): GraphAnswer | Promise<GraphAnswer> {
  const { route, keys } = matched;
  const struck = (name: string) => strikes.find(({ fault }) => fault === name);
  const throttle = struck("throttle");
  if (throttle !== undefined) {
    const kind = route.operation === "read" ? "Read" : "Write";
    const scope = `Tenant_Application/${kind}/${caller.appId}/${caller.tenantId}`;
    throw throttled(scope, "ResourceUnitLimitExceeded", throttle.durationMs);
  }
  if (struck("reset")) throw new GraphError(503, "ServiceUnavailable", "The service is temporarily unavailable.");
  const eventual = request.headers.consistencylevel?.toLowerCase() === "eventual";
  const url = new URL(request.target, request.origin);
  const holds = (role: string) => caller.roles.has(role);
  const ownedBy = route.access.ownedBy !== undefined && holds("Application.ReadWrite.OwnedBy");
  const full = route.access.roles.some(holds);
  if (!full && !ownedBy && route.access.self !== true) throw denied();
  const record = route.target === undefined ? undefined : findTarget(services, caller, route.target, keys[0]);
  const self = route.access.self === true && String(record?.entity.appId).toLowerCase() === caller.appId.toLowerCase();
  const owns = ownedBy && (route.access.ownedBy === "always" || record?.owners.includes(caller.objectId) === true);
  if (!full && !self && !owns) throw denied();
  const query = parseQuery(
    route.ownQuery === true ? new URLSearchParams() : url.searchParams,
    route.entity ?? "entity",
    route.options ?? [],
    eventual,
  );
  const body = route.body === undefined ? {} : readBody(request, route);
  if (struck("concurrency-violation") && route.operation !== "read") {
    throw new GraphError(
      409,
      "Directory_ConcurrencyViolation",
      "The operation could not be completed because of a concurrency violation. Please retry your request.",
    );
  }
  return route.handle({
    services,
    request,
    caller,
    keys,
    record,
    query,
    body,
    onlyOwned: !full,
    now: services.clock.now(),
  });
}

function readBody(request: Request, route: GraphRoute): Record<string, unknown> {
  if (Buffer.byteLength(request.body) > GRAPH_BODY_LIMIT) {
    throw new GraphError(413, "RequestEntityTooLarge", "The request body is larger than the service accepts.");
  }
  if (request.body === "" && route.body === "optional") return {};
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/json\b/i.test(type)) throw invalidBody();
  try {
    const body: unknown = JSON.parse(request.body);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // falls through to the same answer
  }
  throw invalidBody();
}

function findTarget(
  services: Services,
  caller: Caller,
  kind: "applications" | "servicePrincipals",
  key: string | Record<string, string> | undefined,
): ObjectRecord {
  const { store } = services;
  const { tenantId } = caller;
  let found: ObjectRecord | undefined;
  let shown = "";
  if (typeof key === "string") {
    if (!guid.test(key)) throw new GraphError(400, "Request_BadRequest", `Invalid object identifier '${key}'.`);
    shown = key;
    found = store.find(kind, tenantId, key);
  } else if (key?.appId !== undefined) {
    shown = key.appId;
    if (kind === "servicePrincipals") found = store.principalByName(tenantId, shown);
    else found = store.applicationByAppId(shown);
    if (found?.tenantId !== tenantId || String(found?.entity.appId).toLowerCase() !== shown.toLowerCase())
      found = undefined;
  } else {
    throw notEmulated(`The key (${Object.keys(key ?? {}).join(",")}=…)`);
  }
  if (found === undefined) throw notFound(shown);
  return found;
}

/** Tokens already verified: signature checking costs more than the rest of a read. Only what this process signed can be in it. */
const verified = new WeakMap<Services, Map<string, Record<string, unknown>>>();

/** Who calls, from the bearer token; times are judged by the directory's clock. */
async function authenticateCaller(services: Services, request: Request): Promise<Caller> {
  const header = request.headers.authorization ?? "";
  const token = /^bearer +(.+)$/i.exec(header)?.[1]?.trim() ?? "";
  if (token === "") throw unauthenticated("Access token is empty.");
  const claims = await readToken(services, token);
  const now = services.clock.now() / 1000;
  const audience = String(claims.aud).replace(/\/+$/, "");
  if (audience !== GRAPH_URI && audience !== GRAPH_APP_ID)
    throw unauthenticated("Access token validation failure. Invalid audience.");
  if (Number(claims.exp) <= now || Number(claims.nbf) > now + 300)
    throw unauthenticated("Access token has expired or is not yet valid.");
  const tenantId = String(claims.tid);
  if (!services.store.tenants.has(tenantId)) throw unauthenticated("Access token validation failure. Invalid tenant.");
  return {
    tenantId,
    appId: String(claims.appid),
    objectId: String(claims.oid),
    roles: new Set((claims.roles ?? []) as string[]),
  };
}

async function claimsOf({ signer }: Services, token: string): Promise<Record<string, unknown>> {
  if (signer.stamp === undefined) {
    const { payload } = await compactVerify(token, signer.verifyKey, { algorithms: ["RS256"] });
    return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
  }
  const end = token.lastIndexOf(".");
  const text = token.slice(0, end);
  if (stampOf(text, signer.stamp) !== token.slice(end + 1)) throw new Error("it is not stamped by this directory");
  return JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString("utf8")) as Record<string, unknown>;
}

async function readToken(services: Services, token: string): Promise<Record<string, unknown>> {
  const known = verified.get(services) ?? new Map<string, Record<string, unknown>>();
  verified.set(services, known);
  const cached = known.get(token);
  if (cached !== undefined) return cached;
  if (token.split(".").length !== 3) throw unauthenticated("CompactToken parsing failed with error code: 80049217");
  try {
    const claims = await claimsOf(services, token);
    if (known.size > 1000) known.clear();
    known.set(token, claims);
    return claims;
  } catch {
    throw unauthenticated("CompactToken validation failed with reason code: 80049228.");
  }
}
