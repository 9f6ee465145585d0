/** The dialog of a new client secret: it does not throw words away, and has no form where nothing could come of one. */
import { expect, test } from "vitest";
import { signIn } from "../directory/entra.ts";
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

test("of a secret that was seen none is left: another one, of the same words and end, goes to the targets, and nobody sees it", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann", true);
  const { appId } = web.stage.application("app-2");
  const make = async (name: string, why = "the vendor asked for it") => {
    await web.show(page, `${web.app(name)}?new=secret`, /Client secrets/);
    const form = page.getByRole("dialog");
    await form.getByRole("radio", { name: /Show it to me once/ }).check();
    await form.getByRole("textbox", { name: "Description" }).fill("for the vendor");
    await form.getByRole("radio", { name: /^365 days/ }).check();
    await form.getByRole("textbox", { name: "Reason" }).fill(why);
    await form.getByRole("button", { name: "Create and show" }).click();
    return (await page.getByRole("status", { name: "The value" }).textContent()) ?? "";
  };
  // nowhere to deliver it to
  await make("stranger");
  const shown = page.getByRole("alertdialog");
  await shown
    .getByText("No target is known. Name one in nolapse.yaml, under applications.", { exact: false })
    .waitFor();
  expect(await shown.getByRole("button", { name: /Deliver one/ }).count()).toBe(0);
  await page.keyboard.press("Escape");
  await shown.getByText("No target is known.", { exact: false }).waitFor();
  await shown.getByRole("button", { name: "Remove this secret" }).click();
  await shown.waitFor({ state: "detached" });

  const value = await make("app-2");
  expect(await signIn(web.stage.directory, appId, value)).toBe(0);
  // lost, and had again, it can still be exchanged
  await web.show(page, web.app("app-2"), /A value waits for you/);
  await page.getByRole("button", { name: "Show it" }).click();
  await shown.getByRole("button", { name: "Deliver one instead" }).click();
  await shown.getByText("Deliver one to its targets instead?").waitFor();
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Keep open");
  expect(await faultsEverywhere(page, "Deliver one instead?")).toEqual([]);
  await page.keyboard.press("Enter");
  expect(await page.getByRole("status", { name: "The value" }).textContent()).toBe(value);
  expect(await faultsEverywhere(page, "Copy the value now")).toEqual([]);
  await shown.getByRole("button", { name: "Close without storing" }).click();
  await shown.getByRole("button", { name: "Deliver one instead" }).click();
  await shown.getByRole("button", { name: "Remove it and go on" }).click();
  const form = page.getByRole("dialog", { name: "New client secret for app-2" });
  await form.getByText("The new one is not made yet.").waitFor();
  expect(await signIn(web.stage.directory, appId, value)).not.toBe(0);
  expect(await page.content()).not.toContain(value);
  expect(await form.getByRole("textbox", { name: "Description" }).inputValue()).toBe("for the vendor");
  expect(await form.getByRole("radio", { name: /^365 days/ }).isChecked()).toBe(true);
  expect(await form.getByRole("radio", { name: /Straight to its targets/ }).isChecked()).toBe(true);
  expect(await faultsEverywhere(page, "Delivered instead")).toEqual([]);
  // refused once, it says what is done and what is not, and can be asked for again
  await page.route(
    "**/secrets",
    (route) =>
      route.fulfill({
        status: 409,
        contentType: "application/problem+json",
        body: JSON.stringify({
          status: 409,
          code: "refused-by-stop",
          detail: "writing is paused",
          next: "continue it",
        }),
      }),
    { times: 1 },
  );
  const create = form.getByRole("button", { name: "Create and deliver" });
  await create.click();
  await form.getByText(/Writing is paused/).waitFor();
  await form.getByText(/The secret you have seen \(\w{8}\) is removed/).waitFor();
  await create.click();
  await page.getByRole("heading", { level: 1, name: /app-2 gets a new client secret/ }).waitFor();
  const rotation = await web.stage.manager.deps.store.rotation(await web.stage.rotationOf("app-2"));
  expect(rotation?.state).toBe("planned");
});

test("what cannot be removed at once is said, and so is why none can be delivered now", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann", true);
  const shown = page.getByRole("alertdialog");
  const make = async (name: string) => {
    await web.show(page, `${web.app(name)}?new=secret`, /Client secrets/);
    const form = page.getByRole("dialog");
    await form.getByRole("radio", { name: /Show it to me once/ }).check();
    await form.getByRole("textbox", { name: "Description" }).fill("for the vendor");
    await form.getByRole("textbox", { name: "Reason" }).fill("the vendor asked for it");
    await form.getByRole("button", { name: "Create and show" }).click();
    await page.getByRole("status", { name: "The value" }).waitFor();
  };
  // its rotation is under way
  await make("carried");
  await shown.getByText(/^Nobody would have to see one .* Not possible now: /).waitFor();
  expect(await shown.getByRole("button", { name: "Deliver one instead" }).count()).toBe(0);
  // the one of the test before, where that has run
  const otto = await web.stage.signIn("Otto");
  await otto.post(`/api/v1/t/contoso/rotations/${await web.stage.rotationOf("app-2")}/cancel`);
  await make("app-2");
  await page.route(
    "**/drop",
    async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), state: "lapsed" } });
    },
    { times: 1 },
  );
  await shown.getByRole("button", { name: "Deliver one instead" }).click();
  await shown.getByRole("button", { name: "Remove it and go on" }).click();
  await page.getByText(/could not be removed from Entra ID yet: Nolapse goes on trying/).waitFor();
  expect(await page.getByRole("button", { name: "Create and deliver" }).isEnabled()).toBe(true);
});

test("whoever leaves it open past its time is told that it is over, and gets out", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann", true);
  await web.show(page, `${web.app("stranger")}?new=secret`, /Client secrets/);
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: "Description" }).fill("for the vendor");
  await form.getByRole("textbox", { name: "Reason" }).fill("the vendor asked for it");
  await form.getByRole("button", { name: "Create and show" }).click();
  const shown = page.getByRole("alertdialog");
  await shown.getByRole("status", { name: "The value" }).waitFor();
  web.stage.directory.clock.advance(16 * 60_000);
  await shown.getByRole("checkbox").check();
  await shown.getByRole("button", { name: "Done" }).click();
  await shown.getByText(/its time is over/i).waitFor();
  await page.keyboard.press("Escape");
  expect(await shown.getByRole("button", { name: "Close", exact: true }).count()).toBe(0);
  await shown.getByRole("button", { name: "Remove this secret" }).click();
  await shown.getByText(/its time is over/i).waitFor();
  await shown.getByRole("button", { name: "Close", exact: true }).click();
  await shown.waitFor({ state: "detached" });
});
