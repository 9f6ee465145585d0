import { json, type Request, type Response } from "../http/message.ts";
import type { Services } from "../services.ts";
import { ControlError, showClock } from "./control-answers.ts";

/** One route of the control plane: what no Entra ID has, for whoever runs this directory. */
export interface ControlRoute {
  method: "GET" | "PUT" | "POST";
  path: string;
  summary: string;
  handle(services: Services, request: Request, query: URLSearchParams): Promise<Response> | Response;
}

export const controlRoutes: readonly ControlRoute[] = [
  {
    method: "GET",
    path: "/_directory/clock",
    summary: "Directory time; with ?after=VERSION waits for a change",
    handle: readClock,
  },
  { method: "PUT", path: "/_directory/clock", summary: "Set or freeze the clock", handle: writing("setClock") },
  { method: "POST", path: "/_directory/clock/advance", summary: "Advance the clock", handle: writing("advanceClock") },
  {
    method: "GET",
    path: "/_directory/faults",
    summary: "The fault plan",
    handle: ({ faults }) => json(200, faults.plan),
  },
  { method: "PUT", path: "/_directory/faults", summary: "Replace the fault plan", handle: writing("setFaults") },
  {
    method: "GET",
    path: "/_directory/state",
    summary: "The whole state, without any secret's value",
    handle: ({ store }) => json(200, store.toState()),
  },
  { method: "PUT", path: "/_directory/state", summary: "Replace the whole state", handle: writing("setState") },
  { method: "POST", path: "/_directory/reset", summary: "Begin again with the scenario", handle: reset },
  {
    method: "POST",
    path: "/_directory/signing-key/roll",
    summary: "Sign tokens with a new key; the former one stays in the JWKS for a day",
    handle: async (services) => {
      await services.rollSigningKey();
      return json(200, { keys: services.signers().map(({ kid }) => kid) });
    },
  },
  {
    method: "GET",
    path: "/_directory/sign-ins",
    summary: "The sign-in log; with ?after=SEQ what came later",
    handle: readSignIns,
  },
];

/** Waiting longer than this is cut, so that a proxy's own time-out is not met. */
const LONGEST_WAIT_MS = 120_000;
const DEFAULT_WAIT_MS = 25_000;

/** Answers `/_directory/…`. */
export async function answerControl(services: Services, request: Request): Promise<Response> {
  const url = new URL(request.target, request.origin);
  // a page of somebody else, in the browser of whoever trusts this directory, moves no clock and resets nothing
  if (isForeignPage(request)) {
    const message = "a page of another origin may not ask the control plane";
    return json(403, { error: { code: "Directory_ForeignOrigin", message } });
  }
  const matching = controlRoutes.filter(({ path }) => path === url.pathname);
  const route = matching.find(({ method }) => method === request.method);
  if (route === undefined) {
    const status = matching.length > 0 ? 405 : 404;
    return json(status, {
      error: { code: "Directory_UnknownRoute", message: `there is no ${request.method} ${url.pathname}` },
    });
  }
  try {
    return await route.handle(services, request, url.searchParams);
  } catch (failure) {
    if (!(failure instanceof ControlError || failure instanceof RangeError)) throw failure;
    return json(400, { error: { code: "Directory_InvalidRequest", message: failure.message } });
  }
}

/** Browsers name the page's origin with whatever could change something; other clients name none. */
function isForeignPage({ headers, origin }: Request): boolean {
  const site = headers["sec-fetch-site"];
  return (headers.origin !== undefined && headers.origin !== origin) || site === "cross-site" || site === "same-site";
}

/** What reads documents needs their schemas, which are loaded for the first of them. */
function writing(name: "setClock" | "advanceClock" | "setFaults" | "setState"): ControlRoute["handle"] {
  return async (services, request) => (await import("./control-writes.ts"))[name](services, request);
}

async function readClock(services: Services, request: Request, query: URLSearchParams): Promise<Response> {
  const after = query.get("after");
  if (after === null) return showClock(services);
  const wait = wholeNumber("timeoutMs", query.get("timeoutMs") ?? String(DEFAULT_WAIT_MS));
  await services.clock.wait(wholeNumber("after", after), Math.min(wait, LONGEST_WAIT_MS), request.signal);
  return showClock(services);
}

async function reset(services: Services): Promise<Response> {
  await services.reset();
  return json(200, { applications: services.store.toState().applications.length });
}

function readSignIns(services: Services, _request: Request, query: URLSearchParams): Response {
  const after = wholeNumber("after", query.get("after") ?? "0");
  const value = services.store.signIns.filter(({ seq }) => seq > after);
  return json(200, { value, last: value.at(-1)?.seq ?? after });
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new ControlError(`${name} is not a whole number: ${text}`);
  return Number(text);
}
