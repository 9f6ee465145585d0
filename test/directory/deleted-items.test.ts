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
