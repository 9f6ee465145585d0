/** What a person does in the portal with his hands: registers, makes a secret and sees it once, delivers another, says no, lends his rights. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page, Response } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signIn } from "../directory/entra.ts";
import { makeCertificate } from "../support/certificates.ts";
import { type Application, startApplication } from "./application.ts";
import { faultsEverywhere, portal, throughAuthority } from "./portal.ts";

const web = portal({
  policy: { approval: "issue" },
  patterns: [{ match: { tag: "paper", displayName: "Paper*" }, policy: "quick" }],
});
const { show, app } = web;
let back: Application;
beforeAll(async () => {
  back = await startApplication();
});
afterAll(() => back.close());

const WHY = "the vendor takes no other way";

/** Everything the browser was answered from here on. */
function listen(page: Page): { texts(): Promise<string[]> } {
  const heard: Promise<string>[] = [];
  const note = (response: Response) => {
    if (response.url().includes("/events")) return;
    heard.push(response.text().catch(() => ""));
  };
  page.on("response", note);
  return { texts: async () => Promise.all(heard) };
}

test("an application is registered, gets a secret whose value is seen once, and is consented to in another tenant", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann", true);
  await show(page, "/applications", /app-2/);
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("app-2");
  await page.getByText("One is called so already").waitFor();
  await page.getByText("The policy default will hold for it: no pattern fits it").waitFor();
  await page.getByRole("textbox", { name: "Name" }).fill("Paper Mill");
  await page.getByRole("combobox", { name: "Policy" }).click();
  await page.getByRole("option", { name: "quick" }).click();
  await page.getByText("it is made with the tag paper, which that entry looks for").waitFor();
  await page.getByRole("radio", { name: "Any Entra ID directory", exact: true }).check();
  await page.getByRole("textbox", { name: "address" }).fill("http://elsewhere.example/");
  // said while it is typed, and nothing is sent
  await page.getByText("must begin with https://").waitFor();
  expect(await page.getByRole("button", { name: "Register" }).isDisabled()).toBe(true);
  await page.getByRole("textbox", { name: "address" }).fill(`${back.url}/back`);
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByRole("heading", { level: 1, name: "Paper Mill" }).waitFor();
  await page.getByText("Registered.").waitFor();
  const [mill] = (await web.stage.graph("GET", "/applications?$filter=displayName eq 'Paper Mill'")).body.value;
  expect(mill.tags).toEqual(["paper"]);
  for (const [words, search] of [
    ["a credential", "new=secret"],
    ["a target", "tab=targets"],
    ["a second owner", "tab=owners"],
  ] as const)
    expect(await page.getByRole("link", { name: words }).getAttribute("href")).toContain(search);

  await page.getByRole("button", { name: "New client secret" }).click();
  const dialog = page.getByRole("dialog");
  // nobody has named a target, so seeing it is all there is
  expect(await dialog.getByRole("radio", { name: /Straight to its targets/ }).isDisabled()).toBe(true);
  const create = dialog.getByRole("button", { name: "Create and show" });
  await dialog.getByRole("textbox", { name: "Description" }).fill("for the mill");
  expect(await create.isDisabled()).toBe(true);
  await dialog.getByRole("textbox", { name: "Reason" }).fill(WHY);
  expect(await faultsEverywhere(page, "New client secret")).toEqual([]);
  await create.click();
  const shown = page.getByRole("alertdialog");
  const value = (await shown.getByRole("status", { name: "The value" }).textContent()) ?? "";
  expect(await signIn(web.stage.directory, await appIdOf("Paper Mill"), value)).toBe(0);
  expect(await faultsEverywhere(page, "The value")).toEqual([]);
  // a click outside, or Escape, must not lose it
  await page.keyboard.press("Escape");
  await shown.getByRole("button", { name: "Keep open" }).click();
  expect(await shown.getByRole("button", { name: "Done" }).isDisabled()).toBe(true);
  await shown.getByRole("checkbox", { name: /I have stored it/ }).check();
  const later = listen(page);
  await shown.getByRole("button", { name: "Done" }).click();
  await shown.waitFor({ state: "detached" });
  await page.getByRole("rowheader", { name: /for the mill/ }).waitFor();
  await page.reload();
  await page.getByRole("rowheader", { name: /for the mill/ }).waitFor();
  await show(page, "/audit", /shown-kept/);
  for (const text of [await page.content(), ...(await later.texts()), web.stage.said.join()])
    expect(text.includes(value)).toBe(false);

  await consentElsewhere(page);
});

