/** A life line as it is drawn: what is planned is hollow, what has happened is filled; a narrow page begins with half a year. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

// the old one goes after the overlap: nobody but the targets holds a copy
const web = portal({ policy: { retire: "after-overlap", overlap: "7d" }, complete: true, only: ["app-1"] });
const { show } = web;
const caps = async (page: Page, kind: string) => page.locator(`table.nl-life .nl-cap-${kind}`).count();

test("the removal of the old one is a hollow cap while it is planned, and a filled one once it has happened", async (context) => {
  const id = await web.stage.rotationOf("app-1");
  await web.stage.until(id, "verified");
  await web.stage.run();
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, web.app("app-1"), /Life line/);
  await page.locator("table.nl-life .nl-cap-goes").first().waitFor();
  expect(await caps(page, "removed")).toBe(0);
  const ground = "getComputedStyle(document.querySelector('.nl-cap-goes')).fill";
  const card = "getComputedStyle(document.querySelector('.card')).backgroundColor";
  expect(await page.evaluate(ground)).toBe(await page.evaluate(card));
  expect(await faultsEverywhere(page, "A planned removal")).toEqual([]);
  web.stage.directory.clock.advance(7 * 86_400_000);
  await web.stage.until(id, "retired");
  await web.stage.run();
  await page.locator("table.nl-life .nl-cap-removed").first().waitFor();
  expect(await page.locator("table.nl-life .nl-cap-removed").count()).toBe(1);
  expect(web.said).toEqual([]);
});

test("a narrow page begins with six months, until another range is asked for; a wide one with two years", async (context) => {
  const page = await web.open(context, { width: 390 });
  await web.enter(page, "Rita");
  await show(page, web.app("app-2"), /Life line/);
  const chosen = page.getByRole("toolbar", { name: "Time range" }).getByRole("radio", { checked: true });
  await expect.poll(() => chosen.textContent()).toBe("6 months");
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect.poll(() => chosen.textContent()).toBe("2 years");
  await page.getByRole("radio", { name: "5 years" }).click();
  await page.waitForURL(/days=913/);
  await page.setViewportSize({ width: 390, height: 800 });
  await expect.poll(() => chosen.textContent()).toBe("5 years");
  expect(await faultsEverywhere(page, "A narrow life line")).toEqual([]);
});

test("an event under the pointer is said to the second with its reason code; Ctrl and the wheel are + and −", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, web.app("mighty"), /Life line/);
  const cell = page.locator("table.nl-life tbody tr").filter({ hasText: "made by hand" }).locator("td");
  const box = await cell.boundingBox();
  // it ends within ten days, near the middle
  await cell.hover({ position: { x: (box?.width ?? 0) / 2 + 5, y: 20 } });
  const words = cell.locator(".nl-pointed");
  await expect.poll(() => words.textContent()).toMatch(/^Ends, \w{3} \d+ \w{3} 2031 at \d\d:\d\d:\d\d.*not-bound$/);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -100);
  await page.keyboard.up("Control");
  await page.waitForURL(/days=183/);
  await page.mouse.move(0, 0);
  await words.waitFor({ state: "detached" });
  expect(web.said).toEqual([]);
});

const DAY = 86_400_000;
/** The day in the middle by the address, as days from the present of these tests. */
async function middle(page: Page): Promise<number> {
  const named = new URL(page.url()).searchParams.get("at");
  const today = Math.floor(web.stage.directory.clock.now() / DAY) * DAY;
  return named === null ? 0 : (Date.parse(named) - today) / DAY;
}

