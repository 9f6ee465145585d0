/** The writes of the control plane: each reads a document, refuses what is none, and does what it says. */
import { z } from "zod";
import { addDuration, parseInstant } from "../clock.ts";
import { faultPlanSchema } from "../faults/fault-plan.ts";
import { json, type Request, type Response } from "../http/message.ts";
import type { Services } from "../services.ts";
import { restoreState, stateSchema } from "../state/state-document.ts";
import { ControlError, showClock } from "./control-answers.ts";

const clockSchema = z.strictObject({
  now: z.union([z.string(), z.number()]).optional(),
  frozen: z.boolean().optional(),
});

const advanceSchema = z.strictObject({ by: z.string() });

export function setClock(services: Services, request: Request): Response {
  const { now, frozen } = read(clockSchema, request);
  const { clock } = services;
  if (now !== undefined || frozen !== undefined)
    clock.change(now === undefined ? clock.now() : parseInstant(now), frozen ?? clock.frozen);
  return showClock(services);
}

export function advanceClock(services: Services, request: Request): Response {
  const { by } = read(advanceSchema, request);
  const { clock } = services;
  clock.change(addDuration(clock.now(), by), clock.frozen);
  return showClock(services);
}

export function setFaults(services: Services, request: Request): Response {
  const faults = read(faultPlanSchema, request);
  services.commit([{ faults }]);
  services.faults.set(faults);
  return json(200, faults);
}

export function setState(services: Services, request: Request): Response {
  const state = restoreState(services, read(stateSchema, request));
  return json(200, { applications: state.applications.length, servicePrincipals: state.servicePrincipals.length });
}

/** @throws ControlError for a body that is no JSON, or not what the schema asks for. */
function read<T>(schema: z.ZodType<T>, request: Request): T {
  let given: unknown;
  try {
    given = JSON.parse(request.body);
  } catch {
    throw new ControlError("the body is not JSON");
  }
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  throw new ControlError(z.prettifyError(read.error));
}
