/** What consent and grants leave in the audit log (reference graph-applications §14), in the shape of recorded entries. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { APP_ROLES, GRAPH_APP_ID } from "../../src/directory/graph/permissions.ts";
import type { Directory } from "../../src/directory/index.ts";
import { accountOf, openBrowser } from "./browser.ts";
import { creator, type Graph, graphAs, openDirectory } from "./entra.ts";

const REDIRECT = "https://saas.example/consented";
const USER_READ = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";
let directory: Directory;
let graph: Graph;
let clientId: string;

beforeEach(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
  const access = [
    { id: APP_ROLES["User.Read.All"], type: "Role" },
    { id: USER_READ, type: "Scope" },
  ];
  const application = await creator(() => graph)({
    displayName: "SaaS",
    signInAudience: "AzureADMultipleOrgs",
    web: { redirectUris: [REDIRECT] },
    requiredResourceAccess: [{ resourceAppId: GRAPH_APP_ID, resourceAccess: access }],
  });
  clientId = application.appId;
});
afterEach(() => directory.close());

interface Shown {
  id: string;
  category: string;
  activityDisplayName: string;
  operationType: string;
  correlationId: string;
  initiatedBy: { user: Record<string, string> | null; app: Record<string, string> | null };
  additionalDetails: { key: string; value: string }[];
  targetResources: [
    { id: string; type: string; displayName: string; modifiedProperties: Record<"displayName" | "newValue", string>[] },
  ];
}

/** What the log of Contoso has that it had not before, oldest first, without what making applications leaves there. */
async function written(work: () => Promise<unknown>): Promise<Shown[]> {
  const read = async () => (await graph("GET", "/auditLogs/directoryAudits?$top=999")).body.value as Shown[];
  const before = new Set((await read()).map(({ id }) => id));
  await work();
  return (await read()).filter(({ id }) => !before.has(id)).reverse();
}

const nameOf = ({ activityDisplayName, operationType }: Shown) => [activityDisplayName, operationType];

function changesOf({ targetResources: [target] }: Shown): Record<string, [string | null, string | null]> {
  const all = target.modifiedProperties as unknown as Record<"displayName" | "oldValue" | "newValue", string>[];
  return Object.fromEntries(all.map(({ displayName, oldValue, newValue }) => [displayName, [oldValue, newValue]]));
}

async function consent(path: string, params: Record<string, string>, name: string, everybody = false): Promise<void> {
  const browser = openBrowser(directory);
  const query = new URLSearchParams({ client_id: clientId, redirect_uri: REDIRECT, ...params });
  const who = await browser.open(`${directory.url}/contoso.com/${path}?${query}`);
  const asked = await browser.submit(who, { user: accountOf(who, name) });
  await browser.submit(asked, { decision: "accept", ...(everybody ? { everybody: "yes" } : {}) });
}

const signIn = (scope: string, name: string, everybody = false) =>
  consent("oauth2/v2.0/authorize", { response_type: "code", scope, prompt: "consent" }, name, everybody);

const person = (upn: string) => directory.state().users.find(({ entity }) => entity.userPrincipalName === upn)?.entity;
const principalOf = (appId: string) =>
  directory.state().servicePrincipals.find((one) => one.entity.appId === appId && inContoso(one))?.entity.id ?? "";
const inContoso = ({ tenantId }: { tenantId: string }) => tenantId === directory.admin.tenantId;

