import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mismatch } from "../../src/directory/graph/schema.ts";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, type Graph, graphAs, openDirectory, START } from "./entra.ts";

let directory: Directory;
let graph: Graph;

beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
});
afterAll(() => directory.close());

const create = creator(() => graph);

describe("the contract", () => {
  test("every object of contoso has the types of Graph's own schema", async () => {
    for (const [path, type] of [
      ["/applications?$top=999", "application"],
      ["/servicePrincipals?$top=999", "servicePrincipal"],
    ] as const) {
      const { body } = await graph("GET", path);
      expect(body.value.length).toBeGreaterThan(35);
      for (const object of body.value)
        expect([object.displayName, mismatch(type, object)]).toEqual([object.displayName, undefined]);
    }
  });

  test("a new application has the whole default shape and the caller as owner", async () => {
    const answer = await graph("POST", "/applications", { displayName: "Shape", keyCredentials: [] });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      "@odata.context": `${directory.url}/v1.0/$metadata#applications/$entity`,
      isFallbackPublicClient: null,
      identifierUris: [],
      passwordCredentials: [],
      parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: "Allow" },
      web: { redirectUris: [], implicitGrantSettings: { enableIdTokenIssuance: false } },
      api: { requestedAccessTokenVersion: null },
      signInAudience: "AzureADMyOrg",
      publisherDomain: "contoso.com",
    });
    expect(answer.headers.get("location")).toContain(answer.body.id);
    expect(answer.body.id).not.toBe(answer.body.appId);
    const { "@odata.context": _context, ...entity } = answer.body;
    expect(mismatch("application", entity)).toBeUndefined();
    const owners = await graph("GET", `/applications/${answer.body.id}/owners`);
    expect(owners.body.value).toMatchObject([
      { "@odata.type": "#microsoft.graph.servicePrincipal", appId: directory.admin.clientId },
    ]);
  });

  test("headers and error bodies are Graph's, on the directory's clock", async () => {
    const id = "0a0a0a0a-1b1b-4c1c-8d1d-2e2e2e2e2e2e";
    const answer = await graph("GET", "/applications/11111111-2222-4333-8444-555555555555", undefined, {
      "client-request-id": id,
    });
    expect(answer.status).toBe(404);
    expect(answer.headers.get("date")).toBe(new Date(START).toUTCString());
    expect(answer.headers.get("client-request-id")).toBe(id);
    expect(answer.body).toEqual({
      error: {
        code: "Request_ResourceNotFound",
        message:
          "Resource '11111111-2222-4333-8444-555555555555' does not exist or one of its queried reference-property objects are not present.",
        innerError: {
          date: "2031-03-01T12:00:00",
          "request-id": answer.headers.get("request-id"),
          "client-request-id": id,
        },
      },
    });
    const good = await graph("GET", "/organization");
    expect(good.headers.get("odata-version")).toBe("4.0");
    expect(good.headers.get("content-type")).toContain("odata.metadata=minimal");
    expect(good.body.value).toMatchObject([{ id: directory.admin.tenantId, displayName: "Contoso" }]);
    expect(mismatch("organization", good.body.value[0])).toBeUndefined();
  });
});

