/** The first page: the timeline in weeks and months, by pointer and by dates; what it says of a tenant in which nothing is managed, or not all was seen. */
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

// nothing is managed here
const web = portal({ only: [] });
const { show } = web;

test("a week says its counts under the pointer; five years are in months; two days choose as drawing does", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, "", /Now and next/);
  await page.getByText("Nolapse renews nothing yet.").waitFor();
  const timeline = page.getByRole("slider", { name: /^What ends, week by week/ });
  const box = await timeline.boundingBox();
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 100);
  await timeline.getByText(/^Week of Mon \d+ \w{3} \d{4}\. /).waitFor();
  await page.mouse.move(0, 0);
  await timeline.getByText(/^Week of/).waitFor({ state: "detached" });
  await page.getByRole("radio", { name: "5 years" }).click();
  await page.getByRole("heading", { name: "What ends, month by month" }).waitFor();
  await page.getByRole("button", { name: "As a table" }).click();
  await page.getByRole("rowheader", { name: "Feb 2036" }).waitFor();
  await page.getByLabel("From", { exact: true }).fill("2031-03-20");
  await page.getByLabel("Until", { exact: true }).fill("2031-03-02");
  await page.getByRole("button", { name: "Choose" }).click();
  await page.getByText(/^In Mar 2031: 3 credentials end, 3 of them the last of their application/).waitFor();
  await page.getByRole("button", { name: "As a drawing" }).click();
  expect(await faultsEverywhere(page, "Months")).toEqual([]);
  await page.getByRole("button", { name: "Applications whose last credential ends then" }).click();
  await page.waitForURL(/endsFrom=2031-03-01&endsTo=2031-03-31&type=any/);
  await page.getByRole("row", { name: /carried/ }).waitFor();
  await show(page, "?span=5+years&week=2031-01-01", /In Jan 2031/);
  await page.getByRole("button", { name: "All applications that have ended" }).click();
  await page.waitForURL(/next=ended/);
  expect(web.said).toEqual([]);
});

test("where not all was seen, every bar is open at its end and every count is a least one", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.route(/\/(timeline|overview)(\?|$)/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    const sentence =
      json.sentence === undefined
        ? {}
        : { sentence: { ...json.sentence, code: "incomplete", words: "Not all could be read." } };
    await route.fulfill({ response, json: { ...json, ...sentence, coverage: { ...json.coverage, complete: false } } });
  });
  await show(page, "", /endings remain/);
  await page.getByText(/^at least \d+ endings remain$/).waitFor();
  await page.locator(".nl-open-end").first().waitFor({ state: "attached" });
  await page.locator(".nl-unread").getByText("not all applications were read").waitFor();
  // beside what says that it is needed, and nowhere else
  expect(await page.getByRole("button", { name: "Scan again" }).count()).toBe(1);
  expect(await page.getByRole("button", { name: "Scan again" }).getAttribute("title")).toMatch(
    /Needs the role Operator/,
  );
  expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Not all could be read.");
});

test("four figures are the first card; what waits for approval leads to its list from what needs a person", async (context) => {
  const page = await web.open(context);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await web.enter(page, "Rita");
  await page.route(/\/overview$/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    const figures = { ...json.figures, debt: 3, debtLately: 1, debtLeft: 2, waiting: 2, lapses: null };
    await route.fulfill({ response, json: { ...json, figures } });
  });
  await show(page, "", /Now and next/);
  const names = page.locator(".figures dt");
  expect(await names.allTextContents()).toEqual([
    "Last credential ends within 30 days",
    "Rotation debt",
    "Rotations running",
    "Lapses",
  ]);
  await page.getByText("past their renewal time; in 7 days 1 came and 2 left").waitFor();
  await page.getByText("not looked for yet").waitFor();
  expect(await faultsEverywhere(page, "Four figures")).toEqual([]);
  await page.getByRole("button", { name: "Report" }).click();
  const saved = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Page to print (HTML)" }).press("Enter");
  expect((await saved).suggestedFilename()).toBe("nolapse-contoso-report.html");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Copy as command" }).click();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe("nolapse scan");
  await page.getByRole("link", { name: "2 for approval" }).press("Enter");
  await page.waitForURL(/\/plan\?tab=waiting/);
});

test("an Operator asks for a scan; a second word is told so", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, "", /Now and next/);
  await page.getByRole("button", { name: "Scan again" }).click();
  await page.getByRole("button", { name: "Scan asked for" }).waitFor();
  expect(web.stage.admission.scanAsked()).toBe(true);
  await page.reload();
  await page.getByRole("button", { name: "Scan again" }).click();
  await page.getByText("Not asked: a scan is asked for already. Next: wait for it").waitFor();
  expect(await faultsEverywhere(page, "Scan again")).toEqual([]);
});

test("a scan is over on the page when it is, also where the clock stands still", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await web.stage.run();
  await show(page, "", /Now and next/);
  await page.getByRole("button", { name: "Scan again" }).click();
  await page.getByRole("button", { name: "Scan asked for" }).waitFor();
  await web.stage.run();
  await page.getByRole("button", { name: "Scan again" }).waitFor();
});

test("a tenant in which nothing has a credential says so, and where to register one", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.route(/\/overview$/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    await route.fulfill({ response, json: { ...json, figures: { ...json.figures, holding: 0 } } });
  });
  await show(page, "", /No application has a credential/);
  await page.getByRole("link", { name: "Register one" }).click();
  await page.getByRole("heading", { level: 1, name: "Register an application" }).waitFor();
});

// what ends here stays ended: last in this file
test("lapses since the first scan lead to the applications that could not sign in, each with since when", async (context) => {
  const page = await web.open(context);
  web.stage.directory.clock.advance(12 * 86_400_000);
  await web.stage.run();
  await web.enter(page, "Rita");
  await show(page, "", /^Lapses since \d+ \w{3} \d{4}$/);
  expect(await faultsEverywhere(page, "Overview with lapses")).toEqual([]);
  const figure = page.locator(".figures > div").filter({ hasText: "Lapses since" });
  const count = Number(await figure.getByRole("link").textContent());
  expect(count).toBeGreaterThan(0);
  await figure.getByText(count === 1 ? "application, not managed" : "applications: none of them managed").waitFor();
  await figure.getByRole("link").click();
  await page.waitForURL(/lapsed=true/);
  await page.getByRole("columnheader", { name: "Could not sign in" }).waitFor();
  const cells = page.getByRole("gridcell", { name: /^since \d+ \w{3} \d{4}$/ });
  await expect.poll(() => cells.count()).toBe(count);
  expect(await faultsEverywhere(page, "Applications that could not sign in")).toEqual([]);
  await page.getByRole("combobox", { name: "Lapsed" }).click();
  await page.getByRole("option", { name: "any" }).click();
  await page.getByRole("columnheader", { name: "What happens next" }).waitFor();
});
