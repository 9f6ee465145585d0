/**
 * The pages of the server in a real browser, against the embedded directory: signing in, every page in both colour schemes and as narrow
 * as 320 px, by keyboard, approving, revealing, signing out.
 */
import { describe, expect, test } from "vitest";
import { faultsOf } from "./chromium.ts";
import { faultsEverywhere, portal, tooWide } from "./portal.ts";

const web = portal({ policy: { approval: "issue" } });
const { said, at, show, app } = web;

/** Each page, with something that is there once it is whole. */
const PAGES: readonly (readonly [string, () => Promise<string> | string, RegExp])[] = [
  ["Overview", () => "", /Now and next/],
  ["App registrations", () => "/applications", /app-2/],
  ["Register an application", () => "/applications/new", /Supported account types/],
  ["Enterprise applications", () => consented().then(() => "/enterprise"), /outsider/],
  ["Application", () => app("app-2"), /Client secrets/],
  ["Application, targets", () => `${app("app-2")}?tab=targets`, /env-file/],
  ["Application, owners", () => `${app("app-2")}?tab=owners`, /Rita/],
  ["Application, consent", () => `${app("mighty")}?tab=consent`, /Application\.ReadWrite\.All/],
  ["Application, activity", () => `${app("app-1")}?tab=activity`, /entry by entry/],
  ["Application, checks", () => `${app("app-2")}?tab=checks`, /Why/],
  ["Rotations", () => "/rotations", /app-1/],
  ["Rotation", async () => `/rotations/${await web.stage.rotationOf("app-1")}`, /If it stops here/],
  ["Plan", () => "/plan", /decide by/],
  ["Cannot be renewed", () => "/plan?tab=cannot", /ends/],
  ["Targets", () => "/targets", /by-hand/],
  ["Policies", () => "/policies", /quick/],
  ["Audit", () => "/audit", /signed-in/],
  ["Health", () => "/health", /Pause all writing/],
  ["Rehearsal", () => "/rehearsals", /No rehearsal yet/],
  ["Tenants", () => "/../../tenants", /contoso/],
  ["Welcome", () => "/welcome", /Three steps/],
  ["My applications", () => "/mine", /My applications/],
];

/** An application of another tenant is here by consent, with a secret of its own on the service principal. */
async function consented(): Promise<void> {
  const { appId } = web.stage.application("outsider");
  const made = await web.stage.graph("POST", "/servicePrincipals", { appId });
  if (made.status === 201) {
    await web.stage.graph("POST", `/servicePrincipals/${made.body.id}/addPassword`, {});
    await web.stage.run();
  }
}

describe("every page", () => {
  for (const scheme of ["light", "dark"] as const) {
    test(`has nothing for axe to find in ${scheme}${scheme === "light" ? ", and fits into 320 px" : ""}`, async (context) => {
      const given = await web.open(context, { scheme });
      await web.enter(given, "Ann");
      const faults: string[] = [];
      // what is no question of colour is the same in both
      const rules = scheme === "light" ? "all" : "colours";
      for (const [name, path, part] of PAGES) {
        await show(given, await path(), part);
        for (const fault of await faultsOf(given, rules)) faults.push(`${name}: ${fault}`);
        if (rules === "colours") continue;
        faults.push(...(await tooWide(given, name)));
      }
      expect(faults).toEqual([]);
      expect(said.filter((line) => /Content Security Policy|Refused|Error/.test(line))).toEqual([]);
    });
  }
});

