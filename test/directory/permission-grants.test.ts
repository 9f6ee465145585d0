/** What applications were permitted: delegated grants and app roles (reference graph-applications §1.7 and §11). */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { APP_ROLES, GRAPH_APP_ID } from "../../src/directory/graph/permissions.ts";
import { mismatch } from "../../src/directory/graph/schema.ts";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, type Graph, graphAs, openDirectory } from "./entra.ts";

let directory: Directory;
let graph: Graph;
let resourceId: string;
let userId: string;
beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
  resourceId = (await graph("GET", `/servicePrincipals(appId='${GRAPH_APP_ID}')`)).body.id;
  userId = (await graph("GET", "/users?$top=1")).body.value[0].id;
});
afterAll(() => directory.close());

const principal = async () => {
  const { appId } = await creator(() => graph)();
  return (await graph("POST", "/servicePrincipals", { appId })).body.id as string;
};

test("Graph's own service principal has scopes and app roles with their real ids", async () => {
  const { body } = await graph("GET", `/servicePrincipals(appId='${GRAPH_APP_ID}')`);
  const scope = body.oauth2PermissionScopes.find((one: { value: string }) => one.value === "User.Read");
  expect(scope).toMatchObject({ id: "e1fe6dd8-ba31-4d61-89e7-88639da4683d", type: "User", isEnabled: true });
  const role = body.appRoles.find((one: { value: string }) => one.value === "Application.ReadWrite.All");
  expect(role.id).toBe(APP_ROLES["Application.ReadWrite.All"]);
  expect(mismatch("servicePrincipal", { ...body, "@odata.context": undefined })).toBeUndefined();
});

describe("delegated grants", () => {
  test("are made, read, found, changed and revoked", async () => {
    const clientId = await principal();
    const grant = { clientId, consentType: "AllPrincipals", principalId: null, resourceId, scope: "User.Read" };
    const made = await graph("POST", "/oauth2PermissionGrants", grant);
    expect(made.status).toBe(201);
    const { "@odata.context": context, ...entity } = made.body;
    expect(context).toBe(`${directory.url}/v1.0/$metadata#oauth2PermissionGrants/$entity`);
    expect(mismatch("oAuth2PermissionGrant", entity)).toBeUndefined();
    const one = `/oauth2PermissionGrants/${made.body.id}`;
    expect((await graph("GET", one)).body).toMatchObject(grant);
    for (const list of [
      `/servicePrincipals/${clientId}/oauth2PermissionGrants`,
      `/oauth2PermissionGrants?$filter=clientId eq '${clientId}' and consentType eq 'AllPrincipals'`,
    ])
      expect((await graph("GET", list)).body.value).toMatchObject([{ id: made.body.id }]);
    expect((await graph("PATCH", one, { scope: "User.Read Mail.Read" })).status).toBe(204);
    expect((await graph("GET", one)).body.scope).toBe("User.Read Mail.Read");
    expect((await graph("PATCH", one, { resourceId })).status).toBe(400);
    expect(codeOf(await graph("POST", "/oauth2PermissionGrants", grant))).toEqual([
      409,
      "Request_MultipleObjectsWithSameKeyValue",
    ]);
    expect((await graph("DELETE", one)).status).toBe(204);
    expect((await graph("GET", one)).status).toBe(404);
  });

  test("for one user are his", async () => {
    const clientId = await principal();
    const grant = { clientId, consentType: "Principal", principalId: userId, resourceId, scope: "User.Read" };
    expect((await graph("POST", "/oauth2PermissionGrants", grant)).status).toBe(201);
    const { body } = await graph("GET", `/users/${userId}/oauth2PermissionGrants?$select=clientId,scope`);
    expect(body.value).toEqual([{ clientId, scope: "User.Read" }]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["without a client", { clientId: undefined }],
    ["for a client that is not there", { clientId: "11111111-2222-4333-8444-555555555555" }],
    ["for everybody and somebody", { principalId: "11111111-2222-4333-8444-555555555555" }],
    ["for nobody", { consentType: "Principal" }],
    ["of another kind", { consentType: "Everybody" }],
    ["with too long a scope", { scope: "x".repeat(3851) }],
    ["with a property it has not", { foo: 1 }],
  ])("%s are refused", async (_name, more) => {
    const clientId = await principal();
    const grant = { clientId, consentType: "AllPrincipals", resourceId, scope: "User.Read", ...more };
    expect([400, 404]).toContain((await graph("POST", "/oauth2PermissionGrants", grant)).status);
  });

  test("need a permission of their own to write", async () => {
    const [made] = await directory.seed([
      { name: "Reader", permissions: ["Directory.Read.All"], secrets: [{ end: "P1D" }] },
    ]);
    const client = { clientId: made?.appId ?? "", clientSecret: made?.secrets[0]?.value ?? "" };
    const reader = await graphAs(directory, client);
    expect((await reader("GET", "/oauth2PermissionGrants")).status).toBe(200);
    expect((await reader("POST", "/oauth2PermissionGrants", {})).status).toBe(403);
  });
});

describe("app roles", () => {
  const role = APP_ROLES["Application.Read.All"] ?? "";

  test("are granted and revoked from either end, one by one and in pages", async () => {
    const principalId = await principal();
    const grant = { principalId, resourceId, appRoleId: role };
    const made = await graph("POST", `/servicePrincipals/${principalId}/appRoleAssignments`, grant);
    expect(made.status).toBe(201);
    const other = { ...grant, appRoleId: APP_ROLES["User.Read.All"] };
    expect((await graph("POST", `/servicePrincipals/${resourceId}/appRoleAssignedTo`, other)).status).toBe(201);
    const list = `/servicePrincipals/${principalId}/appRoleAssignments`;
    const page = await graph("GET", `${list}?$top=1`);
    expect(page.body["@odata.context"]).toContain("#appRoleAssignments");
    expect((await graph("GET", page.body["@odata.nextLink"])).body.value).toHaveLength(1);
    const [found] = (await graph("GET", `${list}?$filter=appRoleId eq ${role}`)).body.value;
    expect(found).toMatchObject({ id: made.body.id, principalType: "ServicePrincipal" });
    expect((await graph("GET", `${list}/${found.id}`)).body.appRoleId).toBe(role);
    const stranger = await principal();
    expect((await graph("DELETE", `/servicePrincipals/${stranger}/appRoleAssignments/${found.id}`)).status).toBe(404);
    expect((await graph("DELETE", `/servicePrincipals/${resourceId}/appRoleAssignedTo/${found.id}`)).status).toBe(204);
    expect((await graph("GET", `${list}/${found.id}`)).status).toBe(404);
  });

  test("are those of the kind of member, and of the object in the path", async () => {
    const principalId = await principal();
    const path = `/servicePrincipals/${await principal()}/appRoleAssignments`;
    expect((await graph("POST", path, { principalId, resourceId, appRoleId: role })).status).toBe(400);
    const forUser = { principalId: userId, resourceId, appRoleId: role };
    const answer = await graph("POST", `/users/${userId}/appRoleAssignments`, forUser);
    expect(answer.body.error.message).toBe("Permission being assigned was not found on application");
    const open = await principal();
    const standard = { principalId: userId, resourceId: open, appRoleId: "00000000-0000-0000-0000-000000000000" };
    const made = await graph("POST", `/users/${userId}/appRoleAssignments`, standard);
    expect([made.status, made.body.principalType]).toEqual([201, "User"]);
    expect((await graph("GET", `/users/${userId}/appRoleAssignments`)).body.value).toHaveLength(1);
  });
});