/** The admin consent page of the directory, in another tenant than the application's own. */
async function consentElsewhere(page: Page): Promise<void> {
  const clientId = await appIdOf("Paper Mill");
  const query = new URLSearchParams({ client_id: clientId, redirect_uri: `${back.url}/back`, state: "s1" });
  await page.goto(`${web.stage.directory.url}/${web.stage.otherTenant}/adminconsent?${query}`);
  await page.getByRole("button", { name: /^Wanda/ }).click();
  await page.getByRole("heading", { name: "Permissions requested" }).waitFor();
  await page.getByRole("button", { name: "Accept" }).click();
  await page.waitForURL(/admin_consent=True/);
  expect(new URL(page.url()).searchParams.get("tenant")).toBe(web.stage.otherTenant);
  const principals = web.stage.directory
    .state()
    .servicePrincipals.map(({ entity, tenantId }) => [entity.appId, tenantId]);
  expect(principals).toContainEqual([clientId, web.stage.otherTenant]);
}

async function appIdOf(name: string): Promise<string> {
  const found = web.stage.directory.state().applications.find(({ entity }) => entity.displayName === name);
  return String(found?.entity.appId);
}

test("the page explains itself: each check, the one that decides, its code to copy; and what to type instead", async (context) => {
  const given = await web.open(context);
  await given.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await web.enter(given, "Rita");
  await show(given, app("app-1"), /Client secrets/);
  const more = given.getByRole("button", { name: "More" });
  await more.focus();
  await given.keyboard.press("Enter");
  // the directory of the tests has no admin center
  const acts = ["Leaked…", "Pause its rotation", "Explain", "Copy as command"];
  expect(await given.getByRole("menuitem").allTextContents()).toEqual(acts);
  // a Reader reaches it, is told what it takes, and nothing happens
  expect(await given.getByRole("menuitem", { name: "Leaked…" }).getAttribute("aria-disabled")).toBe("true");
  const told = given.getByText("Needs the role Operator. Your role is Reader.").filter({ visible: true });
  await expect.poll(() => told.count()).toBe(1);
  for (const key of ["Enter", "ArrowDown", "ArrowDown", "Enter"]) await given.keyboard.press(key);
  await given.waitForURL(/\/explain$/);
  const drawer = given.getByRole("dialog", { name: "Why Nolapse does what it does" });
  const checks = drawer.locator("ol.checks > li");
  await checks.first().waitFor();
  expect(await checks.first().textContent()).toContain("nobody has stopped writing");
  const decides = checks.filter({ has: given.getByLabel("decides") });
  expect(await decides.count()).toBe(1);
  expect(await decides.locator("strong").textContent()).toMatch(/approv/);
  await decides.getByRole("button", { name: "Copy Reason code approval-issue" }).click();
  await decides.getByRole("button", { name: "Reason code approval-issue copied" }).waitFor();
  expect(await given.evaluate("navigator.clipboard.readText()")).toBe("approval-issue");
  expect(await faultsEverywhere(given, "Explain")).toEqual([]);
  await given.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await expect.poll(() => more.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  const bare = await web.stage.graph("POST", "/applications", { displayName: "bare" });
  await web.stage.run();
  await given.goto(web.at(`/applications/${bare.body.id}/explain`));
  await drawer.getByText("No credential, so there is nothing to decide.").waitFor();
  await given.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await show(given, app("app-1"), /Client secrets/);
  await more.click();
  await given.getByRole("menuitem", { name: "Copy as command" }).click();
  await given.getByText(/^Copied: nolapse explain /).waitFor();
  expect(await given.evaluate("navigator.clipboard.readText()")).toBe(
    `nolapse explain ${web.stage.application("app-1").appId}`,
  );
});

test("who closes without storing keeps nothing, and finds the value again as long as it waits", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann", true);
  await show(page, `${app("stranger")}?new=secret`, /Client secrets/);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Description" }).fill("lost and found");
  await dialog.getByRole("textbox", { name: "Reason" }).fill(WHY);
  await dialog.getByRole("button", { name: "Create and show" }).click();
  const shown = page.getByRole("status", { name: "The value" });
  const value = (await shown.textContent()) ?? "";
  // the tab dies
  await page.goto(web.at(""));
  await show(page, app("stranger"), /A value waits for you/);
  expect(await page.content()).not.toContain(value);
  await page.getByRole("button", { name: "Show it" }).click();
  expect(await shown.textContent()).toBe(value);
  await page.getByRole("button", { name: "Close without storing" }).click();
  await page.getByRole("button", { name: "Remove this secret" }).click();
  await page.getByRole("alertdialog").waitFor({ state: "detached" });
  expect(await signIn(web.stage.directory, web.stage.application("stranger").appId, value)).not.toBe(0);
  expect(await page.content()).not.toContain(value);
});

