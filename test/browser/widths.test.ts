/** What pages and dialogs have to show at the widths between a phone and a desk: whole names, whole warnings, nothing to scroll but tabs. */
import { expect, test } from "vitest";
import { portal, tooWide } from "./portal.ts";

const web = portal();

/** What of an element is looked at. */
interface Box {
  readonly clientWidth: number;
  readonly clientHeight: number;
  readonly scrollWidth: number;
  readonly scrollHeight: number;
  getBoundingClientRect(): { readonly top: number; readonly bottom: number };
  getClientRects(): { readonly length: number };
}

test("at 1,024 px an entry of the trail has its details in view, and no name broken between two letters", async (context) => {
  const page = await web.open(context, { width: 1024 });
  await web.enter(page, "Rita");
  await web.stage.until(await web.stage.rotationOf("app-1"), "verified");
  await web.show(page, "/audit", /entr(y|ies), unbroken/);
  const table = page.getByRole("table", { name: "Audit trail" });
  await table.getByRole("link", { name: "app-1" }).first().waitFor();
  expect(
    await page.locator(".table-scroll").evaluate((one: Box) => one.scrollWidth - one.clientWidth),
  ).toBeLessThanOrEqual(0);
  const widths = await table.getByRole("columnheader").evaluateAll((all: Box[]) => all.map((one) => one.clientWidth));
  expect(Math.min(...widths.slice(-2))).toBeGreaterThanOrEqual(128);
  const times = await table.locator("time").evaluateAll((all: Box[]) => all.map((one) => one.getClientRects().length));
  expect(new Set(times)).toEqual(new Set([1]));
});

test("on a phone the tabs of Rotations and Plan are one row, and Find shows whole names", async (context) => {
  const page = await web.open(context, { width: 390 });
  await web.enter(page, "Rita");
  for (const [path, part] of [
    ["/rotations", /moving|rotation/],
    ["/plan", /Plan and approvals/],
  ] as const) {
    await web.show(page, path, part);
    const tabs = page.getByRole("tab");
    await tabs.first().waitFor();
    const tops = await tabs.evaluateAll((all: Box[]) => all.map((one) => one.getBoundingClientRect().top));
    expect(new Set(tops).size).toBe(1);
  }
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").last().fill("stranger");
  const name = page.getByRole("option").first().locator(":scope > :first-child");
  await name.getByText("stranger").waitFor();
  const row = page.getByRole("option").first();
  const [of, all] = await Promise.all([name.boundingBox(), row.boundingBox()]);
  expect(of?.width).toBeGreaterThan((all?.width ?? 0) - 30);
});

test("a warning of several lines in a dialog that is scrolled is not cut off", async (context) => {
  const page = await web.open(context, { width: 390 });
  await web.enter(page, "Ann");
  await web.show(page, `${web.app("app-1")}?new=secret`, /Client secrets/);
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/Show it to me once/).click();
  const bars = dialog.locator(".fui-MessageBar");
  await bars.first().waitFor();
  const over = await bars.evaluateAll((all: Box[]) => all.map((one) => one.scrollHeight - one.clientHeight));
  expect(Math.max(...over)).toBeLessThanOrEqual(0);
});

test("at 200 % the top bar is one row, and what its search says is one line", async (context) => {
  const page = await web.open(context, { width: 640 });
  await web.enter(page, "Rita");
  await web.show(page, "/policies", /polic(y|ies) holds?/);
  const parts = page.locator(".bar > *:visible");
  const boxes = await parts.evaluateAll((all: Box[]) => all.map((one) => one.getBoundingClientRect()));
  expect(boxes.length).toBeGreaterThan(3);
  expect(Math.max(...boxes.map(({ top }) => top))).toBeLessThan(48);
  const search = await page.getByRole("button", { name: /^Find an application/ }).boundingBox();
  expect(search?.height).toBe(32);
});

