/** A client asks for everything registered of a resource its registration does not list: AADSTS650057 (reference token-endpoint §5.1). */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GRAPH_APP_ID } from "../../src/directory/graph/permissions.ts";
import type { Directory } from "../../src/directory/index.ts";
import { accountOf, broughtBack, openBrowser } from "./browser.ts";
import { creator, type Graph, graphAs, openDirectory, requestToken } from "./entra.ts";

const REDIRECT = "http://localhost";
const READ = "11111111-2222-4333-8444-000000000001";
const USER_READ = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";
let directory: Directory;
let graph: Graph;
let api: { appId: string; id: string; principal: string; uri: string };

beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
  const scope = { id: READ, value: "read", type: "User", isEnabled: true };
  const texts = { adminConsentDisplayName: "Read", adminConsentDescription: "Read" };
  const uri = "https://contoso.com/orders";
  const made = await creator(() => graph)({
    displayName: "Orders API",
    identifierUris: [uri],
    api: { oauth2PermissionScopes: [{ ...scope, ...texts }] },
  });
  const principal = (await graph("POST", "/servicePrincipals", { appId: made.appId })).body.id;
  api = { appId: made.appId, id: made.id, principal, uri };
});
afterAll(() => directory.close());

/** A public client whose registration lists Graph's User.Read, and what else is given. */
async function client(more: { resourceAppId: string; resourceAccess: { id: string; type: string }[] }[] = []) {
  const listed = { resourceAppId: GRAPH_APP_ID, resourceAccess: [{ id: USER_READ, type: "Scope" }] };
  const made = await creator(() => graph)({
    displayName: "Client",
    publicClient: { redirectUris: [REDIRECT] },
    requiredResourceAccess: [listed, ...more],
  });
  const principal = (await graph("POST", "/servicePrincipals", { appId: made.appId })).body.id;
  return { appId: made.appId as string, id: made.id as string, principal: principal as string };
}

/** Signs Lee in by `/authorize`, accepts what is asked, and gives what comes back. */
async function authorize(appId: string, params: Record<string, string>, version = "oauth2/v2.0") {
  const browser = openBrowser(directory);
  const all = { client_id: appId, redirect_uri: REDIRECT, response_type: "code", ...params };
  const who = await browser.open(`${directory.url}/contoso.com/${version}/authorize?${new URLSearchParams(all)}`);
  const next = await browser.submit(who, { user: accountOf(who, "Lee Gu") });
  const back = next.status === 200 ? await browser.submit(next, { decision: "accept" }) : next;
  return broughtBack(back);
}

const redeem = (appId: string, form: Record<string, string>) =>
  requestToken(directory, { client_id: appId, redirect_uri: REDIRECT, scope: undefined, ...form });

const text = (appId: string, named = api.uri) =>
  `AADSTS650057: Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: ${appId}(Client). Resource value from request: ${named}. Resource app ID: ${api.appId}. List of valid resources from app registration: ${GRAPH_APP_ID}.`;

describe("refused", () => {
  test.each([
    ["v2.0 with .default", { scope: "https://contoso.com/orders/.default" }, "oauth2/v2.0"],
    ["v2.0 with .default and a double slash", { scope: "https://contoso.com/orders//.default" }, "oauth2/v2.0"],
    ["v1.0 with the resource", { resource: "https://contoso.com/orders" }, "oauth2"],
  ])("%s, and told to who asked", async (_name, params, version) => {
    const { appId } = await client();
    const back = await authorize(appId, params as unknown as Record<string, string>, version);
    expect(back.error).toBe("invalid_client");
    expect(back.error_description).toContain(text(appId));
  });

  test("a refresh token for it, in so many words", async () => {
    const { appId } = await client();
    const { code = "" } = await authorize(appId, { scope: "User.Read offline_access" });
    const { body } = await redeem(appId, { grant_type: "authorization_code", code });
    const answer = await redeem(appId, {
      grant_type: "refresh_token",
      refresh_token: String(body.refresh_token),
      scope: `${api.uri}/.default`,
    });
    expect([answer.status, answer.body.error, answer.body.error_codes]).toEqual([400, "invalid_client", [650057]]);
    expect(answer.body.error_description).toContain(text(appId));
  });

  test("a device code, when somebody has signed in with it", async () => {
    const { appId } = await client();
    const asked = await directory.fetch(`${directory.url}/contoso.com/oauth2/v2.0/devicecode`, {
      method: "POST",
      body: new URLSearchParams({ client_id: appId, scope: `${api.uri}/.default` }),
    });
    const { user_code, verification_uri } = (await asked.json()) as Record<string, string>;
    const browser = openBrowser(directory);
    const typed = await browser.submit(await browser.open(verification_uri ?? ""), { code: user_code ?? "" });
    const page = await browser.submit(typed, { user: accountOf(typed, "Lee Gu") });
    expect(page.text).toContain("Not signed in");
    expect(page.text).toContain("Invalid resource. The client has requested access to a resource");
  });
});

describe("not refused", () => {
  const whole = { scope: "https://contoso.com/orders/.default" };

  test("where the registration lists it", async () => {
    const { appId } = await client([{ resourceAppId: api.appId, resourceAccess: [{ id: READ, type: "Scope" }] }]);
    const { code = "" } = await authorize(appId, whole);
    const { body } = await redeem(appId, { grant_type: "authorization_code", code });
    expect(body.scope).toBe(`read`);
  });

  test("where its scopes are asked for by name, which is consent as one goes", async () => {
    const { appId } = await client();
    expect(await authorize(appId, { scope: `${api.uri}/read` })).toHaveProperty("code");
  });

  test("where it was granted beforehand, and then exactly that", async () => {
    const { appId, principal } = await client();
    const grant = { clientId: principal, resourceId: api.principal, consentType: "AllPrincipals", scope: "read" };
    await graph("POST", "/oauth2PermissionGrants", grant);
    const { code = "" } = await authorize(appId, whole);
    expect((await redeem(appId, { grant_type: "authorization_code", code })).body.scope).toBe("read");
  });

  test("where the resource trusts the client beforehand", async () => {
    const { appId } = await client();
    const trusted = { preAuthorizedApplications: [{ appId, delegatedPermissionIds: [READ] }] };
    expect((await graph("PATCH", `/applications/${api.id}`, { api: trusted })).status).toBe(204);
    expect(await authorize(appId, whole)).toHaveProperty("code");
    await graph("PATCH", `/applications/${api.id}`, { api: { preAuthorizedApplications: [] } });
  });

  test("where an application asks for itself", async () => {
    const own = await creator(() => graph)({ displayName: "Own", publicClient: { redirectUris: [REDIRECT] } });
    await graph("POST", "/servicePrincipals", { appId: own.appId });
    expect(await authorize(own.appId, { scope: `${own.appId}/.default` })).toHaveProperty("code");
  });

  test("where no resource is named: that is a sign-in and no more", async () => {
    const none = await creator(() => graph)({ displayName: "None", publicClient: { redirectUris: [REDIRECT] } });
    expect(await authorize(none.appId, {}, "oauth2")).toHaveProperty("code");
  });
});
