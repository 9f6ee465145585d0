/** A client secret as the service makes it: its value is made here, leaves once, and is kept as a verifier only. */
import { addMonths } from "../clock.ts";
import { badRequest, GraphError } from "../graph/graph-error.ts";
import type { Services } from "../services.ts";
import type { PasswordCredential, SecretRecord } from "../state/state.ts";
import { graphInstant, normalisedInstant } from "./shapes.ts";

/** A start this much before now still counts as now: clients send their own clock's "now". */
const START_TOLERANCE_MS = 5 * 60_000;
/** The last there is of Graph's instants (OData's Edm.DateTimeOffset has years of four digits here). */
const LAST_INSTANT = Date.parse("9999-12-31T23:59:59.999Z");
/** Secrets an application for personal accounts may hold (reference graph-applications §16). */
export const PERSONAL_LIMIT = 2;

export interface NewPassword {
  readonly credential: PasswordCredential;
  readonly secret: SecretRecord;
  readonly secretText: string;
  /** Its life, epoch milliseconds. */
  readonly spanned: { readonly from: number; readonly to: number };
}

/** Makes a secret from what a client may say of it: a name and a period. Everything else is the service's to choose. */
export function newPassword(services: Services, now: number, given: Record<string, unknown>): NewPassword {
  for (const name of ["secretText", "keyId", "hint", "customKeyIdentifier"]) {
    if (given[name] !== undefined && given[name] !== null) throw badRequest(`Invalid property '${name}'.`);
  }
  const keyId = services.random.guid();
  const period = periodOf(given, now, keyId);
  const secretText = services.random.secretText();
  return {
    credential: {
      customKeyIdentifier: null,
      displayName: (given.displayName as string | null | undefined) ?? null,
      endDateTime: period.end,
      hint: secretText.slice(0, 3),
      keyId,
      secretText: null,
      startDateTime: period.start,
    },
    secret: { verifier: services.store.verifierOf(secretText), createdAt: now },
    secretText,
    spanned: { from: Date.parse(period.start), to: Date.parse(period.end) },
  };
}

/** The start and end of a new secret: now and two years on where not given; a start in the past, an end before the start or after the last year is refused. */
function periodOf(given: Record<string, unknown>, now: number, keyId: string): { start: string; end: string } {
  const [start, end] = [
    given.startDateTime as string | null | undefined,
    given.endDateTime as string | null | undefined,
  ];
  // Digits below the millisecond, as Graph prints them; from the key id, so that equal runs print equal instants.
  const digits = String(Number.parseInt(keyId.slice(0, 4), 16) % 10_000).padStart(4, "0");
  const startMs = start ? Date.parse(start) : now;
  if (startMs < now - START_TOLERANCE_MS)
    throw new GraphError(400, "KeyCredentialsInvalidStartDate", "Key credential start date is invalid.");
  const endMs = end ? Date.parse(end) : addMonths(startMs, 24);
  if (endMs <= startMs || endMs <= now || endMs > LAST_INSTANT)
    throw new GraphError(400, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid.");
  const startText = start ? normalisedInstant(start) : graphInstant(now, digits);
  return { start: startText, end: end ? normalisedInstant(end) : defaultEnd(startText, endMs) };
}

/** Two years on keeps the fraction of the start to the last digit. */
function defaultEnd(start: string, endMs: number): string {
  const fraction = /\.\d+/.exec(start)?.[0] ?? "";
  return `${new Date(endMs).toISOString().slice(0, 19)}${fraction}Z`;
}
