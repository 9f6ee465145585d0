/** The beta logs that say which credential signed in: reference graph-applications §13. */
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { notFound } from "../graph/graph-error.ts";
import type { LoggedSignIn } from "../state/sign-in-index.ts";
import { keysOf, type ObjectRecord, passwordsOf, type SignInRecord } from "../state/state.ts";
import { logPage, narrowing, type Row } from "./log-query.ts";

/** How long sign-ins are readable; thirty days is what the paid licences have. */
const RETENTION = 30 * 86_400_000;

/** `GET /beta/auditLogs/signIns`: sign-ins of service principals, and those of people that reached the token endpoint. */
export function listSignIns(call: GraphCall): GraphAnswer {
  const { signInsOf } = call.services.store;
  const asked = narrowing(call);
  const appId = asked.equal("appId");
  const since = asked.since("createdDateTime");
  const found = appId === undefined ? [...signInsOf.each()].flat() : signInsOf.of(appId);
  const rows = found
    .filter((one) => one.at >= since && isReadable(call, one))
    .map(({ record }): Row => ({ seq: record.seq, body: shown(call, record) }));
  return logPage(call, "/beta/$metadata#auditLogs/signIns", rows);
}

function isReadable({ caller, now }: GraphCall, { at, record }: LoggedSignIn): boolean {
  return at > now - RETENTION && record.tenantId === caller.tenantId;
}

function shown({ services }: GraphCall, one: SignInRecord): Record<string, unknown> {
  const principal =
    one.servicePrincipalId === null
      ? undefined
      : services.store.find("servicePrincipals", one.tenantId, one.servicePrincipalId);
  const resource =
    one.resourceId === null ? undefined : services.store.find("servicePrincipals", one.tenantId, one.resourceId);
  return {
    id: one.id,
    createdDateTime: one.createdDateTime,
    signInEventTypes: [one.userId === undefined ? "servicePrincipal" : "nonInteractiveUser"],
    userId: one.userId ?? null,
    appId: one.appId,
    servicePrincipalId: one.servicePrincipalId,
    servicePrincipalName: principal?.entity.displayName ?? null,
    servicePrincipalCredentialKeyId: one.keyId,
    servicePrincipalCredentialThumbprint: thumbprint(holders(principal, services, one), one.keyId),
    clientCredentialType: one.clientCredentialType ?? "none",
    federatedCredentialId: one.federatedCredentialId ?? null,
    correlationId: one.correlationId,
    resourceId: resource?.entity.appId ?? null,
    resourceDisplayName: resource?.entity.displayName ?? null,
    ipAddress: one.ipAddress ?? null,
    userAgent: one.userAgent,
    status: {
      errorCode: one.errorCode,
      failureReason: one.errorCode === 0 ? null : `AADSTS${one.errorCode}`,
    },
  };
}

/** The objects whose credentials a sign-in can have used. */
function holders(
  principal: ObjectRecord | undefined,
  services: GraphCall["services"],
  one: SignInRecord,
): ObjectRecord[] {
  const application = services.store.applicationByAppId(one.appId);
  return [application, principal].filter((record) => record !== undefined);
}

function thumbprint(records: readonly ObjectRecord[], keyId: string | null): string | null {
  const key = records.flatMap(keysOf).find((one) => one.keyId === keyId);
  return key?.customKeyIdentifier ? Buffer.from(key.customKeyIdentifier, "base64").toString("hex").toUpperCase() : null;
}

/** `GET /beta/reports/appCredentialSignInActivities`: the last success of each credential that has one. */
export function listCredentialActivities(call: GraphCall): GraphAnswer {
  return logPage(call, "/beta/$metadata#reports/appCredentialSignInActivities", activities(call));
}

export function readCredentialActivity(call: GraphCall): GraphAnswer {
  const id = String(call.keys[0]);
  const found = activities(call).find(({ body }) => body.id === id);
  if (found === undefined) throw notFound(id);
  const context = `${call.request.origin}/beta/$metadata#reports/appCredentialSignInActivities/$entity`;
  return { status: 200, body: { "@odata.context": context, ...found.body } };
}

function activities(call: GraphCall): Row[] {
  return [...call.services.store.signInsOf.each()].flatMap((signIns) =>
    lastUses(call, signIns).flatMap((one) => activity(call, one)),
  );
}

/** The last success of each credential among the sign-ins of one client. */
function lastUses(call: GraphCall, signIns: readonly LoggedSignIn[]): SignInRecord[] {
  const last = new Map<string, SignInRecord>();
  for (const one of signIns) {
    const { keyId, errorCode } = one.record;
    if (errorCode === 0 && keyId !== null && isReadable(call, one)) last.set(keyId, one.record);
  }
  return [...last.values()];
}

function activity({ services, caller }: GraphCall, one: SignInRecord): Row[] {
  const application = services.store.applicationByAppId(one.appId);
  const principal = services.store.principalByName(caller.tenantId, one.appId);
  for (const [origin, record] of [
    ["application", application],
    ["servicePrincipal", principal],
  ] as const) {
    if (record === undefined || record.tenantId !== caller.tenantId) continue;
    const secret = passwordsOf(record).find((credential) => credential.keyId === one.keyId);
    const key = keysOf(record).find((credential) => credential.keyId === one.keyId);
    const credential = secret ?? key;
    if (credential === undefined) continue;
    const body = {
      id: Buffer.from(`${one.keyId}|${origin}`).toString("base64url"),
      keyId: one.keyId,
      keyType: secret === undefined ? "certificate" : "clientSecret",
      keyUsage: "verify",
      appId: one.appId,
      appObjectId: application?.entity.id ?? null,
      servicePrincipalObjectId: principal?.entity.id ?? null,
      resourceId: one.resourceId,
      credentialOrigin: origin,
      createdDateTime: credential.startDateTime,
      expirationDateTime: credential.endDateTime,
      signInActivity: { lastSignInDateTime: one.createdDateTime, lastSignInRequestId: one.id },
    };
    return [{ seq: one.seq, body }];
  }
  return [];
}