test("a person signs in with a browser, sees the first page, and signs out", async (context) => {
  const given = await web.open(context);
  const scripts = new Map<string, Promise<number>>();
  given.on("response", (response) => {
    const isScript = response.request().resourceType() === "script" && response.url().startsWith(web.stage.server.url);
    if (!isScript || scripts.has(response.url())) return;
    const size = response.request().sizes();
    scripts.set(
      response.url(),
      size.then(({ responseBodySize }) => responseBodySize),
    );
  });
  await web.signIn(given, "Ann");
  await given.getByRole("heading", { name: "Needs a person" }).waitFor();
  await given.getByRole("slider", { name: /What ends/ }).waitFor();
  const bytes = (await Promise.all(scripts.values())).reduce((so, one) => so + one, 0);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(300_000);
  await given.getByRole("button", { name: /^Account of/ }).click();
  await given.getByRole("menuitem", { name: "Sign out" }).click();
  await given.getByRole("link", { name: /Sign in/ }).waitFor();
  const before = said.length;
  await given.goto(at("/applications"));
  await given.getByRole("link", { name: /Sign in/ }).waitFor();
  // the document says that nobody is there: nobody is asked for, and no refusal stands in the console
  expect(said.slice(before)).toEqual([]);
});

test("what was asked before the pages were there is asked again once changes are heard", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Rita");
  const asked: string[] = [];
  given.on("request", (request) => {
    if (/\/(overview|events)$/.test(request.url())) asked.push(request.url().replace(/.*\//, ""));
  });
  await given.goto(at(""));
  await expect.poll(() => asked).toEqual(["overview", "events", "overview"]);
});

test("a hostile name is text, on every page it is on", async (context) => {
  const given = await web.open(context);
  let fired = false;
  given.on("dialog", () => {
    fired = true;
  });
  await web.enter(given, "Rita");
  await show(given, "/applications?q=img", /<img src=x/);
  expect(await given.locator("main .chip").first().textContent()).toBe("U+202E");
  await given
    .getByRole("region", { name: "Applications" })
    .getByRole("link", { name: /img src/ })
    .click();
  await given.getByRole("heading", { level: 1, name: /<img src=x/ }).waitFor();
  expect(await given.locator("main img").count()).toBe(0);
  expect(fired).toBe(false);
});

test("all of it goes by keyboard: past the navigation, into the timeline, to an application by its name", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Rita");
  await show(given, "", /Now and next/);
  await given.keyboard.press("Tab");
  await given.keyboard.press("Enter");
  expect(await given.evaluate("document.activeElement?.id")).toBe("main");
  const timeline = given.getByRole("slider", { name: /What ends/ });
  await timeline.focus();
  const before = await timeline.getAttribute("aria-valuetext");
  await given.keyboard.press("ArrowRight");
  await expect.poll(() => timeline.getAttribute("aria-valuetext")).not.toBe(before);
  await given.keyboard.press("Escape");
  await timeline.focus();
  await given.keyboard.press("ArrowRight");
  await given.keyboard.press("Shift+ArrowRight");
  await given.getByText(/In the 2 weeks from/).waitFor();
  await given.keyboard.press("Enter");
  await given.waitForURL(/applications\?endsFrom=\d{4}-\d\d-\d\d&endsTo=/);
  await given.keyboard.press("Control+k");
  const find = given.getByRole("combobox", { name: /^Find an application/ });
  await find.waitFor();
  expect(await faultsOf(given)).toEqual([]);
  await given.keyboard.type("app-1");
  await given.getByRole("option", { name: /^app-1/ }).waitFor();
  await given.keyboard.press("ArrowDown");
  await expect.poll(() => given.getByRole("option", { selected: true }).textContent()).toMatch(/app-1/);
  await given.keyboard.press("Enter");
  await given.getByRole("heading", { level: 1, name: "app-1" }).waitFor();
  await given.keyboard.press("Control+k");
  await find.waitFor();
  await given.keyboard.type("app-2");
  await given.keyboard.press("Enter");
  await given.waitForURL(/applications\?q=app-2/);
  await given.getByRole("link", { name: "app-2" }).press("Enter");
  await given.getByRole("heading", { level: 1, name: "app-2" }).waitFor();
  await given.getByRole("tab", { name: /Credentials/ }).focus();
  await given.keyboard.press("ArrowRight");
  await given.keyboard.press("Enter");
  await given.waitForURL(/tab=targets/);
});

