/** What a list says of an application beside its outlook, since when it is registered and what ends next; what has left the debt; its views, owners, and what was not read. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { csvRow } from "../../src/core/csv.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let rita: Visitor;
const T = "/api/v1/t/contoso";
beforeAll(async () => {
  stage = await Stage.open();
  await stage.run();
  rita = await stage.signIn("Rita");
});
afterAll(() => stage.close());

test("says when an application was registered, and of the credential that ends next what it is and how it begins", async () => {
  const { objectId } = stage.application("app-2");
  const [item] = (await rita.get(`${T}/applications?q=${objectId}`)).body.items;
  const { credentials, createdAt } = (await rita.get(`${T}/applications/${objectId}`)).body;
  expect(item).toMatchObject({ createdAt, class: credentials[0].class, hint: credentials[0].hint });
  expect(item.class).toBe("long-lived-secret");
  expect(item.hint).toMatch(/^.{3}$/);
  expect(Date.parse(item.createdAt)).toBeLessThanOrEqual(Date.parse("2031-03-01T12:00:00Z"));
  const lines = (await rita.get(`${T}/applications.csv?q=${objectId}`)).text.split("\r\n");
  expect(lines[0]?.split(",").slice(-3)).toEqual(["created", "class", "hint"]);
  // what a spreadsheet would take for a formula begins otherwise than the hint
  expect(lines[1]).toContain(`,${createdAt},${item.class},${csvRow([item.hint]).trim()}`);
});

test("what was past its renewal time long ago has left the debt as soon as it is taken up, and did not come to it lately", async () => {
  expect((await rita.get(`${T}/overview`)).body.figures).toMatchObject({ debt: 0, debtLately: 0, debtLeft: 3 });
});

test("each view says how many it would leave, whichever is asked for, within what else is asked for", async () => {
  const names = async (query: string) =>
    (await rita.get(`${T}/applications?${query}`)).body.items.map(
      ({ displayName }: { displayName: string }) => displayName,
    );
  const { facets, total } = (await rita.get(`${T}/applications`)).body;
  const { view, next } = facets;
  expect(view).toMatchObject({
    all: total,
    "needs-person": 1,
    "not-managed": next["not-managed"],
    ended: next.ended ?? 0,
  });
  expect(await names("view=needs-person")).toEqual(["mighty"]);
  const { figures } = (await rita.get(`${T}/overview`)).body;
  expect(view["needs-person"]).toBeGreaterThanOrEqual(figures.stopIn30Days);
  expect(view["ends-soon"]).toBe((await rita.get(`${T}/overview`)).body.figures.endIn30Days);
  const narrow = (await rita.get(`${T}/applications?view=ends-soon&q=app-`)).body;
  expect(narrow.facets.view).toMatchObject({ all: 2, "ends-soon": narrow.total });
  const chosen = await rita.post(`${T}/applications/chosen`, { query: { view: "needs-person", total: 1 } });
  expect(chosen.body.items).toMatchObject([{ displayName: "mighty" }]);
  expect((await rita.get(`${T}/applications.csv?view=needs-person`)).text.trim().split("\r\n")).toHaveLength(2);
});

test("owners are found by part of their name, and lead to what they own", async () => {
  const found = (await rita.get(`${T}/owners?q=osw`)).body;
  expect(found).toMatchObject({ known: true, total: 1, items: [{ name: "Oswin", type: "person", applications: 1 }] });
  const { items } = (await rita.get(`${T}/applications?owner=${found.items[0].id}`)).body;
  expect(items).toMatchObject([{ displayName: "app-1" }]);
  expect((await rita.get(`${T}/owners?q=nobody`)).body).toEqual({ known: true, total: 0, items: [] });
  expect((await rita.get(`${T}/owners`)).status).toBe(400);
});

test("applications that a scan did not get to see stay in the list, apart and with the reason, until one sees them", async () => {
  const { scan } = await stage.run();
  if (scan === null) throw new Error("nothing was scanned");
  const { objectId, appId } = stage.application("app-2");
  const part = {
    ...scan,
    coverage: { ...scan.coverage, complete: false },
    holders: scan.holders.filter((one) => one.appId !== appId),
    failures: [
      { list: "application" as const, what: "applications", error: new NolapseError("directory-forbidden", "no") },
    ],
  };
  const { total } = (await rita.get(`${T}/applications?type=application`)).body;
  await stage.admission.seen(part);
  const { body } = await rita.get(`${T}/applications?type=application&limit=1`);
  expect(body).toMatchObject({ total: total - 1, coverage: { complete: false } });
  expect(body.unread).toEqual({
    total: 1,
    items: [
      {
        ...{ objectId, appId, displayName: "app-2", type: "application", code: "directory-forbidden" },
        seenAt: expect.stringMatching(/^2031-/),
      },
    ],
  });
  const unread = async (query: string) => (await rita.get(`${T}/applications?${query}`)).body.unread.total;
  expect([await unread("q=APP-2"), await unread(`q=${appId.slice(0, 9)}`), await unread("q=app-1")]).toEqual([1, 1, 0]);
  // what else it would be is not known, and further pages do not say it again
  expect([await unread("managed=true"), await unread("view=ended"), await unread("limit=1&cursor=1")]).toEqual([
    0, 0, 0,
  ]);
  expect(await unread("type=servicePrincipal")).toBe(0);
  await stage.admission.seen(scan);
  expect(await unread("type=application")).toBe(0);
});
