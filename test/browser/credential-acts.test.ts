/** What a person does about one credential in its drawer. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal();
const { app } = web;

/** The drawer of a credential by its address; the key id of the first secret of an application in the directory. */
async function drawerOf(page: Page, name: string, keyId: string) {
  await page.goto(web.at(`${app(name)}/credentials/${keyId}`));
  const drawer = page.locator(".drawer");
  await drawer.getByRole("heading", { name: /What happened/ }).waitFor();
  return drawer;
}

function firstKey(name: string): string {
  const { objectId } = web.stage.application(name);
  const held = web.stage.directory.state().applications.find(({ entity }) => entity.id === objectId)?.entity;
  return ((held?.passwordCredentials ?? []) as { keyId: string }[])[0]?.keyId ?? "none";
}

test("somebody else's credential is adopted by an Admin with a reason; an Operator sees the command, and why it is not his", async (context) => {
  const page = await web.open(context);
  const keyId = firstKey("stranger");
  await web.enter(page, "Otto");
  const command = (await drawerOf(page, "stranger", keyId)).getByRole("button", { name: "Adopt" });
  expect(await command.getAttribute("aria-disabled")).toBe("true");
  await command.focus();
  await page.getByText("Needs the role Admin. Your role is Operator.").waitFor();

  await web.enter(page, "Ann");
  const drawer = await drawerOf(page, "stranger", keyId);
  await drawer.getByText(/not ours: Nolapse never removes it/).waitFor();
  await drawer.getByRole("button", { name: "Adopt" }).click();
  const dialog = page.getByRole("dialog", { name: "Adopt this credential?" });
  const yes = dialog.getByRole("button", { name: "Adopt" });
  expect(await yes.isDisabled()).toBe(true);
  await dialog.getByRole("textbox", { name: "Reason" }).fill("made by hand, years ago");
  expect(await faultsEverywhere(page, "Adopt")).toEqual([]);
  await yes.click();
  await dialog.waitFor({ state: "detached" });
  await drawer.getByText(/^adopted: Nolapse replaces it/).waitFor();
  // there is nothing left to adopt
  await expect.poll(() => drawer.getByRole("button", { name: "Adopt" }).count()).toBe(0);
  await web.show(page, "/audit", /made by hand, years ago/);
});

