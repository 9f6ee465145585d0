/** `POST /$batch`: up to twenty requests in one. Reference graph-applications §10.6. */

import { json, type Request, type Response } from "../http/message.ts";
import { sentText } from "../sent-text.ts";
import type { Services } from "../services.ts";
import { answerGraph, authenticateCaller, COMMON_HEADERS, GRAPH_BODY_LIMIT, JSON_TYPE } from "./graph.ts";
import { GraphError, graphErrorBody, invalidBody } from "./graph-error.ts";
import type { GraphRoute } from "./graph-route.ts";

const MOST = 20;
const METHODS = new Set(["GET", "POST", "PATCH", "PUT", "DELETE"]);

interface Step {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
  readonly dependsOn: readonly string[];
}

interface StepAnswer {
  readonly id: string;
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** For docs/directory-coverage.md: it is no row of the table, as it costs nothing and needs no permission itself. */
export const BATCH = { method: "POST", path: "/$batch", summary: "Up to twenty requests in one" } as const;

/** Whether this is a batch for one version of Graph. */
export const isBatch = (request: Request, version: string) =>
  request.method === BATCH.method && request.target.split("?")[0] === `/${version}${BATCH.path}`;

/**
 * Each step is a request of its own, with its own throttling; who calls is what the outer request says. Steps run in their order,
 * which is one of the orders Graph may choose, except that none runs before what it depends on.
 */
export async function answerBatch(
  services: Services,
  request: Request,
  version: string,
  routes: readonly GraphRoute[],
): Promise<Response> {
  const requestId = services.noise.guid();
  const clientRequestId = request.headers["client-request-id"] ?? requestId;
  const headers = { "request-id": requestId, "client-request-id": clientRequestId, ...COMMON_HEADERS };
  try {
    await authenticateCaller(services, request);
    const steps = readSteps(request);
    const { responses, ...fate } = await runSteps(steps, (step) =>
      answerGraph(services, asRequest(request, version, step), routes),
    );
    return { ...json(200, { responses }, { ...headers, "Content-Type": JSON_TYPE, "OData-Version": "4.0" }), ...fate };
  } catch (failure) {
    if (!(failure instanceof GraphError)) throw failure;
    const body = graphErrorBody(failure, services.clock.now(), requestId, clientRequestId);
    return json(failure.status, body, { ...headers, ...failure.headers });
  }
}

async function runSteps(steps: readonly Step[], answer: (step: Step) => Promise<Response>) {
  const responses: StepAnswer[] = [];
  const statuses = new Map<string, number>();
  const fate: Pick<Response, "delayMs" | "disturbance"> = {};
  for (const step of inOrder(steps)) {
    const failed = step.dependsOn.some((id) => (statuses.get(id.toLowerCase()) ?? 500) >= 400);
    const inner = failed ? failedDependency() : await answer(step);
    statuses.set(step.id.toLowerCase(), inner.status);
    // what happens to a connection happens to the one connection there is
    if (inner.delayMs !== undefined) fate.delayMs = Math.max(fate.delayMs ?? 0, inner.delayMs);
    if (inner.disturbance !== undefined) fate.disturbance ??= inner.disturbance;
    responses.push(asAnswer(step.id, inner));
  }
  return { responses, ...fate };
}

const malformed = (message: string) => new GraphError(400, "BadRequest", message);

function readSteps(request: Request): Step[] {
  if (Buffer.byteLength(request.body) > GRAPH_BODY_LIMIT * MOST)
    throw new GraphError(413, "RequestEntityTooLarge", "The request body is larger than the service accepts.");
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? "")) throw invalidBody();
  let batch: { requests?: unknown } | null;
  try {
    batch = JSON.parse(request.body) as typeof batch;
  } catch {
    throw invalidBody();
  }
  const given = batch?.requests;
  if (!Array.isArray(given) || given.length === 0) throw malformed("Invalid batch payload format.");
  if (given.length > MOST) throw malformed(`Number of requests inside batch exceeds the limit of ${MOST}.`);
  const steps = given.map(readStep);
  const ids = steps.map(({ id }) => id.toLowerCase());
  if (new Set(ids).size < ids.length) throw malformed("The batch payload contains duplicate request ids.");
  for (const { id, dependsOn } of steps) {
    const unknown = dependsOn.find((other) => !ids.includes(other.toLowerCase()));
    if (unknown !== undefined)
      throw malformed(`The request '${id}' depends on '${unknown}', which is not in the batch.`);
  }
  return steps;
}

