/** Rotations in groups: what waits for a person on top, each group with its count, by keyboard and on a narrow page. */
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal({ policy: { approval: "retire" } });
const { show } = web;

const headings = async (page: Awaited<ReturnType<typeof web.open>>) =>
  (await page.locator("main h2").allTextContents()).map((text) => text.trim());

test("groups stand in their order with their counts, and follow what happens", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, "/rotations", /app-1/);
  // mighty is privileged, and takes the word of two persons
  expect(await headings(page)).toEqual(["Waits for a person 1", "Under way 2"]);
  await page.getByText("1 rotation waits for a person; 2 are under way, 0 in overlap, 0 finished.").waitFor();
  await web.stage.until(await web.stage.rotationOf("app-1"), "verified");
  await web.stage.run();
  await page.getByText("3 rotations wait for a person", { exact: false }).waitFor();
  const waits = page.getByRole("region", { name: /^Waits for a person/ });
  await waits.getByText("A person must approve the removal of the old one").first().waitFor();
  await waits.getByText("A person must take the new value to its place: nolapse deliver").waitFor();
  expect(await faultsEverywhere(page, "Rotations in groups")).toEqual([]);
});

test("a group alone has an address, is reached by the arrows of its tab, and Back leads to all", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await web.stage
    .signIn("Otto")
    .then((otto) =>
      otto.post(`/api/v1/t/contoso/applications/${web.stage.application("app-2").objectId}/rotate`, { now: true }),
    );
  await show(page, "/rotations?state=halted", /wait for a person/);
  const selected = page.getByRole("tab", { selected: true });
  await expect.poll(() => selected.textContent()).toContain("Waits for a person");
  await selected.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.waitForURL(/state=under-way/);
  await page
    .getByRole("region", { name: /^Under way 1/ })
    .getByRole("link", { name: "app-2" })
    .waitFor();
  expect(await headings(page)).toEqual(["Under way 1"]);
  expect(await faultsEverywhere(page, "One group of rotations")).toEqual([]);
  await page.getByRole("tab", { name: /^Finished/ }).click();
  await page.getByText("Nothing has been renewed yet.").waitFor();
  await page.getByRole("tab", { name: "All" }).click();
  await page.getByRole("region", { name: /^Waits for a person/ }).waitFor();
  expect(web.said).toEqual([]);
});

test("one rotation is paused with what that means, says who holds it on page and row, and is continued", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, `/rotations/${await web.stage.rotationOf("app-1")}`, /app-1/);
  await page.getByText(/^Key id .*, begins with .{3}…$/).waitFor();
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Nothing more is done until you continue. The old secret stays.").waitFor();
  expect(await faultsEverywhere(page, "Pause")).toEqual([]);
  await dialog.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByText(/^Paused by otto@contoso\.example since /).waitFor();
  expect(await page.getByRole("button", { name: "Pause", exact: true }).count()).toBe(0);
  await show(page, "/rotations", /app-1/);
  const waits = page.getByRole("region", { name: /^Waits for a person/ });
  await waits.getByText(/^Paused by otto@contoso\.example since /).waitFor();
  await waits.getByRole("link", { name: "app-1" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await dialog.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
  expect(await page.getByText(/^Paused by/).count()).toBe(0);
});

test("an application's rotation is paused and continued from its own page; who may not is told why", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, web.app("app-1"), /Close-up/);
  await page.getByRole("button", { name: "More" }).click();
  const refused = page.getByRole("menuitem", { name: "Pause its rotation" });
  expect(await refused.getAttribute("aria-disabled")).toBe("true");
  await page.context().clearCookies();
  await web.enter(page, "Otto");
  await show(page, web.app("app-1"), /Close-up/);
  await page.getByRole("button", { name: "More" }).press("Enter");
  await page.getByRole("menuitem", { name: "Pause its rotation" }).press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Nothing more is done until you continue. The old secret stays.").waitFor();
  await dialog.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByText(/^Paused by otto@contoso\.example since /).waitFor();
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => page.evaluate("document.activeElement?.getAttribute('aria-label')")).toBe("More");
  await page.getByRole("button", { name: "More" }).press("Enter");
  await page.getByRole("menuitem", { name: "Continue its rotation" }).press("Enter");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await page.getByText(/^Paused by/).waitFor({ state: "detached" });
});

test("a whole application is paused with a reason from its own page, says so there and on its rotation, and is continued", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, web.app("app-1"), /Close-up/);
  await page.getByRole("button", { name: "More" }).click();
  const refused = page.getByRole("menuitem", { name: "Pause this application" });
  expect(await refused.getAttribute("aria-disabled")).toBe("true");
  await page.context().clearCookies();
  await web.enter(page, "Otto");
  await show(page, web.app("app-1"), /Close-up/);
  await page.getByRole("button", { name: "More" }).press("Enter");
  await page.getByRole("menuitem", { name: "Pause this application" }).press("Enter");
  const dialog = page.getByRole("dialog", { name: "Pause app-1?" });
  await dialog
    .getByText("nothing begins on it, and nothing more is done of what has begun", { exact: false })
    .waitFor();
  const pause = dialog.getByRole("button", { name: "Pause", exact: true });
  expect(await pause.isDisabled()).toBe(true);
  await dialog.getByRole("textbox").fill("the vault moves this week");
  expect(await faultsEverywhere(page, "Pause an application")).toEqual([]);
  await pause.click();
  const said = /^The application is paused by otto@contoso\.example since .*: the vault moves this week$/;
  await page.getByText(said).waitFor();
  expect(await page.getByText(said).count()).toBe(1);
  await page.getByText(/Stops on .* A person has paused the application: nothing more is done to it/).waitFor();
  expect(await faultsEverywhere(page, "A paused application")).toEqual([]);
  expect(await page.getByRole("button", { name: "New client secret" }).getAttribute("aria-disabled")).toBe("true");
  // nothing of it goes on by itself
  await page.getByRole("link", { name: "Open the rotation" }).click();
  await page.getByText(said).waitFor();
  await page.getByRole("button", { name: /^(Keep both|Cancel)$/ }).waitFor();
  expect(await page.getByRole("button", { name: /^(Pause|Continue)$/ }).count()).toBe(0);
  await page.getByRole("link", { name: "Open the application" }).click();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByText(said).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "More" }).press("Enter");
  await page.getByRole("menuitem", { name: "Pause this application" }).waitFor();
  await page.keyboard.press("Escape");
});

test("each row has a menu: its page, what can be asked of it, its command; by keyboard, and in a row of a phone", async (context) => {
  const page = await web.open(context);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await web.enter(page, "Otto");
  await show(page, "/rotations", /app-1/);
  const more = page.getByRole("button", { name: "More about app-1" });
  const item = (name: string) => page.getByRole("menuitem", { name });
  await more.press("Enter");
  expect(await page.getByRole("menuitem").allTextContents()).toEqual(["Open", "Pause", "Keep both", "Copy as command"]);
  expect(await faultsEverywhere(page, "The menu of a rotation")).toEqual([]);
  await item("Copy as command").press("Enter");
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(
    `nolapse explain ${web.stage.application("app-1").appId}`,
  );
  await more.press("Enter");
  await item("Pause").press("Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Pause", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByText(/^Paused by otto@contoso\.example since /).waitFor();
  await more.press("Enter");
  await item("Continue").press("Enter");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await page.getByText(/^Paused by/).waitFor({ state: "detached" });
  await more.press("Enter");
  await item("Open").press("Enter");
  await page.waitForURL(/\/rotations\/.+/);
});
