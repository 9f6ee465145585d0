import { addMonths } from "./clock.ts";
import type { GraphAnswer, GraphCall } from "./graph-call.ts";
import { badRequest, GraphError } from "./graph-error.ts";
import { type ObjectKind, target } from "./objects.ts";
import { requireType } from "./schema.ts";
import { graphInstant, normalisedInstant } from "./shapes.ts";
import { type ObjectRecord, type PasswordCredential, passwordsOf } from "./state.ts";

/** A start this much before now still counts as now: clients send their own clock's "now". */
const START_TOLERANCE_MS = 5 * 60_000;
/** Secrets an application for personal accounts may hold (reference graph-applications §16). */
const PERSONAL_LIMIT = 2;
/** Credentials of all kinds on one object before it is too large (reference limits, open point 6). */
const OBJECT_LIMIT = 600;

/** `POST …/addPassword`: reference graph-applications §5.1. */
export function addPassword(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const record = target(call);
  const { services, now, body } = call;
  requireOnly(body, "passwordCredential");
  const given = requireType("passwordCredential", body.passwordCredential ?? {});
  for (const name of ["secretText", "keyId", "hint", "customKeyIdentifier"]) {
    if (given[name] !== undefined && given[name] !== null) throw badRequest(`Invalid property '${name}'.`);
  }
  refuseLocked(call, kind);
  refuseCrowded(call, record, kind);
  const keyId = services.random.guid();
  const period = periodOf(given, now, keyId);
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
  refuseLocked(call, kind);
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

function requireOnly(body: Record<string, unknown>, parameter: string): void {
  const odd = Object.keys(body).find((name) => name !== parameter && !name.includes("@"));
  if (odd !== undefined) throw badRequest(`Invalid property '${odd}'.`);
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

/** The application may lock what its service principals hold (`servicePrincipalLockConfiguration`). */
function refuseLocked(call: GraphCall, kind: ObjectKind): void {
  if (kind !== "servicePrincipals") return;
  const application = call.services.store.applicationByAppId(String(target(call).entity.appId));
  const lock = application?.entity.servicePrincipalLockConfiguration as
    | { isEnabled?: boolean; allProperties?: boolean; credentialsWithUsageVerify?: boolean }
    | null
    | undefined;
  if (lock?.isEnabled !== true || !(lock.allProperties === true || lock.credentialsWithUsageVerify === true)) return;
  throw new GraphError(
    400,
    "CannotUpdateLockedServicePrincipalProperty",
    "Property passwordCredentials on the service principal is locked.",
  );
}

function refuseCrowded(call: GraphCall, record: ObjectRecord, kind: ObjectKind): void {
  const count = passwordsOf(record).length;
  const audience = String(record.entity.signInAudience);
  if (kind === "applications" && audience.includes("PersonalMicrosoftAccount") && count >= PERSONAL_LIMIT) {
    throw badRequest("You can only add a maximum of 2 encrypted credentials.");
  }
  if (count + (record.entity.keyCredentials as unknown[]).length >= OBJECT_LIMIT) {
    throw new GraphError(
      403,
      "Directory_ResourceSizeExceeded",
      "The size of the object has exceeded its limit. Please reduce the number of values and retry your request.",
    );
  }
  const name = (call.body.passwordCredential as { displayName?: string } | undefined)?.displayName ?? "";
  // 90 characters is the limit for personal audiences; the marker of design §2 fits in it, and no org limit is documented below 256.
  if (name.length > (audience.includes("PersonalMicrosoftAccount") ? 90 : 256))
    throw badRequest("Invalid value specified for property 'displayName' of resource 'PasswordCredential'.");
}