test("a life line goes by keyboard: rows, events that are spoken, zoom; Enter opens the credential, Back closes it", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Rita");
  await show(given, app("app-2"), /Client secrets/);
  const focused = () =>
    given.evaluate("document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent");
  const grid = given.getByRole("grid", { name: "Life line" });
  expect(await grid.locator("[tabindex='0']").count()).toBe(1);
  await given.getByRole("button", { name: "As a list" }).focus();
  await given.keyboard.press("Tab");
  const first = await focused();
  await given.keyboard.press("ArrowDown");
  await expect.poll(focused).not.toBe(first);
  await given.keyboard.press("End");
  await expect.poll(focused).toMatch(/^Ends, \w{3} \d+ \w{3} \d{4} at \d\d:\d\d:\d\d, as the directory has it/);
  await given.keyboard.press("Home");
  await expect.poll(focused).toMatch(/^(Issued|Began to work), /);
  const spoken = [String(await focused())];
  for (let last = ""; last !== spoken.at(-1); ) {
    last = spoken.at(-1) ?? "";
    await given.keyboard.press("ArrowRight");
    spoken.push(String(await focused()));
  }
  expect(spoken.length).toBeGreaterThan(2);
  // one stop: Tab leaves, and comes back to where it was
  await given.keyboard.press("Tab");
  expect(await grid.locator(":focus").count()).toBe(0);
  await given.keyboard.press("Shift+Tab");
  expect(await focused()).toBe(spoken.at(-1));
  await given.keyboard.press("+");
  await given.getByText("1 year are shown").waitFor({ state: "attached" });
  await given.waitForURL(/days=183/);
  await given.keyboard.press("0");
  await given.waitForURL(/days=365/);
  expect(await focused()).toBe(spoken.at(-1));
  await given.keyboard.press("Enter");
  await given.waitForURL(/\/credentials\/[\w-]+/);
  const opened = given.url();
  const drawer = given.getByRole("dialog");
  await drawer.getByRole("heading", { name: /What happened/ }).waitFor();
  for (const one of new Set(spoken.map((text) => text.replace(", outside of what is shown", ""))))
    await drawer.getByText(one, { exact: true }).waitFor();
  expect(await faultsEverywhere(given, "Credential")).toEqual([]);
  await given.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  expect(new URL(given.url()).pathname).toBe(new URL(at(app("app-2"))).pathname);
  await expect.poll(focused).toBe(spoken.at(-1));
  await given.goForward();
  await drawer.waitFor();
  await given.goBack();
  await drawer.waitFor({ state: "detached" });
  await given.getByRole("button", { name: "As a list" }).click();
  const list = given.getByRole("listitem");
  for (const one of new Set(spoken.map((text) => text.replace(", outside of what is shown", ""))))
    await list.filter({ hasText: one }).first().waitFor();
  await given.getByRole("button", { name: /^Details of / }).press("Enter");
  await drawer.waitFor();
  await given.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  await expect.poll(focused).toMatch(/^Details of /);
  // what does not answer says so and is asked again; what comes late has its shape before; what is not whole says so
  const answers = /\/api\/v1\/.*\/credentials\//;
  await given.route(answers, (route) => route.abort());
  await given.goto(at(`${app("app-2")}/credentials/${new URL(opened).pathname.split("/").at(-1)}`));
  await drawer.getByText("The server does not answer.").first().waitFor();
  await given.unroute(answers);
  await drawer.getByRole("button", { name: "Try again" }).click();
  await drawer.getByRole("heading", { name: /What happened/ }).waitFor();
  const gate = Promise.withResolvers<void>();
  await given.route(answers, async (route) => {
    await gate.promise;
    const response = await route.fetch();
    const json = await response.json();
    await route.fulfill({ response, json: { ...json, coverage: { ...json.coverage, complete: false } } });
  });
  await given.reload();
  await drawer.getByLabel("Loading").waitFor();
  gate.resolve();
  await drawer.getByText("Incomplete.").waitFor();
  await given.unroute(answers);
  // an address of its own, and one that leads nowhere
  await given.goto(at(`${app("app-2")}/credentials/00000000-0000-4000-8000-000000000000`));
  await drawer.getByText(/has no credential/).waitFor();
  await drawer.getByRole("button", { name: "Close" }).click();
  await drawer.waitFor({ state: "detached" });
  await given.getByRole("heading", { level: 1, name: "app-2" }).waitFor();
});

