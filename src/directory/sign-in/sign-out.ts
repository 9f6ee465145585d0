/** `GET /{tenant}/oauth2[/v2.0]/logout`. */

import type { Request, Response } from "../http/message.ts";
import { html, page, redirect } from "../http/pages.ts";
import { readJws } from "../keys/jws.ts";
import type { Services } from "../services.ts";
import { browserOf, forgetCookie, sessionOf } from "./sign-in-flow.ts";

/** Ends the browser's session; leads back only to an address of an application that was used in it, or that is named. */
export function answerSignOut(services: Services, request: Request): Response {
  const params =
    request.method === "POST"
      ? new URLSearchParams(request.body)
      : new URL(request.target, request.origin).searchParams;
  const browser = browserOf(request);
  const session = sessionOf(services, browser)?.session;
  if (browser !== undefined) services.signIn.sessions.delete(browser);
  const back = params.get("post_logout_redirect_uri");
  const hinted = readJws(params.get("id_token_hint") ?? "")?.claims.aud;
  const appIds = [...(session?.appIds ?? []), ...[hinted, params.get("client_id")].map((one) => String(one ?? ""))];
  if (back !== null && appIds.some((appId) => isRegistered(services, appId, back))) {
    const url = new URL(back);
    const state = params.get("state");
    if (state !== null) url.searchParams.set("state", state);
    return redirect(url.href, [forgetCookie]);
  }
  const body = html`<h1>You signed out of your account</h1><p>It’s a good idea to close all browser windows.</p>`;
  return page({ title: "Signed out", body, cookies: [forgetCookie] });
}

function isRegistered({ store }: Services, appId: string, address: string): boolean {
  const entity = store.applicationByAppId(appId)?.entity;
  const platforms = [entity?.web, entity?.spa, entity?.publicClient] as ({ redirectUris?: string[] } | undefined)[];
  return platforms.some((platform) => platform?.redirectUris?.includes(address) === true);
}
