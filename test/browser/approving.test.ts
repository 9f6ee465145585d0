/** Approving in the portal: creation and removal apart, one and many, and what that came to. */
import { expect, test } from "vitest";
import { faultsOf } from "./chromium.ts";
import { portal } from "./portal.ts";

const web = portal({ policy: { approval: "both" } });
const { show } = web;

test("a yes to the new credential is none to the removal of the old one, which is asked for when it is time", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann");
  await show(page, `/rotations/${await web.stage.rotationOf("app-1")}`, /If it stops here/);
  await page.getByText("waits for: creation").waitFor();
  await page.getByRole("button", { name: "Approve", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  const given = page.getByRole("definition").filter({ hasText: "creation: entra:ann@contoso.example" });
  await given.getByText("asked for when it is time: removal").waitFor();
  expect(await given.textContent()).not.toContain("removal: entra:ann");
  await page.getByRole("button", { name: "Approve ahead" }).waitFor();
});

test("an Operator approves what waits in one go; what is privileged waits for a second person", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Otto");
  await show(given, "/plan", /decide by/);
  await given.getByRole("checkbox", { name: "All" }).check();
  await given.getByRole("button", { name: /^Approve \d/ }).click();
  const dialog = given.getByRole("dialog");
  await dialog.getByRole("button", { name: "Approve" }).waitFor();
  expect(await faultsOf(given)).toEqual([]);
  await dialog.getByRole("button", { name: "Approve" }).click();
  await dialog.getByText(/1 of them wait for another person/).waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  // the stream tells, and what is decided leaves the list
  await given.getByRole("checkbox", { name: "Choose mighty" }).waitFor();
  await expect.poll(() => given.getByRole("checkbox", { name: /^Choose/ }).count()).toBe(1);
  await web.enter(given, "Ann");
  await show(given, "/plan", /waits for a person/);
  await given.getByRole("checkbox", { name: "All" }).check();
  await given.getByRole("button", { name: /^Approve \d/ }).click();
  await dialog.getByRole("button", { name: "Approve" }).click();
  // what it came to can still be read when nothing is left to approve
  await dialog.getByText("1 rotation approved.").waitFor();
  await given.getByText("No rotation waits for you.").waitFor({ state: "attached" });
  expect(await dialog.getByText("1 rotation approved.").isVisible()).toBe(true);
});