test("a secret goes straight to its target: what a policy forbids is said before, and nobody sees the value", async (context) => {
  const page = await web.open(context);
  await web.stage.graph("PATCH", "/policies/defaultAppManagementPolicy", {
    isEnabled: true,
    applicationRestrictions: {
      keyCredentials: [],
      passwordCredentials: [
        {
          restrictionType: "passwordLifetime",
          state: "enabled",
          maxLifetime: "P365D",
          restrictForAppsCreatedAfterDateTime: "2014-01-01T00:00:00Z",
        },
      ],
    },
  });
  await web.stage.run();
  await web.enter(page, "Otto");
  await show(page, `${app("app-2")}?new=secret`, /Client secrets/);
  const dialog = page.getByRole("dialog");
  const create = dialog.getByRole("button", { name: "Create and deliver" });
  await dialog.getByText(/writes it to app-2/).waitFor();
  await dialog.getByRole("radio", { name: /^730 days/ }).check();
  await dialog.getByText(/Not allowed: .*allows no longer/).waitFor();
  expect(await create.isDisabled()).toBe(true);
  // so is an end of one's own, by the minute and in the tenant's zone
  await dialog.getByRole("radio", { name: /^Custom/ }).check();
  await dialog.getByText(/Europe\/Amsterdam, UTC\+01:00/).waitFor();
  const [last] =
    /\d+ \w+ 2032, \d\d:\d\d/.exec((await dialog.getByText(/By a policy of the tenant/).textContent()) ?? "") ?? [];
  await dialog.getByLabel("Ends", { exact: false }).last().fill("2032-06-01T09:30");
  await dialog.getByText(new RegExp(`allows no longer: until .*${last}`)).waitFor();
  expect(await create.isDisabled()).toBe(true);
  await dialog.getByLabel("Ends", { exact: false }).last().fill("2031-06-01T09:30");
  expect(await create.isEnabled()).toBe(true);
  expect(await faultsEverywhere(page, "An end of one's own")).toEqual([]);
  // an Operator sees no value, and is told why
  await dialog.getByRole("radio", { name: /Show it to me once/ }).check();
  await dialog.getByText(/Needs the role Admin/).waitFor();
  await dialog.getByRole("radio", { name: /Straight to its targets/ }).check();
  await dialog.getByRole("radio", { name: /^90 days/ }).check();
  const heard = listen(page);
  await create.click();
  await page.getByRole("heading", { level: 1, name: /app-2 gets a new client secret/ }).waitFor();
  const id = await web.stage.rotationOf("app-2");
  await web.stage.until(id, "verified");
  await page.getByText(/^app-2 last verified/).waitFor();
  // given up from here on, it leaves two that work
  await page.getByRole("button", { name: "Keep both" }).click();
  const both = page.getByRole("dialog", { name: "Keep both credentials?" });
  await both.getByText("The old one is not removed: it signs in until it ends by itself", { exact: false }).waitFor();
  await both.getByRole("button", { name: "Keep both" }).waitFor();
  expect(await faultsEverywhere(page, "Keep both")).toEqual([]);
  await page.keyboard.press("Escape");
  await both.waitFor({ state: "detached" });
  const value = readFileSync(join(web.stage.folder, "app-2", ".env"), "utf8")
    .replace("SECRET=", "")
    .trim();
  expect(await signIn(web.stage.directory, web.stage.application("app-2").appId, value)).toBe(0);
  for (const text of [await page.content(), ...(await heard.texts())]) expect(text.includes(value)).toBe(false);
});

