/** Two tenants in one window: nothing of the one is ever under the name of the other, and commands say which is meant. */
import { expect, test } from "vitest";
import { portal } from "./portal.ts";

const web = portal();

test("while another tenant loads nothing of the last one is left, on every page that lists", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  const { promise: never } = Promise.withResolvers<void>();
  await page.route(/\/api\/v1\/t\/fabrikam\//, () => never);
  await page.route(/\/api\/v1\/me$/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    await route.fulfill({ response, json: { ...json, tenants: [...json.tenants, "fabrikam"] } });
  });
  await web.stage.rotationOf("app-1");
  const pages = ["/applications", "/enterprise", "/rotations?state=waits", "/plan?tab=waiting", "/plan?tab=cannot"];
  const listed = page.locator("main [role=row], main li, main .empty, main p strong");
  for (const path of pages) {
    await page.goto(web.at(path));
    await listed.first().waitFor();
    // on the same page of another tenant, as an entry of the history leads there
    await page.evaluate(`{
      history.pushState({}, "", "/t/fabrikam${path}");
      dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    }`);
    await page.waitForURL(/fabrikam/);
    await page.getByRole("button", { name: "fabrikam" }).waitFor();
    await expect.poll(async () => [path, ...(await listed.allTextContents())]).toEqual([path]);
  }
});

test("of several tenants a command names the one that is meant", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.route(/\/api\/v1\/me$/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    await route.fulfill({ response, json: { ...json, tenants: [...json.tenants, "fabrikam"] } });
  });
  const { appId } = web.stage.application("app-1");
  const command = `nolapse explain ${appId} --tenant contoso`;
  await web.show(page, `${web.app("app-1")}?tab=checks`, new RegExp(`^${command}$`));
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Copy as command" }).click();
  await page.getByText(command).nth(1).waitFor();
  await web.show(page, `/rotations/${await web.stage.rotationOf("app-1")}`, new RegExp(`^${command}$`));
});
