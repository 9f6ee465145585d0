/** How many and how much: quotas of tenants, people and objects (reference limits §5). */

import { sentText } from "../sent-text.ts";
import { isAdministrator } from "./delegated-access.ts";
import type { GraphCall } from "./graph-call.ts";
import { badRequest, GraphError } from "./graph-error.ts";
import type { ObjectKind } from "./graph-route.ts";

/** Objects of a tenant with a domain of its own, and with none but the first. */
const TENANT = { verified: 300_000, initial: 50_000 } as const;
/** Objects one user who is no administrator may make. */
const PRINCIPAL = 250;
/** All entries of an application's collections together. */
const ENTRIES = 1200;

const exceeded = (whose: "Tenant" | "Principal") =>
  new GraphError(
    403,
    "Directory_QuotaExceeded",
    `The directory object quota limit for the ${whose} has been exceeded. Please ask your administrator to increase the quota limit or delete objects to reduce the used quota.`,
  );

/** Refuses one more object in a tenant, or by a person, that has its fill. What is in the recycle bin counts. */
export function requireQuota({ services, caller }: GraphCall): void {
  const { store, faults } = services;
  const domains = store.tenants.get(caller.tenantId)?.domains ?? [];
  const most = domains.some(({ isInitial }) => !isInitial) ? TENANT.verified : TENANT.initial;
  const kinds = ["applications", "servicePrincipals", "users"] as const;
  const held = kinds.reduce((sum, kind) => sum + store.countWithBin(kind, caller.tenantId), 0);
  if (held >= (faults.plan.quotas?.tenant ?? most)) throw exceeded("Tenant");
  if (caller.user === undefined || isAdministrator(store, caller.user)) return;
  const own = (kind: ObjectKind) =>
    [...store.list(kind, caller.tenantId), ...store.deleted(kind, caller.tenantId, Number.NEGATIVE_INFINITY)].filter(
      ({ createdBy }) => createdBy === caller.objectId,
    ).length;
  if (own("applications") + own("servicePrincipals") >= (faults.plan.quotas?.principal ?? PRINCIPAL))
    throw exceeded("Principal");
}

/** Refuses a body with more than the object may hold. */
export function checkQuotas(call: GraphCall, kind: ObjectKind, body: Record<string, unknown>): void {
  if (kind === "servicePrincipals") return;
  const personal = sentText(body.signInAudience ?? call.record?.entity.signInAudience ?? "").includes("Personal");
  checkRedirects(body, personal);
  checkLogout(body);
  checkIdentifiers(call, body, personal);
  checkRequested(body, personal);
  const merged = { ...call.record?.entity, ...body };
  if (entriesOf(merged) > ENTRIES) {
    const text =
      "The size of the object has exceeded its limit. Please reduce the number of values and retry your request.";
    throw new GraphError(403, "Directory_ResourceSizeExceeded", text);
  }
}

const invalid = (name: string) =>
  badRequest(`Invalid value specified for property '${name}' of resource 'Application'.`);

function checkRedirects(body: Record<string, unknown>, personal: boolean): void {
  const of = (name: string) => ((body[name] ?? {}) as { redirectUris?: string[] }).redirectUris ?? [];
  const all = (["web", "spa", "publicClient"] as const).flatMap((name) => of(name).map((uri) => [name, uri] as const));
  if (all.length > (personal ? 100 : 256)) throw invalid("redirectUris");
  for (const [platform, uri] of all) {
    if (uri.length > 256 || /[!$'(),;*\s]/.test(uri) || !URL.canParse(uri)) throw invalid("redirectUris");
    const { protocol, hostname } = new URL(uri);
    const local = protocol === "http:" && ["localhost", "127.0.0.1"].includes(hostname);
    // public clients of phones and desktops have schemes of their own
    const allowed = protocol === "https:" || local || (platform === "publicClient" && !SCRIPTS.has(protocol));
    if (!allowed) throw invalid("redirectUris");
  }
}

/** Schemes that run or show something in the browser, which no redirect may lead to. */
const SCRIPTS = new Set(["javascript:", "data:", "vbscript:", "file:", "about:", "blob:", "http:"]);

function checkLogout(body: Record<string, unknown>): void {
  const { logoutUrl } = (body.web ?? {}) as { logoutUrl?: string | null };
  if (logoutUrl === undefined || logoutUrl === null || logoutUrl === "") return;
  if (logoutUrl.length > 255 || !URL.canParse(logoutUrl) || new URL(logoutUrl).protocol !== "https:")
    throw invalid("logoutUrl");
}

/** Unique in the tenant: tokens are asked for by them. */
function checkIdentifiers(
  { services, caller, record }: GraphCall,
  body: Record<string, unknown>,
  personal: boolean,
): void {
  const uris = (body.identifierUris ?? []) as string[];
  const longest = personal ? 120 : 255;
  if (uris.some((uri) => uri === "" || uri.length > longest || uri.includes("*"))) throw invalid("identifierUris");
  if (personal && uris.length > 50) throw invalid("identifierUris");
  for (const uri of uris) {
    const holder = services.store.principalByName(caller.tenantId, uri);
    const own = holder === undefined || holder.entity.appId === record?.entity.appId;
    const twin = services.store
      .named("applications", caller.tenantId, "identifierUris", uri)
      .some((one) => one.entity.id !== record?.entity.id);
    if (!own || twin)
      throw badRequest("Another object with the same value for property identifierUris already exists.");
  }
}

function checkRequested(body: Record<string, unknown>, personal: boolean): void {
  const resources = (body.requiredResourceAccess ?? []) as { resourceAccess?: unknown[] }[];
  const permissions = resources.map(({ resourceAccess = [] }) => resourceAccess.length);
  const total = permissions.reduce((sum, count) => sum + count, 0);
  if (resources.length > 50 || total > (personal ? 200 : 400)) throw invalid("requiredResourceAccess");
  if (personal && permissions.some((count) => count > 30)) throw invalid("requiredResourceAccess");
}

/** Entries of all collections, at any depth. */
function entriesOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one) => sum + 1 + entriesOf(one), 0);
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, one) => sum + entriesOf(one), 0);
}
