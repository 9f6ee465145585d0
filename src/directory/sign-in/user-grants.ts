/** The token endpoint for people: codes, refresh tokens and device codes. */

import { createHash } from "node:crypto";
import { json, type Request, type Response } from "../http/message.ts";
import type { Services } from "../services.ts";
import { type ObjectRecord, sameVerifier, type TenantRecord } from "../state/state.ts";
import { aadsts } from "./aadsts.ts";
import { authorityHeaders } from "./authority-answers.ts";
import { isOver, isPublic } from "./device-code.ts";
import { readBasic } from "./named-client.ts";
import { peopleAadsts } from "./people-aadsts.ts";
import { type Requested, readResource, readScope, unconsented } from "./requested-scopes.ts";
import type { CodeGrant, Platform } from "./sign-in-state.ts";
import {
  answerToken,
  type Client,
  findClient,
  type GrantInput,
  type Issue,
  proveClient,
  TOKEN_SECONDS,
} from "./token.ts";
import { clientInfo, mintIdToken, mintUserToken, openRefresh, sealRefresh } from "./user-tokens.ts";

const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
const CODE_MS = 600_000;
/** Ninety days of no use, a day for single-page applications (AD `refresh-tokens.md`). */
const REFRESH_MS = { web: 90 * 86_400_000, publicClient: 90 * 86_400_000, spa: 86_400_000 } as const;

/** A map, as an object would also answer to `valueOf` and the like. */
const ISSUERS: ReadonlyMap<string, Issue> = new Map([
  ["authorization_code", redeemCode],
  ["refresh_token", refresh],
  ["device_code", redeemDevice],
  [DEVICE, redeemDevice],
]);

/** `POST /{tenant}/oauth2[/v2.0]/token` of any grant; also what a browser asks before it sends one across origins. */
export async function answerAnyToken(
  services: Services,
  request: Request,
  tenantName: string,
  version: "v1" | "v2",
): Promise<Response> {
  const { origin } = request.headers;
  if (request.method === "OPTIONS" && origin !== undefined) return preflight(origin);
  const issuer = ISSUERS.get(new URLSearchParams(request.body).get("grant_type") ?? "");
  const response = await answerToken(services, request, tenantName, version, issuer);
  if (origin === undefined || issuer === undefined) return response;
  return { ...response, headers: { ...response.headers, "Access-Control-Allow-Origin": origin } };
}

function preflight(origin: string): Response {
  return {
    status: 204,
    headers: {
      "Access-Control-Allow-Origin": origin,
      "Access-Control-Allow-Methods": "POST, OPTIONS",
      "Access-Control-Allow-Headers": "content-type, client-request-id, x-client-sku, x-client-ver",
      "Access-Control-Max-Age": "86400",
    },
    body: "",
  };
}

async function redeemCode(services: Services, request: Request, input: GrantInput): Promise<Response> {
  const { form, version, requestId } = input;
  const text = required(form, "code");
  const code = services.signIn.codes.get(text);
  if (code === undefined) throw peopleAadsts.badGrant();
  const user = person(services, code, input);
  const { client, strength, appId } = await proved(services, request, input, user, code.platform);
  if (code.appId !== appId) throw peopleAadsts.otherClient();
  refuseOrigin(request, code.platform);
  if (code.redeemed) throw peopleAadsts.redeemed();
  if (code.at + CODE_MS <= services.clock.now()) throw peopleAadsts.expiredGrant();
  if (form.get("redirect_uri") !== code.redirectUri) throw peopleAadsts.otherRedirect();
  checkVerifier(code, form.get("code_verifier"));
  code.redeemed = true;
  const resource = services.store.find("servicePrincipals", user.tenantId, code.resourceId);
  if (resource === undefined) throw peopleAadsts.badGrant();
  const requested: Requested = { resource, audience: code.audience, openid: code.openid, scopes: code.scopes };
  return issued(services, {
    user,
    client,
    requested,
    version,
    strength,
    platform: code.platform,
    nonce: code.nonce,
    form,
    requestId,
  });
}