test("an old credential goes on a person's word: what that overrules is told, its key id's end typed, and readers get their time", async (context) => {
  const page = await web.open(context);
  const id = await web.stage.rotationOf("app-1");
  await web.stage.until(id, "verified");
  const keyId = (await web.stage.manager.deps.store.rotation(id))?.replaces ?? "none";
  await web.enter(page, "Rita");
  const command = (await drawerOf(page, "app-1", keyId)).getByRole("button", { name: "Remove now" });
  expect(await command.getAttribute("aria-disabled")).toBe("true");

  await web.enter(page, "Otto");
  const drawer = await drawerOf(page, "app-1", keyId);
  const looks: string[] = [];
  page.on("request", (request) => void (/\/removal$/.test(request.url()) ? looks.push(request.url()) : null));
  await drawer.getByRole("button", { name: "Remove now" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove this credential now?" });
  await dialog.getByText(/Your word overrules this/).waitFor({ timeout: 60_000 });
  await dialog.getByText(/\[consumers-unknown\]/).waitFor();
  await dialog.getByText(/It goes on .*, not before/).waitFor();
  const yes = dialog.getByRole("button", { name: "Remove now" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("every reader was restarted");
  await dialog.getByRole("textbox", { name: /the last 4 characters/ }).fill("none");
  expect(await yes.isDisabled()).toBe(true);
  await dialog.getByRole("textbox", { name: /the last 4 characters/ }).fill(keyId.slice(-4).toUpperCase());
  expect(await faultsEverywhere(page, "Remove now")).toEqual([]);
  // what happens meanwhile, which every page hears of, makes nobody read the log again
  const heard = page.waitForResponse(/\/api\/v1\/t\/contoso\/applications\/[^/]+$/);
  await web.stage.run();
  await heard;
  expect(looks).toHaveLength(1);
  await yes.click();
  await page.waitForURL(new RegExp(`/rotations/${id}$`));
  await page
    .getByText(/A person has asked for its removal/)
    .first()
    .waitFor();
  await page
    .getByText(/The old one goes/)
    .first()
    .waitFor();
  await web.stage.until(id, "retired", 1);
  await page.getByText("Done.").waitFor();
  await web.show(page, "/audit", /every reader was restarted/);
});

test("a leaked secret is replaced and removed at once: who keeps failing is told, and its key id's end typed", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await web.show(page, app("app-2"), /Client secrets/);
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Leaked…" }).click();
  const dialog = page.getByRole("dialog", { name: "A value has leaked" });
  await dialog.getByText(/the old one is removed at once, without overlap/).waitFor();
  await dialog.getByText(/app-2 \(up to 1 min\)/).waitFor();
  expect(new URL(page.url()).searchParams.get("new")).toBe("leaked");
  const yes = dialog.getByRole("button", { name: "Replace and remove" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("it stands in a public repository");
  expect(await yes.isDisabled()).toBe(true);
  const keyId = firstKey("app-2");
  await dialog.getByRole("textbox", { name: /the last 4 characters/ }).fill(keyId.slice(-4));
  expect(await faultsEverywhere(page, "Leaked")).toEqual([]);
  await yes.click();
  await page.getByRole("heading", { level: 1, name: /app-2 gets a new client secret/ }).waitFor();
  const id = await web.stage.rotationOf("app-2");
  await web.stage.until(id, "retired", 1);
  await page.getByText("Done.").waitFor();
  const drawer = await drawerOf(page, "app-2", keyId);
  await drawer.getByText("Removed", { exact: true }).waitFor();
  // what is gone can neither leak nor be removed
  for (const name of ["Leaked…", "Remove now", "Adopt"])
    expect(await drawer.getByRole("button", { name }).count()).toBe(0);
});

test("from the drawer of a privileged application's secret it says that two persons must approve", async (context) => {
  const page = await web.open(context);
  const keyId = (await web.stage.manager.deps.store.rotation(await web.stage.rotationOf("mighty")))?.replaces ?? "";
  await web.enter(page, "Otto");
  const drawer = await drawerOf(page, "mighty", keyId);
  await drawer.getByRole("button", { name: "Leaked…" }).click();
  const dialog = page.getByRole("dialog", { name: "A value has leaked" });
  await dialog.getByText(/two persons must approve/).waitFor();
  await dialog.getByText(/The rotation that is open for it goes on/).waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await dialog.waitFor({ state: "detached" });
  // the drawer it was opened from stays
  await drawer.getByRole("button", { name: "Leaked…" }).waitFor();
});

test("what has failed is tried now from the rotation's page, and the command is gone where nothing is waited after", async (context) => {
  const page = await web.open(context);
  const file = join(web.stage.folder, "app-2", ".env");
  const otto = await web.stage.signIn("Otto");
  await otto.post(`/api/v1/t/contoso/applications/${web.stage.application("app-2").objectId}/rotate`, { now: true });
  const id = await web.stage.rotationOf("app-2");
  const kept = readFileSync(file, "utf8");
  await web.stage.until(id, "issued");
  rmSync(file);
  await web.stage.until(id, "accepted");
  web.stage.directory.clock.advance(60_000);
  await web.stage.run();
  writeFileSync(file, kept, { mode: 0o600 });
  await web.enter(page, "Otto");
  await web.show(page, `/rotations/${id}`, /If it stops here/);
  await page.getByText("The last try failed.").waitFor();
  await page.getByRole("button", { name: "Try now" }).click();
  const dialog = page.getByRole("dialog", { name: "Try now?" });
  await dialog.getByRole("textbox", { name: "Reason" }).fill("the file is there again");
  expect(await faultsEverywhere(page, "Try now")).toEqual([]);
  await dialog.getByRole("button", { name: "Try now" }).click();
  await dialog.waitFor({ state: "detached" });
  await web.stage.run();
  await page.getByText("In overlap.").waitFor();
  expect(await page.getByRole("button", { name: "Try now" }).count()).toBe(0);
});
