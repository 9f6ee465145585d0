/** How many and how much (reference limits §5). */
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, type Graph, graphAs, openDirectory } from "./entra.ts";

let directory: Directory;
let graph: Graph;
beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
});
afterAll(() => directory.close());

test("a tenant that is full takes nothing more, what is in the recycle bin included", async () => {
  const small = await openDirectory();
  onTestFinished(() => small.close());
  const admin = await graphAs(small);
  const { applications, servicePrincipals, users } = small.state();
  small.faults.set({ quotas: { tenant: applications.length + servicePrincipals.length + users.length + 1 } });
  const last = await creator(() => admin)();
  const full = await admin("POST", "/applications", { displayName: "one too many" });
  expect(codeOf(full)).toEqual([403, "Directory_QuotaExceeded"]);
  expect(full.body.error.message).toContain("quota limit for the Tenant");
  await admin("DELETE", `/applications/${last.id}`);
  expect((await admin("POST", "/applications", { displayName: "still" })).status).toBe(403);
  await admin("DELETE", `/directory/deletedItems/${last.id}`);
  expect((await admin("POST", "/applications", { displayName: "room again" })).status).toBe(201);
});

const uris = (count: number) => Array.from({ length: count }, (_, at) => `https://a.example/${at}`);
const roles = (count: number) =>
  Array.from({ length: count }, () => ({ id: "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", type: "Role" }));

test.each<[string, Record<string, unknown>, number]>([
  ["256 redirect URIs", { web: { redirectUris: uris(256) } }, 201],
  ["one more", { web: { redirectUris: uris(200) }, spa: { redirectUris: uris(57) } }, 400],
  [
    "101 for personal accounts",
    { signInAudience: "AzureADandPersonalMicrosoftAccount", web: { redirectUris: uris(101) } },
    400,
  ],
  ["plain http elsewhere", { web: { redirectUris: ["http://a.example/"] } }, 400],
  ["plain http here", { web: { redirectUris: ["http://localhost:3000/"] } }, 201],
  ["a wildcard", { web: { redirectUris: ["https://*.a.example/"] } }, 400],
  ["a script", { publicClient: { redirectUris: ["javascript:alert(1)"] } }, 400],
  ["a scheme of its own on the web", { web: { redirectUris: ["myapp://auth"] } }, 400],
  ["a scheme of its own on a phone", { publicClient: { redirectUris: ["myapp://auth"] } }, 201],
  ["no URL", { spa: { redirectUris: ["a"] } }, 400],
  ["a logout URL in the clear", { web: { logoutUrl: "http://a.example" } }, 400],
  ["an identifier of 256", { identifierUris: [`api://${"x".repeat(250)}`] }, 400],
  [
    "51 resources",
    { requiredResourceAccess: Array.from({ length: 51 }, () => ({ resourceAppId: "x", resourceAccess: [] })) },
    400,
  ],
  ["401 permissions", { requiredResourceAccess: [{ resourceAppId: "x", resourceAccess: roles(401) }] }, 400],
  ["a whole of 1,300 entries", { tags: Array.from({ length: 1300 }, (_, at) => `t${at}`) }, 403],
])("%s: %#", async (_name, body, status) => {
  const answer = await graph("POST", "/applications", { displayName: "Limits", ...body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(status);
  if (status === 403) expect(codeOf(answer)).toEqual([403, "Directory_ResourceSizeExceeded"]);
});

test("an identifier belongs to one application of a tenant", async () => {
  const identifierUris = ["api://mine"];
  const one = await creator(() => graph)({ identifierUris });
  const twin = await graph("POST", "/applications", { displayName: "Twin", identifierUris });
  expect(twin.body.error.message).toContain("identifierUris already exists");
  expect((await graph("PATCH", `/applications/${one.id}`, { identifierUris })).status).toBe(204);
});
