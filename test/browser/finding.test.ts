/** Find and the tenant switcher: a rotation, a target, a page, a command; one of many tenants, and the one seen last. */
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal();
const { show } = web;

test("Find leads to a rotation by its id, to targets and pages, and does what is asked for", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, "", /Now and next/);
  const option = (name: RegExp) => page.getByRole("option", { name });
  const find = async (text: string) => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: /^Find an application/ }).fill(text);
  };
  const id = await web.stage.rotationOf("app-1");
  await find(id);
  await option(/^Rotation of app-1/).click();
  await page.waitForURL(new RegExp(`/rotations/${id}`));
  await find("by-hand");
  await option(/^Target: by-hand/).waitFor();
  expect(await faultsEverywhere(page, "Find")).toEqual([]);
  await option(/^Target: by-hand/).click();
  await page.waitForURL(/\/targets$/);
  await find("audit");
  await option(/^Page: Audit/).click();
  await page.waitForURL(/\/audit$/);
  await find("rotate app-2");
  await option(/^app-2 ?Rotate now/).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/new=rotation/);
  await page.getByRole("dialog").waitFor();
});

test("of many tenants one is searched for; the first address leads to the one seen last", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.route(/\/api\/v1\/me$/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    const others = Array.from({ length: 11 }, (_, index) => `branch-${index}`);
    await route.fulfill({ response, json: { ...json, tenants: [...others, ...json.tenants] } });
  });
  await page.goto(web.stage.server.url);
  await page.waitForURL(/\/tenants$/);
  const switcher = page.getByRole("combobox", { name: "Tenant" });
  await switcher.focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("option", { name: "branch-10" }).waitFor();
  await page.keyboard.type("cont");
  await expect.poll(() => page.getByRole("option").allTextContents()).toEqual(["contoso", "All tenants"]);
  await page.getByRole("option", { name: "contoso" }).click();
  await page.getByRole("heading", { name: "Now and next" }).waitFor();
  expect(await switcher.inputValue()).toBe("contoso");
  await page.goto(web.stage.server.url);
  await page.waitForURL(/\/t\/contoso$/);
  await page.getByRole("heading", { name: "Now and next" }).waitFor();
  expect(await faultsEverywhere(page, "Many tenants")).toEqual([]);
});
