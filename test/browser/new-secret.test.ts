/** The dialog of a new client secret: it does not throw words away, and has no form where nothing could come of one. */
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal();

test("what was filled in is not lost by Escape; a policy that leaves no way is said in place of the form", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann");
  await web.show(page, `${web.app("app-2")}?new=secret`, /Client secrets/);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Description" }).fill("another");
  await page.keyboard.press("Escape");
  await dialog.getByRole("button", { name: "Keep open" }).click();
  expect(await dialog.getByRole("textbox", { name: "Description" }).inputValue()).toBe("another");
  await page.keyboard.press("Escape");
  await dialog.getByText("What you have filled in is lost.").waitFor();
  expect(await faultsEverywhere(page, "Close it?")).toEqual([]);
  await dialog.getByRole("button", { name: "Close anyway" }).click();
  await dialog.waitFor({ state: "detached" });
  const restriction = {
    restrictionType: "passwordAddition",
    state: "enabled",
    maxLifetime: null,
    restrictForAppsCreatedAfterDateTime: "2014-01-01T00:00:00Z",
  };
  const restrict = (isEnabled: boolean) =>
    web.stage.graph("PATCH", "/policies/defaultAppManagementPolicy", {
      isEnabled,
      applicationRestrictions: { passwordCredentials: [restriction], keyCredentials: [] },
    });
  await restrict(true);
  await web.stage.run();
  await web.show(page, `${web.app("app-2")}?new=secret`, /Client secrets/);
  await dialog.getByText(/No client secret is possible here: .*forbids new secrets/).waitFor();
  expect(await dialog.getByRole("textbox").count()).toBe(0);
  await dialog.getByText("How to get an exception").click();
  await dialog.getByText(`${web.stage.directory.url}/v1.0/policies/appManagementPolicies/POLICY-ID`).waitFor();
  expect(await faultsEverywhere(page, "Blocked by policy")).toEqual([]);
  await dialog.getByRole("link", { name: "Create a certificate instead" }).click();
  await page.getByRole("dialog", { name: /New certificate/ }).waitFor();
  await restrict(false);
  await web.stage.run();
});
