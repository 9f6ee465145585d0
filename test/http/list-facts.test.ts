/** What a list says of an application beside its outlook: since when it is registered, and of the credential that ends next what it is; and what has left the debt. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { csvRow } from "../../src/core/csv.ts";
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
