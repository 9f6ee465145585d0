/** `…/authorize`, read and checked: reference token-endpoint §7.2. Only what passes here is ever redirected to. */

import type { Request, Response } from "../http/message.ts";
import { formTarget, html, page, redirect } from "../http/pages.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord, TenantRecord } from "../state/state.ts";
import { type AadError, aadBody, aadsts } from "./aadsts.ts";
import { resolveTenant } from "./authority-answers.ts";
import { peopleAadsts } from "./people-aadsts.ts";
import type { Platform } from "./sign-in-state.ts";

export type ResponseMode = "query" | "fragment" | "form_post";

/** Where an answer goes, and what goes with it. */
export interface ReplyTo {
  readonly redirectUri: string;
  readonly mode: ResponseMode;
  readonly state: string | null;
}

/** The application that asks, and the tenant whose people may sign in. */
export interface Asking {
  readonly application: ObjectRecord;
  readonly tenant: TenantRecord | undefined;
  readonly redirectUri: string;
  readonly platform: Platform;
}

export interface AuthorizeRequest extends Asking {
  readonly types: ReadonlySet<string>;
  readonly reply: ReplyTo;
  readonly nonce: string | null;
  readonly challenge: { readonly value: string; readonly method: "S256" | "plain" } | null;
  readonly prompt: ReadonlySet<string>;
  readonly loginHint: string | null;
}

/** The parameters, from the query or, for a POST, the form. A parameter sent twice is nobody's. @throws AadError */
export function readParameters(request: Request): URLSearchParams {
  const params =
    request.method === "POST"
      ? new URLSearchParams(request.body)
      : new URL(request.target, request.origin).searchParams;
  for (const name of params.keys()) if (params.getAll(name).length > 1) throw aadsts.malformed();
  return params;
}

/** Who asks, and that the answer may go where he says. Nothing may be redirected before this. @throws AadError */
export function readAsking(services: Services, tenantName: string, params: URLSearchParams): Asking {
  const appId = params.get("client_id") ?? "";
  if (appId === "") throw peopleAadsts.missing("client_id");
  const application = services.store.applicationByAppId(appId);
  const named = resolveTenant(services, tenantName, "invalid_request");
  if (tenantName.toLowerCase() === "consumers") throw aadsts.notEmulated("Signing in with personal accounts");
  const directory = named?.displayName ?? tenantName;
  if (application === undefined) throw aadsts.applicationNotFound(appId, directory);
  const home = services.store.tenants.get(application.tenantId);
  const single = application.entity.signInAudience === "AzureADMyOrg";
  // the alias names no tenant, and the client's home is the one it means
  const tenant = named ?? (tenantName.toLowerCase() === "adfs" ? home : undefined);
  if (single && tenant === undefined) throw peopleAadsts.notMultiTenant(appId, String(application.entity.displayName));
  if (single && tenant?.id !== home?.id) throw aadsts.applicationNotFound(appId, directory);
  return { application, tenant, ...redirectOf(application, params.get("redirect_uri")) };
}

function redirectOf(application: ObjectRecord, asked: string | null): { redirectUri: string; platform: Platform } {
  const platforms = ["web", "spa", "publicClient"] as const;
  const registered = platforms.flatMap((platform) =>
    (((application.entity[platform] ?? {}) as { redirectUris?: string[] }).redirectUris ?? []).map((uri) => ({
      platform,
      uri,
    })),
  );
  if (asked === null || asked === "") {
    const [only, ...others] = registered;
    if (only === undefined || others.length > 0) throw peopleAadsts.noReplyAddress();
    return { redirectUri: only.uri, platform: only.platform };
  }
  const found =
    registered.find(({ uri }) => uri === asked) ??
    registered.find(({ platform, uri }) => platform === "publicClient" && sameButPort(uri, asked));
  if (found === undefined) throw peopleAadsts.redirectMismatch(asked, String(application.entity.appId));
  return { redirectUri: asked, platform: found.platform };
}

/** A program on this machine listens where there is room, so on the loopback interface the port is not compared (RFC 8252 §7.3). */
function sameButPort(registered: string, asked: string): boolean {
  if (!URL.canParse(asked) || !URL.canParse(registered)) return false;
  const [one, other] = [new URL(registered), new URL(asked)];
  const loopback = one.protocol === "http:" && ["localhost", "127.0.0.1"].includes(one.hostname);
  if (!loopback || other.username !== "" || other.password !== "" || other.hash !== "") return false;
  one.port = "";
  other.port = "";
  return one.href === other.href;
}

