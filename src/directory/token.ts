import { AadError, aadsts } from "./aadsts.ts";
import { aadFailure, authorityHeaders, resolveTenant } from "./authority-answers.ts";
import { authenticateByCertificate, readAssertion } from "./client-assertion.ts";
import { authenticateByFederation, isFederated } from "./federated-assertion.ts";
import { signJws } from "./jws.ts";
import { json, type Request, type Response } from "./message.ts";
import { GRAPH_APP_ID, GRAPH_URI } from "./permissions.ts";
import type { Services } from "./services.ts";
import { type ObjectRecord, passwordsOf, type SignInRecord, sameVerifier, type TenantRecord } from "./state.ts";

type Version = "v1" | "v2";

/** Seconds a token is valid after its issue; the answer says one less (reference token-endpoint §2.1). */
const TOKEN_SECONDS = 3600;

/** What the client sent, from body and Authorization header. */
interface TokenRequest {
  clientId: string;
  clientSecret: string | undefined;
  scope: string;
}

/** The client's objects as this tenant sees them. */
interface Client {
  appId: string;
  application: ObjectRecord | undefined;
  principal: ObjectRecord;
}

/** The credential a sign-in matched, for the log. */
interface Attempt {
  client?: Client;
  type: NonNullable<SignInRecord["clientCredentialType"]>;
  keyId: string | null;
  federatedId: string | null;
  resourceId: string | null;
}

/** `POST /{tenant}/oauth2[/v2.0]/token`. */
export async function answerToken(
  services: Services,
  request: Request,
  tenantName: string,
  version: Version,
): Promise<Response> {
  const url = new URL(request.target, request.origin);
  const form = new URLSearchParams(request.body);
  const correlationId =
    request.headers["client-request-id"] ??
    url.searchParams.get("client-request-id") ??
    form.get("client-request-id") ??
    services.noise.guid();
  const strikes = services.faults.strike("token");
  const struck = (fault: string) => strikes.find((strike) => strike.fault === fault);
  const delayMs = struck("slow")?.durationMs ?? 0;
  if (struck("reset")) return { ...json(503, {}), disturbance: "reset", delayMs };
  const attempt: Attempt = { type: "none", keyId: null, federatedId: null, resourceId: null };
  const tenant: { record?: TenantRecord | undefined } = {};
  let response: Response;
  try {
    if (struck("throttle")) throw aadsts.throttled();
    tenant.record = resolveTenant(services, tenantName, "invalid_request");
    if (request.method !== "POST") throw aadsts.onlyPost(request.method);
    response = await grant(services, request, {
      form,
      version,
      tenant: tenant.record,
      attempt,
      blocked: struck("conditional-access") !== undefined,
    });
    logSignIn(services, request, tenant.record, attempt, 0, correlationId);
  } catch (failure) {
    if (!(failure instanceof AadError)) throw failure;
    logSignIn(services, request, tenant.record, attempt, failure.code, correlationId);
    response = aadFailure(services, request, failure, correlationId);
  }
  if (struck("lost-response")) return { ...response, disturbance: "lost", delayMs };
  if (struck("commit-then-stall")) return { ...response, disturbance: "stall", delayMs };
  return { ...response, delayMs };
}

interface GrantInput {
  form: URLSearchParams;
  version: Version;
  tenant: TenantRecord | undefined;
  attempt: Attempt;
  blocked: boolean;
}

async function grant(services: Services, request: Request, input: GrantInput): Promise<Response> {
  const { form, version, tenant, attempt } = input;
  const asked = readForm(request, form, version);
  if (tenant === undefined) throw aadsts.noTenant();
  const client = findClient(services, tenant, asked.clientId);
  attempt.client = client;
  const resourceName = version === "v2" ? resourceOfScope(asked.scope) : asked.scope;
  const assertion = readAssertion(form);
  if (assertion === undefined) attempt.keyId = authenticate(services, client, asked, attempt);
  else if (isFederated(assertion)) {
    attempt.type = "federatedIdentityCredential";
    const found = await authenticateByFederation(services, client, assertion, form.get("client_assertion") ?? "");
    attempt.federatedId = found.id;
  } else {
    attempt.type = "certificate";
    attempt.keyId = authenticateByCertificate(services, tenant, client, assertion, attempt);
  }
  const resource = findResource(services, tenant, resourceName, request.origin);
  attempt.resourceId = resource.principal.entity.id;
  if (input.blocked) throw aadsts.conditionalAccess();
  const token = await mint(services, tenant, client, resource, assertion === undefined ? "1" : "2");
  const headers = authorityHeaders(services);
  if (version === "v2") {
    const seconds = TOKEN_SECONDS - 1;
    return json(
      200,
      { token_type: "Bearer", expires_in: seconds, ext_expires_in: seconds, access_token: token.jwt },
      headers,
    );
  }
  const body = {
    token_type: "Bearer",
    expires_in: String(TOKEN_SECONDS - 1),
    ext_expires_in: String(TOKEN_SECONDS - 1),
    expires_on: String(token.exp),
    not_before: String(token.nbf),
    resource: resource.audience,
    access_token: token.jwt,
  };
  return json(200, body, headers);
}

