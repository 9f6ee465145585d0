/** `$filter` beyond equality, `$search`, `$orderby` and their gate: reference graph-applications §10. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { type Graph, graphAs, openDirectory } from "./entra.ts";

let directory: Directory;
let graph: Graph;
beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
});
afterAll(() => directory.close());

const EVENTUAL = { ConsistencyLevel: "eventual" };
const q = (path: string, query: Record<string, string>) =>
  `${path}?${Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&")}`;
/** Names found by an advanced query. */
const found = async (path: string, query: Record<string, string>) => {
  const answer = await graph("GET", q(path, { $count: "true", $top: "999", ...query }), undefined, EVENTUAL);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.value.map((one: { displayName: string }) => one.displayName) as string[];
};
const refused = async (path: string, headers: Record<string, string> = {}) => {
  const { status, body } = await graph("GET", path, undefined, headers);
  return [status, body.error.code, body.error.message];
};
const names = () =>
  directory
    .state()
    .applications.filter((one) => one.tenantId === directory.admin.tenantId)
    .map(({ entity }) => String(entity.displayName));

describe("$filter", () => {
  test.each<[string, (name: string) => boolean]>([
    ["displayName ne 'Billing API'", (name) => name !== "Billing API"],
    ["not(displayName eq 'Billing API')", (name) => name !== "Billing API"],
    ["NOT startsWith(displayName,'P')", (name) => !/^p/i.test(name)],
    ["displayName ge 'S' and displayName le 'Sz'", (name) => /^s/i.test(name)],
    ["displayName in ('Billing API','Payroll Export')", (name) => /^(Billing API|Payroll Export)$/.test(name)],
  ])("%s", async (filter, wanted) => {
    expect(await found("/applications", { $filter: filter })).toEqual(names().filter(wanted));
  });

  test("counts of owners and federated credentials", async () => {
    const ownerless = await found("/applications", { $filter: "owners/$count eq 0" });
    expect(ownerless).toContain("Nobody's Connector");
    const one = await found("/applications", { $filter: "owners/$count eq 1" });
    const more = await found("/applications", { $filter: "owners/$count ne 0 and owners/$count ne 1" });
    expect([...ownerless, ...one, ...more].toSorted()).toEqual(names().toSorted());
    expect(more).toContain("Warehouse Sync");
    expect(await found("/applications", { $filter: "federatedIdentityCredentials/$count ne 0" })).toEqual([]);
  });

  test("members of collections", async () => {
    const [treasury] = (await graph("GET", "/applications?$filter=displayName eq 'Treasury Gateway'")).body.value;
    const { keyId } = treasury.keyCredentials[0];
    expect(await found("/applications", { $filter: `keyCredentials/any(k:k/keyId eq ${keyId})` })).toEqual([
      "Treasury Gateway",
    ]);
    const graphId = "00000003-0000-0000-c000-000000000000";
    const asking = await found("/applications", {
      $filter: `requiredResourceAccess/any(r:r/resourceAppId eq '${graphId}')`,
    });
    expect(asking).toContain("Nolapse");
    const untagged = await found("/servicePrincipals", {
      $filter: "NOT tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp')",
    });
    expect(untagged).not.toContain("Expensify SAML");
    expect(untagged).toContain("Microsoft Graph");
  });

  test("instants, whatever their writing", async () => {
    const created = directory.state().applications.find(({ entity }) => entity.displayName === "Legacy File Mover");
    const at = String(created?.entity.createdDateTime);
    expect(await found("/applications", { $filter: `createdDateTime le ${at}` })).toEqual(["Legacy File Mover"]);
    expect(await found("/applications", { $filter: `createdDateTime eq ${at.replace("Z", ".000Z")}` })).toEqual([
      "Legacy File Mover",
    ]);
  });

  test("users by name, and by the end of their address", async () => {
    const basic = await graph("GET", "/users?$filter=startswith(displayName,'Al')");
    expect(basic.body.value).toMatchObject([{ displayName: "Alex Wilber" }]);
    expect(await found("/users", { $filter: "endsWith(mail,'@contoso.com')" })).toHaveLength(8);
  });
});

