/** Graph's published limits on the directory's clock; off unless asked for. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, type Graph, graphAs, openDirectory } from "./entra.ts";

let directory: Directory;
let graph: Graph;
beforeEach(async () => {
  directory = await openDirectory();
  graph = await graphAs(directory);
});
afterEach(() => directory.close());
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