describe("admin consent", () => {
  test("writes what it made and granted, then itself, under one id and in the person's name", async () => {
    const entries = await written(() => consent("adminconsent", {}, "Adele Vance"));
    expect(entries.map(nameOf)).toEqual([
      ["Add service principal", "Add"],
      ["Add delegated permission grant", "Assign"],
      ["Add app role assignment to service principal", "Assign"],
      ["Consent to application", "Assign"],
    ]);
    expect(new Set(entries.map(({ correlationId }) => correlationId)).size).toBe(1);
    const upn = "adele.vance@contoso.com";
    for (const { initiatedBy, category } of entries) {
      expect(category).toBe("ApplicationManagement");
      expect(initiatedBy).toMatchObject({
        app: null,
        user: { id: person(upn)?.id, userPrincipalName: upn, displayName: "Azure ESTS Service" },
      });
    }
  });

  test("says for whom, and what", async () => {
    const entries = await written(() => consent("adminconsent", {}, "Adele Vance"));
    const last = entries.at(-1) as Shown;
    expect(last.targetResources[0]).toMatchObject({
      id: principalOf(clientId),
      type: "ServicePrincipal",
      displayName: "SaaS",
    });
    expect(last.additionalDetails).toEqual([{ key: "AppId", value: clientId }]);
    const changes = changesOf(last);
    expect(changes).toMatchObject({
      "ConsentContext.IsAdminConsent": [null, '"True"'],
      "ConsentContext.IsAppOnly": [null, '"False"'],
      "ConsentContext.OnBehalfOfAll": [null, '"True"'],
      "ConsentContext.Tags": [null, '"WindowsAzureActiveDirectoryIntegratedApp"'],
      "TargetId.ServicePrincipalNames": [null, JSON.stringify(clientId)],
    });
    expect(changes["ConsentAction.Permissions"]?.[1]).toMatch(
      /^"\[\] => \[\[Id: \S+, ClientId: 0{8}-0000-0000-0000-0{12}, PrincipalId: , ResourceId: \S+, ConsentType: AllPrincipals, Scope: User\.Read, /,
    );
  });

  test("a second time grants nothing and writes the consent alone", async () => {
    await consent("adminconsent", {}, "Adele Vance");
    const entries = await written(() => consent("adminconsent", {}, "Adele Vance"));
    expect(entries.map(nameOf)).toEqual([["Consent to application", "Assign"]]);
  });

  test("declined writes nothing", async () => {
    const entries = await written(async () => {
      const browser = openBrowser(directory);
      const query = new URLSearchParams({ client_id: clientId, redirect_uri: REDIRECT });
      const who = await browser.open(`${directory.url}/contoso.com/adminconsent?${query}`);
      const asked = await browser.submit(who, { user: accountOf(who, "Adele Vance") });
      await browser.submit(asked, { decision: "cancel" });
    });
    expect(entries).toEqual([]);
  });
});

describe("a user's consent", () => {
  test("names him, and that it is for him alone", async () => {
    const entries = await written(() => signIn("User.Read", "Lee Gu"));
    expect(entries.map(nameOf).map(([activity]) => activity)).toEqual([
      "Add service principal",
      "Add delegated permission grant",
      "Consent to application",
    ]);
    const [, grant, last] = entries as [Shown, Shown, Shown];
    expect(grant.targetResources[0]).toMatchObject({
      type: "ServicePrincipal",
      id: principalOf(GRAPH_APP_ID),
      displayName: "Microsoft Graph",
    });
    expect(changesOf(grant)).toMatchObject({
      "DelegatedPermissionGrant.Scope": [null, '"User.Read"'],
      "DelegatedPermissionGrant.ConsentType": [null, '"Principal"'],
      "ServicePrincipal.ObjectID": [null, JSON.stringify(principalOf(clientId))],
    });
    expect(changesOf(last)).toMatchObject({
      "ConsentContext.IsAdminConsent": [null, '"False"'],
      "ConsentContext.OnBehalfOfAll": [null, '"False"'],
    });
  });

  test("that adds to a grant is written under both names, with the scopes before and after", async () => {
    await signIn("User.Read", "Lee Gu");
    const entries = await written(() => signIn("User.Read Mail.Read", "Lee Gu"));
    expect(entries.map(nameOf)).toEqual([
      ["Remove delegated permission grant", "Unassign"],
      ["Add delegated permission grant", "Assign"],
      ["Consent to application", "Assign"],
    ]);
    for (const entry of entries.slice(0, 2))
      expect(changesOf(entry)["DelegatedPermissionGrant.Scope"]).toEqual(['"User.Read"', '"User.Read Mail.Read"']);
  });

  test("for everybody, by an administrator", async () => {
    const entries = await written(() => signIn("User.Read", "Adele Vance", true));
    expect(changesOf(entries.at(-1) as Shown)).toMatchObject({ "ConsentContext.OnBehalfOfAll": [null, '"True"'] });
  });
});

