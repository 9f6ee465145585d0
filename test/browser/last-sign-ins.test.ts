/** The column of last sign-ins in a real browser: chosen, asked for once it is shown, and never a "never". */
import { expect, test, vi } from "vitest";
import { epochMs } from "../../src/core/time.ts";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal({ policy: { retire: "after-evidence" } });

test("last sign-ins are asked for once their column is shown; what the report does not name is not known", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  const { appId } = web.stage.application("app-1");
  const use = { appId, keyId: "0", requestId: null, at: epochMs(Date.parse("2031-02-14T07:30:00Z")) };
  const read = vi.spyOn(web.stage.admission.deps.logs, "lastUses").mockResolvedValue([use]);
  await web.show(page, "/applications", /app-2/);
  expect(read).not.toHaveBeenCalled();
  await page.getByRole("button", { name: "Columns" }).press("Enter");
  await page.getByRole("menuitemcheckbox", { name: "Last sign-in" }).press("Space");
  await page.keyboard.press("Escape");
  const row = (name: string) => page.getByRole("row", { name: new RegExp(name) });
  await row("app-1").getByText("14 Feb 2031").waitFor();
  await row("app-2").getByText("none known").waitFor();
  await page.getByText(/^Last sign-in: by others than Nolapse, by the directory's report of last uses/).waitFor();
  expect(read).toHaveBeenCalledTimes(1);
  expect(await page.locator("main").getByText(/never/i).count()).toBe(0);
  expect(await faultsEverywhere(page, "Last sign-ins")).toEqual([]);
});

test("where nobody reads the report the column says so, and why", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.addInitScript(`localStorage.setItem("nolapse-columns", '["Last sign-in"]')`);
  await page.route("**/last-sign-ins?**", async (route) => {
    const answer = (await (await route.fetch()).json()) as { readonly items: readonly object[] };
    const items = answer.items.map((one) => ({ ...one, at: null }));
    await route.fulfill({ json: { ...answer, report: "off", why: "no policy asks for it", next: null, items } });
  });
  await web.show(page, "/applications", /app-2/);
  await page.getByRole("row", { name: /app-2/ }).getByText("not read").waitFor();
  await page.getByText(/report of last uses is not read: no policy asks for it\.$/).waitFor();
});
