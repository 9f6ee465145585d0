/** Routes of the login authority that people go by. */

import type { Request, Response } from "../http/message.ts";
import type { Services } from "../services.ts";
import { answerAdminConsent } from "./admin-consent.ts";
import { answerAuthorize } from "./authorize.ts";
import { answerDeviceCode, answerDevicePage } from "./device-code.ts";
import { answerAccount, answerConsent } from "./sign-in-flow.ts";
import { answerSignOut } from "./sign-out.ts";

interface PeopleRoute {
  method: "GET" | "POST" | "*";
  path: string;
  summary: string;
  handle(services: Services, request: Request, tenant: string): Promise<Response> | Response;
}

/** Under the `adfs` alias there is one version, and MSAL sends it scopes. */
function aliased(request: Request, tenant: string): "v1" | "v2" {
  const scoped = /[?&]scope=/.test(request.target) || new URLSearchParams(request.body).has("scope");
  return tenant.toLowerCase() === "adfs" && scoped ? "v2" : "v1";
}

export const peopleRoutes: readonly PeopleRoute[] = [
  {
    method: "*",
    path: "/{tenant}/oauth2/v2.0/authorize",
    summary: "Sign in to an application, v2.0: authorization code with PKCE, id_token, hybrid",
    handle: (s, r, t) => answerAuthorize(s, r, t, "v2"),
  },
  {
    method: "*",
    path: "/{tenant}/oauth2/authorize",
    summary: "Sign in to an application, v1.0",
    handle: (s, r, t) => answerAuthorize(s, r, t, aliased(r, t)),
  },
  {
    method: "POST",
    path: "/common/login",
    summary: "The account somebody picked",
    handle: (s, r) => answerAccount(s, r),
  },
  {
    method: "POST",
    path: "/common/consent",
    summary: "What he answered to an application's wishes",
    handle: (s, r) => answerConsent(s, r),
  },
  {
    method: "*",
    path: "/{tenant}/oauth2/v2.0/devicecode",
    summary: "Device code, v2.0",
    handle: (s, r, t) => answerDeviceCode(s, r, t, "v2"),
  },
  {
    method: "*",
    path: "/{tenant}/oauth2/devicecode",
    summary: "Device code, v1.0",
    handle: (s, r, t) => answerDeviceCode(s, r, t, aliased(r, t)),
  },
  {
    method: "*",
    path: "/common/oauth2/deviceauth",
    summary: "Where a device's code is typed in",
    handle: (s, r) => answerDevicePage(s, r),
  },
  {
    method: "*",
    path: "/{tenant}/v2.0/adminconsent",
    summary: "Admin consent, v2.0",
    handle: (s, r, t) => answerAdminConsent(s, r, t, "v2"),
  },
  {
    method: "*",
    path: "/{tenant}/adminconsent",
    summary: "Admin consent, v1.0: everything the registration lists",
    handle: (s, r, t) => answerAdminConsent(s, r, t, "v1"),
  },
  { method: "*", path: "/{tenant}/oauth2/v2.0/logout", summary: "Sign out", handle: (s, r) => answerSignOut(s, r) },
  { method: "*", path: "/{tenant}/oauth2/logout", summary: "Sign out, v1.0", handle: (s, r) => answerSignOut(s, r) },
];
