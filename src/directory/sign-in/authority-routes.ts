import { json, type Request, type Response } from "../http/message.ts";
import type { Services } from "../services.ts";
import { AadError, aadsts } from "./aadsts.ts";
import { aadFailure, authorityHeaders, resolveTenant } from "./authority-answers.ts";
import { peopleRoutes } from "./people-routes.ts";
import { answerAnyToken } from "./user-grants.ts";

/** One route of the login authority. `{tenant}` is a GUID, a domain or one of the well-known names. */
export interface AuthorityRoute {
  method: "GET" | "POST" | "*";
  path: string;
  /** For docs/directory-coverage.md. */
  summary: string;
  handle(services: Services, request: Request, tenant: string): Promise<Response> | Response;
}

export const authorityRoutes: readonly AuthorityRoute[] = [
  {
    method: "GET",
    path: "/adfs/.well-known/openid-configuration",
    summary: "OpenID configuration of the alias that MSAL asks no questions about",
    handle: (s, r) => configuration(s, r, "adfs", "v1"),
  },
  {
    method: "*",
    path: "/adfs/oauth2/token",
    summary: "Token endpoint of the alias; the client id says which tenant",
    // MSAL sends a scope here, as to AD FS; others a resource
    handle: (s, r) => answerAnyToken(s, r, "adfs", new URLSearchParams(r.body).has("scope") ? "v2" : "v1"),
  },
  {
    method: "GET",
    path: "/{tenant}/v2.0/.well-known/openid-configuration",
    summary: "OpenID configuration, v2.0",
    handle: (s, r, t) => configuration(s, r, t, "v2"),
  },
  {
    method: "GET",
    path: "/{tenant}/.well-known/openid-configuration",
    summary: "OpenID configuration, v1.0",
    handle: (s, r, t) => configuration(s, r, t, "v1"),
  },
  {
    method: "GET",
    path: "/{tenant}/discovery/v2.0/keys",
    summary: "Signing keys (JWKS)",
    handle: (s, _r, t) => keys(s, t),
  },
  {
    method: "GET",
    path: "/{tenant}/discovery/keys",
    summary: "Signing keys (JWKS), v1.0",
    handle: (s, _r, t) => keys(s, t),
  },
  {
    method: "GET",
    path: "/common/discovery/instance",
    summary: "Instance discovery",
    handle: (s, r) => instance(s, r),
  },
  {
    method: "*",
    path: "/{tenant}/oauth2/v2.0/token",
    summary:
      "Token endpoint, v2.0: client_credentials with a client secret, a certificate or another provider's token; authorization_code, refresh_token, device_code",
    handle: (s, r, t) => answerAnyToken(s, r, t, "v2"),
  },
  {
    method: "*",
    path: "/{tenant}/oauth2/token",
    summary: "Token endpoint, v1.0: the same, with `resource` in place of `scope`",
    handle: (s, r, t) => answerAnyToken(s, r, t, "v1"),
  },
  ...peopleRoutes,
];

/** Each route with what its paths look like; the tenant is the first group. */
const matchers = authorityRoutes.map((route) => ({
  route,
  pattern: new RegExp(`^${route.path.replaceAll(".", "\\.").replace("{tenant}", "([^/]+)")}$`),
}));

/** Answers a request to the login authority, or undefined where no route of it matches. */
export async function answerAuthority(services: Services, request: Request): Promise<Response | undefined> {
  const path = request.target.split("?")[0] ?? "";
  for (const { route, pattern } of matchers) {
    const match = pattern.exec(path);
    if (match === null || (route.method !== "*" && route.method !== request.method)) continue;
    try {
      return await route.handle(services, request, decode(match[1] ?? ""));
    } catch (failure) {
      if (failure instanceof AadError) return aadFailure(services, request, failure);
      throw failure;
    }
  }
  return undefined;
}

function configuration(services: Services, request: Request, tenant: string, version: "v1" | "v2"): Response {
  const found = resolveTenant(services, tenant, "invalid_tenant");
  const base = `${request.origin}/${found?.id ?? tenant.toLowerCase()}`;
  const id = found?.id ?? "{tenantid}";
  const oauth = version === "v2" ? `${base}/oauth2/v2.0` : `${base}/oauth2`;
  const body = {
    token_endpoint: `${oauth}/token`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
    jwks_uri: version === "v2" ? `${base}/discovery/v2.0/keys` : `${request.origin}/common/discovery/keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    // The issuer is Microsoft's, as in every token; only the endpoints are ours. MSAL takes a Microsoft issuer from any known authority.
    issuer: version === "v2" ? `https://login.microsoftonline.com/${id}/v2.0` : `https://sts.windows.net/${id}/`,
    request_uri_parameter_supported: false,
    userinfo_endpoint: `${request.origin}/oidc/userinfo`,
    authorization_endpoint: `${oauth}/authorize`,
    device_authorization_endpoint: `${oauth}/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${oauth}/logout`,
    claims_supported: CLAIMS,
    kerberos_endpoint: `${base}/kerberos`,
    tenant_region_scope: found === undefined ? null : "EU",
    cloud_instance_name: "microsoftonline.com",
    cloud_graph_host_name: "graph.windows.net",
    msgraph_host: "graph.microsoft.com",
    rbac_url: "https://pas.windows.net",
  };
  return json(200, body, discoveryHeaders(services));
}

const CLAIMS =
  "sub iss cloud_instance_name cloud_instance_host_name cloud_graph_host_name msgraph_host aud exp iat auth_time acr nonce preferred_username name tid ver at_hash c_hash email".split(
    " ",
  );

function keys(services: Services, tenant: string): Response {
  const found = resolveTenant(services, tenant, "invalid_tenant");
  const issuer = `https://login.microsoftonline.com/${found?.id ?? "{tenantid}"}/v2.0`;
  return json(200, { keys: services.signers().map(({ jwk }) => ({ ...jwk, issuer })) }, discoveryHeaders(services));
}

const PUBLIC_CLOUD = ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"];

function instance(services: Services, request: Request): Response {
  const asked = new URL(request.target, request.origin).searchParams.get("authorization_endpoint");
  if (asked === null) throw aadsts.invalidInstance();
  const url = URL.canParse(asked) ? new URL(asked) : undefined;
  const own = new URL(request.origin).host;
  if (url === undefined || ![...PUBLIC_CLOUD, own].includes(url.host)) throw aadsts.invalidInstance();
  const tenant = url.pathname.split("/")[1] ?? "common";
  const metadata = [
    { preferred_network: "login.microsoftonline.com", preferred_cache: "login.windows.net", aliases: PUBLIC_CLOUD },
    ...(PUBLIC_CLOUD.includes(own) ? [] : [{ preferred_network: own, preferred_cache: own, aliases: [own] }]),
  ];
  const endpoint = `${url.origin}/${tenant}/v2.0/.well-known/openid-configuration`;
  return json(200, { tenant_discovery_endpoint: endpoint, "api-version": "1.1", metadata }, discoveryHeaders(services));
}

function discoveryHeaders(services: Services): Record<string, string | string[]> {
  return {
    ...authorityHeaders(services),
    "Cache-Control": "max-age=86400, private",
    Pragma: "",
    "Access-Control-Allow-Origin": "*",
  };
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
