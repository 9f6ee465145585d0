/** What pages and dialogs have to show at the widths between a phone and a desk: whole names, whole warnings, nothing to scroll but tabs. */
import { expect, test } from "vitest";
import { portal } from "./portal.ts";

const web = portal();

/** What of an element is looked at. */
interface Box {
  readonly clientWidth: number;
  readonly clientHeight: number;
  readonly scrollWidth: number;
  readonly scrollHeight: number;
  getBoundingClientRect(): { readonly top: number };
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
