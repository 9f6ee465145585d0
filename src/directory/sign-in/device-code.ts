/** Signing in on one device by another: reference token-endpoint §7.3. */

import { json, type Request, type Response } from "../http/message.ts";
import { html, page } from "../http/pages.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord, TenantRecord } from "../state/state.ts";
import { type AadError, aadsts } from "./aadsts.ts";
import { authorityHeaders, resolveTenant } from "./authority-answers.ts";
import { peopleAadsts } from "./people-aadsts.ts";
import { readResource, readScope } from "./requested-scopes.ts";
import { beginFlow } from "./sign-in-flow.ts";
import type { DeviceGrant } from "./sign-in-state.ts";
import { askOrFinish } from "./user-consent.ts";

/** Seconds a code waits, and between two questions whether it is done. */
export const DEVICE_SECONDS = 900;
const INTERVAL = 5;
/** Without vowels and what looks alike, as it is read off one screen and typed into another. */
const LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789";

/** `POST /{tenant}/oauth2[/v2.0]/devicecode`. @throws AadError */
export function answerDeviceCode(
  services: Services,
  request: Request,
  tenantName: string,
  version: "v1" | "v2",
): Response {
  if (request.method !== "POST") throw aadsts.onlyPost(request.method);
  const form = new URLSearchParams(request.body);
  const appId = form.get("client_id") ?? "";
  if (appId === "") throw aadsts.missingParameter("client_id");
  const scopeName = version === "v2" ? "scope" : "resource";
  const scope = form.get(scopeName) ?? "";
  if (version === "v2" && scope.trim() === "") throw aadsts.missingParameter(scopeName);
  const tenant = resolveTenant(services, tenantName, "invalid_request");
  const application = services.store.applicationByAppId(appId);
  const visible =
    application !== undefined &&
    (application.entity.signInAudience !== "AzureADMyOrg" ||
      tenant === undefined ||
      application.tenantId === tenant.id);
  if (!visible) throw aadsts.applicationNotFound(appId, tenant?.displayName ?? tenantName);
  if (!isPublic(application)) throw peopleAadsts.secretNeeded();
  const home = services.store.tenants.get(application.tenantId);
  const own = application.entity.signInAudience === "AzureADMyOrg" ? home : tenant;
  // what cannot be asked for is said now, not when somebody has typed the code
  const asking = { tenant: own ?? (home as TenantRecord), application, origin: request.origin };
  if (version === "v2") readScope(services, asking, scope);
  const userCode = typed(services);
  const deviceCode = `1.${services.noise.bytes(48).toString("base64url")}`;
  const at = services.clock.now();
  const waiting = { userCode, appId, tenant: own, scope, version, at, state: "waiting", redeemed: false } as const;
  services.signIn.devices.set(deviceCode, { ...waiting });
  return json(200, answer(request, version, userCode, deviceCode), authorityHeaders(services));
}

function answer(request: Request, version: "v1" | "v2", userCode: string, deviceCode: string) {
  // microsoft.com itself is not one of our names
  const address = `${request.origin}/common/oauth2/deviceauth`;
  const message = `To sign in, use a web browser to open the page ${address} and enter the code ${userCode} to authenticate.`;
  const number = (seconds: number) => (version === "v2" ? seconds : String(seconds));
  return {
    user_code: userCode,
    device_code: deviceCode,
    ...(version === "v2" ? { verification_uri: address } : { verification_url: address }),
    expires_in: number(DEVICE_SECONDS),
    interval: number(INTERVAL),
    message,
  };
}

/** A client that cannot keep a secret: `isFallbackPublicClient`, or a registered mobile and desktop platform. */
export function isPublic({ entity }: ObjectRecord): boolean {
  const { redirectUris = [] } = (entity.publicClient ?? {}) as { redirectUris?: string[] };
  return entity.isFallbackPublicClient === true || redirectUris.length > 0;
}

function typed(services: Services): string {
  let text = "";
  while (text.length < 9) {
    for (const byte of services.noise.bytes(9 - text.length))
      if (byte < 256 - (256 % LETTERS.length)) text += LETTERS[byte % LETTERS.length];
  }
  return text;
}

/** `/common/oauth2/deviceauth`: where the code is typed in. */
export async function answerDevicePage(services: Services, request: Request): Promise<Response> {
  if (request.method === "GET") return codePage(undefined);
  const { origin, "sec-fetch-site": site } = request.headers;
  const foreign = (origin !== undefined && origin !== request.origin) || site === "cross-site";
  if (request.method !== "POST" || foreign) return codePage("Enter the code here, on this page.");
  const code = (new URLSearchParams(request.body).get("code") ?? "").replaceAll(/[\s-]/g, "").toUpperCase();
  const device = [...services.signIn.devices.values()].find(({ userCode }) => userCode === code);
  if (device === undefined || device.state !== "waiting" || isOver(services, device))
    return codePage("That code didn’t work. Check the code and try again.");
  const application = services.store.applicationByAppId(device.appId);
  if (application === undefined) return codePage("The application is no longer there.");
  return beginFlow(services, request, {
    tenant: device.tenant,
    appId: device.appId,
    name: String(application.entity.displayName),
    formTargets: [],
    prompt: new Set(),
    loginHint: null,
    signedIn: (user) => signedIn(services, request, device, application, user),
    refused: (failure) => refused(device, failure),
  });
}

/** Always asks: whoever sends somebody a code must not get his tokens without his noticing. */
function signedIn(
  services: Services,
  request: Request,
  device: DeviceGrant,
  application: ObjectRecord,
  user: ObjectRecord,
) {
  const tenant = services.store.tenants.get(user.tenantId) as TenantRecord;
  const read = device.version === "v2" ? readScope : readResource;
  return askOrFinish(services, {
    user,
    tenant,
    application,
    requested: read(services, { tenant, application, origin: request.origin, user }, device.scope),
    prompt: new Set<string>(),
    confirm: {
      heading: `Are you trying to sign in to ${String(application.entity.displayName)}?`,
      note: "Only continue if you started this yourself, on a device you trust.",
    },
    async finish() {
      device.state = { userId: user.entity.id, tenantId: user.tenantId };
      const body = html`<h1>You are signed in on your device</h1><p>You may now close this window.</p>`;
      return page({ title: "Signed in", body });
    },
  });
}

function refused(device: DeviceGrant, failure: AadError): Response {
  device.state = "declined";
  const body = html`<h1>Not signed in</h1><p>${failure.message}</p><p>You may now close this window.</p>`;
  return page({ title: "Not signed in", body });
}

export const isOver = ({ clock }: Services, { at }: DeviceGrant) => at + DEVICE_SECONDS * 1000 <= clock.now();

function codePage(trouble: string | undefined): Response {
  return page({
    title: "Enter code",
    status: trouble === undefined ? 200 : 400,
    body: html`<h1>Enter code</h1>
${trouble === undefined ? html`` : html`<p role="alert" id="trouble">${trouble}</p>`}
<form method="post" action="/common/oauth2/deviceauth">
<p><label for="code">The code shown on your device or application</label></p>
<input type="text" id="code" name="code" autocomplete="off" autocapitalize="characters" required${trouble === undefined ? html`` : html` aria-invalid="true" aria-describedby="trouble"`}>
<div class="actions"><button>Next</button></div>
</form>`,
  });
}
