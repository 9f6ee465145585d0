/** The recycle bin, on the directory's clock. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, DAY, type Graph, graphAs, openDirectory, signIn } from "./entra.ts";

let directory: Directory;
let graph: Graph;
let app: { id: string; appId: string; value: string };
beforeEach(async () => {
  directory = await openDirectory();
  graph = await graphAs(directory);
  const [seeded] = await directory.seed([{ name: "Comes back", secrets: [{ end: "P90D" }] }]);
  app = { id: seeded?.id ?? "", appId: seeded?.appId ?? "", value: seeded?.secrets[0]?.value ?? "" };
});
afterEach(() => directory.close());
const bin = "/directory/deletedItems";
const ids = async (type: string) =>
  (await graph("GET", `${bin}/microsoft.graph.${type}`)).body.value.map((one: { appId: string }) => one.appId);

test("a deleted application signs nobody in, and comes back with its credentials", async () => {
  expect(await signIn(directory, app.appId, app.value)).toBe(0);
  expect((await graph("DELETE", `/applications/${app.id}`)).status).toBe(204);
  expect(await signIn(directory, app.appId, app.value)).toBe(700016);
  expect([await ids("application"), await ids("servicePrincipal")]).toEqual([[app.appId], [app.appId]]);
  const one = await graph("GET", `${bin}/${app.id}`);
  expect(one.body).toMatchObject({ "@odata.type": "#microsoft.graph.application", displayName: "Comes back" });
  expect(one.body.deletedDateTime).toMatch(/^2031-03-01T12:00:00/);
  const back = await graph("POST", `${bin}/${app.id}/restore`);
  expect([back.status, back.body.deletedDateTime]).toEqual([200, null]);
  expect(await signIn(directory, app.appId, app.value)).toBe(0);
  expect(await ids("application")).toEqual([]);
  expect((await graph("POST", `${bin}/${app.id}/restore`)).status).toBe(404);
});

test("is gone for good when it is purged, and by itself after thirty days", async () => {
  await graph("DELETE", `/applications/${app.id}`);
  expect((await graph("DELETE", `${bin}/${app.id}`)).status).toBe(204);
  expect((await graph("GET", `${bin}/${app.id}`)).status).toBe(404);
  const [other] = await directory.seed([{ name: "Forgotten" }]);
  await graph("DELETE", `/applications/${other?.id}`);
  directory.clock.advance(30 * DAY);
  const later = await graphAs(directory);
  expect((await later("GET", `${bin}/${other?.id}`)).status).toBe(404);
  expect(codeOf(await later("POST", `${bin}/${other?.id}/restore`))).toEqual([404, "Request_ResourceNotFound"]);
});

const twinCode = "Request_MultipleObjectsWithSameKeyValue";
const restore = (id: string) => graph("POST", `${bin}/${id}/restore`);
const principalsOf = async (appId: string) =>
  (await graph("GET", `/servicePrincipals?$filter=appId eq '${appId}'`)).body.value.map(
    (one: { id: string }) => one.id,
  );

test("what has taken its identifier URI meanwhile keeps it, with or without a service principal", async () => {
  const identifierUris = ["https://contoso.com/taken"];
  await graph("PATCH", `/applications/${app.id}`, { identifierUris });
  const [principal] = await principalsOf(app.appId);
  await graph("DELETE", `/applications/${app.id}`);
  const other = (await graph("POST", "/applications", { displayName: "Successor", identifierUris })).body;
  expect(codeOf(await restore(app.id))).toEqual([400, "Request_BadRequest"]);
  const successor = (await graph("POST", "/servicePrincipals", { appId: other.appId })).body;
  expect(successor.servicePrincipalNames).toContain(identifierUris[0]);
  expect(codeOf(await restore(app.id))).toEqual([400, "Request_BadRequest"]);
  expect(codeOf(await restore(principal))).toEqual([409, twinCode]);
  const named = `/servicePrincipals?$filter=servicePrincipalNames/any(n:n eq '${identifierUris[0]}')`;
  expect((await graph("GET", named)).body.value).toMatchObject([{ id: successor.id }]);
});

test("what has taken its unique name meanwhile keeps it", async () => {
  const create = { prefer: "create-if-missing" };
  const path = "/applications(uniqueName='one of a kind')";
  const first = (await graph("PATCH", path, { displayName: "First" }, create)).body;
  await graph("DELETE", `/applications/${first.id}`);
  await graph("PATCH", path, { displayName: "Second" }, create);
  expect(codeOf(await restore(first.id))).toEqual([400, twinCode]);
  expect((await graph("GET", path)).body.displayName).toBe("Second");
});

test("an application has one service principal, however many of its former ones are in the bin", async () => {
  const [first] = await principalsOf(app.appId);
  await graph("DELETE", `/servicePrincipals/${first}`);
  directory.clock.advance(1_000);
  const second = (await graph("POST", "/servicePrincipals", { appId: app.appId })).body.id;
  expect(codeOf(await restore(first))).toEqual([409, twinCode]);
  expect(await principalsOf(app.appId)).toEqual([second]);
  await graph("DELETE", `/applications/${app.id}`);
  expect((await restore(app.id)).status).toBe(200);
  expect(await principalsOf(app.appId)).toEqual([second]);
  expect(await ids("servicePrincipal")).toEqual([app.appId]);
  const again = await graph("GET", `/servicePrincipals/${second}`);
  expect(again.body.appId).toBe(app.appId);
});

test("a service principal that came back first keeps nobody from restoring its application", async () => {
  const identifierUris = ["https://contoso.com/back"];
  await graph("PATCH", `/applications/${app.id}`, { identifierUris });
  const [principal] = await principalsOf(app.appId);
  await graph("DELETE", `/applications/${app.id}`);
  expect((await restore(principal)).status).toBe(200);
  expect((await restore(app.id)).status).toBe(200);
  expect(await principalsOf(app.appId)).toEqual([principal]);
});