describe("grants through Graph", () => {
  async function client(): Promise<string> {
    return (await graph("POST", "/servicePrincipals", { appId: clientId })).body.id;
  }

  test("oauth2PermissionGrants: made, changed, removed, in the caller's name", async () => {
    const id = await client();
    const resourceId = principalOf(GRAPH_APP_ID);
    const entries = await written(async () => {
      const body = { clientId: id, consentType: "AllPrincipals", resourceId, scope: "User.Read" };
      const grant = (await graph("POST", "/oauth2PermissionGrants", body)).body.id;
      await graph("PATCH", `/oauth2PermissionGrants/${grant}`, { scope: "User.Read Mail.Read" });
      await graph("DELETE", `/oauth2PermissionGrants/${grant}`);
    });
    expect(entries.map(nameOf).map(([activity]) => activity?.split(" ")[0])).toEqual([
      "Add",
      "Remove",
      "Add",
      "Remove",
    ]);
    expect(entries.map((one) => changesOf(one)["DelegatedPermissionGrant.Scope"])).toEqual([
      [null, '"User.Read"'],
      ['"User.Read"', '"User.Read Mail.Read"'],
      ['"User.Read"', '"User.Read Mail.Read"'],
      ['"User.Read Mail.Read"', null],
    ]);
    for (const { initiatedBy, targetResources } of entries) {
      expect(initiatedBy).toMatchObject({ user: null, app: { appId: directory.admin.clientId } });
      expect(targetResources[0].id).toBe(resourceId);
    }
  });

  test.each(["servicePrincipals", "users"] as const)("appRoleAssignments of %s: granted and revoked", async (kind) => {
    const ofUser = kind === "users";
    const role = { id: "11111111-2222-4333-8444-000000000001", value: "Read", displayName: "Reader", description: "r" };
    const api = await creator(() => graph)({
      displayName: "API",
      appRoles: [{ ...role, isEnabled: true, allowedMemberTypes: [ofUser ? "User" : "Application"] }],
    });
    const resourceId = (await graph("POST", "/servicePrincipals", { appId: api.appId })).body.id;
    const principalId = ofUser ? (person("lee.gu@contoso.com")?.id ?? "") : await client();
    const entries = await written(async () => {
      const body = { principalId, resourceId, appRoleId: role.id };
      const made = await graph("POST", `/${kind}/${principalId}/appRoleAssignments`, body);
      expect(made.status).toBe(201);
      await graph("DELETE", `/${kind}/${principalId}/appRoleAssignments/${made.body.id}`);
    });
    expect(entries.map(nameOf)).toEqual(
      ofUser
        ? [
            ["Add app role assignment grant to user", "Assign"],
            ["Remove app role assignment from user", "Unassign"],
          ]
        : [
            ["Add app role assignment to service principal", "Assign"],
            ["Remove app role assignment from service principal", "Unassign"],
          ],
    );
    const [granted, revoked] = entries as [Shown, Shown];
    expect(granted.category).toBe(ofUser ? "UserManagement" : "ApplicationManagement");
    expect(granted.targetResources[0]).toMatchObject({ id: resourceId, displayName: "API" });
    const whose = ofUser ? "User.ObjectID" : "ServicePrincipal.ObjectID";
    const values = { "AppRole.Id": `"${role.id}"`, "AppRole.Value": '"Read"', [whose]: `"${principalId}"` };
    for (const [name, value] of Object.entries(values)) {
      expect(changesOf(granted)[name]).toEqual([null, value]);
      expect(changesOf(revoked)[name]).toEqual([value, null]);
    }
  });
});
