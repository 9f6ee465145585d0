/** Alternate keys, and creation by PATCH: reference graph-applications §2.1 and §3. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, type Graph, graphAs, openDirectory } from "./entra.ts";

let directory: Directory;
let graph: Graph;
beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
});
afterAll(() => directory.close());

const IF_MISSING = { Prefer: "create-if-missing" };
const create = creator(() => graph);

test("an application is made and then changed under its unique name", async () => {
  const path = "/applications(uniqueName='app-65278')";
  expect(codeOf(await graph("PATCH", path, { displayName: "One" }))).toEqual([404, "Request_ResourceNotFound"]);
  const made = await graph("PATCH", path, { displayName: "One" }, IF_MISSING);
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({ displayName: "One", uniqueName: "app-65278" });
  expect((await graph("PATCH", path, { displayName: "Two" }, IF_MISSING)).status).toBe(204);
  expect((await graph("GET", path)).body).toMatchObject({ id: made.body.id, displayName: "Two" });
  expect((await graph("POST", `${path}/addPassword`, {})).status).toBe(200);
  const odd = await graph("PATCH", "/applications(uniqueName='x')", { displayName: "x", uniqueName: "y" }, IF_MISSING);
  expect(odd.status).toBe(400);
  expect((await graph("PATCH", "/applications(uniqueName='x')", {}, IF_MISSING)).status).toBe(400);
  expect((await graph("DELETE", path)).status).toBe(204);
  expect((await graph("GET", path)).status).toBe(404);
});

test("a unique name is chosen once, and only by one", async () => {
  const application = await create();
  const path = `/applications/${application.id}`;
  expect((await graph("PATCH", path, { uniqueName: "mine" })).status).toBe(204);
  expect((await graph("PATCH", path, { uniqueName: "mine" })).status).toBe(204);
  const again = await graph("PATCH", path, { uniqueName: "other" });
  expect(again.body.error.message).toBe("Property 'uniqueName' is read-only and cannot be set.");
  const twin = await graph("POST", "/applications", { displayName: "Twin", uniqueName: "MINE" });
  expect(codeOf(twin)).toEqual([400, "Request_MultipleObjectsWithSameKeyValue"]);
});

test("no name is not the name of whoever has none", async () => {
  const path = "/applications(uniqueName='')";
  expect((await graph("GET", path)).status).toBe(404);
  expect((await graph("DELETE", path)).status).toBe(404);
  expect((await graph("PATCH", path, { displayName: "x" }, IF_MISSING)).status).toBe(400);
});

test("a service principal is made under its client id, an application never", async () => {
  const { appId } = await create();
  const path = `/servicePrincipals(appId='${appId}')`;
  expect((await graph("PATCH", path, { notes: "n" })).status).toBe(404);
  const made = await graph("PATCH", path, { notes: "n" }, IF_MISSING);
  expect([made.status, made.body.appId, made.body.notes]).toEqual([201, appId, "n"]);
  expect((await graph("PATCH", path, { notes: "m" }, IF_MISSING)).status).toBe(204);
  const none = "/applications(appId='11111111-2222-4333-8444-555555555555')";
  expect((await graph("PATCH", none, { displayName: "x" }, IF_MISSING)).status).toBe(404);
  expect(codeOf(await graph("GET", "/applications(displayName='x')"))).toEqual([501, "Directory_NotEmulated"]);
});

test("whoever may make applications may make them so", async () => {
  const [made] = await directory.seed([
    { name: "Maker", permissions: ["Application.ReadWrite.OwnedBy"], secrets: [{ end: "P1D" }] },
    { name: "Reader", permissions: ["Application.Read.All"], secrets: [{ end: "P1D" }] },
  ]);
  const maker = await graphAs(directory, { clientId: made?.appId ?? "", clientSecret: made?.secrets[0]?.value ?? "" });
  const path = "/applications(uniqueName='owned')";
  expect((await maker("PATCH", path, { displayName: "x" }, IF_MISSING)).status).toBe(201);
  expect((await maker("PATCH", path, { displayName: "y" }, IF_MISSING)).status).toBe(204);
});