test("the time is dragged with a mouse: it follows at once, its address says where", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, web.app("app-1"), /Life line/);
  const cell = page.locator("table.nl-life tbody tr:not(.nl-close-up) td").first();
  const box = await cell.boundingBox();
  if (box === null) throw new Error("the row is not there");
  const today = page.locator("table.nl-life thead rect.nl-today-label");
  const before = Number(await today.getAttribute("x"));
  const [x, y] = [box.x + box.width / 2, box.y + 20];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 3, y);
  expect(Number(await today.getAttribute("x"))).toBe(before);
  await page.mouse.move(x + 100, y, { steps: 4 });
  await expect.poll(async () => Number(await today.getAttribute("x"))).toBeCloseTo(before + 100, 0);
  expect(await middle(page)).toBe(0);
  await page.mouse.up();
  await page.waitForURL(/at=/);
  const days = Math.round((100 / Math.floor(box.width)) * 2 * 365);
  expect(await middle(page)).toBe(-days);
  await expect.poll(async () => Math.abs(Number(await today.getAttribute("x")) - before - 100)).toBeLessThan(2);
  // a click drags nothing, and the close-up has a time of its own
  await cell.click();
  const closeUp = page.locator("table.nl-life tr.nl-close-up td");
  const own = await closeUp.boundingBox();
  await page.mouse.move((own?.x ?? 0) + 200, (own?.y ?? 0) + 50);
  await page.mouse.down();
  await page.mouse.move((own?.x ?? 0) + 300, (own?.y ?? 0) + 50, { steps: 3 });
  await page.mouse.up();
  expect(await middle(page)).toBe(-days);
  await page.reload();
  await expect.poll(async () => Math.abs(Number(await today.getAttribute("x")) - before - 100)).toBeLessThan(2);
  expect(await faultsEverywhere(page, "A dragged life line")).toEqual([]);
  await page.getByRole("button", { name: "Today" }).click();
  await expect.poll(() => middle(page)).toBe(0);
  expect(web.said).toEqual([]);
});

test("without dragging: buttons, and page up, page down and 0 of the chart", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, web.app("app-2"), /Life line/);
  await page.getByRole("button", { name: "Earlier" }).press("Enter");
  await expect.poll(() => middle(page)).toBe(-365);
  await page.getByText(/2 years are shown, around \w{3} \d+ \w{3} 2030/).waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Later" }).press("Enter");
  await expect.poll(() => middle(page)).toBe(0);
  const grid = page.getByRole("grid", { name: "Life line" });
  await grid.locator("[tabindex='0']").focus();
  await page.keyboard.press("PageDown");
  await expect.poll(() => middle(page)).toBe(365);
  await page.keyboard.press("+");
  await page.waitForURL(/days=183/);
  expect(await middle(page)).toBe(365);
  expect(await grid.locator(":focus").count()).toBe(1);
  await page.keyboard.press("0");
  await page.waitForURL(/days=365/);
  expect(await middle(page)).toBe(0);
});

test("a finger drags it to the sides, and scrolls the page up and down over it", async (context) => {
  const page = await web.open(context, { width: 390 });
  await web.enter(page, "Rita");
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setTouchEmulationEnabled", { enabled: true });
  await show(page, web.app("app-2"), /Life line/);
  const cell = page.locator("table.nl-life tbody tr").filter({ hasText: "made by hand" }).locator("td");
  await cell.scrollIntoViewIfNeeded();
  const place = async () => {
    const box = await cell.boundingBox();
    return { x: Math.round((box?.x ?? 0) + (box?.width ?? 0) / 2), y: Math.round((box?.y ?? 0) + 20) };
  };
  const top = async () => Number(await page.evaluate("scrollY"));
  const drag = async (dx: number, dy: number) => {
    const { x, y } = await place();
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
    for (const part of [0.25, 0.5, 0.75, 1]) {
      const touchPoints = [{ x: x + dx * part, y: y + dy * part }];
      await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints });
    }
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  const before = await top();
  await drag(0, 100);
  await expect.poll(top).toBeLessThan(before - 50);
  expect(await middle(page)).toBe(0);
  await cell.scrollIntoViewIfNeeded();
  const after = await top();
  await drag(-120, 0);
  await expect.poll(() => middle(page)).toBeGreaterThan(30);
  expect(await top()).toBe(after);
  expect(web.said).toEqual([]);
});

test("an application without a credential says what it can be given", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await page.route(/\/life-line\?/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), rows: [], successors: [] } });
  });
  await web.show(page, web.app("app-2"), /Nothing can end/);
  expect(await faultsEverywhere(page, "No credential")).toEqual([]);
  await page.getByRole("link", { name: "Create a certificate" }).click();
  await page.getByRole("dialog", { name: /New certificate|certificate/ }).waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "New client secret" }).click();
  await page.getByRole("dialog", { name: /New client secret/ }).waitFor();
});
