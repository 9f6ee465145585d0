/** The pages of the configuration: a place is tried on somebody's word, says why it cannot be written, and what is about nobody any more is named. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { faultsOf } from "./chromium.ts";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal();
const { show } = web;

test("a target is tried now, and stays a row with the reason where it cannot be written", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, "/targets", /by-hand/);
  const row = page.getByRole("row", { name: /^app-2/ });
  await row.getByText("within 1 minute").waitFor();
  await row.getByText("never").waitFor();
  await row.getByRole("button", { name: "Preflight now: app-2" }).click();
  await row.getByText(/1 Mar 2031/).waitFor();
  const place = join(web.stage.folder, "app-2");
  renameSync(place, `${place}-moved`);
  await row.getByRole("button", { name: "Preflight now: app-2" }).click();
  await row.locator(".ended").waitFor();
  await page
    .getByText(/^1 of 5 targets could not be written when it was tried last, Sat 1 Mar 2031, \d\d:\d\d\.$/)
    .waitFor();
  expect(await faultsEverywhere(page, "A target that cannot be written")).toEqual([]);
  await row.getByRole("link", { name: "app-2" }).click();
  await page.getByRole("heading", { level: 1, name: "app-2" }).waitFor();
});

test("a Reader sees why he cannot, and where only a person can look nobody is asked to", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, "/targets", /by-hand/);
  const button = page.getByRole("button", { name: "Preflight now: app-1" });
  expect(await button.getAttribute("aria-disabled")).toBe("true");
  expect(await button.getAttribute("title")).toContain("Needs the role Operator.");
  const carried = page.getByRole("row", { name: /^by-hand/ });
  await carried.getByText("carried by the vendor").waitFor();
  expect(await carried.getByRole("button").count()).toBe(0);
  // whoever reads gets the lines for another place as well
  await page.getByRole("button", { name: "Add one" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a target" });
  await dialog.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: /^manual/ }).click();
  await dialog.getByText("crm-vendor: { type: manual").waitFor();
  expect(await faultsOf(page, "all")).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Add one");
});

test("an entry whose application is gone is said on Policies, with what to do", async (context) => {
  await web.stage.graph("DELETE", `/applications/${web.stage.application("app-1").objectId}`);
  await web.stage.run();
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, "/policies", /1 entry is about an application that the last scan did not find/);
  const bar = page.locator(".fui-MessageBar", { hasText: "did not find" });
  await bar.getByText(web.stage.application("app-1").appId).waitFor();
  const lines = readFileSync(join(web.stage.folder, "nolapse.yaml"), "utf8").split("\n");
  const entry = lines.findIndex((line) => line.includes(web.stage.application("app-1").appId)) + 1;
  await bar.getByText(`(nolapse.yaml, line ${entry})`).waitFor();
  const policy = lines.findIndex((line) => /^ {2}quick:/.test(line)) + 1;
  expect(policy).toBeGreaterThan(1);
  await page.getByText(`nolapse.yaml, line ${policy}`, { exact: true }).waitFor();
  // what nobody has written has no line
  await page.getByText("not written: the defaults").waitFor();
  await bar.getByText(/restore it under Deleted applications/).waitFor();
  // a changed file first says what it would change
  const file = join(web.stage.folder, "nolapse.yaml");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace("overlap: 7d", "overlap: 8d"));
  await show(page, "/policies", /nolapse.yaml was changed, and would change 3 applications/);
  await page.getByText("Of those that have quick now: 3 would be renewed by other rules").waitFor();
  expect(await faultsEverywhere(page, "An entry about nobody, and a file that was changed")).toEqual([]);
  writeFileSync(file, text.replace(/mode: "?enforce"?/, "mode: observe"));
  await show(page, "/policies", /the mode would be observe in place of enforce: nothing would be written any more/);
  writeFileSync(file, text);
  await page.getByRole("link", { name: "3 managed" }).click();
  await page.waitForURL(/applications\?policy=quick&managed=true/);
  await page.getByText("3 applications", { exact: true }).waitFor();
});