/** The proof that who redeems is who asked (RFC 7636). */
function checkVerifier({ challenge }: CodeGrant, verifier: string | null): void {
  if (challenge === null) return;
  if (verifier === null || verifier === "") throw peopleAadsts.verifierMissing();
  const shown = challenge.method === "S256" ? createHash("sha256").update(verifier).digest("base64url") : verifier;
  if (!sameVerifier(shown, challenge.value)) throw peopleAadsts.verifierWrong();
}

async function refresh(services: Services, request: Request, input: GrantInput): Promise<Response> {
  const { form, version, requestId } = input;
  const grant = openRefresh(services, required(form, "refresh_token"));
  if (grant === undefined) throw peopleAadsts.badGrant();
  const user = person(services, grant, input);
  const { client, strength, appId, application } = await proved(services, request, input, user, grant.platform);
  if (grant.appId !== appId) throw peopleAadsts.otherClient();
  refuseOrigin(request, grant.platform);
  if (grant.until <= services.clock.now()) throw peopleAadsts.expiredGrant();
  const resource = services.store.find("servicePrincipals", user.tenantId, grant.resourceId);
  if (resource === undefined) throw peopleAadsts.badGrant();
  const tenant = services.store.tenants.get(user.tenantId) as TenantRecord;
  const asked = (form.get(version === "v2" ? "scope" : "resource") ?? "").trim();
  const same: Requested = { resource, audience: grant.audience, openid: grant.openid, scopes: grant.scopes };
  const read = version === "v2" ? readScope : readResource;
  const requested = asked === "" ? same : read(services, { tenant, application, origin: request.origin, user }, asked);
  // a grant taken back since, or scopes nobody consented to
  if (unconsented(services, user, client.principal, requested).length > 0)
    throw peopleAadsts.consentRequired(appId, String(application.entity.displayName), "invalid_grant");
  const openid = [...new Set([...requested.openid, "offline_access"])];
  return issued(services, {
    user,
    client,
    requested: { ...requested, openid },
    version,
    strength,
    platform: grant.platform,
    nonce: null,
    form,
    requestId,
  });
}

async function redeemDevice(services: Services, request: Request, input: GrantInput): Promise<Response> {
  const { form, version, requestId } = input;
  const text = form.get("device_code") ?? form.get("code") ?? "";
  if (text === "") throw aadsts.missingParameter("device_code");
  const device = services.signIn.devices.get(text);
  if (device === undefined || device.redeemed) throw peopleAadsts.badDeviceCode();
  if ((form.get("client_id") ?? "").toLowerCase() !== device.appId.toLowerCase()) throw peopleAadsts.otherClient();
  if (device.state === "declined") throw peopleAadsts.consentDeclined("authorization_declined");
  if (isOver(services, device)) throw peopleAadsts.expiredDeviceCode();
  if (device.state === "waiting") throw peopleAadsts.pending();
  const user = person(services, device.state, input);
  const { client, strength, application } = await proved(services, request, input, user, "publicClient");
  const tenant = services.store.tenants.get(user.tenantId) as TenantRecord;
  const read = device.version === "v2" ? readScope : readResource;
  const requested = read(services, { tenant, application, origin: request.origin, user }, device.scope);
  device.redeemed = true;
  return issued(services, {
    user,
    client,
    requested,
    version,
    strength,
    platform: "publicClient",
    nonce: null,
    form,
    requestId,
  });
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name) ?? "";
  if (value === "") throw aadsts.missingParameter(name);
  return value;
}

/** The person a grant is about, in the tenant the path names, if it names one. */
function person(services: Services, grant: { userId: string; tenantId: string }, input: GrantInput): ObjectRecord {
  const tenant = services.store.tenants.get(grant.tenantId);
  const user = services.store.find("users", grant.tenantId, grant.userId);
  if (tenant === undefined || user === undefined) throw peopleAadsts.badGrant();
  if (input.tenant !== undefined && input.tenant.id !== tenant.id) throw peopleAadsts.otherClient();
  input.found(tenant);
  input.attempt.userId = user.entity.id;
  return user;
}

