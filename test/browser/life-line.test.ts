/** A life line as it is drawn: what is planned is hollow, what has happened is filled; a narrow page begins with half a year. */
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

// the old one goes after the overlap: nobody but the targets holds a copy
const web = portal({ policy: { retire: "after-overlap", overlap: "7d" }, complete: true, only: ["app-1"] });
const { show } = web;
const caps = async (page: Awaited<ReturnType<typeof web.open>>, kind: string) =>
  page.locator(`table.nl-life .nl-cap-${kind}`).count();

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
