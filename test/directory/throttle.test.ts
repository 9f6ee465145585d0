/** Graph's published limits on the directory's clock; off unless asked for. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { Throttle } from "../../src/directory/faults/throttle.ts";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, type Graph, graphAs, openDirectory } from "./entra.ts";

let directory: Directory;
let graph: Graph;
beforeEach(async () => {
  directory = await openDirectory();
  graph = await graphAs(directory);
});
afterEach(() => directory.close());
const nobody = { objectId: "", roles: new Set<string>() };
const create = creator(() => graph);
const limit = (size: "S" | "M" | "L") => directory.faults.set({ seed: 1, rules: [], limits: { size } });
const many = async (count: number, path: string, method = "GET", body?: unknown) => {
  let last = await graph(method, path, body);
  for (let index = 1; index < count; index += 1) last = await graph(method, path, body);
  return last;
};

test("every answer tells what it cost", async () => {
  const units = async (path: string) => (await graph("GET", path)).headers.get("x-ms-resource-unit");
  expect(await units("/applications")).toBe("2");
  expect(await units("/applications?$select=id")).toBe("1");
  expect(await units("/applications?$top=5")).toBe("1");
  expect(await units("/applications?$expand=owners")).toBe("3");
  expect(await units("/servicePrincipals")).toBe("1");
});

test("nothing is limited unless somebody asks", async () => {
  expect((await many(200, "/applications?$select=id,keyCredentials&$top=1")).status).toBe(200);
});

test("150 reads of keyCredentials a minute, then Retry-After until the window has moved", async () => {
  limit("L");
  const path = "/applications?$select=id,keyCredentials&$top=1";
  expect((await many(150, path)).status).toBe(200);
  const refused = await graph("GET", path);
  expect(codeOf(refused)).toEqual([429, "TooManyRequests"]);
  expect(refused.headers.get("retry-after")).toBe("60");
  expect(refused.headers.get("x-ms-throttle-scope")).toMatch(/^Tenant\/Read\//);
  expect((await graph("GET", "/applications?$select=id&$top=1")).status, "other reads go on").toBe(200);
  directory.clock.advance(60_000);
  expect((await graph("GET", path)).status).toBe(200);
});

test("resource units by the size of the tenant, with a word from four fifths on", async () => {
  limit("S");
  const before = await many(1400, "/applications");
  expect(before.headers.get("x-ms-throttle-limit-percentage")).toBe("0.80");
  expect((await many(350, "/applications")).status).toBe(200);
  const refused = await graph("GET", "/applications");
  expect([refused.status, refused.headers.get("x-ms-throttle-information")]).toEqual([
    429,
    "ResourceUnitLimitExceeded",
  ]);
  expect(refused.headers.get("retry-after")).toBe("10");
  directory.clock.advance(10_000);
  expect((await graph("GET", "/applications")).status).toBe(200);
});

test("sixty writes a minute to an application for personal accounts", async () => {
  const application = await create({ signInAudience: "AzureADandPersonalMicrosoftAccount" });
  const other = await create();
  limit("L");
  expect((await many(60, `/applications/${application.id}`, "PATCH", { notes: "again" })).status).toBe(204);
  const refused = await graph("PATCH", `/applications/${application.id}`, { notes: "once more" });
  expect([refused.status, refused.headers.get("x-ms-throttle-information")]).toEqual([429, "WriteLimitExceeded"]);
  expect((await graph("GET", `/applications/${application.id}`)).body.notes).toBe("again");
  expect((await graph("PATCH", `/applications/${other.id}`, { notes: "x" })).status).toBe(204);
});

test("five reports in ten seconds, and a refused request counts as well", async () => {
  limit("L");
  expect((await many(5, "/auditLogs/directoryAudits")).status).toBe(200);
  expect((await graph("GET", "/auditLogs/directoryAudits")).status).toBe(429);
  directory.clock.advance(9000);
  expect((await graph("GET", "/auditLogs/directoryAudits")).status).toBe(429);
  directory.clock.advance(1000);
  expect((await graph("GET", "/auditLogs/directoryAudits")).status).toBe(200);
});

test("the making of an application for personal accounts counts, and a selection with blanks", async () => {
  limit("L");
  const personal = { displayName: "Personal", signInAudience: "PersonalMicrosoftAccount" };
  expect((await many(60, "/applications", "POST", personal)).status).toBe(201);
  expect((await graph("POST", "/applications", personal)).status).toBe(429);
  expect((await graph("POST", "/applications", { displayName: "Of the organisation" })).status).toBe(201);
  expect((await many(150, "/applications?$select=id, keyCredentials&$top=1")).status).toBe(200);
  expect((await graph("GET", "/applications?$select=id, keyCredentials&$top=1")).status).toBe(429);
});

test("a clock that is set back does not leave anybody locked out", async () => {
  limit("L");
  expect((await many(6, "/auditLogs/directoryAudits")).status).toBe(429);
  directory.clock.advance(-3_600_000);
  graph = await graphAs(directory);
  expect((await graph("GET", "/auditLogs/directoryAudits")).status).toBe(200);
});

test("writes by application and tenant, and of the tenant by all its applications", () => {
  const throttle = new Throttle();
  const write = { units: 1, write: true, report: false, selectsKeys: false, personal: false };
  const refused = (appId: string, tenantId: string, count: number, now: number) => {
    for (let index = 0; index < count; index += 1) throttle.meter({ ...nobody, appId, tenantId }, write, "L", now);
    const metered = throttle.meter({ ...nobody, appId, tenantId }, write, "L", now);
    return metered.allowed ? undefined : metered.scope;
  };
  expect(refused("a", "t", 2999, 0)).toBeUndefined();
  expect(refused("a", "t", 0, 0)).toBe("Tenant_Application/Write/a/t");
  for (const appId of ["b", "c", "d", "e", "f"]) refused(appId, "t", 2998, 0);
  expect(refused("g", "t", 5, 0), "18,000 of all in five minutes").toBe("Tenant/Write/g/t");
  for (let tenant = 0; tenant < 20; tenant += 1) refused("z", `t${tenant}`, 1749, 20_000);
  expect(refused("z", "another", 0, 30_000), "35,000 in all tenants").toBe("Application/Write/z/another");
  expect(refused("z", "another", 0, 330_000)).toBeUndefined();
});
