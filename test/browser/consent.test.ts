/** The tab Consent of an application in a real browser: what was granted, what is privileged by it, and what cannot be read. */
import { expect, test } from "vitest";
import { GRAPH_APP_ID } from "../../src/directory/graph/permissions.ts";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal();

const principalOf = async (appId: string) =>
  (await web.stage.graph("GET", `/servicePrincipals(appId='${appId}')`)).body.id as string;

test("says what is privileged and what follows, names resource and value, and leads to the credentials of its own", async (context) => {
  const clientId = await principalOf(web.stage.application("mighty").appId);
  const grant = {
    clientId,
    resourceId: await principalOf(GRAPH_APP_ID),
    consentType: "AllPrincipals",
    scope: "User.Read",
  };
  await web.stage.graph("POST", "/oauth2PermissionGrants", grant);
  await web.stage.graph("POST", `/servicePrincipals/${clientId}/addPassword`, {});
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await web.show(page, web.app("mighty"), /Client secrets/);
  await page.getByRole("tab", { name: "Consent" }).click();
  await page.getByText("Privileged by Application.ReadWrite.All.").waitFor();
  const row = (heading: string) => page.getByRole("region", { name: heading }).getByRole("listitem");
  expect(await row("Application permissions").allTextContents()).toEqual([
    "Application.ReadWrite.AllMicrosoft Graph Privileged: two persons",
  ]);
  expect(await row("Delegated permissions").allTextContents()).toEqual([
    expect.stringMatching(/^User\.ReadMicrosoft Graph · .+for everybody$/),
  ]);
  expect(page.url()).toContain("tab=consent");
  expect(await faultsEverywhere(page, "Consent")).toEqual([]);
  // read again on a person's word alone: what was granted meanwhile is there then
  await web.stage.graph("POST", "/oauth2PermissionGrants", {
    ...{ ...grant, consentType: "Principal", scope: "Mail.Read" },
    principalId: (await web.stage.graph("GET", "/users/otto@contoso.example")).body.id,
  });
  await page.getByRole("button", { name: "Read again" }).click();
  await page.getByText(/^for one person, [\da-f-]{36}$/).waitFor();
  await page.getByRole("link", { name: "1 client secret, 0 certificates" }).click();
  await page.getByRole("tab", { name: "Credentials", selected: true }).waitFor();
});

test("absent, forbidden and unreachable are said apart, with what to type; a hostile name is text", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  const told = (part: string, code: string, next: string | null) => ({
    ...{ part, code, message: `reading it failed: ${code}`, next },
  });
  const absent = { servicePrincipal: null, application: [], delegated: [] };
  let change: object = absent;
  await page.route(/\/consent$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), ...change } });
  });
  const path = `${web.app("app-2")}?tab=consent`;
  await web.show(page, path, /It has none in this tenant/);
  await page.getByText("None: by itself it may do nothing.").waitFor();

  const hostile = "<img src=x onerror=alert(1)>\u202Egpj";
  const one = {
    resourceId: "r",
    resource: hostile,
    displayName: hostile,
    value: hostile,
    roleId: "x",
    privileged: false,
  };
  const unread = [
    told("delegated", "directory-forbidden", "grant Directory.Read.All: az ad app permission add --id x"),
  ];
  change = { application: [one], delegated: null, unread };
  await web.show(page, path, /The delegated permissions may not be read\./);
  await page.getByText("grant Directory.Read.All: az ad app permission add --id x").waitFor();
  await page.getByText("Not known.").waitFor();
  expect(await page.locator("main img").count()).toBe(0);
  expect(await faultsEverywhere(page, "Consent, in part")).toEqual([]);

  change = {
    ...absent,
    application: null,
    delegated: null,
    unread: [told("servicePrincipal", "directory-unreachable", null)],
  };
  await web.show(page, path, /Entra ID does not answer/);
  expect(await page.getByText("It has none in this tenant").count()).toBe(0);
  expect(await page.getByText("Not known.").count()).toBe(2);
});