/** The client, and that it is who it says: with a secret or assertion where it can keep one, without where it cannot. */
async function proved(services: Services, request: Request, input: GrantInput, user: ObjectRecord, platform: Platform) {
  const { form, attempt } = input;
  const tenant = services.store.tenants.get(user.tenantId) as TenantRecord;
  const basic = readBasic(request.headers.authorization);
  const appId = form.get("client_id") || basic?.clientId || "";
  if (appId === "") throw aadsts.missingParameter("client_id");
  const client = findClient(services, tenant, appId);
  attempt.client = client;
  if (input.isBlocked()) throw aadsts.conditionalAccess();
  const { application } = client;
  if (application === undefined) throw peopleAadsts.badGrant();
  const secret = form.get("client_secret") || basic?.clientSecret || undefined;
  const proof = secret !== undefined || (form.get("client_assertion") ?? "") !== "";
  const id = String(application.entity.appId);
  if (platform === "web" || (proof && !isPublic(application) && platform !== "spa")) {
    if (!proof) throw peopleAadsts.secretNeeded();
    const strength = await proveClient(services, tenant, client, form, secret, attempt);
    return { client, application, strength, appId: id };
  }
  if (proof) throw peopleAadsts.secretUnwanted();
  return { client, application, strength: "0" as const, appId: id };
}

/** Single-page applications redeem from a browser, which says its origin; nobody else does. */
function refuseOrigin({ headers }: Request, platform: Platform): void {
  if (platform === "spa" && headers.origin === undefined) throw peopleAadsts.crossOriginOnly();
  if (platform !== "spa" && headers.origin !== undefined) throw peopleAadsts.notCrossOrigin();
}

interface Issued {
  readonly user: ObjectRecord;
  readonly client: Client;
  readonly requested: Requested;
  readonly version: "v1" | "v2";
  readonly strength: "0" | "1" | "2";
  readonly platform: Platform;
  readonly nonce: string | null;
  readonly form: URLSearchParams;
  /** The id of the answer, and of its row in the sign-in log. */
  readonly requestId: string;
}

async function issued(services: Services, given: Issued): Promise<Response> {
  const { user, client, requested, version, platform } = given;
  const appId = String(client.principal.entity.appId);
  const access = await mintUserToken(services, { ...requested, user, appId, strength: given.strength });
  const { openid } = requested;
  const more: Record<string, string> = {};
  if (openid.includes("offline_access")) {
    const until = services.clock.now() + REFRESH_MS[platform];
    const { scopes, audience } = requested;
    const resourceId = requested.resource.entity.id;
    const sealed = {
      userId: user.entity.id,
      tenantId: user.tenantId,
      appId,
      platform,
      scopes,
      resourceId,
      audience,
      openid,
      until,
    };
    more.refresh_token = sealRefresh(services, sealed);
  }
  if (openid.includes("openid"))
    more.id_token = await mintIdToken(services, { user, appId, nonce: given.nonce, openid, version });
  if (given.form.get("client_info") === "1") more.client_info = clientInfo(user);
  const shown = [...openid.filter((one) => one !== "offline_access"), ...requested.scopes].join(" ");
  const seconds = TOKEN_SECONDS - 1;
  const body =
    version === "v2"
      ? { token_type: "Bearer", scope: shown, expires_in: seconds, ext_expires_in: seconds }
      : {
          token_type: "Bearer",
          scope: shown,
          expires_in: String(seconds),
          ext_expires_in: String(seconds),
          expires_on: String(access.exp),
          not_before: String(access.nbf),
          resource: requested.audience,
        };
  return json(200, { ...body, access_token: access.jwt, ...more }, authorityHeaders(services, given.requestId));
}
