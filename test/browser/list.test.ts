/** App registrations in a real browser: painted before its rows, as high as one likes them, there as a file. */
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal();
const { show } = web;

test("the list is painted first, and its rows are made after that", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Rita");
  // how many rows the table has each time that something in the document changes
  await given.addInitScript(`
    window.counts = [];
    new MutationObserver(() => {
      if (document.querySelector("[role=grid]")) counts.push(document.querySelectorAll("[role=grid] [role=row]").length);
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

test("columns are chosen by keyboard, and are there again; what is hidden leaves its room to the others", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Rita");
  await show(given, "/applications", /app-2/);
  const heads = given.getByRole("columnheader");
  const first = [
    "",
    "Display name",
    "Client id",
    "Credentials",
    "Life line",
    "What happens next",
    "Signs in until",
    "Owner",
  ];
  expect(await heads.allTextContents()).toEqual(first);
  await given.getByRole("button", { name: "Columns" }).press("Enter");
  const item = (name: string) => given.getByRole("menuitemcheckbox", { name });
  await item("Object id").press("Space");
  await item("Policy").press("Space");
  for (const name of ["Class", "Hint", "Created"]) await item(name).press("Space");
  await item("Owner").press("Space");
  expect(await item("Object id").getAttribute("aria-checked")).toBe("true");
  expect(await faultsEverywhere(given, "The menu of columns")).toEqual([]);
  await given.keyboard.press("Escape");
  const wanted = ["", "Display name", "Client id", "Object id", "Credentials", "Class", "Hint", "Policy"];
  wanted.push(...first.slice(4, 7), "Created");
  expect(await heads.allTextContents()).toEqual(wanted);
  await given.reload();
  const row = given.getByRole("row", { name: /app-2/ });
  await row.waitFor();
  expect(await heads.allTextContents()).toEqual(wanted);
  await row
    .getByRole("gridcell", { name: web.stage.application("app-2").objectId.slice(0, 8) })
    .first()
    .waitFor();
  await row.getByRole("gridcell", { name: "quick" }).waitFor();
  await row.getByRole("gridcell", { name: "long lived secret", exact: true }).waitFor();
  await row.getByRole("gridcell", { name: /^.{3}…$/ }).waitFor();
  // each cell under its head, and the last one ends with the row
  const left = async (of: typeof heads) => (await of.last().boundingBox())?.x;
  expect(await left(row.getByRole("gridcell"))).toBe(await left(heads));
  expect(await faultsEverywhere(given, "A list with other columns")).toEqual([]);
});

test("on a narrow page a row has two lines: the name, and below it what happens next, whole", async (context) => {
  const given = await web.open(context, { width: 320 });
  await web.enter(given, "Rita");
  await show(given, "/applications", /app-2/);
  const row = given.getByRole("row", { name: /app-2/ });
  expect((await row.boundingBox())?.height).toBe(60);
  const name = await row.getByRole("link", { name: "app-2" }).boundingBox();
  const next = row.locator("[class^=next-]");
  const below = await next.boundingBox();
  expect(below?.y).toBeGreaterThanOrEqual((name?.y ?? 0) + (name?.height ?? 0));
  const cut = await row
    .getByRole("gridcell")
    .filter({ visible: true })
    .evaluateAll((cells: { scrollWidth: number; clientWidth: number }[]) =>
      cells.map(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth),
    );
  expect(cut).toEqual([false, false, false, false]);
  expect(await faultsEverywhere(given, "A narrow list")).toEqual([]);
});

test("each filter of an address is a pill that says it and takes it away; Ends takes two days", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, "/applications?owner=none&managed=false&type=servicePrincipal&endsTo=2031-04-01", /No application/);
  const pill = (name: string) => page.getByRole("combobox", { name, exact: true });
  // nothing is left of it: the head is there all the same, and one pill after the other goes
  for (const [name, words] of [
    ["Owner", "Owner: nobody"],
    ["Managed", "Managed: no"],
    ["Only", "Only: enterprise applications"],
  ] as const) {
    await expect.poll(() => pill(name).textContent()).toBe(words);
    await pill(name).click();
    await page.getByRole("option", { name: "any", exact: true }).click();
    await page.waitForURL((url) => !url.searchParams.has({ Owner: "owner", Managed: "managed", Only: "type" }[name]));
  }
  await page.getByRole("button", { name: "Ends: until Tue 1 Apr 2031" }).click();
  await page.getByLabel("Ends from").fill("2031-04-02");
  await page.getByText("This is before the first day.").waitFor();
  await page.getByLabel("Ends from").fill("2031-03-11");
  await page.getByLabel("Ends until").press("Enter");
  await page.waitForURL(/endsFrom=2031-03-11/);
  await page.getByRole("row", { name: /mighty/ }).waitFor();
  expect(await page.getByRole("row", { name: /app-2/ }).count()).toBe(0);
  expect(await faultsEverywhere(page, "Filters")).toEqual([]);
  expect(web.said).toEqual([]);
});

test("views are tabs with how many are in each, and live in the address; on a narrow page they scroll in themselves", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, "/applications?managed=true", /app-2/);
  const tabs = page.getByRole("tab");
  await expect
    .poll(() => tabs.allInnerTexts())
    .toEqual([
      "All 4",
      "Needs a person 1",
      "Ends in 30 days 1",
      "Not managed 0",
      "Ended 0",
      "Renewed elsewhere 0",
      "No credential 0",
    ]);
  await page.getByRole("tab", { name: "Needs a person" }).press("Enter");
  await page.waitForURL(/managed=true&view=needs-person|view=needs-person&managed=true/);
  await page.getByText("1 application", { exact: true }).waitFor();
  await page.getByRole("row", { name: /mighty/ }).waitFor();
  // what the others have is said all the same
  expect(await tabs.first().innerText()).toBe("All 4");
  expect(await faultsEverywhere(page, "Views")).toEqual([]);
  await tabs.nth(3).click();
  await page.getByText("No application matches.").waitFor();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.waitForURL(/applications$/);
  expect(await tabs.first().getAttribute("aria-selected")).toBe("true");
  await page.setViewportSize({ width: 320, height: 640 });
  const heights = await tabs.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
  expect(new Set(heights).size).toBe(1);
});

test("on paper a list has every row, and nothing is cut off by what scrolls", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.setViewportSize({ width: 1280, height: 300 });
  await (await web.stage.signIn("Otto")).post("/api/v1/t/contoso/stop");
  await show(page, "/applications", /app-2/);
  await page.getByRole("button", { name: "Paused" }).waitFor();
  const list = page.getByRole("region", { name: "Applications" });
  const cut = () => list.evaluate((one) => one.scrollHeight - one.clientHeight);
  await expect.poll(cut).toBeGreaterThan(0);
  await page.emulateMedia({ media: "print" });
  await expect.poll(cut).toBe(0);
  const rows = Number(await page.getByRole("grid").getAttribute("aria-rowcount"));
  expect(await list.locator("[role=row]").count()).toBe(rows);
  expect(await page.getByRole("navigation", { name: "Pages" }).isVisible()).toBe(false);
  // whose it is, and what takes away from it
  expect(await page.getByRole("banner").getByText("contoso", { exact: true }).isVisible()).toBe(true);
  expect(await page.getByRole("button", { name: "Paused" }).isVisible()).toBe(true);
  expect(await page.getByRole("banner").getByRole("link").count()).toBe(0);
  await page.emulateMedia({ media: "screen" });
  await expect.poll(cut).toBeGreaterThan(0);
});

test("paper asks for no more rows than were read, and says how many there are", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  const further: string[] = [];
  await page.route(/\/api\/v1\/t\/contoso\/applications\?/, async (route) => {
    const url = route.request().url();
    if (url.includes("cursor=")) {
      further.push(url);
      return route.abort();
    }
    const response = await route.fetch();
    const json = await response.json();
    const items = Array.from({ length: 300 }, (_, at) => ({ ...json.items[0], objectId: `more-${at}` }));
    await route.fulfill({ response, json: { ...json, items, total: 3_000, next: "more" } });
  });
  await show(page, "/applications", /3,000/);
  await page.emulateMedia({ media: "print" });
  await page.getByText("The first 300 of 3,000; the CSV file has all of them.").waitFor();
  await page.locator("[role=row]").nth(300).waitFor({ state: "attached" });
  await expect.poll(() => page.locator("[role=row]").count()).toBe(301);
  expect(further).toEqual([]);
});

test("rows are gone through by keyboard, and one that is scrolled out of sight keeps the focus; a menu and a click do the same", async (context) => {
  const page = await web.open(context);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await web.enter(page, "Rita");
  let inOrder = (all: readonly { readonly displayName: string }[]) => [...all];
  await page.route(/\/api\/v1\/t\/contoso\/applications\?/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    const app = json.items.find(({ displayName }: { displayName: string }) => displayName === "app-2");
    const more = Array.from({ length: 200 }, (_, at) => ({
      ...app,
      objectId: `more-${at}`,
      displayName: `more ${at}`,
    }));
    const items = inOrder([app, ...more]);
    await route.fulfill({ response, json: { ...json, items, total: items.length, next: null } });
  });
  await show(page, "/applications", /app-2/);
  const rowOfFocus = () => page.evaluate("document.activeElement.getAttribute('aria-rowindex')");
  const hasFocus = (row: number) => expect.poll(rowOfFocus).toBe(String(row));
  await page.getByRole("checkbox", { name: "Select all 201 that match" }).focus();
  await page.keyboard.press("Tab");
  await hasFocus(2);
  for (const [key, row] of [
    ["ArrowDown", 3],
    ["End", 202],
    ["ArrowDown", 202],
    ["ArrowUp", 201],
  ] as const) {
    await page.keyboard.press(key);
    await hasFocus(row);
  }
  expect(await page.getByRole("row", { name: /^Select app-2 / }).count()).toBe(0);
  await page.getByRole("region", { name: "Applications" }).evaluate((one) => {
    one.scrollTop = 0;
  });
  await page.getByRole("row", { name: /^Select app-2 / }).waitFor();
  await hasFocus(201);
  await page.keyboard.press("Home");
  await hasFocus(2);
  const row = page.getByRole("row", { name: /^Select app-2 / });
  await page.keyboard.press("Space");
  expect(await row.getAttribute("aria-selected")).toBe("true");
  await page.getByText("1 selected", { exact: true }).waitFor();
  await page.keyboard.press("Space");
  expect(await row.getAttribute("aria-selected")).toBe("false");

  await page.keyboard.press("Shift+F10");
  const items = page.getByRole("menuitem");
  await items.first().waitFor();
  expect(await items.allTextContents()).toEqual(["Open", "Rotate now", "Copy client id", "Copy as command"]);
  expect(await page.getByRole("menuitem", { name: "Rotate now" }).getAttribute("aria-disabled")).toBe("true");
  expect(await faultsEverywhere(page, "The menu of a row")).toEqual([]);
  await page.keyboard.press("Escape");
  await hasFocus(2);
  // whoever clicks elsewhere is there then
  await row.click({ button: "right", position: { x: 500, y: 10 } });
  await items.first().waitFor();
  await page.getByRole("searchbox", { name: /^Search by name/ }).click();
  await items.first().waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.type")).toBe("search");
  await row.click({ button: "right", position: { x: 500, y: 10 } });
  await page.getByRole("menuitem", { name: "Copy as command" }).click();
  const { appId, objectId } = web.stage.application("app-2");
  await page.getByText(`Copied: nolapse explain ${appId}`).waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(`nolapse explain ${appId}`);
  await hasFocus(2);

  // what happens meanwhile may put it elsewhere: the focus stays with the application that was announced, until that is gone
  const nameOfFocus = () => page.evaluate("document.activeElement.querySelector('a').textContent");
  await page.keyboard.press("ArrowDown");
  await hasFocus(3);
  expect(await nameOfFocus()).toBe("more 0");
  inOrder = (all) => all.toReversed();
  await web.stage.run();
  await hasFocus(201);
  expect(await nameOfFocus()).toBe("more 0");
  inOrder = (all) => all.toReversed().filter(({ displayName }) => displayName !== "more 0");
  await web.stage.run();
  await expect.poll(nameOfFocus).toBe("app-2");
  await hasFocus(201);
  inOrder = (all) => [...all];
  await web.stage.run();
  await hasFocus(2);
  expect(await nameOfFocus()).toBe("app-2");

  // behind what lies in the row the way leads on
  for (let stop = 0; stop < 3; stop += 1) await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.closest('[role=grid]') === null")).toBe(true);
  await row.focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`/applications/${objectId}$`));
  await page.goBack();
  const cell = row.getByRole("gridcell", { name: appId.slice(0, 8) });
  const box = (await cell.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 40, box.y + box.height / 2);
  await page.mouse.up();
  expect(await page.evaluate("getSelection().type")).toBe("Range");
  await cell.click();
  await page.waitForURL(new RegExp(`/applications/${objectId}$`));
  expect(web.said).toEqual([]);
});

test("what a scan did not get to see stands above all others, with the reason, and is gone through like them", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.route(/\/api\/v1\/t\/contoso\/applications\?/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    const seen = { type: "application", seenAt: "2031-02-28T10:00:00Z", code: "directory-forbidden" };
    const items = ["quiet", "silent"].map((name) => ({ ...seen, objectId: name, appId: name, displayName: name }));
    await route.fulfill({ response, json: { ...json, unread: { total: 7, items } } });
  });
  await show(page, "/applications", /could not be read/);
  await page.getByText(/^\d+ applications, 7 could not be read$/).waitFor();
  const rows = page.getByRole("row");
  const last = "could not be read (403), last seen Fri 28 Feb 2031, 11:00";
  await expect.poll(() => rows.nth(2).innerText()).toBe(`silent\n${last}`);
  expect((await rows.allInnerTexts()).slice(1, 4)).toEqual([
    `quiet\n${last}`,
    `silent\n${last}`,
    "and 5 more\ncould not be read",
  ]);
  await rows.nth(3).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => page.evaluate("document.activeElement.getAttribute('aria-rowindex')")).toBe("5");
  await page.keyboard.press("Space");
  await page.getByText("1 selected", { exact: true }).waitFor();
  expect(await rows.nth(4).getAttribute("aria-selected")).toBe("true");
  expect(await faultsEverywhere(page, "Rows that could not be read")).toEqual([]);
});

test("beside the navigation a list leaves columns out before it cuts off until when one signs in", async (context) => {
  const page = await web.open(context, { width: 1024 });
  await web.enter(page, "Rita");
  await show(page, "/applications", /app-2/);
  const row = page.getByRole("row", { name: /app-2/ });
  await row.waitFor();
  const cut = await row
    .locator("time")
    .locator("xpath=..")
    .evaluateAll((cells: { scrollWidth: number; clientWidth: number }[]) =>
      cells.map(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth),
    );
  expect(cut).toEqual([false]);
});
