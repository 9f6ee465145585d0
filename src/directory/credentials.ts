import { enforcePolicies } from "./app-policies.ts";
import { addMonths } from "./clock.ts";
import type { GraphAnswer, GraphCall } from "./graph-call.ts";
import { badRequest, GraphError } from "./graph-error.ts";
import { refuseLocked, requireOnly, requireRoom } from "./limits.ts";
import { type ObjectKind, target } from "./objects.ts";
import { requireType } from "./schema.ts";
import { graphInstant, normalisedInstant } from "./shapes.ts";
import { keysOf, type ObjectRecord, type PasswordCredential, passwordsOf } from "./state.ts";

/** A start this much before now still counts as now: clients send their own clock's "now". */
const START_TOLERANCE_MS = 5 * 60_000;
/** Secrets an application for personal accounts may hold (reference graph-applications §16). */
const PERSONAL_LIMIT = 2;

/** `POST …/addPassword`: reference graph-applications §5.1. */
export function addPassword(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const record = target(call);
  const { services, now, body } = call;
  requireOnly(body, "passwordCredential");
  const given = requireType("passwordCredential", body.passwordCredential ?? {});
  for (const name of ["secretText", "keyId", "hint", "customKeyIdentifier"]) {
    if (given[name] !== undefined && given[name] !== null) throw badRequest(`Invalid property '${name}'.`);
  }
  refuseLocked(call, kind, "passwordCredentials");
  refuseCrowded(call, record, kind);
  const keyId = services.random.guid();
  const period = periodOf(given, now, keyId);
  const spanned = { from: Date.parse(period.start), to: Date.parse(period.end) };
  enforcePolicies(services, kind, record, { kind: "password", ...spanned });
  const secretText = services.random.secretText();
  const credential: PasswordCredential = {
    customKeyIdentifier: null,
    displayName: (given.displayName as string | null | undefined) ?? null,
    endDateTime: period.end,
    hint: secretText.slice(0, 3),
    keyId,
    secretText: null,
    startDateTime: period.start,
  };
  const entity = { ...record.entity, passwordCredentials: [credential, ...passwordsOf(record)] };
  const secrets = { ...record.secrets, [keyId]: { verifier: services.store.verifierOf(secretText), createdAt: now } };
  services.commit([{ put: kind, record: { ...record, entity, secrets } }]);
  const context = `${call.request.origin}/v1.0/$metadata#microsoft.graph.passwordCredential`;
  return { status: 200, body: { "@odata.context": context, ...credential, secretText } };
}

/** `POST …/removePassword`: reference graph-applications §5.2. */
export function removePassword(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const record = target(call);
  const { services, now, body } = call;
  requireOnly(body, "keyId");
  const keyId = String(body.keyId ?? "").toLowerCase();
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(keyId))
    throw badRequest("Invalid value specified for property 'keyId' of resource 'PasswordCredential'.");
  refuseLocked(call, kind, "passwordCredentials");
  const secret = record.secrets[keyId];
  const seen = secret === undefined ? "visible" : services.faults.readVisibility(keyId, secret.createdAt, now);
  if (!passwordsOf(record).some((credential) => credential.keyId === keyId) || seen !== "visible") {
    throw badRequest(`No password credential found with keyId '${keyId}'.`);
  }
  const entity = {
    ...record.entity,
    passwordCredentials: passwordsOf(record).filter((credential) => credential.keyId !== keyId),
  };
  const { [keyId]: _removed, ...secrets } = record.secrets;
  services.commit([{ put: kind, record: { ...record, entity, secrets } }]);
  return { status: 204 };
}

/** The start and end of a new secret: now and two years on where not given; a start in the past or an end before the start is refused. */
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
  if (endMs <= startMs || endMs <= now)
    throw new GraphError(400, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid.");
  const startText = start ? normalisedInstant(start) : graphInstant(now, digits);
  return { start: startText, end: end ? normalisedInstant(end) : defaultEnd(startText, endMs) };
}

/** Two years on keeps the fraction of the start to the last digit. */
function defaultEnd(start: string, endMs: number): string {
  const fraction = /\.\d+/.exec(start)?.[0] ?? "";
  return `${new Date(endMs).toISOString().slice(0, 19)}${fraction}Z`;
}

function refuseCrowded(call: GraphCall, record: ObjectRecord, kind: ObjectKind): void {
  const count = passwordsOf(record).length;
  const audience = String(record.entity.signInAudience);
  if (kind === "applications" && audience.includes("PersonalMicrosoftAccount") && count >= PERSONAL_LIMIT) {
    throw badRequest("You can only add a maximum of 2 encrypted credentials.");
  }
  requireRoom(count + keysOf(record).length);
  const name = (call.body.passwordCredential as { displayName?: string } | undefined)?.displayName ?? "";
  // 90 characters is the limit for personal audiences; the marker of design §2 fits in it, and no org limit is documented below 256.
  if (name.length > (audience.includes("PersonalMicrosoftAccount") ? 90 : 256))
    throw badRequest("Invalid value specified for property 'displayName' of resource 'PasswordCredential'.");
}
