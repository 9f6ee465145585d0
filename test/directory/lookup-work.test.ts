/** What a lookup by name costs, counted in objects gone through: it must not grow with the tenant. */
import { afterEach, expect, test, vi } from "vitest";
import { type ObjectRecord, Store } from "../../src/directory/state/state.ts";
import { graphAs, openDirectory } from "./entra.ts";

afterEach(() => vi.restoreAllMocks());

/** Counts the objects that lists hand out from now on. */
function countedLists(): { objects: number } {
  const counted = { objects: 0 };
  const list = Store.prototype.list;
  vi.spyOn(Store.prototype, "list").mockImplementation(function* (this: Store, ...args): Generator<ObjectRecord> {
    for (const record of list.apply(this, args)) {
      counted.objects += 1;
      yield record;
    }
  });
  return counted;
}

/** What each request of a client that works by names goes through, in a tenant of this many applications. */
async function work(applications: number): Promise<Record<string, number>> {
  const directory = await openDirectory({ scenario: "contoso", generate: applications });
  const graph = await graphAs(directory);
  const missing = { prefer: "create-if-missing" };
  const made = await graph("PATCH", "/applications(uniqueName='Mine')", { displayName: "Mine" }, missing);
  const path = `/applications/${made.body.id}`;
  const uri = "https://contoso.com/mine";
  const requests: [string, string, unknown?, Record<string, string>?][] = [
    ["PATCH", path, { identifierUris: [uri] }],
    ["POST", "/applications", { displayName: "Other", identifierUris: ["https://contoso.com/other"] }],
    ["GET", "/applications(uniqueName='mine')"],
    ["GET", "/applications?$filter=uniqueName eq 'mine'"],
    ["GET", `/applications?$filter=identifierUris/any(u:u eq '${uri}')`],
    ["PATCH", "/applications(uniqueName='mine')", { notes: "n" }, missing],
    ["PATCH", "/applications(uniqueName='new')", { displayName: "New" }, missing],
    ["GET", "/users/adele.vance@contoso.com"],
  ];
  const counted = countedLists();
  const costs: Record<string, number> = {};
  for (const [method, url, body, headers] of requests) {
    counted.objects = 0;
    const answer = await graph(method, url, body, headers);
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
    if (url.includes("$filter")) expect(answer.body.value).toMatchObject([{ id: made.body.id }]);
    costs[`${method} ${url.replace(made.body.id, "ID")}`] = counted.objects;
  }
  // the counter counts: a filter no index serves goes through all of them
  counted.objects = 0;
  await graph("GET", "/applications?$filter=signInAudience eq 'Nobody'");
  expect(counted.objects).toBeGreaterThanOrEqual(applications);
  await directory.close();
  vi.restoreAllMocks();
  return costs;
}

test("a lookup by unique name, identifier URI or user principal name goes through no list", async () => {
  const costs = await work(30);
  expect(costs).toEqual(Object.fromEntries(Object.keys(costs).map((name) => [name, 0])));
  expect(await work(600)).toEqual(costs);
});

test("names follow their objects: changed, deleted, restored", async () => {
  const directory = await openDirectory();
  const graph = await graphAs(directory);
  const found = async (uri: string) =>
    (await graph("GET", `/applications?$filter=identifierUris/any(u:u eq '${uri}')`)).body.value.length;
  const [one, other] = ["https://contoso.com/One", "https://contoso.com/other"];
  const made = (await graph("POST", "/applications", { displayName: "A", uniqueName: "a", identifierUris: [one] }))
    .body;
  expect([await found(one), await found(one.toLowerCase()), await found(other)]).toEqual([1, 1, 0]);
  await graph("PATCH", `/applications/${made.id}`, { identifierUris: [other] });
  expect([await found(one), await found(other)]).toEqual([0, 1]);
  await graph("DELETE", `/applications/${made.id}`);
  expect([await found(other), (await graph("GET", "/applications(uniqueName='a')")).status]).toEqual([0, 404]);
  await graph("POST", `/directory/deletedItems/${made.id}/restore`);
  expect([await found(other), (await graph("GET", "/applications(uniqueName='a')")).status]).toEqual([1, 200]);
  directory.restore(directory.state());
  expect(await found(other)).toBe(1);
  const twin = await graph("POST", "/applications", { displayName: "B", identifierUris: [other] });
  expect(twin.body.error.message).toBe(
    "Another object with the same value for property identifierUris already exists.",
  );
  await directory.close();
});
