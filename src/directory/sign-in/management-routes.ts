/** As much of Azure Resource Manager as clients ask for while they sign in: reference clients §4.5 and §4.10. */
import { isCurrent, readBearer } from "../graph/bearer.ts";
import { json, type Request, type Response } from "../http/message.ts";
import { guidOf } from "../random.ts";
import { sentText } from "../sent-text.ts";
import type { Services } from "../services.ts";
import type { TenantRecord } from "../state/state.ts";
import { metadataEndpoints } from "./metadata-endpoints.ts";

/** One route of the management API. `{…}` is one segment. */
export interface ManagementRoute {
  method: "GET";
  path: string;
  /** For docs/directory-coverage.md. */
  summary: string;
  /** Anybody may ask. */
  open?: true;
  handle(services: Services, request: Request, apiVersion: string, key: string, tenant: TenantRecord): Response;
}

export const managementRoutes: readonly ManagementRoute[] = [
  {
    method: "GET",
    path: "/metadata/endpoints",
    summary: "Endpoints of the cloud: one object, or the array form by api-version",
    open: true,
    handle: (_services, request, apiVersion) => json(200, metadataEndpoints(request.origin, apiVersion)),
  },
  {
    method: "GET",
    path: "/subscriptions",
    summary: "The tenant's one subscription",
    handle: (_services, _request, _version, _key, tenant) =>
      json(200, { value: [subscription(tenant)], count: { type: "Total", value: 1 } }),
  },
  {
    method: "GET",
    path: "/subscriptions/{subscription}",
    summary: "Read the subscription",
    handle: (_services, _request, _version, key, tenant) => {
      if (subscription(tenant).subscriptionId !== key.toLowerCase())
        throw new ManagementError(404, "SubscriptionNotFound", `The subscription '${key}' could not be found.`);
      return json(200, subscription(tenant));
    },
  },
  {
    method: "GET",
    path: "/tenants",
    summary: "The tenant the caller is in",
    handle: (_services, _request, _version, _key, tenant) => json(200, { value: [tenantEntry(tenant)] }),
  },
];

class ManagementError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Each route with what its paths look like. */
const matchers = managementRoutes.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replace(/\{\w+\}/, "([^/]+)")}/?$`, "i"),
}));

/** Answers a request to the management API, or undefined where no path of it matches. */
export async function answerManagement(services: Services, request: Request): Promise<Response | undefined> {
  const url = new URL(request.target, request.origin);
  const matching = matchers.flatMap(({ route, pattern }) => {
    const match = pattern.exec(url.pathname);
    return match === null ? [] : [{ route, key: match[1] ?? "" }];
  });
  if (matching.length === 0) return undefined;
  try {
    const found = matching.find(({ route }) => route.method === request.method);
    if (found === undefined) {
      const text = `The http method '${request.method}' is not supported.`;
      throw new ManagementError(405, "MethodNotAllowed", text);
    }
    return await answer(services, request, found.route, found.key, url.searchParams.get("api-version"));
  } catch (failure) {
    if (!(failure instanceof ManagementError)) throw failure;
    return json(failure.status, { error: { code: failure.code, message: failure.message } });
  }
}

async function answer(
  services: Services,
  request: Request,
  route: ManagementRoute,
  key: string,
  apiVersion: string | null,
): Promise<Response> {
  if (apiVersion === null) {
    const text = "The api-version query parameter (?api-version=) is required for all requests.";
    throw new ManagementError(400, "MissingApiVersionParameter", text);
  }
  if (!/^\d{4}-\d\d-\d\d(-preview)?$/.test(apiVersion)) {
    const text = `The api-version '${apiVersion}' is invalid. The format is YYYY-MM-DD.`;
    throw new ManagementError(400, "InvalidApiVersionParameter", text);
  }
  const nobody: TenantRecord = { id: "", displayName: "", domains: [] };
  const tenant = route.open === true ? nobody : await tenantOfCaller(services, request);
  return route.handle(services, request, apiVersion, key, tenant);
}

/** The tenant of the bearer token, which must be for the management API. */
async function tenantOfCaller(services: Services, request: Request): Promise<TenantRecord> {
  const read = readBearer(services, request);
  if ("fault" in read) {
    throw read.fault === "empty"
      ? unauthenticated("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
      : unauthenticated("InvalidAuthenticationToken", "The access token is invalid.");
  }
  const audience = sentText(read.claims.aud).replace(/\/+$/, "");
  if (!/^https:\/\/management\.(azure\.com|core\.windows\.net)$/.test(audience)) {
    const text = `The access token has been obtained for wrong audience or resource '${audience}'.`;
    throw unauthenticated("InvalidAuthenticationTokenAudience", text);
  }
  if (!isCurrent(services, read.claims))
    throw unauthenticated("ExpiredAuthenticationToken", "The access token has expired.");
  const tenant = services.store.tenants.get(sentText(read.claims.tid));
  if (tenant === undefined)
    throw unauthenticated("InvalidAuthenticationTokenTenant", "The access token is from the wrong issuer.");
  return tenant;
}

const unauthenticated = (code: string, message: string) => new ManagementError(401, code, message);

function subscription(tenant: TenantRecord) {
  const subscriptionId = guidOf(`${tenant.id}/subscription`);
  return {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId: tenant.id,
    displayName: `${tenant.displayName} (directory)`,
    state: "Enabled",
    subscriptionPolicies: {
      locationPlacementId: "Public_2014-09-01",
      quotaId: "Internal_2014-09-01",
      spendingLimit: "Off",
    },
    authorizationSource: "RoleBased",
    managedByTenants: [],
  };
}

function tenantEntry(tenant: TenantRecord) {
  return {
    id: `/tenants/${tenant.id}`,
    tenantId: tenant.id,
    countryCode: "US",
    displayName: tenant.displayName,
    domains: tenant.domains.map(({ name }) => name),
    defaultDomain: tenant.domains.find(({ isDefault }) => isDefault)?.name,
    tenantType: "AAD",
    tenantCategory: "Home",
  };
}
