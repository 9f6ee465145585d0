/** `GET /{tenant}/oauth2[/v2.0]/authorize`: a person signs in to an application (reference token-endpoint §7.2). */

import type { Request, Response } from "../http/message.ts";
import { formTarget } from "../http/pages.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord, TenantRecord } from "../state/state.ts";
import { AadError } from "./aadsts.ts";
import {
  type AuthorizeRequest,
  readAsking,
  readAuthorize,
  readParameters,
  reply,
  replyFailure,
  replyTo,
} from "./authorize-request.ts";
import { type Requested, readResource, readScope } from "./requested-scopes.ts";
import { beginFlow, failurePage } from "./sign-in-flow.ts";
import { TOKEN_SECONDS } from "./token.ts";
import { askOrFinish } from "./user-consent.ts";
import { clientInfo, mintIdToken, mintUserToken } from "./user-tokens.ts";

type Version = "v1" | "v2";

export async function answerAuthorize(
  services: Services,
  request: Request,
  tenantName: string,
  version: Version,
): Promise<Response> {
  try {
    const params = readParameters(request);
    const asking = readAsking(services, tenantName, params);
    const to = replyTo(params, asking.redirectUri);
    try {
      const wanted = readAuthorize(asking, to, params);
      return await beginFlow(services, request, {
        tenant: asking.tenant,
        appId: String(asking.application.entity.appId),
        name: String(asking.application.entity.displayName),
        formTargets: [formTarget(asking.redirectUri)],
        prompt: wanted.prompt,
        loginHint: wanted.loginHint,
        signedIn: (user) => signedIn(services, request, wanted, params, version, user),
        refused: (failure) => replyFailure(services, to, failure),
      });
    } catch (failure) {
      if (failure instanceof AadError && failure.code !== 0) return replyFailure(services, to, failure);
      throw failure;
    }
  } catch (failure) {
    if (!(failure instanceof AadError)) throw failure;
    return failurePage(services, failure);
  }
}

async function signedIn(
  services: Services,
  request: Request,
  wanted: AuthorizeRequest,
  params: URLSearchParams,
  version: Version,
  user: ObjectRecord,
) {
  const { application, prompt } = wanted;
  const tenant = services.store.tenants.get(user.tenantId) as TenantRecord;
  const asking = { tenant, application, origin: request.origin, user };
  const requested =
    version === "v2"
      ? readScope(services, asking, params.get("scope") ?? "")
      : readResource(services, asking, params.get("resource") ?? "");
  const info = params.get("client_info") === "1" ? { client_info: clientInfo(user) } : {};
  const finish = async () =>
    reply(wanted.reply, { ...(await values(services, wanted, requested, version, user)), ...info });
  return askOrFinish(services, { user, tenant, application, requested, prompt, finish });
}

/** Code, tokens, or both, as the response type says. */
async function values(
  services: Services,
  wanted: AuthorizeRequest,
  requested: Requested,
  version: Version,
  user: ObjectRecord,
): Promise<Record<string, string>> {
  const { types, nonce } = wanted;
  const appId = String(wanted.application.entity.appId);
  const code = types.has("code") ? issueCode(services, wanted, requested, user) : undefined;
  const given: Record<string, string> = { session_state: services.noise.guid() };
  if (code !== undefined) given.code = code;
  let accessToken: string | undefined;
  if (types.has("token")) {
    accessToken = (await mintUserToken(services, { ...requested, user, appId, strength: "0" })).jwt;
    const scope = [...requested.openid, ...requested.scopes].join(" ");
    Object.assign(given, {
      access_token: accessToken,
      token_type: "Bearer",
      expires_in: String(TOKEN_SECONDS - 1),
      scope,
    });
  }
  if (types.has("id_token")) {
    const bound = { ...(code === undefined ? {} : { code }), ...(accessToken === undefined ? {} : { accessToken }) };
    given.id_token = await mintIdToken(services, { user, appId, nonce, openid: requested.openid, version, ...bound });
  }
  return given;
}

function issueCode(services: Services, wanted: AuthorizeRequest, requested: Requested, user: ObjectRecord): string {
  const code = `1.${services.noise.bytes(48).toString("base64url")}`;
  services.signIn.codes.set(code, {
    userId: user.entity.id,
    tenantId: user.tenantId,
    appId: String(wanted.application.entity.appId),
    redirectUri: wanted.redirectUri,
    platform: wanted.platform,
    resourceId: requested.resource.entity.id,
    audience: requested.audience,
    scopes: requested.scopes,
    openid: requested.openid,
    nonce: wanted.nonce,
    challenge: wanted.challenge,
    at: services.clock.now(),
    redeemed: false,
  });
  return code;
}
