/** Who holds a directory role: users and service principals, by assignments that are read, made and taken away. */
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { createDirectory, type Directory } from "../../src/directory/index.ts";
import { codeOf, type Graph, graphAs, openDirectory } from "./entra.ts";

const ASSIGNMENTS = "/roleManagement/directory/roleAssignments";
const APPLICATION_ADMINISTRATOR = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3";
const READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451";
const NOBODY = "11111111-2222-4333-8444-555555555555";

let directory: Directory;
let graph: Graph;
beforeEach(async () => {
  directory = await openDirectory();
  graph = await graphAs(directory);
});
afterEach(() => directory.close());

const given = (principalId: string, roleDefinitionId = APPLICATION_ADMINISTRATOR, directoryScopeId = "/") => ({
  "@odata.type": "#microsoft.graph.unifiedRoleAssignment",
  principalId,
  roleDefinitionId,
  directoryScopeId,
});
const aPrincipal = async () => {
  const { body } = await graph("POST", "/applications", { displayName: "holds a role" });
  return (await graph("POST", "/servicePrincipals", { appId: body.appId })).body.id as string;
};

test("an assignment is made, listed, read by its id and taken away", async () => {
  expect((await graph("GET", ASSIGNMENTS)).body.value).toEqual([]);
  const principalId = await aPrincipal();
  const made = await graph("POST", ASSIGNMENTS, given(principalId));
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ principalId, roleDefinitionId: APPLICATION_ADMINISTRATOR, directoryScopeId: "/" });
  expect((await graph("GET", `${ASSIGNMENTS}/${made.body.id}`)).body).toEqual(made.body);
  const reader = await graph("POST", ASSIGNMENTS, given(principalId, READER));
  expect((await graph("GET", ASSIGNMENTS)).body.value.map(({ id }: { id: string }) => id)).toEqual([
    made.body.id,
    reader.body.id,
  ]);
  for (const filter of [
    `roleDefinitionId eq '${READER}'`,
    `principalId eq '${principalId}' and roleDefinitionId eq '${READER}'`,
  ]) {
    const { body } = await graph("GET", `${ASSIGNMENTS}?$filter=${encodeURIComponent(filter)}`);
    expect(body.value.map(({ id }: { id: string }) => id)).toEqual([reader.body.id]);
  }
  const page = await graph("GET", `${ASSIGNMENTS}?$top=1`);
  expect((await graph("GET", page.body["@odata.nextLink"])).body.value).toHaveLength(1);
  expect((await graph("DELETE", `${ASSIGNMENTS}/${made.body.id}`)).status).toBe(204);
  expect((await graph("GET", `${ASSIGNMENTS}/${made.body.id}`)).status).toBe(404);
});

test("what is not right is refused, and changes nothing", async () => {
  const principalId = await aPrincipal();
  expect((await graph("POST", ASSIGNMENTS, given(NOBODY))).status, "no such principal").toBe(404);
  expect((await graph("POST", ASSIGNMENTS, given(principalId, NOBODY))).status, "no such role").toBe(404);
  expect((await graph("POST", ASSIGNMENTS, given("me"))).status).toBe(400);
  expect((await graph("POST", ASSIGNMENTS, { ...given(principalId), colour: "red" })).status).toBe(400);
  expect((await graph("POST", ASSIGNMENTS, { principalId })).status).toBe(400);
  const below = given(principalId, READER, "/administrativeUnits/1");
  expect(codeOf(await graph("POST", ASSIGNMENTS, below)), "said, not ignored").toEqual([501, "Directory_NotEmulated"]);
  expect((await graph("GET", ASSIGNMENTS)).body.value).toEqual([]);
  expect((await graph("POST", ASSIGNMENTS, given(principalId))).status).toBe(201);
  expect((await graph("POST", ASSIGNMENTS, given(principalId))).status, "twice the same").toBe(400);
});

test("reading wants a right to read roles, assigning one to change them", async () => {
  const as = async (...permissions: string[]) => {
    const [made] = await directory.seed([
      { name: `may ${permissions.join()}`, permissions, secrets: [{ end: "P90D" }] },
    ]);
    return graphAs(directory, { clientId: made?.appId ?? "", clientSecret: made?.secrets[0]?.value ?? "" });
  };
  expect(codeOf(await (await as("Application.ReadWrite.All"))("GET", ASSIGNMENTS))[0]).toBe(403);
  const reader = await as("RoleManagement.Read.Directory");
  expect((await reader("GET", ASSIGNMENTS)).status).toBe(200);
  expect((await reader("POST", ASSIGNMENTS, given(await aPrincipal()))).status).toBe(403);
});

test("a scenario says who holds which role; a role that there is not is refused", async () => {
  const tenant = (role: string) => ({
    name: "roles",
    domains: ["roles.example"],
    users: [{ name: "Ada", upn: "ada@roles.example", roles: ["Global Reader"] }],
    applications: [{ name: "mighty", roles: [role], secrets: [{ end: "P90D" }], permissions: ["Directory.Read.All"] }],
  });
  const other = await createDirectory({ scenario: { tenants: [tenant("Application Administrator")] } });
  onTestFinished(() => other.close());
  const roles = other.state().roleAssignments?.map(({ entity }) => entity.roleDefinitionId);
  expect(roles).toEqual([READER, APPLICATION_ADMINISTRATOR]);
  await expect(createDirectory({ scenario: { tenants: [tenant("Emperor")] } })).rejects.toThrow("Emperor");
});

test("a state of before assignments were objects is brought up to date once", async () => {
  const users = [{ name: "Ada", upn: "ada@roles.example" }];
  const tenant = { name: "roles", domains: ["roles.example"], users, applications: [] };
  const older = await createDirectory({ scenario: { tenants: [tenant] } });
  onTestFinished(() => older.close());
  const state = structuredClone(older.state());
  const [user] = state.users;
  if (user === undefined) throw new Error("the scenario has a user");
  user.directoryRoles = ["Global Administrator"];
  delete state.roleAssignments;
  const put = await older.fetch(`${older.url}/_directory/state`, { method: "PUT", body: JSON.stringify(state) });
  expect(put.status).toBe(200);
  const after = older.state();
  expect(after.roleAssignments?.map(({ entity }) => entity.principalId)).toEqual([user.entity.id]);
  expect(after.users[0]?.directoryRoles).toBeUndefined();
});
