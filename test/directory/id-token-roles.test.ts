/** An ID token says which of the client's own app roles the person has (learn.microsoft.com/entra/identity-platform/howto-add-app-roles-in-apps). */
import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { accountOf, broughtBack, openBrowser } from "./browser.ts";
import { creator, type Graph, graphAs, openDirectory, requestToken } from "./entra.ts";

const REDIRECT = "https://app.example/back";
const ROLE = "aaaaaaaa-0000-4000-8000-00000000000a";
let directory: Directory;
let graph: Graph;
beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
});
afterAll(() => directory.close());

test("those that are assigned, and no claim where there are none", async () => {
  const role = { id: ROLE, value: "Approver", displayName: "a", description: "a", isEnabled: true };
  const made = await creator(() => graph)({
    displayName: "Roles",
    web: { redirectUris: [REDIRECT] },
    appRoles: [{ ...role, allowedMemberTypes: ["User"] }],
  });
  const resourceId = (await graph("POST", "/servicePrincipals", { appId: made.appId })).body.id;
  const { secretText } = (await graph("POST", `/applications/${made.id}/addPassword`, {})).body;
  const principalId = (await graph("GET", "/users/lee.gu@contoso.com")).body.id;
  const given = { principalId, resourceId, appRoleId: ROLE };
  expect((await graph("POST", `/users/${principalId}/appRoleAssignments`, given)).status).toBe(201);

  const rolesOf = async (name: string) => {
    const ask = { client_id: made.appId, response_type: "code", redirect_uri: REDIRECT, scope: "openid profile" };
    const browser = openBrowser(directory);
    const url = `${directory.url}/${directory.admin.tenantId}/oauth2/v2.0/authorize?${new URLSearchParams(ask)}`;
    const who = await browser.open(url);
    let back = await browser.submit(who, { user: accountOf(who, name) });
    if (back.text.includes("Permissions requested")) back = await browser.submit(back, { decision: "accept" });
    const form = { grant_type: "authorization_code", client_id: made.appId, client_secret: secretText };
    const { body } = await requestToken(directory, {
      ...form,
      code: broughtBack(back).code,
      redirect_uri: REDIRECT,
      scope: undefined,
    });
    return decodeJwt(String(body.id_token)).roles;
  };
  expect([await rolesOf("Lee Gu"), await rolesOf("Alex Wilber")]).toEqual([["Approver"], undefined]);
});
