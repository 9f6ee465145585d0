/** `$filter`, `$orderby` and `$count` as the reference grades them, and that what an index finds is what a search would. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { codeOf, type Graph, graphAs, openDirectory } from "./entra.ts";

let directory: Directory;
let graph: Graph;
beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso", generate: 300 });
  graph = await graphAs(directory);
});
afterAll(() => directory.close());

interface Shown {
  id: string;
  appId: string;
  displayName: string;
  createdDateTime: string;
  signInAudience: string;
  tags: string[];
  owners: unknown[];
}
const EVENTUAL = { ConsistencyLevel: "eventual" };
const advanced = (path: string) =>
  graph("GET", `${path}${path.includes("?") ? "&" : "?"}$count=true`, undefined, EVENTUAL);

/** Every page of a list. */
async function all(path: string): Promise<Shown[]> {
  const found: Shown[] = [];
  let answer = await advanced(path);
  for (;;) {
    expect(answer.status, JSON.stringify(answer.body).slice(0, 300)).toBe(200);
    found.push(...answer.body.value);
    const next = answer.body["@odata.nextLink"];
    if (next === undefined) return found;
    answer = await graph("GET", next, undefined, EVENTUAL);
  }
}
const ids = (list: readonly Shown[]) => list.map(({ id }) => id);

describe("a filter", () => {
  const low = (text: string) => text.toLowerCase();
  test.each<[string, (one: Shown) => boolean]>([
    ["displayName ge 'p' and displayName le 'q'", (one) => low(one.displayName) >= "p" && low(one.displayName) <= "q"],
    ["startswith(displayName,'bIll')", (one) => low(one.displayName).startsWith("bill")],
    ["not startswith(displayName,'b')", (one) => !low(one.displayName).startsWith("b")],
    ["not (displayName eq 'Billing API')", (one) => one.displayName !== "Billing API"],
    ["displayName ne 'Billing API'", (one) => one.displayName !== "Billing API"],
    [
      "displayName in ('Billing API','Payroll Export')",
      (one) => /^(Billing API|Payroll Export)$/.test(one.displayName),
    ],
    [
      "displayName eq 'billing api' or startswith(displayName,'pay')",
      (one) => /^(billing api$|pay)/i.test(one.displayName),
    ],
    ["createdDateTime ge 2030-01-01T00:00:00Z", (one) => one.createdDateTime >= "2030"],
    ["createdDateTime le 2029-12-31", (one) => one.createdDateTime <= "2029-12-31T00:00:00Z"],
    ["signInAudience ne 'AzureADMyOrg'", (one) => one.signInAudience !== "AzureADMyOrg"],
    ["tags/any(t:startswith(t,'w'))", (one) => one.tags.some((tag) => low(tag).startsWith("w"))],
    ["not tags/any(t:startswith(t,'w'))", (one) => !one.tags.some((tag) => low(tag).startsWith("w"))],
    ["description eq null", (one) => (one as unknown as { description: null }).description === null],
  ])("%s", async (filter, wanted) => {
    const every = await all("/applications?$top=999");
    const expected = ids(every.filter(wanted));
    const path = `/applications?$filter=${encodeURIComponent(filter)}`;
    expect(ids(await all(`${path}&$top=7`))).toEqual(expected);
    expect((await advanced(path)).body["@odata.count"]).toBe(expected.length);
  });

  test("by the number of owners, none or one", async () => {
    const owners = async (which: string) => (await advanced(`/applications?$filter=${which}`)).body["@odata.count"];
    const every = (await all("/applications?$top=999")).length;
    const [none, one] = [await owners("owners/$count eq 0"), await owners("owners/$count eq 1")];
    expect(await owners("owners/$count eq 0 or owners/$count eq 1")).toBe(none + one);
    expect(await owners("owners/$count ne 0")).toBe(every - none);
    expect(codeOf(await graph("GET", "/applications?$filter=owners/$count eq 0"))).toEqual([
      400,
      "Request_UnsupportedQuery",
    ]);
    expect(codeOf(await advanced("/applications?$filter=owners/$count eq 2"))).toEqual([
      400,
      "Request_UnsupportedQuery",
    ]);
  });

  test.each([
    ["displayName ne 'x'", 400, "Request_UnsupportedQuery"],
    ["not (displayName eq 'x')", 400, "Request_UnsupportedQuery"],
    ["endswith(displayName,'x')", 400, "Request_UnsupportedQuery"],
    ["contains(displayName,'x')", 400, "Request_UnsupportedQuery"],
    ["displayName gt 'x'", 400, "Request_UnsupportedQuery"],
    ["createdDateTime ge 'x'", 400, "Request_BadRequest"],
    ["createdDateTime ge 2031-13-45T00:00:00Z", 400, "Request_BadRequest"],
    ["displayName eq 2031-01-01", 400, "Request_BadRequest"],
    ["passwordCredentials/any(p:p/keyId eq 'x')", 400, "Request_UnsupportedQuery"],
    ["verifiedPublisher/displayName eq 'x'", 501, "Directory_NotEmulated"],
    ["federatedIdentityCredentials/any(f:startswith(f/name,'x'))", 501, "Directory_NotEmulated"],
    ["appRoles/any(r:r/displayName eq 'x')", 501, "Directory_NotEmulated"],
    ["keyCredentials/any(k:k/nothing eq 'x')", 400, "Request_BadRequest"],
    ["keyCredentials/any(k:k/endDateTime le 'x')", 400, "Request_BadRequest"],
    ["not ".repeat(60), 400, "Request_UnsupportedQuery"],
    ["(".repeat(60), 400, "Request_BadRequest"],
  ])("is refused without the header or where nothing grades it: %s", async (filter, status, code) => {
    expect(codeOf(await graph("GET", `/applications?$filter=${encodeURIComponent(filter)}`))).toEqual([status, code]);
  });

  test("negates only what may be negated", async () => {
    expect(codeOf(await advanced("/applications?$filter=not (publisherDomain eq 'x')"))).toEqual([
      400,
      "Request_UnsupportedQuery",
    ]);
  });

  test("by the key id of a certificate", async () => {
    const [one] = (await graph("GET", "/applications?$filter=displayName eq 'Treasury Gateway'")).body.value;
    const path = `/applications?$filter=keyCredentials/any(k:k/keyId eq ${one.keyCredentials[0].keyId})`;
    expect(ids((await graph("GET", path)).body.value)).toEqual([one.id]);
  });
});

