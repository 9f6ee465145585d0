/** What cannot be renewed: by reason, what to do about each once, and the applications below it. */
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

// nobody has said where the values of carried and mighty go, and the target of robot holds certificates alone, of which it has none
const web = portal({ only: ["app-1", "robot"] });
const { show } = web;

test("each reason is there once with what to do, what settles most first; its applications open below it", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, "/plan?tab=cannot", /carried/);
  await page.getByText("3 credentials cannot be renewed as things are, for 2 reasons.").waitFor();
  const unbound = page.getByRole("region", { name: /^No entry in the configuration names this application/ });
  const kinds = page.getByRole("region", { name: /^There is no live credential to replace/ });
  expect(await page.locator("main h2").allTextContents()).toEqual([
    expect.stringMatching(/^No entry .* 2$/),
    expect.stringMatching(/^There is no live .* 1$/),
  ]);
  expect(await unbound.getByText("Add an entry with its client id and its targets").count()).toBe(1);
  expect((await unbound.getByRole("link").allTextContents()).toSorted()).toEqual(["carried", "mighty"]);
  expect(await kinds.getByRole("link").count()).toBe(0);
  expect(await faultsEverywhere(page, "Cannot be renewed")).toEqual([]);
  await kinds.getByRole("button", { name: /^Show it/ }).focus();
  await page.keyboard.press("Enter");
  await kinds.getByRole("link", { name: "robot" }).waitFor();
  await page.waitForURL(/reason=no-live-credential/);
  expect(await unbound.getByRole("link").count()).toBe(0);
  const toggle = kinds.getByRole("button", { name: /^Hide it/ });
  expect(await toggle.getAttribute("aria-expanded")).toBe("true");
  expect(await toggle.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true);
  await page.reload();
  await kinds.getByRole("link", { name: "robot" }).waitFor();
  await toggle.click();
  await kinds.getByRole("link", { name: "robot" }).waitFor({ state: "detached" });
  expect(await unbound.getByRole("link").count()).toBe(0);
  expect(web.said).toEqual([]);
});

test("what comes is there by day and by rows with their targets, a page at a time", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  const item = {
    appId: "a",
    objectId: null,
    slot: "default",
    keyId: null,
    what: "issue",
    status: "later",
    reason: "not-due",
    sentence: "it is not due yet",
    detail: null,
    plannedAt: "2031-03-04T12:00:00Z",
    decideBy: null,
    lastSafeAt: null,
    end: null,
    targets: ["invoice-kv", "hr-kv"],
    rotation: null,
    policy: "quick",
  };
  await page.route(/\/api\/.*\/plan\?tab=next/, async (route) => {
    const response = await route.fetch();
    const isFirst = !route.request().url().includes("cursor=");
    const json = {
      ...(await response.json()),
      total: 2,
      next: isFirst ? "1" : null,
      issuedBy: "2031-03-02T12:00:00Z",
      load: [
        { day: "2031-03-02", issues: 3, urgent: 1 },
        { day: "2031-03-04", issues: 1, urgent: 0 },
      ],
      items: [{ ...item, displayName: isFirst ? "first" : "second", appId: isFirst ? "a" : "b" }],
    };
    await route.fulfill({ response, json });
  });
  await show(page, "/plan?tab=next", /2 rotations in the next 30 days/);
  await page.getByText("What is due now has its new credentials by Sun 2 Mar 2031, 13:00.").waitFor();
  await page.getByRole("img", { name: "By day (UTC): 3 on Sun 2 Mar 2031, 1 of them urgent; 1 on" }).waitFor();
  await page.getByText("a new credential for invoice-kv, hr-kv").waitFor();
  expect(await page.getByText("second").count()).toBe(0);
  await page.getByRole("button", { name: "Show more of 2" }).click();
  await page.getByText("second").waitFor();
  await page.getByText("first", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Show more of 2" }).waitFor({ state: "detached" });
  expect(await faultsEverywhere(page, "What comes")).toEqual([]);
});

test("where writing is off nothing is planned, and what would be can be rehearsed first", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  const but = (address: RegExp, more: object) =>
    page.route(address, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), ...more } });
    });
  await but(/\/overview$/, { mode: "observe" });
  await but(/\/plan\?tab=next&/, { total: 0, items: [], load: [], next: null });
  await show(page, "/plan?tab=next", /Nothing is planned: writing is off/);
  await page.getByRole("link", { name: "Rehearse first" }).click();
  await page.waitForURL(/\/rehearsals$/);
});
