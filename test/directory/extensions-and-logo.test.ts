/** What is beside an application: directory extensions and its logo. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { mismatch } from "../../src/directory/graph/schema.ts";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, type Graph, graphAs, openDirectory, requestToken } from "./entra.ts";

let directory: Directory;
let graph: Graph;
beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
});
afterAll(() => directory.close());

test("extensions carry the client id in their names", async () => {
  const { id, appId } = await creator(() => graph)();
  const path = `/applications/${id}/extensionProperties`;
  const body = { name: "jobGroup", dataType: "String", targetObjects: ["User"] };
  const made = await graph("POST", path, body);
  expect(made.status).toBe(201);
  expect(made.body.name).toBe(`extension_${appId.replaceAll("-", "")}_jobGroup`);
  const { "@odata.context": _, ...entity } = made.body;
  expect(mismatch("extensionProperty", entity)).toBeUndefined();
  expect((await graph("GET", path)).body.value).toEqual([entity]);
  expect((await graph("GET", `${path}/${entity.id}`)).body).toMatchObject(entity);
  expect((await graph("POST", path, body)).status).toBe(400);
  for (const odd of [{ name: "a b" }, { dataType: "Text" }, { targetObjects: [] }, { targetObjects: ["Cat"] }, { id }])
    expect(codeOf(await graph("POST", path, { ...body, name: "other", ...odd }))).toEqual([400, "Request_BadRequest"]);
  expect((await graph("DELETE", `${path}/${entity.id}`)).status).toBe(204);
  expect((await graph("GET", `${path}/${entity.id}`)).status).toBe(404);
});

test("a logo is bytes, and of the kind it says", async () => {
  const application = await creator(() => graph)();
  const { clientId, clientSecret } = directory.admin;
  const token = await requestToken(directory, { client_id: clientId, client_secret: clientSecret });
  const url = `${directory.url}/v1.0/applications/${application.id}/logo`;
  const send = (method: string, type = "image/png", body: Uint8Array<ArrayBuffer> | null = null) =>
    directory.fetch(url, {
      method,
      headers: { authorization: `Bearer ${token.body.access_token}`, "content-type": type },
      body,
    });
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff, 0xfe, 0x00]);
  expect((await send("GET")).status).toBe(404);
  expect((await send("PUT", "image/png", png)).status).toBe(204);
  const read = await send("GET");
  expect(read.headers.get("content-type")).toBe("image/png");
  expect(new Uint8Array(await read.arrayBuffer())).toEqual(png);
  const { logoUrl } = (await graph("GET", `/applications/${application.id}`)).body.info;
  expect((await graph("GET", logoUrl)).status).toBe(200);
  const info = { logoUrl: "https://elsewhere.example/x.png" };
  expect((await graph("PATCH", `/applications/${application.id}`, { info })).status).toBe(400);
  expect((await graph("PATCH", `/applications/${application.id}`, { info: { logoUrl } })).status).toBe(204);
  const script = new TextEncoder().encode("<svg onload=alert(1)>");
  expect((await send("PUT", "image/svg+xml", script)).status).toBe(400);
  expect((await send("PUT", "text/html", png)).status).toBe(400);
  const large = new Uint8Array(102_401);
  large.set(png);
  expect((await send("PUT", "image/png", large)).status).toBe(413);
  expect((await send("DELETE")).status).toBe(204);
  expect((await send("GET")).status).toBe(404);
  expect((await graph("GET", `/applications/${application.id}`)).body.info.logoUrl).toBeNull();
});
