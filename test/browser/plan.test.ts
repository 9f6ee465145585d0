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
