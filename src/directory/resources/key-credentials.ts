/** Certificates on applications and service principals: PATCH of the whole list, addKey, removeKey (reference graph-applications §6). */

import { isKeyShown, withDeparted } from "../faults/departed.ts";
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, GraphError } from "../graph/graph-error.ts";
import { refuseLocked, requireOnly, requireRoom } from "../graph/limits.ts";
import { requireType } from "../graph/schema.ts";
import { readCertificate, readThumbprint } from "../keys/certificate.ts";
import { sentText } from "../sent-text.ts";
import { type KeyCredential, keysOf, type ObjectRecord, passwordsOf } from "../state/state.ts";
import { addedKey, enforcePolicies } from "./app-policies.ts";
import { isProof } from "./proof.ts";
import { normalisedInstant } from "./shapes.ts";

type ObjectKind = "applications" | "servicePrincipals";

/** Longer display names are accepted and shortened (keyCredential's documentation). */
const NAME_LENGTH = 90;
/** What may be in a keyCredential, by type. Only public halves are kept; a private one is write-only at Entra, too. */
const USAGES: Readonly<Record<string, readonly string[]>> = {
  AsymmetricX509Cert: ["Verify", "Sign"],
  X509CertAndPassword: ["Sign"],
  Symmetric: ["Verify", "Sign"],
};
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The list a PATCH leaves behind: it replaces the collection. An entry that is there already, by its keyId, must come
 * as it was read (`key` null or absent keeps the stored one); what is left out is gone.
 */
export function replacedKeys(call: GraphCall, kind: ObjectKind, given: unknown): KeyCredential[] {
  const entries = given as Record<string, unknown>[];
  const before = call.record === undefined ? [] : keysOf(call.record);
  const list = entries.map((entry) => {
    const keyId = String(entry.keyId ?? "").toLowerCase();
    const known = before.find((one) => one.keyId === keyId);
    if (known === undefined) return newKey(call, kind, entry);
    refuseChanged(known, entry);
    return known;
  });
  if (new Set(list.map((one) => one.keyId)).size < list.length) {
    throw badRequest("Invalid value specified for property 'keyCredentials' of resource 'Application'.");
  }
  const added = list.filter((one) => !before.includes(one));
  const gone = before.filter((one) => !list.includes(one));
  for (const { usage } of [...added, ...gone]) refuseLocked(call, kind, "keyCredentials", usage);
  if (call.record !== undefined && added.length > 0) requireRoom(passwordsOf(call.record).length + list.length);
  return list;
}

/** Any field of an existing entry that differs is refused. */
function refuseChanged(known: KeyCredential, entry: Record<string, unknown>): void {
  const same = Object.entries(entry).every(([name, value]) => {
    if (name.includes("@") || name === "keyId") return true;
    if (name === "key") return value == null || compact(value) === known.key;
    const kept = known[name as keyof KeyCredential];
    if (name === "customKeyIdentifier") return value == null || sameThumbprint(sentText(value), String(kept ?? ""));
    if (name.endsWith("DateTime")) return Date.parse(sentText(value)) === Date.parse(String(kept));
    return (value ?? null) === kept;
  });
  if (same) return;
  const message = `Update to existing credential with KeyId '${known.keyId}' is not allowed.`;
  throw new GraphError(400, "Request_BadRequest", message, {
    details: [{ code: "KeyNotUpdatable", message, target: "keyCredentials" }],
  });
}

function sameThumbprint(one: string, other: string): boolean {
  const [a, b] = [readThumbprint(one), readThumbprint(other)];
  return a === undefined || b === undefined ? one === other : a.equals(b);
}

/** A new entry of the list: period and identifier come from the certificate where the client leaves them out. */
function newKey(call: GraphCall, kind: ObjectKind, entry: Record<string, unknown>): KeyCredential {
  const invalid = (name: string) =>
    badRequest(`Invalid value specified for property '${name}' of resource 'KeyCredential'.`);
  const given = requireType("keyCredential", entry);
  const type = String(given.type ?? "");
  const usage = String(given.usage ?? "");
  if (USAGES[type] === undefined) throw invalid("type");
  if (USAGES[type]?.includes(usage) !== true) throw invalid("usage");
  if (typeof given.key !== "string" || given.key === "") throw invalid("key");
  const isPublic = type === "AsymmetricX509Cert";
  const certificate = isPublic ? readCertificate(given.key) : undefined;
  if (isPublic && certificate === undefined) throw invalid("key");
  const period = periodOf(given, certificate, call.now);
  if (call.record !== undefined) {
    const spanned = { startDateTime: period.start, endDateTime: period.end };
    enforcePolicies(call.services, kind, call.record, addedKey({ type, ...spanned }));
  }
  const keyId = String(given.keyId ?? call.services.random.guid()).toLowerCase();
  if (!GUID.test(keyId)) throw invalid("keyId");
  const identifier = given.customKeyIdentifier as string | null | undefined;
  const name = given.displayName as string | null | undefined;
  return {
    customKeyIdentifier: identifier ?? certificate?.sha1.toString("base64") ?? null,
    displayName: name == null ? null : name.slice(0, NAME_LENGTH),
    endDateTime: period.end,
    key: isPublic ? compact(given.key) : null,
    keyId,
    startDateTime: period.start,
    type,
    usage,
  };
}

