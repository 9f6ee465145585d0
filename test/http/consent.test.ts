/** What an application was granted, as the directory says when it is asked: by whom it may be seen, and what is said of what cannot be read. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { APP_ROLES, GRAPH_APP_ID } from "../../src/directory/graph/permissions.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let rita: Visitor;
let graphId: string;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.run();
  rita = await stage.signIn("Rita");
  graphId = await principalOf(GRAPH_APP_ID);
});
afterAll(() => stage.close());

const consentOf = (name: string, visitor = rita) =>
  visitor.get(`/api/v1/t/contoso/applications/${stage.application(name).objectId}/consent`);
const principalOf = async (appId: string) =>
  (await stage.graph("GET", `/servicePrincipals(appId='${appId}')`)).body.id as string;
const userId = async (name: string) =>
  (await stage.graph("GET", `/users/${name.toLowerCase()}@contoso.example`)).body.id as string;

test("both kinds of permissions have their resource, value and name; what makes privileged is marked by the engine's own rule", async () => {
  const { status, body } = await consentOf("mighty");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    servicePrincipal: { enabled: true, assignmentRequired: false, secrets: 0, certificates: 0 },
    application: [
      {
        resource: "Microsoft Graph",
        resourceId: graphId,
        value: "Application.ReadWrite.All",
        displayName: "Application.ReadWrite.All",
        privileged: true,
      },
    ],
    ...{ delegated: [], unread: [], cut: [] },
    privileges: { held: ["Application.ReadWrite.All"], unknown: [] },
  });
});

test("what is granted later is there at once, without a scan: for everybody, and for persons, each once", async () => {
  const clientId = await principalOf(stage.application("app-1").appId);
  const grant = { clientId, resourceId: graphId };
  const [rita, otto] = [await userId("Rita"), await userId("Otto")];
  for (const one of [
    { consentType: "AllPrincipals", scope: "User.Read" },
    { consentType: "Principal", principalId: rita, scope: "User.Read Mail.Read" },
    { consentType: "Principal", principalId: otto, scope: "Mail.Read openid" },
  ])
    expect((await stage.graph("POST", "/oauth2PermissionGrants", { ...grant, ...one })).status).toBe(201);
  const appRoleId = APP_ROLES["Mail.Send"];
  const role = { principalId: clientId, resourceId: graphId, appRoleId };
  expect((await stage.graph("POST", `/servicePrincipals/${clientId}/appRoleAssignments`, role)).status).toBe(201);
  const { body } = await consentOf("app-1");
  expect(body.application).toMatchObject([{ value: "Mail.Send", privileged: false, roleId: appRoleId }]);
  const line = (value: string) => body.delegated.find((one: { value: string }) => one.value === value);
  expect(body.delegated).toHaveLength(3);
  expect(line("User.Read")).toMatchObject({
    everybody: true,
    persons: 1,
    displayName: expect.stringMatching(/\w+ \w+/),
  });
  expect(line("Mail.Read")).toMatchObject({ everybody: false, persons: 2, person: null });
  expect(line("openid")).toMatchObject({ everybody: false, persons: 1, person: otto });
  expect(body.privileges.held).toEqual([]);
});

test("an owner sees that of his own; of another's not even that it is there", async () => {
  const oswin = await stage.signIn("Oswin");
  expect((await consentOf("app-1", oswin)).status).toBe(200);
  expect((await consentOf("mighty", oswin)).status).toBe(404);
});

test("one whose service principal was switched off, or is gone, says so; that is not the same as what may not be read", async () => {
  const id = await principalOf(stage.application("stranger").appId);
  const off = { accountEnabled: false, appRoleAssignmentRequired: true };
  expect((await stage.graph("PATCH", `/servicePrincipals/${id}`, off)).status).toBe(204);
  await stage.graph("POST", `/servicePrincipals/${id}/addPassword`, {});
  expect((await consentOf("stranger")).body.servicePrincipal).toEqual({
    ...{ objectId: id, enabled: false, assignmentRequired: true, secrets: 1, certificates: 0 },
  });
  await stage.graph("DELETE", `/servicePrincipals/${id}`);
  expect((await consentOf("stranger")).body).toMatchObject({
    ...{ servicePrincipal: null, application: [], delegated: [], unread: [] },
  });
});

test("a list that may not be read is null with the command that mends it, beside what may be", async () => {
  const own = await principalOf(stage.directory.admin.clientId);
  const { body } = await stage.graph("GET", `/servicePrincipals/${own}/appRoleAssignments`);
  const lost = ["Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"].map((name) => APP_ROLES[name]);
  for (const { id, appRoleId } of body.value as { id: string; appRoleId: string }[])
    if (lost.includes(appRoleId)) await stage.graph("DELETE", `/servicePrincipals/${own}/appRoleAssignments/${id}`);
  // a token says what it was given for, as long as it lives
  stage.directory.clock.advance(2 * 3_600_000);
  const told = (await consentOf("mighty", await stage.signIn("Rita"))).body;
  expect(told).toMatchObject({ delegated: null, application: [{ value: "Application.ReadWrite.All" }] });
  expect(told.unread).toEqual([
    {
      part: "delegated",
      code: "directory-forbidden",
      message: expect.stringContaining("listing the delegated permissions"),
      next: expect.stringMatching(/^grant Directory\.Read\.All: az ad app permission add /),
    },
  ]);
});
