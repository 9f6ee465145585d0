/** An application that was deleted: its page says what was done there, and the first page what is still to be done about it. */
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal();

test("the page of a deleted application leads to its rotations and its trail; a halted one is cancelled where it waits", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  const { objectId, appId } = web.stage.application("app-2");
  const otto = await web.stage.signIn("Otto");
  const asked = await otto.post(`/api/v1/t/contoso/applications/${objectId}/rotate`, { now: true });
  const { id } = asked.body.rotations[0];
  await web.stage.until(id, "issued");
  await web.stage.graph("DELETE", `/applications/${objectId}`);
  await web.stage.until(id, "halted");
  await web.stage.run();

  await web.show(page, "", /Needs a person/);
  const waits = page.getByRole("region", { name: "Needs a person" }).getByRole("listitem").filter({ hasText: "app-2" });
  await waits.getByText(/no longer in the directory. Its rotation has halted/).waitFor();
  expect(await faultsEverywhere(page, "A rotation without its application")).toEqual([]);
  const bell = page.getByRole("dialog", { name: "Needs a person" });
  await page.getByRole("button", { name: /needs? a person/ }).click();
  await bell.getByRole("link", { name: "All rotations that wait for a person" }).click();
  await page.getByRole("tab", { name: /^Wait/, selected: true }).waitFor();
  await page.getByRole("button", { name: /needs? a person/ }).click();
  await bell.getByRole("link", { name: "app-2" }).click();
  await page.getByRole("heading", { level: 1, name: "app-2" }).waitFor();
  await page.getByText("No longer in contoso: it was deleted.").waitFor();
  await page.getByText(/Entra ID has said since .* that it is not there/).waitFor();
  expect(await faultsEverywhere(page, "A deleted application")).toEqual([]);
  await page.getByRole("link", { name: /^Rotation of a client secret/ }).click();
  await page.getByRole("heading", { level: 1, name: /app-2/ }).waitFor();
  await page.goBack();
  await page.getByRole("link", { name: "All that was done here, entry by entry" }).click();
  await page.waitForURL(new RegExp(`/audit\\?application=${appId}`));

  await web.show(page, "", /Needs a person/);
  await waits.getByRole("button", { name: "Cancel rotation" }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel this rotation?" });
  await dialog.getByText(/nothing is left to renew/).waitFor();
  await dialog.getByRole("button", { name: "Cancel rotation" }).click();
  await waits.waitFor({ state: "detached" });
  expect((await web.stage.manager.deps.store.rotation(id))?.state).toBe("cancelled");
  // what never was here stays that
  await web.show(page, "/applications/00000000-0000-4000-8000-000000000000", /This is not here/);
});