describe("what is not there", () => {
  test.each([
    ["an unknown segment", "GET", "/foo", 400, "BadRequest"],
    [
      "an unknown segment behind an object",
      "GET",
      "/applications/11111111-2222-4333-8444-555555555555/foo",
      400,
      "BadRequest",
    ],
    ["a malformed id", "GET", "/applications/foo", 400, "Request_BadRequest"],
    ["a known part of Graph", "GET", "/groups", 501, "Directory_NotEmulated"],
    ["delta of users", "GET", "/users/delta", 501, "Directory_NotEmulated"],
    [
      "policies of another kind",
      "GET",
      "/applications/11111111-2222-4333-8444-555555555555/tokenIssuancePolicies",
      501,
      "Directory_NotEmulated",
    ],
    ["a verb", "DELETE", "/applications", 405, "Request_BadRequest"],
    ["an unknown query option", "GET", "/applications?$foo=1", 400, "Request_BadRequest"],
    ["$skip", "GET", "/applications?$skip=1", 400, "Request_BadRequest"],
    ["$search without the header", "GET", "/applications?$search=x", 400, "Request_UnsupportedQuery"],
    ["an unknown selected property", "GET", "/applications?$select=foo", 400, "Request_BadRequest"],
    ["a page over 999", "GET", "/applications?$top=1000", 400, "Request_BadRequest"],
    [
      "a filter on credentials",
      "GET",
      "/applications?$filter=passwordCredentials eq 'x'",
      400,
      "Request_UnsupportedQuery",
    ],
    [
      "an advanced filter without the header",
      "GET",
      "/applications?$filter=endswith(displayName,'x')",
      400,
      "Request_UnsupportedQuery",
    ],
    ["an unknown filter property", "GET", "/applications?$filter=foo eq 'x'", 400, "Request_BadRequest"],
    ["a broken filter", "GET", "/applications?$filter=displayName eq", 400, "Request_BadRequest"],
  ])("%s", async (_name, method, path, status, code) => {
    expect(codeOf(await graph(method, path))).toEqual([status, code]);
  });

  test("beta says that it is not emulated", async () => {
    const response = await directory.fetch(`${directory.url}/beta/applications`);
    expect([response.status, ((await response.json()) as { error: { code: string } }).error.code]).toEqual([
      501,
      "Directory_NotEmulated",
    ]);
  });
});

describe("bodies", () => {
  test.each([
    ["an unknown property", { displayName: "x", foo: 1 }, "Request_BadRequest"],
    ["an unknown nested property", { displayName: "x", web: { foo: 1 } }, "Request_BadRequest"],
    ["a wrong type", { displayName: 5 }, "Request_BadRequest"],
    ["no displayName", {}, "Request_BadRequest"],
    ["a read-only property", { displayName: "x", appId: "11111111-2222-4333-8444-555555555555" }, "Request_BadRequest"],
    ["an unknown audience", { displayName: "x", signInAudience: "Everybody" }, "Request_BadRequest"],
    ["no JSON", "{", "BadRequest"],
  ])("with %s are refused", async (_name, body, code) => {
    expect(codeOf(await graph("POST", "/applications", body))).toEqual([400, code]);
  });

  test("over the limit are refused", async () => {
    expect((await graph("POST", "/applications", { displayName: "x", notes: "y".repeat(1_100_000) })).status).toBe(413);
  });

  test("PATCH changes scalars, merges complex properties, and reaches the service principal", async () => {
    const application = await create({
      web: { homePageUrl: "https://a.example", redirectUris: ["https://a.example/r"] },
    });
    const principal = await graph("POST", "/servicePrincipals", { appId: application.appId });
    expect(principal.status).toBe(201);
    const patch = {
      displayName: "Renamed",
      notes: "n",
      tags: ["t"],
      web: { logoutUrl: "https://a.example/out" },
      isDisabled: false,
    };
    expect((await graph("PATCH", `/applications(appId='${application.appId}')`, patch)).status).toBe(204);
    const { body } = await graph("GET", `/applications/${application.id}`);
    expect(body).toMatchObject({
      displayName: "Renamed",
      notes: "n",
      tags: ["t"],
      web: {
        homePageUrl: "https://a.example",
        logoutUrl: "https://a.example/out",
        redirectUris: ["https://a.example/r"],
      },
    });
    const after = await graph("GET", `/servicePrincipals/${principal.body.id}`);
    expect(after.body).toMatchObject({
      displayName: "Renamed",
      logoutUrl: "https://a.example/out",
      appOwnerOrganizationId: directory.admin.tenantId,
    });
    expect(codeOf(await graph("PATCH", `/applications/${application.id}`, { passwordCredentials: [] }))).toEqual([
      400,
      "Request_BadRequest",
    ]);
  });

  test("a second service principal of an application is a conflict, one of nothing a bad request", async () => {
    const application = await create();
    await graph("POST", "/servicePrincipals", { appId: application.appId, accountEnabled: true });
    expect(codeOf(await graph("POST", "/servicePrincipals", { appId: application.appId }))).toEqual([
      409,
      "Request_MultipleObjectsWithSameKeyValue",
    ]);
    const none = await graph("POST", "/servicePrincipals", { appId: "11111111-2222-4333-8444-555555555555" });
    expect(none.body.error.message).toContain("does not reference a valid application object");
  });
});

