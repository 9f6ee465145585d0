import { meeting, type Strike } from "../faults/faults.ts";
import type { Request, Response } from "../http/message.ts";
import { audited } from "../resources/audit.ts";
import { sentText } from "../sent-text.ts";
import type { Services } from "../services.ts";
import { isCurrent, readBearer } from "./bearer.ts";
import { mayHimself } from "./delegated-access.ts";
import { spend, throttled } from "./graph-budget.ts";
import type { Caller, GraphAnswer } from "./graph-call.ts";
import {
  concurrencyViolation,
  denied,
  GraphError,
  graphErrorBody,
  invalidBody,
  unauthenticated,
} from "./graph-error.ts";
import type { GraphRoute } from "./graph-route.ts";
import { parseQuery } from "./odata.ts";
import { GRAPH_APP_ID, GRAPH_URI } from "./permissions.ts";
import { type Matched, matchRoute, parsePath } from "./routing.ts";
import { findTarget } from "./target-lookup.ts";

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
    strikes = services.faults.strike(matched.route.operation, request.address);
    const { searchParams } = new URL(request.target, request.origin);
    const spent = spend(services, request, matched, caller, searchParams);
    // a read has nothing to record
    const author = { caller, correlationId: clientRequestId };
    const recording = request.method === "GET" ? services : audited(services, author);
    const answer = await handle(recording, request, matched, caller, strikes, searchParams);
    const response: Response = { status: answer.status, headers: { ...common, ...spent, ...answer.headers }, body: "" };
    if (answer.body !== undefined) {
      response.headers["Content-Type"] = answer.contentType ?? JSON_TYPE;
      if (Buffer.isBuffer(answer.body)) response.bytes = answer.body;
      else response.body = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
      if (answer.contentType === undefined) response.headers["OData-Version"] = "4.0";
    }
    return disturb(services, response, strikes);
  } catch (failure) {
    if (!(failure instanceof GraphError)) throw failure;
    const body = JSON.stringify(graphErrorBody(failure, services.clock.now(), requestId, clientRequestId));
    const headers = { ...common, "Content-Type": "application/json", ...failure.headers };
    return disturb(services, { status: failure.status, headers, body }, strikes);
  }
}

export const JSON_TYPE =
  "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

export const COMMON_HEADERS = {
  "Cache-Control": "no-cache",
  "Strict-Transport-Security": "max-age=31536000",
  "x-ms-ags-diagnostic": JSON.stringify({
    ServerInfo: { DataCenter: "Nolapse", Slice: "E", Ring: "0", ScaleUnit: "000", RoleInstance: "DIRECTORY" },
  }),
};

function disturb({ faults }: Services, response: Response, strikes: readonly Strike[]): Response {
  const struck = meeting(faults, strikes);
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
  options: URLSearchParams,
): GraphAnswer | Promise<GraphAnswer> {
  const { route, keys } = matched;
  const struck = meeting(services.faults, strikes);
  const throttle = struck("throttle");
  if (throttle !== undefined) {
    const kind = route.operation === "read" ? "Read" : "Write";
    const scope = `Tenant_Application/${kind}/${caller.appId}/${caller.tenantId}`;
    throw throttled(scope, "ResourceUnitLimitExceeded", throttle.durationMs);
  }
  // its connection breaks later, and is counted there
  if (strikes.some(({ fault }) => fault === "reset"))
    throw new GraphError(503, "ServiceUnavailable", "The service is temporarily unavailable.");
  if (route.me === true && caller.user === undefined)
    throw new GraphError(400, "BadRequest", "/me request is only valid with delegated authentication flow.");
  const eventual = request.headers.consistencylevel?.toLowerCase() === "eventual";
  const holds = (role: string) => caller.roles.has(role);
  const ownedBy = route.access.ownedBy !== undefined && holds("Application.ReadWrite.OwnedBy");
  const full = route.access.roles.some(holds);
  if (!full && !ownedBy && route.access.self !== true) throw denied();
  const record = route.me === true ? caller.user : findTarget(services, request, caller, route, keys[0]);
  const self = route.access.self === true && String(record?.entity.appId).toLowerCase() === caller.appId.toLowerCase();
  // what an upsert is about to create is owned by nobody yet
  const anyone = route.access.ownedBy === "always" || (route.upsert === true && record === undefined);
  const owns = ownedBy && (anyone || record?.owners.includes(caller.objectId) === true);
  if (!full && !self && !owns) throw denied();
  if (!mayHimself(services.store, caller, route, record)) throw denied();
  const query = parseQuery(
    route.ownQuery !== undefined ? new URLSearchParams() : options,
    route.entity ?? "entity",
    route.options ?? [],
    eventual,
    route.path.endsWith("/$count"),
  );
  const body = route.body === undefined ? {} : readBody(request, route);
  const violation = route.operation === "read" ? undefined : struck("concurrency-violation");
  if (violation !== undefined) throw concurrencyViolation(violation.status);
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

/** Who calls, from the bearer token; times are judged by the directory's clock. */
export async function authenticateCaller(services: Services, request: Request): Promise<Caller> {
  const read = readBearer(services, request);
  if ("fault" in read) throw unauthenticated(TOKEN_FAULTS[read.fault]);
  const { claims } = read;
  const audience = sentText(claims.aud).replace(/\/+$/, "");
  if (audience !== GRAPH_URI && audience !== GRAPH_APP_ID)
    throw unauthenticated("Access token validation failure. Invalid audience.");
  if (!isCurrent(services, claims)) throw unauthenticated("Access token has expired or is not yet valid.");
  const tenantId = String(claims.tid);
  if (!services.store.tenants.has(tenantId)) throw unauthenticated("Access token validation failure. Invalid tenant.");
  const who = { tenantId, appId: String(claims.appid), objectId: String(claims.oid) };
  if (claims.scp === undefined) return { ...who, roles: new Set((claims.roles ?? []) as string[]) };
  const user = services.store.find("users", tenantId, who.objectId);
  if (user === undefined) throw unauthenticated("Access token validation failure. The user is not in the directory.");
  return { ...who, roles: new Set(String(claims.scp).split(" ")), user };
}

const TOKEN_FAULTS = {
  empty: "Access token is empty.",
  malformed: "CompactToken parsing failed with error code: 80049217",
  signature: "CompactToken validation failed with reason code: 80049228.",
} as const;