const TYPES = new Set(["code", "id_token", "token"]);
const PROMPTS = new Set(["login", "none", "consent", "select_account", "create"]);

/** Where a failure of what follows may go; unknown modes fall back to the usual one. */
export function replyTo(params: URLSearchParams, redirectUri: string): ReplyTo {
  const types = (params.get("response_type") ?? "").split(/\s+/);
  const asked = params.get("response_mode");
  const usual: ResponseMode = types.some((type) => type === "id_token" || type === "token") ? "fragment" : "query";
  const mode = asked === "query" || asked === "fragment" || asked === "form_post" ? asked : usual;
  return { redirectUri, mode: mode === "query" && usual === "fragment" ? usual : mode, state: params.get("state") };
}

/** The rest of the request. Its failures may go back to who asked. @throws AadError */
export function readAuthorize(asking: Asking, reply: ReplyTo, params: URLSearchParams): AuthorizeRequest {
  const types = new Set((params.get("response_type") ?? "").split(/\s+/).filter((one) => one !== ""));
  if (types.size === 0) throw peopleAadsts.missing("response_type");
  for (const type of types) if (!TYPES.has(type)) throw peopleAadsts.responseTypeUnknown(type);
  const { implicitGrantSettings: implicit = {} } = (asking.application.entity.web ?? {}) as {
    implicitGrantSettings?: { enableIdTokenIssuance?: boolean; enableAccessTokenIssuance?: boolean };
  };
  if (types.has("id_token") && implicit.enableIdTokenIssuance !== true) throw peopleAadsts.responseTypeOff("id_token");
  if (types.has("token") && implicit.enableAccessTokenIssuance !== true) throw peopleAadsts.responseTypeOff("token");
  checkMode(params.get("response_mode"), types);
  if (types.has("id_token") && params.get("nonce") === null) throw peopleAadsts.missing("nonce");
  const prompt = new Set((params.get("prompt") ?? "").split(/\s+/).filter((one) => one !== ""));
  for (const one of prompt) if (!PROMPTS.has(one)) throw peopleAadsts.promptUnknown(one);
  if (prompt.has("create")) throw aadsts.notEmulated("prompt=create");
  const challenge = readChallenge(params);
  if (asking.platform === "spa" && types.has("code") && challenge === null) throw peopleAadsts.challengeNeeded();
  return {
    ...asking,
    types,
    reply,
    nonce: params.get("nonce"),
    challenge,
    prompt,
    loginHint: params.get("login_hint"),
  };
}

function checkMode(mode: string | null, types: ReadonlySet<string>): void {
  if (mode === null) return;
  if (!["query", "fragment", "form_post"].includes(mode)) throw peopleAadsts.responseModeUnknown(mode);
  if (mode === "query" && (types.has("id_token") || types.has("token"))) throw peopleAadsts.queryForTokens();
}

function readChallenge(params: URLSearchParams): AuthorizeRequest["challenge"] {
  const value = params.get("code_challenge");
  if (value === null) return null;
  const method = params.get("code_challenge_method") ?? "plain";
  if (method !== "S256" && method !== "plain") throw peopleAadsts.challengeMethod();
  return { value, method };
}

/** Sends an answer where the request may have it. */
export function reply({ redirectUri, mode, state }: ReplyTo, values: Record<string, string>): Response {
  const all = { ...values, ...(state === null ? {} : { state }) };
  if (mode === "form_post") return postBack(redirectUri, all);
  const url = new URL(redirectUri);
  if (mode === "query") for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
  else url.hash = new URLSearchParams(all).toString();
  return redirect(url.href);
}

/** The failure, told to who asked. */
export function replyFailure(services: Services, to: ReplyTo, failure: AadError): Response {
  const body = aadBody(failure, services.clock.now(), services.noise.guid(), services.noise.guid());
  const values: Record<string, string> = { error: failure.error, error_description: String(body.error_description) };
  if (typeof body.error_uri === "string") values.error_uri = body.error_uri;
  return reply(to, values);
}

function postBack(redirectUri: string, values: Record<string, string>): Response {
  const fields = Object.entries(values).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return page({
    title: "Working…",
    formTargets: [formTarget(redirectUri)],
    submits: true,
    body: html`<h1>Working…</h1>
<form method="post" action="${redirectUri}">${fields}
<p><button>Continue</button></p></form>`,
  });
}