test("a no takes a reason and says what stops; a yes can be taken back; a rotation is given up with a reason", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, `/rotations/${await web.stage.rotationOf("app-1")}`, /If it stops here/);
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Refuse" }).click();
  const no = dialog.getByRole("button", { name: "Refuse" });
  expect(await no.isDisabled()).toBe(true);
  await dialog.getByRole("textbox", { name: "Reason" }).fill("not before the vendor is ready");
  expect(await faultsEverywhere(page, "Refuse")).toEqual([]);
  await no.click();
  await dialog.getByText(/Your no is noted. app-1 signs in no more after/).waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await page
    .getByText(/not before the vendor is ready/)
    .first()
    .waitFor();

  await page.getByRole("button", { name: "Approve" }).click();
  // nothing begins while writing is stopped, so the yes can still be taken back
  await (await web.stage.signIn("Otto")).post("/api/v1/t/contoso/stop");
  await dialog.getByRole("button", { name: "Approve" }).click();
  await page.getByText("creation: entra:otto@contoso.example").waitFor();
  await page.getByRole("button", { name: "Take my approval back" }).click();
  await dialog.getByRole("button", { name: "Take it back" }).waitFor();
  expect(await faultsEverywhere(page, "Take it back")).toEqual([]);
  await dialog.getByRole("button", { name: "Take it back" }).click();
  await page.getByText("waits for: creation").waitFor();

  await page.getByRole("button", { name: "Cancel rotation" }).click();
  await dialog.getByRole("textbox", { name: "Reason" }).fill("the vendor goes");
  expect(await faultsEverywhere(page, "Cancel rotation")).toEqual([]);
  await dialog.getByRole("button", { name: "Cancel rotation" }).click();
  await page.getByText("Cancelled.").waitFor();
  await show(page, "/audit", /the vendor goes/);
  await (await web.stage.signIn("Ann")).post("/api/v1/t/contoso/resume");
});

test("the value of a privileged application is asked for by one person, allowed by another, and seen once", async (context) => {
  const page = await web.open(context);
  const id = await web.stage.rotationOf("mighty");
  for (const name of ["Ann", "Amy"] as const)
    await (await web.stage.signIn(name)).post(`/api/v1/t/contoso/rotations/${id}/approve`, { what: "issue" });
  await web.stage.run();
  await web.enter(page, "Ann");
  await show(page, `/rotations/${id}`, /If it stops here/);
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Ask to reveal" }).click();
  await dialog.getByRole("textbox", { name: "Reason" }).fill(WHY);
  await dialog.getByRole("button", { name: "Ask for it" }).click();
  const card = page.getByRole("region", { name: /asks to see/ });
  await card.getByText("waits for another Admin").waitFor();
  // one's own request is not one's own to approve
  expect(await card.getByRole("button").allTextContents()).toEqual(["Take it back"]);

  await web.enter(page, "Amy");
  await show(page, "/plan", /ann@contoso.example asks to see its value/);
  expect(await faultsEverywhere(page, "Requests to see a value")).toEqual([]);
  await card.getByRole("button", { name: "Approve" }).click();
  await dialog.getByText(WHY).waitFor();
  await dialog.getByRole("button", { name: "Approve" }).click();
  await card.getByText("allowed by entra:amy@contoso.example").waitFor();

  await web.enter(page, "Ann");
  await show(page, "/plan", /you ask to see its value/);
  await card.getByRole("button", { name: "See it" }).click();
  await dialog.getByRole("button", { name: /^Show for/ }).click();
  const value = (await page.getByRole("status", { name: "The value" }).textContent()) ?? "";
  expect(await signIn(web.stage.directory, web.stage.application("mighty").appId, value)).toBe(0);
  await page.getByRole("button", { name: "Hide now" }).click();
  await page.getByText("shown no more").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await card.waitFor({ state: "detached" });
  expect(await page.content()).not.toContain(value);
});