function readStep(given: unknown): Step {
  const { id, method, url, headers = {}, body, dependsOn = [] } = (given ?? {}) as Record<string, unknown>;
  const text = (value: unknown, name: string) => {
    if (typeof value !== "string" || value === "")
      throw malformed(`Invalid batch payload format: a request lacks its '${name}'.`);
    return value;
  };
  const verb = text(method, "method").toUpperCase();
  if (!METHODS.has(verb)) throw malformed(`Invalid batch payload format: the method '${verb}' is not supported.`);
  if (!isTexts(headers) || !Array.isArray(dependsOn) || !dependsOn.every((one) => typeof one === "string"))
    throw malformed("Invalid batch payload format: headers are texts by name, dependsOn is a list of ids.");
  const named = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (body !== undefined && named["content-type"] === undefined)
    throw malformed("Content-Type header must be specified for requests with a body.");
  const path = text(url, "url");
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(path)) throw malformed(`The url '${path}' of a request is not relative.`);
  return { id: text(id, "id"), method: verb, url: path, headers: named, body, dependsOn: dependsOn as string[] };
}

function isTexts(value: unknown): value is Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => typeof one === "string");
}

/** What a step depends on first. @throws GraphError for a circle. */
function inOrder(steps: readonly Step[]): Step[] {
  const ordered: Step[] = [];
  const waiting = [...steps];
  while (waiting.length > 0) {
    const done = new Set(ordered.map(({ id }) => id.toLowerCase()));
    const at = waiting.findIndex((one) => one.dependsOn.every((id) => done.has(id.toLowerCase())));
    if (at < 0) throw malformed("The requests of the batch depend on each other in a circle.");
    ordered.push(...waiting.splice(at, 1));
  }
  return ordered;
}

function asRequest(outer: Request, version: string, step: Step): Request {
  const { authorization } = outer.headers;
  const body = step.body === undefined ? "" : textOf(step);
  return {
    ...outer,
    method: step.method,
    target: `/${version}/${step.url.replace(/^\/+/, "")}`,
    headers: { authorization, "client-request-id": outer.headers["client-request-id"], ...step.headers },
    body: typeof body === "string" ? body : body.toString("utf8"),
    bytes: typeof body === "string" ? Buffer.from(body) : body,
  };
}

/** A body of JSON stands as it is; any other kind is base64. */
function textOf({ headers, body }: Step): string | Buffer {
  if (/^application\/json\b/i.test(headers["content-type"] ?? "")) return JSON.stringify(body);
  return Buffer.from(sentText(body), "base64");
}

function failedDependency(): Response {
  const error = { code: "FailedDependency", message: "A request this one depends on has failed." };
  return {
    status: 424,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ error }),
  };
}

/** Headers of the connection, not of the answer, stay outside. */
const OUTER_ONLY = new Set(["strict-transport-security", "x-ms-ags-diagnostic", "date"]);

function asAnswer(id: string, { status, headers, body, bytes }: Response): StepAnswer {
  const kept = Object.entries(headers).filter(([name, value]) => value !== "" && !OUTER_ONLY.has(name.toLowerCase()));
  const shown = { id, status, headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])) };
  if (bytes !== undefined) return { ...shown, body: bytes.toString("base64") };
  if (body === "") return shown;
  const isJson = String(headers["Content-Type"]).startsWith("application/json");
  return { ...shown, body: isJson ? (JSON.parse(body) as unknown) : Buffer.from(body).toString("base64") };
}
