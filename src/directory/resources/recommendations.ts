/** The beta recommendations about credentials that end soon: reference graph-applications §15. */

import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, notEmulated, notFound, unsupportedQuery } from "../graph/graph-error.ts";
import type { Ending } from "../state/end-index.ts";
import type { ObjectRecord } from "../state/state.ts";

/** Impacted resources on one page. */
const PAGE = 100;
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
  const url = new URL(call.request.target, call.request.origin);
  const status = statusOf(url.searchParams);
  const name = nameOf(call);
  const { kind } = KINDS[name];
  const value: Record<string, unknown>[] = [];
  const body: Record<string, unknown> = { "@odata.context": context };
  let last: Ending | undefined;
  // all that this directory knows are active
  for (const ending of status === undefined || status === "active" ? impacted(call, name, placeOf(url)) : []) {
    if (value.length === PAGE && last !== undefined) {
      url.searchParams.set("$skiptoken", Buffer.from(`${last.end}:${last.seq}:${last.keyId}`).toString("base64url"));
      body["@odata.nextLink"] = url.href.replaceAll("%24", "$");
      break;
    }
    value.push(row(ending.record, kind, ending.keyId));
    last = ending;
  }
  return { status: 200, body: { ...body, value } };
}

function placeOf(url: URL): Ending | undefined {
  const token = url.searchParams.get("$skiptoken");
  if (token === null) return undefined;
  const [, end, seq, keyId = ""] =
    /^(\d{1,15}):(\d{1,15}):(.+)$/.exec(Buffer.from(token, "base64url").toString("utf8")) ?? [];
  if (end === undefined) throw badRequest("The specified $skiptoken is invalid.");
  return { end: Number(end), keyId, seq: Number(seq) };
}

/** The one filter that is documented: `status eq microsoft.graph.recommendationStatus'active'`. */
function statusOf(options: URLSearchParams): string | undefined {
  for (const name of options.keys())
    if (!["$filter", "$skiptoken"].includes(name)) throw notEmulated(`The query option '${name}' here`);
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
  const open = impacted(call, name).next().done !== true;
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

/** Each credential that works today and ends soon, the soonest first; those behind a place. */
function impacted({ services, caller, now }: GraphCall, name: Name, after?: Ending) {
  const ends = services.store.ends(KINDS[name].kind, caller.tenantId);
  // a token may be older than the clock: what has ended meanwhile is left out
  const begin = after === undefined || after.end <= now ? { end: now + 1, keyId: "", seq: 0 } : after;
  return ends.between(begin, now + SOON);
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