/** Grants Entra knows and this directory does not issue by; any other name is 70003. */
const OTHER_GRANTS = new Set([
  "authorization_code",
  "refresh_token",
  "password",
  "device_code",
  "urn:ietf:params:oauth:grant-type:device_code",
  "urn:ietf:params:oauth:grant-type:jwt-bearer",
  "urn:ietf:params:oauth:grant-type:saml2-bearer",
]);

function readForm(request: Request, form: URLSearchParams, version: Version): TokenRequest {
  const grantType = form.get("grant_type") ?? "";
  if (grantType === "") throw aadsts.missingParameter("grant_type");
  if (OTHER_GRANTS.has(grantType)) throw aadsts.notEmulated(`The grant type '${grantType}'`);
  if (grantType !== "client_credentials") throw aadsts.unsupportedGrant(grantType);
  const basic = readBasic(request.headers.authorization);
  const clientId = form.get("client_id") || basic?.clientId || "";
  if (clientId === "") throw aadsts.missingParameter("client_id");
  const scopeName = version === "v2" ? "scope" : "resource";
  const scope = (form.get(scopeName) ?? "").trim();
  if (scope === "") throw aadsts.missingParameter(scopeName);
  return { clientId, scope, clientSecret: form.get("client_secret") || basic?.clientSecret || undefined };
}

/** HTTP Basic with both parts form-urlencoded (RFC 6749 §2.3.1). */
function readBasic(header: string | undefined): { clientId: string; clientSecret: string } | undefined {
  const encoded = /^basic +([A-Za-z0-9+/=]+)$/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const [clientId, ...rest] = Buffer.from(encoded, "base64").toString("utf8").split(":");
  const decode = (text: string) => new URLSearchParams(`v=${text.replaceAll("&", "%26")}`).get("v") ?? "";
  return { clientId: decode(clientId ?? ""), clientSecret: decode(rest.join(":")) };
}

function findClient(services: Services, tenant: TenantRecord, clientId: string): Client {
  const appId = clientId.toLowerCase();
  if (appId === "00000000-0000-0000-0000-000000000000") throw aadsts.zeroClientId(clientId);
  const registered = services.store.applicationByAppId(appId);
  const home = registered?.tenantId === tenant.id;
  const multiTenant = registered !== undefined && registered.entity.signInAudience !== "AzureADMyOrg";
  const application = home || multiTenant ? registered : undefined;
  const principal = services.store.principalByName(tenant.id, appId);
  if (principal === undefined || String(principal.entity.appId).toLowerCase() !== appId) {
    // An application that exists nowhere visible is unknown; one that exists and has no instance here lacks its service principal.
    throw application === undefined
      ? aadsts.applicationNotFound(clientId, tenant.displayName)
      : aadsts.missingServicePrincipal(clientId, tenant.id);
  }
  // A registration in the recycle bin is not found by its appId; its service principal, if it were left, must not sign in.
  const orphaned = registered === undefined && principal.entity.appOwnerOrganizationId === tenant.id;
  if (orphaned) throw aadsts.applicationNotFound(clientId, tenant.displayName);
  const off =
    principal.entity.accountEnabled === false ||
    principal.entity.isDisabled === true ||
    application?.entity.isDisabled === true;
  if (off) throw aadsts.applicationDisabled(String(principal.entity.appId), String(principal.entity.displayName));
  return { appId, application, principal };
}

/** Checks the secret against the application's and the service principal's credentials; the table is reference token-endpoint §5.2. */
function authenticate(services: Services, client: Client, asked: TokenRequest, attempt: Attempt): string {
  if (asked.clientSecret === undefined) throw aadsts.missingCredential();
  attempt.type = "clientSecret";
  const presented = services.store.verifierOf(asked.clientSecret);
  const now = services.clock.now();
  // made only when it is thrown: an error with its stack costs more than the rest of a token
  let refusal = () => aadsts.invalidSecret(client.appId);
  for (const record of [client.application, client.principal]) {
    if (record === undefined) continue;
    for (const credential of passwordsOf(record)) {
      const secret = record.secrets[credential.keyId];
      if (secret === undefined || !sameVerifier(secret.verifier, presented)) continue;
      attempt.keyId = credential.keyId;
      if (Date.parse(credential.endDateTime ?? "9999-12-31T00:00:00Z") <= now) {
        refusal = () => aadsts.expiredSecret(client.appId);
        continue;
      }
      if (Date.parse(credential.startDateTime ?? "0001-01-01T00:00:00Z") > now) continue;
      const visibility = services.faults.tokenVisibility(credential.keyId, secret.createdAt, now);
      if (visibility === "visible") return credential.keyId;
      if (visibility === "expired") refusal = () => aadsts.expiredSecret(client.appId);
    }
  }
  throw refusal();
}