test("what takes one's own rights says so, leads to where one lends them, and back; who says no is told what to do", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann");
  await show(page, "/applications/new", /takes your own rights in Entra ID/);
  await page.getByRole("textbox", { name: "Name" }).fill("Not yet");
  expect(await page.getByRole("button", { name: "Register" }).isDisabled()).toBe(true);
  await page.getByRole("link", { name: "Lend them and come back" }).click();
  await throughAuthority(page, "Ann");
  await page.waitForURL(/\/applications\/new$/);
  await page.getByRole("textbox", { name: "Name" }).fill("Now");
  expect(await page.getByRole("button", { name: "Register" }).isEnabled()).toBe(true);

  // as it is when somebody says no at the login page
  await page.goto(`${web.stage.server.url}/auth/callback?error=access_denied&state=x`);
  await page.getByRole("heading", { name: "You are not signed in" }).waitFor();
  expect(await faultsEverywhere(page, "Not signed in")).toEqual([]);
  await page.getByRole("link", { name: "Sign in again" }).click();
  // the authority knows her still
  await page.waitForURL(/\/t\/contoso$/);
});

test("nobody is handed a secret of a privileged application: the dialog leads to the way that works", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann", true);
  await show(page, `${app("mighty")}?new=secret`, /Client secrets/);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: /Show it to me once/ }).check();
  await dialog.getByText(/Not possible: it is privileged by Application.ReadWrite.All/).waitFor();
  expect(await dialog.getByRole("button", { name: "Create and show" }).isDisabled()).toBe(true);
  expect(await faultsEverywhere(page, "New client secret of a privileged application")).toEqual([]);
  await dialog.getByRole("link", { name: "Upload a certificate" }).click();
  await page.getByRole("dialog", { name: /New certificate/ }).waitFor();
  expect(await page.getByRole("tab", { name: "Upload" }).getAttribute("aria-selected")).toBe("true");
});

test("a certificate is refused before the call where its targets hold none", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann");
  await show(page, `${app("app-2")}?new=certificate`, /Client secrets/);
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/Not possible:/).waitFor();
  expect(await dialog.getByRole("button", { name: "Create and deliver" }).isDisabled()).toBe(true);
  expect(await faultsEverywhere(page, "New certificate")).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(page.url()).not.toContain("new=");
});

test("a certificate is uploaded from its text: its key is left behind, and the list must be still first", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann", true);
  await show(page, `${app("stranger")}?new=certificate`, /Client secrets/);
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/No target is known/).waitFor();
  await dialog.getByRole("tab", { name: "Upload" }).click();
  const now = web.stage.directory.clock.now();
  const made = await makeCertificate({ subject: "CN=vendor", from: now - 86_400_000, to: now + 300 * 86_400_000 });
  const sent: string[] = [];
  page.on("request", (request) => void sent.push(request.postData() ?? ""));
  await dialog.getByRole("textbox", { name: "Its text" }).fill(made.value.reveal());
  await dialog.getByText(/This held a private key/).waitFor();
  await dialog.getByRole("textbox", { name: "Description" }).fill("of the vendor");
  await dialog.getByRole("button", { name: "Look at it" }).click();
  await dialog.getByText("CN=vendor").waitFor();
  const upload = dialog.getByRole("button", { name: "Upload", exact: true });
  expect(await upload.isDisabled()).toBe(true);
  expect(await faultsEverywhere(page, "Upload")).toEqual([]);
  web.stage.directory.clock.advance(32_000);
  await dialog.getByText(/It can be uploaded now/).waitFor();
  await upload.click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("rowheader", { name: /of the vendor/ }).waitFor();
  expect(sent.some((body) => body.includes("BEGIN CERTIFICATE"))).toBe(true);
  expect(sent.join()).not.toContain("PRIVATE KEY");
});