test("a Reader sees why a command does nothing", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Rita");
  await show(given, app("app-2"), /Client secrets/);
  const rotate = given.getByRole("button", { name: "Rotate now" });
  expect(await rotate.getAttribute("aria-disabled")).toBe("true");
  await rotate.focus();
  await given.locator("[role=tooltip]:visible", { hasText: "Needs the role Operator. Your role is Reader." }).waitFor();
});

test("an Admin approves, sees the rotation move by itself, and reveals its value with a reason; closed, it is gone", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Ann");
  const id = await web.stage.rotationOf("app-1");
  await show(given, `/rotations/${id}`, /If it stops here/);
  const bell = given.getByRole("button", { name: "3 applications need a person" });
  await bell.press("Enter");
  const waiting = given.getByRole("dialog", { name: "Needs a person" });
  await waiting.getByRole("link", { name: "app-1" }).waitFor();
  expect(await faultsEverywhere(given, "Bell")).toEqual([]);
  await given.keyboard.press("Escape");
  await waiting.waitFor({ state: "detached" });
  await expect.poll(() => bell.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true);
  // what has not changed is not said
  expect(await given.getByRole("status").filter({ hasText: "a person" }).count()).toBe(0);
  await given.getByRole("button", { name: "Approve" }).click();
  await given.getByRole("dialog").getByRole("button", { name: "Approve" }).click();
  await given.getByText("creation: entra:ann@contoso.example").waitFor();
  await web.stage.run();
  // nobody asks again: the stream tells
  const fewer = "2 applications need a person";
  await given
    .getByRole("status")
    .filter({ hasText: `${fewer}.` })
    .waitFor({ state: "attached" });
  await given.getByRole("button", { name: fewer }).click();
  await waiting.getByRole("link", { name: "All 2 that wait for approval" }).press("Enter");
  await given.waitForURL(/\/plan\?tab=waiting$/);
  await waiting.waitFor({ state: "detached" });
  await given.goBack();
  await given.getByRole("button", { name: "Reveal" }).click();
  const dialog = given.getByRole("dialog");
  const show60 = dialog.getByRole("button", { name: "Show for 60 seconds" });
  expect(await show60.isDisabled()).toBe(true);
  await dialog.getByRole("textbox", { name: "Reason" }).fill("the vendor lost the value");
  await show60.click();
  // while it shows a value it is an alert: a click outside must not close it
  const shown = given.getByRole("alertdialog");
  const value = (await shown.getByLabel("The value").textContent()) ?? "";
  expect(value.length).toBeGreaterThan(30);
  expect(web.stage.said.join()).not.toContain(value);
  await shown.getByRole("button", { name: "Close" }).click();
  await shown.waitFor({ state: "detached" });
  expect(await given.content()).not.toContain(value);
  await show(given, "/audit", /the vendor lost the value/);

  // the same from the credential's own drawer, which stays when the dialog over it goes
  const keyId = (await web.stage.manager.deps.store.rotation(id))?.issued?.keyId ?? "none";
  await given.goto(at(`${app("app-1")}/credentials/${keyId}`));
  const drawer = given.getByRole("dialog", { name: "made by hand" });
  await drawer.getByRole("button", { name: "Reveal" }).click();
  const over = given.getByRole("dialog", { name: "Reveal the value" });
  await over.getByRole("textbox", { name: "Reason" }).fill("the vendor lost it again");
  await over.getByRole("button", { name: "Show for 60 seconds" }).click();
  expect(await shown.getByLabel("The value").textContent()).toBe(value);
  await shown.getByRole("button", { name: "Close" }).click();
  await shown.waitFor({ state: "detached" });
  expect(await given.content()).not.toContain(value);
  await drawer.getByRole("button", { name: "Look into the sign-in log" }).click();
  await drawer.getByText(/^Nobody but Nolapse signed in with it since/).waitFor({ timeout: 60_000 });
  expect(await drawer.getByRole("list", { name: "The last sign-ins" }).getByRole("listitem").count()).toBeGreaterThan(
    0,
  );
  expect(await faultsEverywhere(given, "Credential with its log")).toEqual([]);
  await given.keyboard.press("Escape");
  await drawer.waitFor({ state: "detached" });
  // it was opened by its address: the focus goes to what would have opened it
  const row = given.getByRole("grid").locator(`[data-opens="${keyId}"]`);
  await expect.poll(() => row.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true);
  // the way on which nobody sees one
  await row.press("Enter");
  await drawer.getByRole("button", { name: "Reveal" }).click();
  expect(await faultsEverywhere(given, "Reveal")).toEqual([]);
  await over.getByRole("link", { name: "Rotate instead" }).press("Enter");
  await given.getByRole("dialog", { name: "Rotate app-1 now?" }).waitFor();
});

