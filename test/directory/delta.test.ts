/** Delta queries: everything once, then what changed, until the token is a week old. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, creator, DAY, type Graph, type GraphAnswer, graphAs, openDirectory } from "./entra.ts";

let directory: Directory;
let graph: Graph;
beforeEach(async () => {
  directory = await openDirectory({ generate: 450 });
  graph = await graphAs(directory);
});
afterEach(() => directory.close());
const create = creator(() => graph);

/** Follows the pages to the last one. */
async function pages(
  first: string,
): Promise<{ value: { id: string; "@removed"?: { reason: string } }[]; link: string; count: number }> {
  const value = [];
  let answer: GraphAnswer = await graph("GET", first);
  for (let count = 1; ; count += 1) {
    expect(answer.status).toBe(200);
    value.push(...answer.body.value);
    const next = answer.body["@odata.nextLink"];
    if (next === undefined) return { value, link: answer.body["@odata.deltaLink"], count };
    answer = await graph("GET", next);
  }
}

test("gives all objects in pages, then only what changed", async () => {
  const all = await pages("/applications/delta");
  expect(all.count).toBe(3);
  expect(new Set(all.value.map((one) => one.id)).size).toBe(451);
  expect((await pages(all.link)).value).toEqual([]);
  const [application] = [await create()];
  const [other] = all.value;
  await graph("POST", `/applications/${other?.id}/addPassword`, {});
  await graph("PATCH", `/applications/${other?.id}`, { notes: "twice" });
  const changed = await pages(all.link);
  expect(changed.value.map((one) => one.id)).toEqual([application.id, other?.id]);
  expect(changed.value[1]).toMatchObject({ notes: "twice" });
  expect((await pages(changed.link)).value).toEqual([]);
  // the first token still tells the same
  expect((await pages(all.link)).value).toHaveLength(2);
});

test("tells what was removed, and whether it can come back", async () => {
  const { link } = await pages("/applications/delta?$select=id,displayName");
  const [one, two] = [await create(), await create()];
  for (const { id } of [one, two]) await graph("DELETE", `/applications/${id}`);
  await graph("DELETE", `/directory/deletedItems/${two.id}`);
  const removed = (await pages(link)).value;
  expect(removed).toEqual([
    { id: one.id, "@removed": { reason: "changed" } },
    { id: two.id, "@removed": { reason: "deleted" } },
  ]);
});

test("can begin at now, keeps to the selection, and covers service principals apart", async () => {
  const latest = await graph("GET", "/servicePrincipals/delta?$deltatoken=latest&$select=id,displayName");
  expect(latest.body.value).toEqual([]);
  const application = await create();
  const principal = (await graph("POST", "/servicePrincipals", { appId: application.appId })).body;
  expect((await pages(latest.body["@odata.deltaLink"])).value).toEqual([
    { id: principal.id, displayName: application.displayName },
  ]);
});

test("ends a token after seven days, and one of another state", async () => {
  const { link } = await pages("/applications/delta");
  directory.clock.advance(7 * DAY + 1);
  graph = await graphAs(directory);
  const late = await graph("GET", link);
  expect(codeOf(late)).toEqual([410, "syncStateNotFound"]);
  expect(late.headers.get("location")).toBe(`${directory.url}/v1.0/applications/delta?$deltatoken=`);
  expect((await pages("/applications/delta?$deltatoken=")).value).toHaveLength(451);
  expect(codeOf(await graph("GET", "/applications/delta?$deltatoken=nonsense"))).toEqual([400, "Request_BadRequest"]);
});

test("is filtered by id only, and its first pages do not tell of what was gone before", async () => {
  const [one, two] = [await create(), await create()];
  await graph("DELETE", `/applications/${two.id}`);
  const all = await pages("/applications/delta?$select=id");
  expect(all.value.filter((shown) => shown["@removed"] !== undefined)).toEqual([]);
  const path = `/applications/delta?$filter=id eq '${one.id}' or id eq '${two.id}'`;
  const some = await pages(path);
  expect(some.value.map(({ id }) => id)).toEqual([one.id]);
  await create();
  await graph("PATCH", `/applications/${one.id}`, { notes: "changed" });
  expect((await pages(some.link)).value.map(({ id }) => id)).toEqual([one.id]);
  expect(codeOf(await graph("GET", "/applications/delta?$filter=displayName eq 'x'"))).toEqual([
    400,
    "Request_UnsupportedQuery",
  ]);
  expect(codeOf(await graph("GET", "/applications/delta?$top=5"))).toEqual([501, "Directory_NotEmulated"]);
});
