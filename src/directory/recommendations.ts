/** The beta recommendations about credentials that end soon: reference graph-applications §15. */
import type { GraphAnswer, GraphCall } from "./graph-call.ts";
import { notEmulated, notFound, unsupportedQuery } from "./graph-error.ts";
import { keysOf, type ObjectRecord, passwordsOf } from "./state.ts";

/** A credential is impacted from so long before its end. */
const SOON = 30 * 86_400_000;

const KINDS = {
  ApplicationCredentialExpiry: {
    recommendationType: "applicationCredentialExpiry",
    kind: "applications",
    displayName: "Renew expiring application credentials",
  },
  ServicePrincipalKeyExpiry: {
    recommendationType: "servicePrincipalKeyExpiry",
    kind: "servicePrincipals",
    displayName: "Renew expiring service principal credentials",
  },
} as const;
type Name = keyof typeof KINDS;

export function listRecommendations(call: GraphCall): GraphAnswer {
  const context = `${call.request.origin}/beta/$metadata#directory/recommendations`;
  const value = (Object.keys(KINDS) as Name[]).map((name) => recommendation(call, name));
  return { status: 200, body: { "@odata.context": context, value } };
}

export function readRecommendation(call: GraphCall): GraphAnswer {
  const context = `${call.request.origin}/beta/$metadata#directory/recommendations/$entity`;
  return { status: 200, body: { "@odata.context": context, ...recommendation(call, nameOf(call)) } };
}

export function listImpacted(call: GraphCall): GraphAnswer {
  const context = `${call.request.origin}/beta/$metadata#directory/recommendations/impactedResources`;
  const status = statusOf(new URL(call.request.target, call.request.origin).searchParams);
  const value = impacted(call, nameOf(call)).filter((one) => status === undefined || one.status === status);
  return { status: 200, body: { "@odata.context": context, value } };
}

/** The one filter that is documented: `status eq microsoft.graph.recommendationStatus'active'`. */
function statusOf(options: URLSearchParams): string | undefined {
  for (const name of options.keys()) if (name !== "$filter") throw notEmulated(`The query option '${name}' here`);
  const filter = options.get("$filter");
  if (filter === null) return undefined;
  const status = /^status eq (?:microsoft\.graph\.recommendationStatus)?'(\w+)'$/i.exec(filter)?.[1];
  if (status === undefined) throw unsupportedQuery(`Unsupported or invalid query filter clause '${filter}'.`);
  return status;
}

function nameOf({ caller, keys }: GraphCall): Name {
  const id = String(keys[0]);
  const name = (Object.keys(KINDS) as Name[]).find((one) => id === `${caller.tenantId}_${one}`);
  if (name === undefined) throw notFound(id);
  return name;
}

function recommendation(call: GraphCall, name: Name): Record<string, unknown> {
  const { recommendationType, displayName } = KINDS[name];
  const open = impacted(call, name).length > 0;
  const at = new Date(call.now).toISOString();
  return {
    id: `${call.caller.tenantId}_${name}`,
    recommendationType,
    createdDateTime: at,
    impactStartDateTime: at,
    postponeUntilDateTime: null,
    lastModifiedDateTime: at,
    lastModifiedBy: "System",
    displayName,
    featureAreas: ["applications"],
    insights: "",
    benefits: "",
    category: "identityBestPractice",
    status: open ? "active" : "completedBySystem",
    priority: "high",
    requiredLicenses: "microsoftEntraWorkloadId",
    impactType: "apps",
    actionSteps: [],
  };
}

/** Each credential that works today and ends soon. */
function impacted(call: GraphCall, name: Name): Record<string, unknown>[] {
  const { kind } = KINDS[name];
  const { services, caller, now } = call;
  const ends = (end: string | null) => end !== null && Date.parse(end) > now && Date.parse(end) <= now + SOON;
  const rows = (record: ObjectRecord) =>
    [...passwordsOf(record), ...keysOf(record)]
      .filter((one) => ends(one.endDateTime))
      .map((one) => row(record, kind, one.keyId));
  return [...services.store.list(kind, caller.tenantId)].flatMap(rows);
}

function row({ entity }: ObjectRecord, kind: "applications" | "servicePrincipals", keyId: string) {
  return {
    id: keyId,
    subjectId: entity.id,
    displayName: entity.displayName,
    resourceType: "app",
    status: "active",
    apiUrl: `https://graph.microsoft.com/v1.0/${kind}/${entity.id}`,
    portalUrl: "",
    additionalDetails: [
      { key: "AppId", value: entity.appId },
      { key: "CredentialId", value: keyId },
      { key: "Origin", value: kind === "applications" ? "Application" : "ServicePrincipal" },
    ],
  };
}