test("the theme is a person's own, and there before anything is drawn", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Rita");
  await show(given, "", /Now and next/);
  await given.getByRole("button", { name: /^Account of/ }).click();
  // a menu lies over its own place of the page alone: another one can still be pressed
  const below = await given.evaluate("document.elementFromPoint(400, 400)?.closest('#root') !== null");
  expect(below).toBe(true);
  await given.getByRole("menuitemradio", { name: "Dark" }).click();
  const reloaded = await given.context().request.get(web.stage.server.url);
  expect(await reloaded.text()).toContain('data-theme="dark"');
});

test("a rehearsal is asked for on its page, watched while it runs, and read when it is over", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Otto");
  await show(given, "/rehearsals", /No rehearsal yet/);
  const before = web.stage.directory.state();
  await given.getByRole("button", { name: "Rehearse…" }).click();
  const dialog = given.getByRole("dialog");
  // 20 days: one application ends in 10, and both stories are over in seconds
  await dialog.getByRole("spinbutton", { name: "Days" }).fill("20");
  await dialog.getByRole("spinbutton", { name: "Seed" }).fill("4");
  await dialog.getByRole("button", { name: "Rehearse" }).click();
  await given.waitForURL(/\/rehearsals\/[\da-f-]{36}$/);
  await given.getByRole("heading", { level: 1, name: "Rehearsing 20 days" }).waitFor();
  await given.getByRole("progressbar", { name: "How much of it is lived through" }).waitFor();
  expect(await given.getByRole("button", { name: "Stop here" }).isEnabled()).toBe(true);
  // nobody looks again by hand: the stream tells
  const verdict = given.getByRole("heading", { level: 1, name: /^No lapse in 20 days/ });
  await verdict.waitFor({ timeout: 60_000 });
  await given.getByText("nolapse rehearse --days 20 --runs 1 --seed 4").waitFor();
  await given.getByText("As a table").click();
  await given.getByRole("row", { name: /app-1/ }).waitFor();
  expect(await faultsEverywhere(given, "A rehearsal's report")).toEqual([]);
  const href = await given.getByRole("link", { name: "HTML report" }).getAttribute("href");
  const file = await given.context().request.get(`${web.stage.server.url}${href}`);
  expect(await file.text()).toContain("<!doctype html>");
  await show(given, "/rehearsals", /nolapse rehearse --days 20/);
  expect(web.stage.directory.state()).toEqual(before);
});
