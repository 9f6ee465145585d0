import { stillHonoured } from "../faults/departed.ts";
import { meeting } from "../faults/faults.ts";
import { isReplicated } from "../faults/replication.ts";
import { json, type Request, type Response } from "../http/message.ts";
import { signJws } from "../keys/jws.ts";
import type { Services } from "../services.ts";
import { type ObjectRecord, passwordsOf, type SignInRecord, sameVerifier, type TenantRecord } from "../state/state.ts";
import { AadError, aadsts } from "./aadsts.ts";
import { aadFailure, authorityHeaders, resolveTenant } from "./authority-answers.ts";
import { authenticateByCertificate, checkForm, readAssertion } from "./client-assertion.ts";
import { authenticateByFederation, isFederated } from "./federated-assertion.ts";
import { isTokenExchange } from "./managed-identity.ts";
import { aliased, readBasic } from "./named-client.ts";
import { findResource, type Resource, resourceOfScope } from "./token-resource.ts";

type Version = "v1" | "v2";

/** Seconds a token is valid after its issue; the answer says one less (reference token-endpoint §2.1). */
export const TOKEN_SECONDS = 3600;

/** What the client sent, from body and Authorization header. */
interface TokenRequest {
  grantType: string;
  clientId: string;
  clientSecret: string | undefined;
  scope: string;
}

/** The client's objects as this tenant sees them. */
export interface Client {
  appId: string;
  application: ObjectRecord | undefined;
  principal: ObjectRecord;
}

/** The credential a sign-in matched, for the log. */
export interface Attempt {
  client?: Client;
  type: NonNullable<SignInRecord["clientCredentialType"]>;
  keyId: string | null;
  federatedId: string | null;
  resourceId: string | null;
  /** The person, where one signed in through the client. */
  userId?: string;
}

/** `POST /{tenant}/oauth2[/v2.0]/token`. */
export async function answerToken(
  services: Services,
  request: Request,
  tenantName: string,
  version: Version,
  issue: Issue = grant,
): Promise<Response> {
  const url = new URL(request.target, request.origin);
  const form = new URLSearchParams(request.body);
  const correlationId =
    request.headers["client-request-id"] ??
    url.searchParams.get("client-request-id") ??
    form.get("client-request-id") ??
    services.noise.guid();
  // one id for the answer's header, the trace id of an error and the row of the sign-in log, as at Entra
  const requestId = services.noise.guid();
  const strikes = services.faults.strike("token", request.address);
  const struck = meeting(services.faults, strikes);
  const delayMs = struck("slow")?.durationMs ?? 0;
  if (struck("reset")) return { ...json(503, {}), disturbance: "reset", delayMs };
  const attempt: Attempt = { type: "none", keyId: null, federatedId: null, resourceId: null };
  const tenant: { record?: TenantRecord | undefined } = {};
  let response: Response;
  try {
    if (struck("throttle")) throw aadsts.throttled();
    if (struck("loop")) throw aadsts.loop();
    tenant.record =
      resolveTenant(services, tenantName, "invalid_request") ?? aliased(services, request, form, tenantName);
    if (request.method !== "POST") throw aadsts.onlyPost(request.method);
    // a parameter must not be there twice (RFC 6749 §3.2)
    if (new Set(form.keys()).size < form.size) throw aadsts.malformed();
    response = await issue(services, request, {
      form,
      version,
      tenant: tenant.record,
      attempt,
      requestId,
      isBlocked: () => struck("conditional-access") !== undefined,
      found: (record) => {
        tenant.record = record;
      },
    });
    logSignIn(services, request, tenant.record, attempt, 0, { requestId, correlationId });
  } catch (failure) {
    if (!(failure instanceof AadError)) throw failure;
    logSignIn(services, request, tenant.record, attempt, failure.code, { requestId, correlationId });
    response = aadFailure(services, request, failure, { requestId, correlationId });
  }
  if (struck("lost-response")) return { ...response, disturbance: "lost", delayMs };
  if (struck("commit-then-stall")) return { ...response, disturbance: "stall", delayMs };
  return { ...response, delayMs };
}

export interface GrantInput {
  form: URLSearchParams;
  version: Version;
  tenant: TenantRecord | undefined;
  attempt: Attempt;
  requestId: string;
  /** Whether Conditional Access refuses it; asked when the client has proven himself. */
  isBlocked(): boolean;
  /** Tells the tenant a grant itself names, for the log. */
  found(tenant: TenantRecord): void;
}

/** Issues what one kind of grant is for. @throws AadError */
export type Issue = (services: Services, request: Request, input: GrantInput) => Promise<Response>;

