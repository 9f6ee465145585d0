/** Users, domains and recommendations, as far as a manager of applications reads them. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { mismatch } from "../../src/directory/graph/schema.ts";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, DAY, type Graph, graphAs, openDirectory } from "./entra.ts";

let directory: Directory;
let graph: Graph;
beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
});
afterAll(() => directory.close());

test("users are listed, paged, and read by id or by name", async () => {
  const { body } = await graph("GET", "/users");
  expect(body.value.length).toBeGreaterThan(3);
  for (const user of body.value) expect(mismatch("user", user)).toBeUndefined();
  const [first, second] = body.value;
  const page = await graph("GET", "/users?$top=1&$select=id");
  expect(page.body.value).toEqual([{ id: first.id }]);
  expect((await graph("GET", page.body["@odata.nextLink"])).body.value).toEqual([{ id: second.id }]);
  for (const key of [first.id, first.userPrincipalName]) {
    expect((await graph("GET", `/users/${encodeURIComponent(key)}`)).body.displayName).toBe(first.displayName);
  }
  expect(codeOf(await graph("GET", "/users?$expand=manager")), "said, not ignored").toEqual([
    501,
    "Directory_NotEmulated",
  ]);
  expect((await graph("GET", "/users/nobody@contoso.com")).status).toBe(404);
});

test("domains are the tenant's, one of them its default", async () => {
  const { body } = await graph("GET", "/domains");
  for (const domain of body.value) expect(mismatch("domain", domain)).toBeUndefined();
  expect(body.value.filter((one: { isDefault: boolean }) => one.isDefault)).toHaveLength(1);
  expect((await graph("GET", `/domains/${body.value[0].id}`)).body.isVerified).toBe(true);
  expect((await graph("GET", "/domains/else.example")).status).toBe(404);
});

test("recommendations name the credentials that end within thirty days, and end when there are none", async () => {
  const beta = (path: string, caller = graph) => caller("GET", `${directory.url}/beta${path}`);
  const { body } = await beta("/directory/recommendations");
  const [applications] = body.value;
  expect(applications).toMatchObject({
    id: `${directory.admin.tenantId}_ApplicationCredentialExpiry`,
    recommendationType: "applicationCredentialExpiry",
    status: "active",
  });
  const impacted = (await beta(`/directory/recommendations/${applications.id}/impactedResources`)).body.value;
  const now = directory.clock.now();
  const { value } = (await graph("GET", "/applications?$top=999")).body;
  const soon = value.flatMap((one: Record<string, { keyId: string; endDateTime: string }[]>) =>
    [...(one.passwordCredentials ?? []), ...(one.keyCredentials ?? [])]
      .filter(({ endDateTime }) => Date.parse(endDateTime) > now && Date.parse(endDateTime) <= now + 30 * DAY)
      .map(({ keyId }) => keyId),
  );
  const details = (one: { additionalDetails: { key: string; value: string }[] }) =>
    one.additionalDetails.find(({ key }) => key === "CredentialId")?.value;
  expect(impacted.map(details).toSorted()).toEqual(soon.toSorted());
  const path = `/directory/recommendations/${applications.id}/impactedResources`;
  const status = (which: string) => `${path}?$filter=status eq Microsoft.Graph.recommendationStatus'${which}'`;
  expect((await beta(status("active"))).body.value).toEqual(impacted);
  expect((await beta(status("dismissed"))).body.value).toEqual([]);
  expect(codeOf(await beta(`${path}?$top=1`))).toEqual([501, "Directory_NotEmulated"]);
  expect(codeOf(await beta("/directory/recommendations?$filter=x"))).toEqual([501, "Directory_NotEmulated"]);
  expect((await beta("/directory/recommendations/nothing")).status).toBe(404);
  directory.clock.advance(3000 * DAY);
  const later = await graphAs(directory);
  const [again] = (await beta("/directory/recommendations", later)).body.value;
  expect(again.status).toBe("completedBySystem");
  expect(codeOf(await later("GET", "/directory/recommendations"))[0]).toBe(501);
});

test("impacted resources come in pages, soonest first, and follow what is added, removed and deleted", async () => {
  const tenant = await openDirectory({ generate: 6000 });
  const caller = await graphAs(tenant);
  const first = `${tenant.url}/beta/directory/recommendations/${tenant.admin.tenantId}_ApplicationCredentialExpiry/impactedResources`;
  const keyIds = async () => {
    const found: string[] = [];
    for (let next: string | undefined = first; next !== undefined; ) {
      const { body } = await caller("GET", next);
      expect(body.value.length).toBeLessThanOrEqual(100);
      found.push(...body.value.map(({ id }: { id: string }) => id));
      next = body["@odata.nextLink"];
    }
    return found;
  };
  const now = tenant.clock.now();
  const expected = () =>
    tenant
      .state()
      .applications.filter(({ deletedAt }) => deletedAt === undefined)
      .flatMap(({ entity }) => entity.passwordCredentials as { keyId: string; endDateTime: string }[])
      .filter(({ endDateTime }) => Date.parse(endDateTime) > now && Date.parse(endDateTime) <= now + 30 * DAY)
      .toSorted((a, b) => Date.parse(a.endDateTime) - Date.parse(b.endDateTime) || (a.keyId < b.keyId ? -1 : 1))
      .map(({ keyId }) => keyId);
  expect((await keyIds()).length).toBeGreaterThan(150);
  expect(await keyIds()).toEqual(expected());
  const [one, other] = tenant.state().applications.slice(-2);
  const soon = { passwordCredential: { endDateTime: new Date(now + 3 * DAY).toISOString() } };
  const added = await caller("POST", `/applications/${one?.entity.id}/addPassword`, soon);
  const gone = await caller("POST", `/applications/${other?.entity.id}/addPassword`, soon);
  expect(await keyIds()).toEqual(expected());
  expect(await keyIds()).toEqual(expect.arrayContaining([added.body.keyId, gone.body.keyId]));
  await caller("POST", `/applications/${one?.entity.id}/removePassword`, { keyId: added.body.keyId });
  await caller("DELETE", `/applications/${other?.entity.id}`);
  const left = await keyIds();
  expect(left).toEqual(expected());
  for (const { body } of [added, gone]) expect(left).not.toContain(body.keyId);
  expect(codeOf(await caller("GET", `${first}?$skiptoken=x`))).toEqual([400, "Request_BadRequest"]);
  await tenant.close();
});