/** The resource of a v2.0 scope; client_credentials takes exactly one `<resource>/.default`. */
function resourceOfScope(scope: string): string {
  const scopes = scope.split(/\s+/);
  const resources = scopes.filter((one) => one.endsWith("/.default"));
  if (new Set(resources).size > 1) throw aadsts.severalResources(scope);
  const only = resources[0];
  if (only === undefined || scopes.length > 1) throw aadsts.scopeWithoutDefault(scope);
  const resource = only.slice(0, -"/.default".length);
  if (resource === "" || /[<>"'\\]/.test(resource)) throw aadsts.invalidScope(scope);
  return resource;
}

interface Resource {
  /** The `aud` of a v1.0-shaped token: the resource as it was asked for. */
  audience: string;
  principal: ObjectRecord;
}

function findResource(services: Services, tenant: TenantRecord, name: string, origin: string): Resource {
  const bare = name.replace(/\/+$/, "");
  const graph = services.store.principalByName(tenant.id, GRAPH_APP_ID);
  if (graph !== undefined && (bare === origin || services.origins.has(bare)))
    return { audience: GRAPH_URI, principal: graph };
  if (graph !== undefined && bare.toLowerCase() === GRAPH_URI)
    return { audience: name.replace(/\/+$/, "/"), principal: graph };
  const principal = services.store.principalByName(tenant.id, name) ?? services.store.principalByName(tenant.id, bare);
  if (principal === undefined) throw aadsts.resourceNotFound(name, tenant.displayName);
  return { audience: name, principal };
}

async function mint(
  services: Services,
  tenant: TenantRecord,
  client: Client,
  resource: Resource,
  /** How the client authenticated: 1 by a secret, 2 by an assertion. */
  strength: "1" | "2",
): Promise<{ jwt: string; nbf: number; exp: number }> {
  const issued = Math.floor(services.clock.now() / 1000);
  const [nbf, exp] = [issued - 300, issued + TOKEN_SECONDS];
  const oid = client.principal.entity.id;
  const { id: resourceId } = resource.principal.entity;
  const assignments = services.store.grantsTo(oid).filter(({ entity }) => entity.resourceId === resourceId);
  const appRoles = (resource.principal.entity.appRoles ?? []) as { id: string; value: string | null }[];
  const roles = assignments.flatMap(({ entity }) => appRoles.find((role) => role.id === entity.appRoleId)?.value ?? []);
  if (resource.principal.entity.appRoleAssignmentRequired === true && assignments.length === 0) {
    const names = [client.appId, String(client.principal.entity.displayName)] as const;
    throw aadsts.notAssigned(
      ...names,
      String(resource.principal.entity.appId),
      String(resource.principal.entity.displayName),
    );
  }
  const opaque = {
    aio: services.noise.bytes(24).toString("base64"),
    rh: `1.${services.noise.bytes(24).toString("base64url")}.`,
    uti: services.noise.bytes(16).toString("base64url"),
  };
  const claims = { oid, sub: oid, tid: tenant.id, ...(roles.length === 0 ? {} : { roles: roles.sort() }), ...opaque };
  const v2 = tokenVersionOf(services, resource) === 2;
  const { kid } = services.signer;
  const name = String(client.principal.entity.displayName);
  const shaped = v2
    ? { ...claims, azp: client.appId, azpacr: strength, ver: "2.0" }
    : {
        ...claims,
        app_displayname: name,
        appid: client.appId,
        appidacr: strength,
        idp: `https://sts.windows.net/${tenant.id}/`,
        idtyp: "app",
        ver: "1.0",
      };
  const registered = {
    aud: v2 ? String(resource.principal.entity.appId) : resource.audience,
    iss: v2 ? `https://login.microsoftonline.com/${tenant.id}/v2.0` : `https://sts.windows.net/${tenant.id}/`,
    iat: nbf,
    nbf,
    exp,
  };
  const header = v2 ? { typ: "JWT", alg: "RS256", kid } : { typ: "JWT", alg: "RS256", x5t: kid, kid };
  const jwt = await signJws(header, { ...shaped, ...registered }, services.signer.key, services.signer.stamp);
  return { jwt, nbf, exp };
}

/** The resource decides the token's shape, not the endpoint (reference token-endpoint §4); Graph is always v1.0. */
function tokenVersionOf(services: Services, resource: Resource): 1 | 2 {
  const application = services.store.applicationByAppId(String(resource.principal.entity.appId));
  const api = application?.entity.api as { requestedAccessTokenVersion?: number | null } | undefined;
  return api?.requestedAccessTokenVersion === 2 ? 2 : 1;
}

function logSignIn(
  services: Services,
  request: Request,
  tenant: TenantRecord | undefined,
  attempt: Attempt,
  errorCode: number,
  correlationId: string,
): void {
  if (attempt.client === undefined || tenant === undefined) return;
  const signIn: SignInRecord = {
    seq: services.store.nextSeq(),
    id: services.noise.guid(),
    createdDateTime: new Date(services.clock.now()).toISOString(),
    tenantId: tenant.id,
    appId: attempt.client.appId,
    servicePrincipalId: attempt.client.principal.entity.id,
    clientCredentialType: attempt.type,
    federatedCredentialId: attempt.federatedId,
    keyId: attempt.keyId,
    resourceId: attempt.resourceId,
    errorCode,
    correlationId,
    userAgent: request.headers["user-agent"] ?? null,
  };
  services.commit([{ signIn }], false);
}
