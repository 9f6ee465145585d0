/** App registrations in a real browser: painted before its rows, as high as one likes them, there as a file. */
import { expect, test } from "vitest";
import { portal } from "./portal.ts";

const web = portal();
const { show } = web;

test("the list is painted first, and its rows are made after that", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Rita");
  // how many rows the table has each time that something in the document changes
  await given.addInitScript(`
    window.counts = [];
    new MutationObserver(() => {
      if (document.querySelector("[role=table]")) counts.push(document.querySelectorAll("[role=table] [role=row]").length);
    }).observe(document, { childList: true, subtree: true });
  `);
  await show(given, "/applications", /app-2/);
  const counts = (await given.evaluate("counts")) as number[];
  expect(counts[0]).toBe(1);
  expect(counts.at(-1)).toBeGreaterThan(4);
});

test("a list is as high as one likes it, and there as a file; each row has its life line", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Rita");
  await show(given, "/applications", /app-2/);
  const row = given.getByRole("row", { name: /app-2/ });
  expect((await row.boundingBox())?.height).toBe(40);
  // a year that worked, what is on record, the ground and today
  expect(await row.locator("svg.nl-small rect").count()).toBeGreaterThanOrEqual(1);
  await given.getByRole("button", { name: "Height of rows: normal" }).click();
  await given.getByRole("menuitemradio", { name: "compact" }).click();
  await expect.poll(async () => (await row.boundingBox())?.height).toBe(32);
  await given.reload();
  await row.waitFor();
  expect((await row.boundingBox())?.height).toBe(32);
  const href = await given.getByRole("link", { name: "Download as CSV" }).getAttribute("href");
  const file = await given.context().request.get(`${web.stage.server.url}${href}`);
  expect(await file.text()).toMatch(/^display name,client id/);
});