describe("lists", () => {
  test("page by opaque absolute links without losing or repeating anything", async () => {
    const seen: string[] = [];
    let next: string | undefined = "/applications?$top=7&$select=id,displayName";
    let pages = 0;
    while (next !== undefined) {
      const { body } = await graph("GET", next);
      expect(body["@odata.context"]).toBe(`${directory.url}/v1.0/$metadata#applications(id,displayName)`);
      for (const { id, ...rest } of body.value) {
        expect(Object.keys(rest)).toEqual(["displayName"]);
        seen.push(id);
      }
      next = body["@odata.nextLink"];
      if (next !== undefined) expect(next).toMatch(new RegExp(`^${directory.url}/v1.0/applications\\?.*\\$skiptoken=`));
      pages += 1;
    }
    const all = directory
      .state()
      .applications.filter((one) => one.tenantId === directory.admin.tenantId && one.deletedAt === undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(all.length);
    expect(pages).toBe(Math.ceil(all.length / 7));
  });

  test("show an object's newest state, whatever was shown before", async () => {
    const path = "/applications?$filter=displayName eq 'Payroll Export'";
    const [before] = (await graph("GET", path)).body.value;
    await graph("PATCH", `/applications/${before.id}`, { notes: "changed since" });
    const [after] = (await graph("GET", path)).body.value;
    expect(after).toEqual({ ...before, notes: "changed since" });
    expect((await graph("GET", `/applications/${before.id}`)).body).toMatchObject(after);
  });

  test("a page has 100 objects where none is asked for", async () => {
    const big = await openDirectory();
    await big.seed(Array.from({ length: 150 }, (_, index) => ({ name: `App ${index}`, principal: false as const })));
    const { body } = await (await graphAs(big))("GET", "/applications");
    expect(body.value.length).toBe(100);
    expect(body["@odata.nextLink"]).toBeDefined();
    await big.close();
  });

  test("filter by appId, name, beginning and names of a service principal", async () => {
    const names = async (path: string) =>
      (await graph("GET", path)).body.value.map((one: { displayName: string }) => one.displayName);
    const [one] = (await graph("GET", "/applications?$filter=displayName eq 'billing api'")).body.value;
    expect(one.displayName).toBe("Billing API");
    expect(await names(`/applications?$filter=appId eq '${one.appId}'`)).toEqual(["Billing API"]);
    expect(await names("/applications?$filter=startswith(displayName,'Pay') or displayName eq 'P2P Server'")).toEqual([
      "Payroll Export",
      "P2P Server",
    ]);
    expect(await names("/applications?$filter=displayName eq 'Nobody''s Connector'")).toEqual(["Nobody's Connector"]);
    expect(await names(`/servicePrincipals?$filter=servicePrincipalNames/any(c:c eq '${one.appId}')`)).toEqual([
      "Billing API",
    ]);
    expect(await names("/servicePrincipals?$filter=servicePrincipalType eq 'ManagedIdentity'")).toEqual([
      "vm-build-agents",
    ]);
    const counted = await graph("GET", "/applications?$count=true&$top=1", undefined, { ConsistencyLevel: "eventual" });
    expect(counted.body["@odata.count"]).toBeGreaterThan(35);
    expect((await graph("GET", "/applications?$count=true&$top=1")).body).not.toHaveProperty("@odata.count");
  });

  test("show certificate bytes only where keyCredentials is selected", async () => {
    const [plain] = (await graph("GET", "/applications?$filter=displayName eq 'Treasury Gateway'")).body.value;
    expect(plain.keyCredentials).toMatchObject([{ key: null, usage: "Verify", displayName: "CN=treasury-gateway" }]);
    const selected = await graph("GET", `/applications/${plain.id}?$select=keyCredentials`);
    expect(Buffer.from(selected.body.keyCredentials[0].key, "base64")[0]).toBe(0x30);
  });

  test("expand owners", async () => {
    const { body } = await graph("GET", "/applications?$filter=displayName eq 'Warehouse Sync'&$expand=owners");
    expect(body.value[0].owners.map((owner: { displayName: string }) => owner.displayName)).toEqual([
      "Diego Siciliani",
      "Lee Gu",
    ]);
  });

  test("keep to one tenant", async () => {
    const { body } = await graph("GET", "/applications?$filter=displayName eq 'Fabrikam Storefront'");
    expect(body.value).toEqual([]);
  });
});
