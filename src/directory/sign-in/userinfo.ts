/** OpenID Connect's userinfo endpoint, which is Graph's: `/oidc/userinfo`. */
import { authenticateCaller } from "../graph/graph.ts";
import { denied, GraphError, graphErrorBody } from "../graph/graph-error.ts";
import { json, type Request, type Response } from "../http/message.ts";
import type { Services } from "../services.ts";
import { pairwise } from "./user-tokens.ts";

export const USERINFO = { method: "GET", path: "/oidc/userinfo", summary: "Claims of the signed-in user" } as const;

export async function answerUserinfo(services: Services, request: Request): Promise<Response> {
  try {
    const caller = await authenticateCaller(services, request);
    if (caller.user === undefined || !caller.roles.has("openid")) throw denied();
    const { entity } = caller.user;
    const profile = caller.roles.has("profile")
      ? { name: entity.displayName, family_name: entity.surname, given_name: entity.givenName }
      : {};
    const email = caller.roles.has("email") && entity.mail !== null ? { email: entity.mail } : {};
    // the same `sub` as in the application's id_token
    return json(200, { sub: pairwise(entity.id, caller.appId), ...profile, ...email });
  } catch (failure) {
    if (!(failure instanceof GraphError)) throw failure;
    const id = services.noise.guid();
    const body = graphErrorBody(failure, services.clock.now(), id, request.headers["client-request-id"] ?? id);
    return json(failure.status, body, failure.headers);
  }
}
