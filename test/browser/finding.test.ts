/** Find and the tenant switcher: a rotation, a target, a page, a command; one of many tenants, and the one seen last. */
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal();
const { show } = web;

test("Find leads to a rotation by its id, to what an owner has, to targets and pages, and does what is asked for", async (context) => {
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
  await find("oswi");
  await option(/^Owner: Oswin ?.{8} ?1 application/).click();
  await page.waitForURL(/\/applications\?owner=/);
  await page.getByRole("combobox", { name: "Owner", exact: true }).getByText("Owner: Oswin").waitFor();
  await page.getByText("1 application", { exact: true }).waitFor();
  await page.getByRole("row", { name: /app-1/ }).waitFor();
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

test("from one application's page a command is for the other one, however late its answer comes", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  const other = web.stage.application("app-2").objectId;
  const { promise: late, resolve: come } = Promise.withResolvers<void>();
  await page.route(new RegExp(`/api/v1/t/contoso/applications/${other}$`), async (route) => {
    await late;
    await route.continue();
  });
  await show(page, web.app("app-1"), /^app-1$/);
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: /^Find an application/ }).fill("rotate app-2");
  await page.getByRole("option", { name: /^app-2 ?Rotate now/ }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`/applications/${other}\\?new=rotation`));
  // nothing of the first one is left to be pressed
  await page.getByRole("heading", { level: 1, name: "Application" }).waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
  come();
  const dialog = page.getByRole("dialog", { name: "Rotate app-2 now?" });
  const policies = dialog.getByRole("listitem").filter({ hasText: /policy(May|Cannot|Begins|Is)/ });
  await expect.poll(() => policies.allTextContents()).toEqual([expect.stringMatching(/^app-2policy/)]);
  await expect.poll(() => dialog.getByRole("button", { name: "Rotate now" }).isEnabled()).toBe(true);
  const sent = page.waitForRequest((one) => one.method() === "POST" && one.url().endsWith("/rotate"));
  await dialog.getByRole("button", { name: "Rotate now" }).click();
  expect((await sent).url()).toContain(other);
});

test("rows of the last question are not offered to a command of the next", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, "", /Now and next/);
  const { promise: never } = Promise.withResolvers<void>();
  await page.route(/\/applications\?.*q=app-2/, () => never);
  await page.keyboard.press("Control+k");
  const box = page.getByRole("combobox", { name: /^Find an application/ });
  await box.fill("rotate app-1");
  await page.getByRole("option", { name: /^app-1 ?Rotate now/ }).waitFor();
  await box.fill("rotate app-2");
  await page.getByText("…", { exact: true }).waitFor();
  expect(await page.getByRole("option").count()).toBe(0);
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

test("who may not see the page of all tenants is not led there, of few and of many", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  let many = 1;
  await page.route(/\/api\/v1\/me$/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    const others = Array.from({ length: many }, (_, index) => `branch-${index}`);
    await route.fulfill({ response, json: { ...json, role: "Owner", tenants: [...others, ...json.tenants] } });
  });
  await page.goto(web.at("/mine"));
  await page.getByRole("button", { name: "contoso" }).click();
  await page.getByRole("menuitem", { name: "branch-0" }).waitFor();
  expect(await page.getByRole("menuitem").allTextContents()).toEqual(["branch-0", "contoso"]);
  many = 11;
  await page.goto(web.at("/mine"));
  await page.getByRole("combobox", { name: "Tenant" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("option", { name: "branch-10" }).waitFor();
  expect((await page.getByRole("option").allTextContents()).slice(-2)).toEqual(["branch-10", "contoso"]);
});

test("what is not here leads to where to look, and that nothing is found is said", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await web.show(page, "/applications/00000000-0000-0000-0000-000000000001", /This is not here/);
  await page.getByRole("link", { name: "Search the app registrations" }).click();
  await page.waitForURL(/\/t\/contoso\/applications$/);
  await page.goto(`${web.stage.server.url}/t/nobody`);
  await page.getByRole("link", { name: "To the tenants" }).click();
  await page.waitForURL(/\/tenants$/);
  await web.show(page, "/plan", /Plan and approvals/);
  await page.getByRole("button", { name: /^Find an application/ }).click();
  await page.getByRole("combobox").last().fill("zzzzzz");
  await page.getByText(/^Nothing is found\./).waitFor();
});