function compact(key: unknown): string {
  return String(key).replace(/\s+/g, "");
}

/** A credential must lie inside its certificate, and not be over before it begins. */
function periodOf(
  given: Record<string, unknown>,
  certificate: { from: number; to: number } | undefined,
  now: number,
): { start: string; end: string } {
  const [start, end] = [given.startDateTime, given.endDateTime] as (string | null | undefined)[];
  const seconds = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  const from = start == null ? (certificate?.from ?? now) : Date.parse(start);
  const to = end == null ? (certificate?.to ?? now + YEAR) : Date.parse(end);
  // certificates have whole seconds
  if (certificate !== undefined && Math.floor(from / 1000) * 1000 < certificate.from) {
    throw new GraphError(400, "KeyCredentialsInvalidStartDate", "Key credential start date is invalid.");
  }
  if (to <= from || to <= now || (certificate !== undefined && to > certificate.to + 999)) {
    throw new GraphError(400, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid.");
  }
  return {
    start: start == null ? seconds(from) : normalisedInstant(start),
    end: end == null ? seconds(to) : normalisedInstant(end),
  };
}

const YEAR = 365 * 86_400_000;

/** `POST …/addKey`: one more certificate, proven by a signature with one that is valid now. */
export function addKey(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const { record, body } = rolled(call, ["keyCredential", "passwordCredential", "proof"]);
  if (typeof body.keyCredential !== "object" || body.keyCredential === null) {
    throw badRequest("A value is required for property 'keyCredential'.");
  }
  const key = newKey(call, kind, body.keyCredential as Record<string, unknown>);
  refuseLocked(call, kind, "keyCredentials", key.usage);
  const password = body.passwordCredential as { secretText?: unknown } | null | undefined;
  if (key.type === "X509CertAndPassword" && typeof password?.secretText !== "string") {
    throw badRequest("A value is required for property 'passwordCredential'.");
  }
  if (keysOf(record).some((one) => one.keyId === key.keyId)) {
    throw badRequest("Invalid value specified for property 'keyId' of resource 'KeyCredential'.");
  }
  requireRoom(passwordsOf(record).length + keysOf(record).length);
  store(call, kind, record, [key, ...keysOf(record)]);
  const context = `${call.request.origin}/v1.0/$metadata#microsoft.graph.keyCredential`;
  return { status: 200, body: { "@odata.context": context, ...key, key: null } };
}

/** `POST …/removeKey`. */
export function removeKey(call: GraphCall, kind: ObjectKind): GraphAnswer {
  const { record, body } = rolled(call, ["keyId", "proof"]);
  const keyId = sentText(body.keyId ?? "").toLowerCase();
  if (!GUID.test(keyId)) throw badRequest("Invalid value specified for property 'keyId' of resource 'KeyCredential'.");
  const keys = keysOf(record);
  const removed = keys.find((one) => one.keyId === keyId);
  const { services, now } = call;
  if (removed === undefined || !isKeyShown(record, keyId, services.faults, now))
    throw badRequest(`No key credential found with keyId '${keyId}'.`);
  refuseLocked(call, kind, "keyCredentials", removed.usage);
  store(
    call,
    kind,
    record,
    keys.filter((one) => one.keyId !== keyId),
  );
  return { status: 204 };
}

/** What addKey and removeKey have in common: the parameters, the lock, and the proof of possession. */
function rolled(call: GraphCall, parameters: readonly string[]) {
  const { record, body, services } = call;
  if (record === undefined) throw new Error("the route has no target");
  requireOnly(body, ...parameters);
  if (!isProof(services, record, body.proof)) {
    throw new GraphError(401, "Authentication_MissingOrMalformed", "Access Token missing or malformed.");
  }
  return { record, body };
}

function store(
  { services, now }: GraphCall,
  kind: ObjectKind,
  record: ObjectRecord,
  keyCredentials: KeyCredential[],
): void {
  services.commit([
    { put: kind, record: withDeparted(record, withKeys(record, keyCredentials, now), services.faults, now) },
  ]);
}

/** The record with this list; when each new entry came is kept, because replication lag is counted from it. */
export function withKeys(record: ObjectRecord, keyCredentials: KeyCredential[], now: number): ObjectRecord {
  const before = new Set(keysOf(record).map((one) => one.keyId));
  const keysAt = { ...record.keysAt };
  for (const { keyId } of keyCredentials) if (!before.has(keyId)) keysAt[keyId] = now;
  for (const keyId of Object.keys(keysAt)) if (!keyCredentials.some((one) => one.keyId === keyId)) delete keysAt[keyId];
  return { ...record, entity: { ...record.entity, keyCredentials }, keysAt };
}
