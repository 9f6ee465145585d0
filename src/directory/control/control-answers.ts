import { json, type Response } from "../http/message.ts";
import type { Services } from "../services.ts";

/** A request of the control plane that cannot be done as it was written; its message says why. */
export class ControlError extends Error {}

export function showClock({ clock }: Services): Response {
  return json(200, { now: new Date(clock.now()).toISOString(), version: clock.version, frozen: clock.frozen });
}
