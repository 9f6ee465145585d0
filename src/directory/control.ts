import { z } from "zod";
import { addDuration, parseInstant } from "./clock.ts";
import { faultPlanSchema } from "./faults.ts";
import { json, type Request, type Response } from "./message.ts";
import type { Services } from "./services.ts";
import { restoreState } from "./state-document.ts";

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
  { method: "PUT", path: "/_directory/clock", summary: "Set or freeze the clock", handle: setClock },
  { method: "POST", path: "/_directory/clock/advance", summary: "Advance the clock", handle: advanceClock },
  {
    method: "GET",
    path: "/_directory/faults",
    summary: "The fault plan",
    handle: ({ faults }) => json(200, faults.plan),
  },
  { method: "PUT", path: "/_directory/faults", summary: "Replace the fault plan", handle: setFaults },
  {
    method: "GET",
    path: "/_directory/state",
    summary: "The whole state, without any secret's value",
    handle: ({ store }) => json(200, store.toState()),
  },
  { method: "PUT", path: "/_directory/state", summary: "Replace the whole state", handle: setState },
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

class ControlError extends Error {}

/** Answers `/_directory/…`. */
export async function answerControl(services: Services, request: Request): Promise<Response> {
  const url = new URL(request.target, request.origin);
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
    if (!(failure instanceof ControlError || failure instanceof z.ZodError || failure instanceof RangeError))
      throw failure;
    const message = failure instanceof z.ZodError ? z.prettifyError(failure) : failure.message;
    return json(400, { error: { code: "Directory_InvalidRequest", message } });
  }
}

function showClock({ clock }: Services): Response {
  return json(200, { now: new Date(clock.now()).toISOString(), version: clock.version, frozen: clock.frozen });
}

async function readClock(services: Services, request: Request, query: URLSearchParams): Promise<Response> {
  const after = query.get("after");
  if (after === null) return showClock(services);
  const wait = wholeNumber("timeoutMs", query.get("timeoutMs") ?? String(DEFAULT_WAIT_MS));
  await services.clock.wait(wholeNumber("after", after), Math.min(wait, LONGEST_WAIT_MS), request.signal);
  return showClock(services);
}

const clockSchema = z.strictObject({
  now: z.union([z.string(), z.number()]).optional(),
  frozen: z.boolean().optional(),
});

function setClock(services: Services, request: Request): Response {
  const { now, frozen } = clockSchema.parse(readJson(request));
  const { clock } = services;
  if (now !== undefined || frozen !== undefined)
    clock.change(now === undefined ? clock.now() : parseInstant(now), frozen ?? clock.frozen);
  return showClock(services);
}

function advanceClock(services: Services, request: Request): Response {
  const { by } = z.strictObject({ by: z.string() }).parse(readJson(request));
  const { clock } = services;
  clock.change(addDuration(clock.now(), by), clock.frozen);
  return showClock(services);
}

function setFaults(services: Services, request: Request): Response {
  const faults = faultPlanSchema.parse(readJson(request));
  services.commit([{ faults }]);
  services.faults.set(faults);
  return json(200, faults);
}

function setState(services: Services, request: Request): Response {
  const state = restoreState(services, readJson(request));
  return json(200, { applications: state.applications.length, servicePrincipals: state.servicePrincipals.length });
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

function readJson(request: Request): unknown {
  try {
    return JSON.parse(request.body);
  } catch {
    throw new ControlError("the body is not JSON");
  }
}
