/** Help in a real browser: what the page in view answers, its keys and the marks, by keyboard and on a phone. */
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal();

test("help is about the page in view, opens and closes by keyboard, and fits on a phone", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await web.show(page, "", /Now and next/);
  const button = page.getByRole("button", { name: "Help" });
  const help = page.getByRole("dialog", { name: "Help" });
  await button.press("Enter");
  await help.getByRole("heading", { name: "Does anything stop, and when?" }).waitFor();
  await help.getByText("chooses several weeks").waitFor();
  for (const mark of ["Octagon", "Triangle", "Tick", "Padlock", "Half circle", "Ring", "Cross"])
    await help.getByText(new RegExp(`^${mark}: `)).waitFor();
  expect(await help.getByRole("link", { name: "What the API can do" }).getAttribute("href")).toBe(
    "/api/v1/openapi.json",
  );
  expect(await faultsEverywhere(page, "Help")).toEqual([]);
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "detached" });
  await expect.poll(() => page.evaluate("document.activeElement?.getAttribute('aria-label')")).toBe("Help");
  await web.show(page, web.app("app-1"), /Close-up/);
  await button.click();
  await help.getByRole("heading", { name: /^Until when does it sign in/ }).waitFor();
  await help.getByText("opens the credential").waitFor();
});

test("the top bar has room for it on a phone", async (context) => {
  const page = await web.open(context, { width: 320 });
  await web.enter(page, "Rita");
  await web.show(page, "", /Now and next/);
  for (const name of ["Navigation", "Help", /^Account of/]) {
    const box = await page.getByRole("button", { name }).boundingBox();
    expect((box?.x ?? 320) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
    expect(box?.width).toBeGreaterThanOrEqual(24);
  }
});