describe("the gate", () => {
  const needs = (what: string) =>
    `Operator '${what}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information`;
  test.each([
    ["endsWith", "endsWith(displayName,'x')"],
    ["ne", "displayName ne 'x'"],
    ["not", "not(displayName eq 'x')"],
  ])("%s needs header and count", async (what, filter) => {
    const wanted = [400, "Request_UnsupportedQuery", needs(what)];
    expect(await refused(q("/applications", { $filter: filter }))).toEqual(wanted);
    expect(await refused(q("/applications", { $filter: filter }), EVENTUAL)).toEqual(wanted);
    expect(await refused(q("/applications", { $filter: filter, $count: "true" }))).toEqual(wanted);
  });

  test.each([
    "displayName ne 'Legacy File Mover'",
    "not(displayName eq 'Legacy File Mover')",
    "not(startswith(displayName,'L'))",
  ])("a /$count of %s needs the header alone, as its path asks for the count", async (filter) => {
    const counted = await graph("GET", q("/applications/$count", { $filter: filter }), undefined, EVENTUAL);
    expect([counted.status, counted.body]).toEqual([
      200,
      String((await found("/applications", { $filter: filter })).length),
    ]);
    const bare = await graph("GET", q("/applications/$count", { $filter: filter }));
    expect(bare.body.error.code).toBe("Request_UnsupportedQuery");
  });

  test("users are counted so, too", async () => {
    const counted = await graph("GET", "/users/$count?$filter=endsWith(mail,'@contoso.com')", undefined, EVENTUAL);
    expect([counted.status, counted.body]).toEqual([200, "8"]);
    expect(await refused("/users/$count")).toEqual([400, "Request_BadRequest", "$count is not currently supported."]);
  });

  test("ge and le need neither, as the reference names only ne, not and endsWith", async () => {
    const plain = await graph("GET", q("/applications", { $filter: "displayName ge 'S' and displayName le 'Sz'" }));
    expect(plain.body.value.map((one: { displayName: string }) => one.displayName)).toEqual(
      names().filter((name) => /^s/i.test(name)),
    );
    const tagged = await graph("GET", q("/applications", { $filter: "tags/any(t:t ge 'a')" }));
    expect(tagged.status).toBe(200);
  });

  test("sorting needs both, searching the header", async () => {
    expect(await refused("/applications?$orderby=displayName")).toEqual([
      400,
      "Request_UnsupportedQuery",
      "Sorting not supported for current query.",
    ]);
    expect(await refused('/applications?$search="displayName:x"')).toEqual([
      400,
      "Request_UnsupportedQuery",
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    ]);
  });

  test("what no header makes possible is said", async () => {
    const clause = (property: string) =>
      `Unsupported or invalid query filter clause specified for property '${property}' of resource 'Application'.`;
    for (const [filter, message] of [
      ["contains(displayName,'x')", "Filter operator 'Contains' is not supported."],
      ["endsWith(displayName,'x')", clause("displayName")],
      ["displayName gt 'x'", clause("displayName")],
      ["passwordCredentials/any(p:p/keyId eq 'x')", clause("passwordCredentials")],
      ["owners/$count gt 2", clause("owners")],
      ["notes eq 'x'", clause("notes")],
      ["tags/all(t:t eq 'x')", clause("tags")],
    ] as const) {
      expect(await refused(q("/applications", { $filter: filter, $count: "true" }), EVENTUAL), filter).toEqual([
        400,
        "Request_UnsupportedQuery",
        message,
      ]);
    }
  });

  test("expanding is not for advanced queries", async () => {
    const path = q("/applications", { $expand: "owners", $search: '"displayName:a"' });
    expect((await refused(path, EVENTUAL))[0]).toBe(400);
  });
});

describe("$search", () => {
  test.each([
    ['"displayName:exp"', ["Payroll Export", "Expensify SAML"]],
    ['"displayName:payr"', ["Payroll Export"]],
    ['"displayName:billing api"', ["Billing API"]],
    ['"displayName:illing"', []],
    ['"displayName:payroll" OR "displayName:billing api"', ["Billing API", "Payroll Export"]],
    ['"displayName:payroll" AND "description:bank"', ["Payroll Export"]],
    ['("displayName:payroll" OR "displayName:billing") AND "description:invoices"', ["Billing API"]],
  ])("%s", async (search, wanted) => {
    expect(await found("/applications", { $search: search })).toEqual(wanted);
  });

  test("of what is not quoted says where", async () => {
    expect(await refused("/applications?$search=displayName:x", EVENTUAL)).toEqual([
      400,
      "BadRequest",
      "Syntax error: character ':' is not valid at position 11 in 'displayName:x'.",
    ]);
    for (const search of ['"displayName:x', '"x"', '"notes:x"', '"displayName:x" XOR "displayName:y"', "(", ""])
      expect((await refused(q("/applications", { $search: search }), EVENTUAL))[0], search).toBe(400);
  });
});

describe("$orderby", () => {
  test("sorts, either way, and pages through what is sorted", async () => {
    const wanted = names().toSorted((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1));
    expect(await found("/applications", { $orderby: "displayName" })).toEqual(wanted);
    expect(await found("/applications", { $orderby: "displayName desc" })).toEqual(wanted.toReversed());
    const paged: string[] = [];
    let next: string | undefined = q("/applications", { $orderby: "displayName", $count: "true", $top: "7" });
    while (next !== undefined) {
      const { body }: Awaited<ReturnType<Graph>> = await graph("GET", next, undefined, EVENTUAL);
      paged.push(...body.value.map((one: { displayName: string }) => one.displayName));
      next = body["@odata.nextLink"];
    }
    expect(paged).toEqual(wanted);
  });

  test("refuses what cannot be sorted by", async () => {
    for (const order of ["notes", "displayName sideways", "nothing", "displayName,id"])
      expect((await refused(q("/applications", { $orderby: order, $count: "true" }), EVENTUAL))[0], order).toBe(400);
  });
});

test("$count with a search counts what it finds", async () => {
  const path = q("/applications/$count", { $search: '"displayName:payroll"' });
  expect((await graph("GET", path, undefined, EVENTUAL)).body).toBe("1");
});