async function grant(services: Services, request: Request, input: GrantInput): Promise<Response> {
  const { form, version, tenant, attempt } = input;
  const asked = readForm(request, form, version);
  const assertion = readAssertion(form);
  if (assertion !== undefined && !isFederated(assertion)) checkForm(assertion);
  if (OTHER_GRANTS.has(asked.grantType)) throw otherGrant(services, tenant, asked, assertion !== undefined);
  if (tenant === undefined) throw aadsts.noTenant();
  const client = findClient(services, tenant, asked.clientId);
  attempt.client = client;
  const resourceName = version === "v2" ? resourceOfScope(asked.scope) : asked.scope;
  const strength = await proveClient(services, tenant, client, form, asked.clientSecret, attempt);
  const resource = findResource(services, tenant, resourceName, request.origin);
  attempt.resourceId = resource.principal.entity.id;
  if (input.isBlocked()) throw aadsts.conditionalAccess();
  const token = await mint(services, tenant, client, resource, strength);
  const headers = authorityHeaders(services, input.requestId);
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

/** Checks that the client is who it says: 1 by a secret, 2 by an assertion. @throws AadError */
export async function proveClient(
  services: Services,
  tenant: TenantRecord,
  client: Client,
  form: URLSearchParams,
  secret: string | undefined,
  attempt: Attempt,
): Promise<"1" | "2"> {
  const assertion = readAssertion(form);
  if (assertion === undefined) {
    attempt.keyId = authenticate(services, client, secret, attempt);
    return "1";
  }
  if (isFederated(assertion)) {
    attempt.type = "federatedIdentityCredential";
    const found = await authenticateByFederation(services, client, assertion, form.get("client_assertion") ?? "");
    attempt.federatedId = found.id;
  } else {
    attempt.type = "certificate";
    attempt.keyId = authenticateByCertificate(services, tenant, client, assertion, attempt);
  }
  return "2";
}

/** Grants Entra knows and this directory does not issue by; any other name is 70003. */
const OTHER_GRANTS = new Set([
  "password",
  "urn:ietf:params:oauth:grant-type:jwt-bearer",
  "urn:ietf:params:oauth:grant-type:saml2-bearer",
]);

function readForm(request: Request, form: URLSearchParams, version: Version): TokenRequest {
  const grantType = form.get("grant_type") ?? "";
  if (grantType === "") throw aadsts.missingParameter("grant_type");
  const isOther = OTHER_GRANTS.has(grantType);
  if (grantType !== "client_credentials" && !isOther) throw aadsts.unsupportedGrant(grantType);
  const basic = readBasic(request.headers.authorization);
  const clientId = form.get("client_id") || basic?.clientId || "";
  if (clientId === "") throw aadsts.missingParameter("client_id");
  const scopeName = version === "v2" ? "scope" : "resource";
  const scope = (form.get(scopeName) ?? "").trim();
  if (scope === "" && !isOther)
    throw version === "v2" ? aadsts.missingField(scopeName) : aadsts.missingParameter(scopeName);
  return { grantType, clientId, scope, clientSecret: form.get("client_secret") || basic?.clientSecret || undefined };
}

/** What a grant that is not emulated is refused with: as Entra refuses it where that is known, or as not emulated. */
function otherGrant(
  services: Services,
  tenant: TenantRecord | undefined,
  asked: TokenRequest,
  isAsserted: boolean,
): AadError {
  const application =
    tenant === undefined
      ? services.store.applicationByAppId(asked.clientId)
      : findClient(services, tenant, asked.clientId).application;
  if (tenant === undefined && application?.entity.signInAudience === "AzureADMyOrg")
    return aadsts.notMultiTenant(asked.clientId, String(application.entity.displayName));
  const isPublic = application?.entity.isFallbackPublicClient === true;
  const isProven = isAsserted || asked.clientSecret !== undefined;
  if (isPublic && isProven) return aadsts.publicClient();
  if (!isPublic && !isProven) return aadsts.missingClientSecret();
  return aadsts.notEmulated(`The grant type '${asked.grantType}'`);
}

export function findClient(services: Services, tenant: TenantRecord, clientId: string): Client {
  const appId = clientId.toLowerCase();
  if (appId === "00000000-0000-0000-0000-000000000000") throw aadsts.zeroClientId(clientId);
  const registered = replicated(services, services.store.applicationByAppId(appId));
  const home = registered?.tenantId === tenant.id;
  const multiTenant = registered !== undefined && registered.entity.signInAudience !== "AzureADMyOrg";
  const application = home || multiTenant ? registered : undefined;
  const principal = replicated(services, services.store.principalByName(tenant.id, appId));
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

function replicated(services: Services, record: ObjectRecord | undefined): ObjectRecord | undefined {
  return record !== undefined && isReplicated(services, record) ? record : undefined;
}

/** Checks the secret against the application's and the service principal's credentials; the table is reference token-endpoint §5.2. */
function authenticate(services: Services, client: Client, secret: string | undefined, attempt: Attempt): string {
  if (secret === undefined) throw aadsts.missingCredential();
  attempt.type = "clientSecret";
  const presented = services.store.verifierOf(secret);
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
    for (const { keyId, verifier, password } of stillHonoured(record, services.faults, now)) {
      if (verifier === undefined || !sameVerifier(verifier, presented)) continue;
      attempt.keyId = keyId;
      if (Date.parse(password?.endDateTime ?? "9999-12-31T00:00:00Z") > now) return keyId;
    }
  }
  throw refusal();
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
  if (isTokenExchange(resource.principal)) return 2;
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
  { requestId, correlationId }: { readonly requestId: string; readonly correlationId: string },
): void {
  if (attempt.client === undefined || tenant === undefined) return;
  const signIn: SignInRecord = {
    seq: services.store.nextSeq(),
    id: requestId,
    createdDateTime: new Date(services.clock.now()).toISOString(),
    tenantId: tenant.id,
    appId: attempt.client.appId,
    servicePrincipalId: attempt.client.principal.entity.id,
    ...(attempt.userId === undefined ? {} : { userId: attempt.userId }),
    clientCredentialType: attempt.type,
    federatedCredentialId: attempt.federatedId,
    keyId: attempt.keyId,
    resourceId: attempt.resourceId,
    errorCode,
    correlationId,
    userAgent: request.headers["user-agent"] ?? null,
    ipAddress: request.address,
  };
  services.commit([{ signIn }], false);
}
