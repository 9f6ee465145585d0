/** Admin consent brings an application into another tenant (reference token-endpoint §7.1). */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { APP_ROLES, GRAPH_APP_ID } from "../../src/directory/graph/permissions.ts";
import type { Directory } from "../../src/directory/index.ts";
import { accountOf, type Browser, broughtBack, openBrowser } from "./browser.ts";
import { creator, graphAs, openDirectory, requestToken } from "./entra.ts";

let directory: Directory;
let clientId: string;
let secret: string;
const REDIRECT = "https://saas.example/consented";
const USER_READ = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";

beforeEach(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  const graph = await graphAs(directory);
  const application = await creator(() => graph)({
    displayName: "SaaS",
    signInAudience: "AzureADMultipleOrgs",
    web: { redirectUris: [REDIRECT] },
    requiredResourceAccess: [
      {
        resourceAppId: GRAPH_APP_ID,
        resourceAccess: [
          { id: APP_ROLES["User.Read.All"], type: "Role" },
          { id: USER_READ, type: "Scope" },
        ],
      },
    ],
  });
  clientId = application.appId;
  secret = (await graph("POST", `/applications/${application.id}/addPassword`, {})).body.secretText;
});
afterEach(() => directory.close());

const fabrikam = () => directory.state().tenants.find(({ displayName }) => displayName === "Fabrikam")?.id ?? "";

const address = (path: string, more: Record<string, string> = {}) =>
  `${directory.url}/${path}?${new URLSearchParams({ client_id: clientId, redirect_uri: REDIRECT, state: "s 1&2", ...more })}`;

async function consent(browser: Browser, url: string, name: string, decision: "accept" | "cancel") {
  const who = await browser.open(url);
  const asked = await browser.submit(who, { user: accountOf(who, name) });
  return asked.text.includes("Permissions requested") ? browser.submit(asked, { decision }) : asked;
}

/** What the application is in Fabrikam. */
function footprint() {
  const state = directory.state();
  const principal = state.servicePrincipals.find((one) => one.tenantId === fabrikam() && one.entity.appId === clientId);
  const id = principal?.entity.id;
  return {
    owner: principal?.entity.appOwnerOrganizationId,
    roles: state.grants.filter(({ entity }) => entity.principalId === id).map(({ entity }) => entity.appRoleId),
    scopes: (state.permissionGrants ?? [])
      .filter(({ entity }) => entity.clientId === id)
      .map(({ entity }) => [entity.consentType, entity.principalId, entity.scope]),
  };
}

test("v2 with .default makes the service principal, its app roles and its delegated grant", async () => {
  const before = await requestToken(
    directory,
    { client_id: clientId, client_secret: secret },
    { tenant: "fabrikam.com" },
  );
  expect(before.body.error_codes).toEqual([7000229]);
  const scope = "https://graph.microsoft.com/.default";
  const url = address("fabrikam.com/v2.0/adminconsent", { scope });
  const back = await consent(openBrowser(directory), url, "Pradeep Gupta", "accept");
  expect(broughtBack(back)).toEqual({ admin_consent: "True", tenant: fabrikam(), scope, state: "s 1&2" });
  expect(footprint()).toEqual({
    owner: directory.admin.tenantId,
    roles: [APP_ROLES["User.Read.All"]],
    scopes: [["AllPrincipals", null, "User.Read"]],
  });
  const after = await requestToken(
    directory,
    { client_id: clientId, client_secret: secret },
    { tenant: "fabrikam.com" },
  );
  const [, claims = ""] = (after.body.access_token ?? "").split(".");
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
    tid: fabrikam(),
    roles: ["User.Read.All"],
  });
  // a second time changes nothing
  await consent(openBrowser(directory), url, "Pradeep Gupta", "accept");
  expect(footprint().roles).toHaveLength(1);
});

test("v1 grants everything the registration lists, in the tenant of who signs in", async () => {
  const back = await consent(openBrowser(directory), address("organizations/adminconsent"), "Pradeep Gupta", "accept");
  expect(broughtBack(back)).toEqual({ admin_consent: "True", tenant: fabrikam(), state: "s 1&2" });
  expect(footprint().scopes).toEqual([["AllPrincipals", null, "User.Read"]]);
});

test("v2 with scopes by name grants those alone", async () => {
  const url = address(`${fabrikam()}/v2.0/adminconsent`, { scope: "openid https://graph.microsoft.com/Mail.Read" });
  await consent(openBrowser(directory), url, "Pradeep Gupta", "accept");
  expect(footprint()).toMatchObject({ roles: [], scopes: [["AllPrincipals", null, "openid Mail.Read"]] });
});

describe("nothing is granted", () => {
  test("when the administrator declines, and each version says so in its own way", async () => {
    const v2 = address("fabrikam.com/v2.0/adminconsent", { scope: "https://graph.microsoft.com/.default" });
    const declined = await consent(openBrowser(directory), v2, "Pradeep Gupta", "cancel");
    expect(broughtBack(declined)).toMatchObject({ admin_consent: "True", error: "consent_required", state: "s 1&2" });
    expect(broughtBack(declined).error_description).toContain("AADSTS65004");
    const v1 = await consent(openBrowser(directory), address("fabrikam.com/adminconsent"), "Pradeep Gupta", "cancel");
    expect(broughtBack(v1)).toMatchObject({ error: "permission_denied" });
    expect(broughtBack(v1).admin_consent).toBeUndefined();
    expect(footprint().owner).toBeUndefined();
  });

  test("by who is no administrator", async () => {
    const back = await consent(openBrowser(directory), address("contoso.com/adminconsent"), "Lee Gu", "accept");
    expect(broughtBack(back).error_description).toContain("AADSTS90094");
  });

  test.each([
    ["an address that is not registered", { redirect_uri: "https://evil.example/" }, "AADSTS50011"],
    ["an application nobody knows", { client_id: "11111111-2222-4333-8444-555555555555" }, "AADSTS700016"],
    ["no scope", { scope: "" }, "AADSTS900144"],
  ])("for %s, and nobody is sent anywhere", async (_name, more, code) => {
    const scope = "https://graph.microsoft.com/.default";
    const page = await openBrowser(directory).open(address("fabrikam.com/v2.0/adminconsent", { scope, ...more }));
    expect([page.status, page.location]).toEqual([400, ""]);
    expect(page.text).toContain(code);
  });

  test("to an application of one tenant, in another", async () => {
    const single = await creator(() => graph)({ web: { redirectUris: [REDIRECT] } });
    const url = address("fabrikam.com/adminconsent", { client_id: single.appId });
    expect((await openBrowser(directory).open(url)).text).toContain("AADSTS700016");
    const common = address("common/adminconsent", { client_id: single.appId });
    expect((await openBrowser(directory).open(common)).text).toContain("AADSTS50194");
  });
});

const graph = async (...args: Parameters<Awaited<ReturnType<typeof graphAs>>>) => (await graphAs(directory))(...args);