test("at 1,024 px a target and a rotation have each of their parts in one line", async (context) => {
  const page = await web.open(context, { width: 1024 });
  await web.enter(page, "Rita");
  await web.stage.until(await web.stage.rotationOf("app-1"), "verified");
  await web.show(page, "/targets", /writes to/);
  await page.getByRole("table", { name: "Targets" }).waitFor();
  const table = page.locator(".table-scroll");
  expect(await table.evaluate((one: Box) => one.scrollWidth - one.clientWidth)).toBeLessThanOrEqual(0);
  await web.show(page, "/rotations", /moving|rotation/);
  const parts = page.locator(".rotations > li").first().locator(":scope > *:visible:not(.said)");
  await parts.first().waitFor();
  const boxes = await parts.evaluateAll((all: Box[]) => all.map((one) => one.getBoundingClientRect()));
  expect(boxes.length).toBeGreaterThan(3);
  // however many lines each has, their middles are one line
  const middles = boxes.map(({ top, bottom }) => (top + bottom) / 2);
  expect(Math.max(...middles) - Math.min(...middles)).toBeLessThan(4);
});

test("on a phone tabs are one row, scrolled to the one that is chosen; a file to upload fits", async (context) => {
  const page = await web.open(context, { width: 320 });
  await web.enter(page, "Ann");
  await web.show(page, `${web.app("app-1")}?tab=activity`, /entry by entry|Nothing|rotation/);
  const tabs = page.getByRole("tab");
  const tops = await tabs.evaluateAll((all: Box[]) => all.map((one) => one.getBoundingClientRect().top));
  expect(new Set(tops).size).toBe(1);
  const chosen = await page.getByRole("tab", { selected: true }).boundingBox();
  expect(chosen?.x).toBeGreaterThanOrEqual(0);
  expect((chosen?.x ?? 0) + (chosen?.width ?? 0)).toBeLessThanOrEqual(320);
  await web.show(page, "/applications?view=no-credential", /App registrations/);
  // and stays there where the page becomes narrower
  await page.setViewportSize({ width: 700, height: 640 });
  await page.setViewportSize({ width: 320, height: 640 });
  const ofView = async () => {
    const view = await page.getByRole("tab", { selected: true }).boundingBox();
    return view !== null && view.x >= 0 && view.x + view.width <= 320;
  };
  await expect.poll(ofView).toBe(true);
  await web.show(page, `${web.app("app-1")}?new=upload`, /Credentials/);
  const content = page.getByRole("dialog").locator(".fui-DialogContent");
  await content.getByLabel("Certificate file").waitFor();
  expect(await content.evaluate((one: Box) => one.scrollWidth - one.clientWidth)).toBeLessThanOrEqual(0);
});

test("the menu of columns lies over the rows of its list", async (context) => {
  const page = await web.open(context, { width: 1440 });
  await web.enter(page, "Rita");
  await web.show(page, "/applications", /^\d+ applications?$/);
  await page.getByRole("button", { name: "Columns" }).click();
  const items = page.getByRole("menuitemcheckbox");
  await items.first().waitFor();
  // what is under the middle of each is that one, and nothing of a row
  for (const item of await items.all()) await item.click({ trial: true });
});

test("a dialog begins with what there is to do in it, and no time in its words opens over them", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await web.show(page, `${web.app("app-1")}?new=rotation`, /Credentials/);
  const dialog = page.getByRole("dialog");
  await dialog.locator("p time[tabindex]").first().waitFor();
  await dialog.getByRole("checkbox", { name: "Also what is not due yet" }).and(page.locator(":focus")).waitFor();
  expect(await page.getByRole("tooltip").count()).toBe(0);
});

test("a path of a file that is longer than a phone is wide is broken, and makes no page wider; of many tries the newest are shown", async (context) => {
  const page = await web.open(context, { width: 320 });
  await web.enter(page, "Rita");
  const id = await web.stage.rotationOf("app-1");
  const path = `/srv/${"warehouse".repeat(6)}/.env`;
  await page.route(`**/api/v1/t/contoso/rotations/${id}`, async (route) => {
    const told = await (await route.fetch()).json();
    const [one] = told.events;
    const events = Array.from({ length: 56 }, (_, sequence) => ({ ...one, sequence, action: "failed" }));
    const lastFailure = {
      ...told.lastFailure,
      at: told.now,
      message: `target file: ${path} does not exist`,
      next: null,
    };
    await route.fulfill({ json: { ...told, state: "planned", lastFailure, events } });
  });
  await web.show(page, `/rotations/${id}`, /Target file: .* does not exist\./);
  expect(await tooWide(page, "A long path")).toEqual([]);
  const happened = page.getByRole("heading", { name: "What happened" }).locator("xpath=..");
  expect(await happened.getByRole("listitem").count()).toBe(20);
  await happened.getByRole("button", { name: "Show all 56" }).click();
  await expect.poll(() => happened.getByRole("listitem").count()).toBe(56);
});