describe("$orderby", () => {
  test.each(["displayName", "createdDateTime"] as const)(
    "%s, both ways, in pages, also after changes",
    async (name) => {
      const made = (await graph("POST", "/applications", { displayName: "aaa first" })).body;
      await all(`/applications?$orderby=${name}`);
      await graph("PATCH", `/applications/${made.id}`, { displayName: "Middle of it" });
      const every = await all("/applications?$top=999");
      const rank = (one: Shown) => String(one[name]).toLowerCase();
      const up = every.toSorted((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
      expect(ids(await all(`/applications?$orderby=${name}&$top=40`))).toEqual(ids(up));
      const down = (await all(`/applications?$orderby=${name} desc&$top=40`)).map(rank);
      expect(down).toEqual(up.map(rank).reverse());
      const some = await all(`/applications?$orderby=${name}&$filter=startswith(displayName,'b')&$top=3`);
      expect(ids(some)).toEqual(ids(up.filter((one) => /^b/i.test(one.displayName))));
      await graph("DELETE", `/applications/${made.id}`);
      expect(ids(await all(`/applications?$orderby=${name}`))).toEqual(ids(up.filter(({ id }) => id !== made.id)));
    },
  );

  test("needs the header and $count, and a property that sorts", async () => {
    const unsupported = [400, "Request_UnsupportedQuery"];
    expect(codeOf(await graph("GET", "/applications?$orderby=displayName"))).toEqual(unsupported);
    expect(codeOf(await graph("GET", "/applications?$orderby=displayName&$count=true"))).toEqual(unsupported);
    expect(codeOf(await advanced("/applications?$orderby=notes"))).toEqual(unsupported);
    expect(codeOf(await advanced("/applications?$orderby=foo"))).toEqual([400, "Request_BadRequest"]);
  });
});

test("one object is looked up as fast among many: by id, appId and service principal name, in one tenant", async () => {
  const [, one] = await all("/applications?$top=2");
  for (const kind of ["applications", "servicePrincipals"]) {
    const { body } = await graph("GET", `/${kind}?$filter=appId eq '${one?.appId}'`);
    expect(body.value).toMatchObject([{ appId: one?.appId }]);
    const { id } = body.value[0];
    expect((await graph("GET", `/${kind}?$filter=id in ('${id}','${id}')`)).body.value).toMatchObject([{ id }]);
    expect(
      (await graph("GET", `/${kind}?$filter=appId eq '${one?.appId}' and displayName eq 'no'`)).body.value,
    ).toEqual([]);
  }
});
