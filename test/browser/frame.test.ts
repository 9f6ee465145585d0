/** What stands around every page: what holds writing back and the way out, how old what is shown is, on a phone as well. */
import { expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { faultsEverywhere, portal, throughAuthority } from "./portal.ts";

const web = portal();
const { show } = web;

/** Stops it in a person's name, opens the breaker, and lets a scan lose what it knew. */
async function held(): Promise<void> {
  const { store, settings, clock } = web.stage.manager.deps;
  const { tenantId } = settings;
  const at = await clock.now();
  const audit = { tenantId, at, actor: "x", rotation: null, appId: null, keyId: null, reason: null, details: {} };
  await store.turn(tenantId, "breaker", { at, why: "the last 3 acceptances failed" }, { ...audit, action: "breaker" });
  await store.turn(tenantId, "removalOff", { at, why: "a backup was restored" }, { ...audit, action: "removal-off" });
  const last = await store.lastScan(tenantId);
  if (last === null) throw new Error("it was scanned");
  await store.recordScan({ ...last, scannedAt: at }, []);
}

test("what holds writing back opens to its reasons and the way out; the word to go on says before what it does, and after what came of it", async (context) => {
  const given = await web.open(context);
  await given.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await held();
  await web.enter(given, "Ann");
  await show(given, "/health", /checks? wants?|Everything Nolapse needs/);
  const paused = given.getByRole("button", { name: "Paused" });
  await paused.press("Enter");
  const reasons = given.getByRole("dialog", { name: "Paused" });
  await reasons.getByText(/^Nolapse paused by itself on Sat 1 Mar 2031, 13:00: the last 3/).waitFor();
  await reasons.getByText(/no longer saw 100 % of the known objects/).waitFor();
  await reasons.getByRole("button", { name: "Copy Command" }).click();
  expect(await given.evaluate("navigator.clipboard.readText()")).toBe("nolapse resume --tenant contoso");
  expect(await faultsEverywhere(given, "Paused")).toEqual([]);
  await given.keyboard.press("Escape");
  await reasons.waitFor({ state: "detached" });
  await given.getByRole("button", { name: "No removals" }).click();
  await given
    .getByRole("dialog", { name: "No removals" })
    .getByText(/a backup was restored/)
    .waitFor();
  await given.keyboard.press("Escape");
  // nobody has pressed Pause: both are there
  await given.getByRole("button", { name: "Pause all writing" }).waitFor();
  await given.getByRole("button", { name: "Let writing go on" }).click();
  const dialog = given.getByRole("dialog");
  await dialog.getByText(/^The breaker of .* closes: the last 3 acceptances failed/).waitFor();
  await dialog.getByText(/On your word they are really gone, and are forgotten/).waitFor();
  await dialog.getByText("No rotation is halted.").waitFor();
  expect(await faultsEverywhere(given, "Let writing go on")).toEqual([]);
  await dialog.getByRole("button", { name: "Go on" }).click();
  await dialog.getByText("Writing goes on.").waitFor();
  await dialog.getByText(/^\d+ objects that scans no longer see are forgotten/).waitFor();
  await dialog.getByRole("button", { name: "Close" }).click();
  await paused.waitFor({ state: "detached" });
  expect(await given.getByRole("button", { name: "Let writing go on" }).count()).toBe(0);
  expect(await given.getByRole("button", { name: /^Copy What to do about/ }).count()).toBeGreaterThan(0);
});

test("a phone says under the page's sentence how old it is, above it which tenant, and what holds writing back", async (context) => {
  const given = await web.open(context, { width: 390 });
  await web.enter(given, "Ann");
  await web.stage.run();
  const { store, settings, clock } = web.stage.manager.deps;
  const audit = { tenantId: settings.tenantId, actor: "x", action: "stop", rotation: null, appId: null, keyId: null };
  const at = await clock.now();
  await store.turn(settings.tenantId, "stopped", { at, by: "somebody" }, { ...audit, at, reason: null, details: {} });
  await show(given, "", /Now and next/);
  await given.getByText("contoso", { exact: true }).waitFor();
  await given.getByRole("button", { name: "Paused" }).waitFor();
  const top = async (part: ReturnType<typeof given.locator>) => (await part.boundingBox())?.y ?? Number.NaN;
  const stamp = given.locator("main .stamp").filter({ visible: true });
  const [sentence, seen, figures] = [
    await top(given.getByRole("heading", { level: 1 })),
    await top(stamp),
    await top(given.getByText("Rotation debt")),
  ];
  expect(sentence < seen && seen < figures).toBe(true);
  await store.turn(settings.tenantId, "stopped", null, { ...audit, at, reason: null, details: {} });
  await show(given, "/health", /checks? wants?|Everything Nolapse needs/);
  expect(await top(given.getByRole("heading", { level: 1 }))).toBeLessThan(await top(stamp));
  expect(await faultsEverywhere(given, "Health on a phone")).toEqual([]);
  // between a phone and a desk the stamp is an icon, which has its words as the places beside it have
  await given.setViewportSize({ width: 800, height: 800 });
  await expect.poll(() => given.locator("nav .stamp").getAttribute("title")).toMatch(/^Complete scan, /);
  // as many words as there may be find their place beside the tenant
  await store.turn(settings.tenantId, "stopped", { at, by: "somebody" }, { ...audit, at, reason: null, details: {} });
  await web.stage.admission.failed(new NolapseError("directory-unreachable", "Graph did not answer"));
  await given.getByRole("button", { name: "Scan failed" }).waitFor();
  for (const width of [1024, 800, 640]) {
    await given.setViewportSize({ width, height: 800 });
    for (const name of ["Paused", "No removals", "Scan failed", "Find an application or key id (Ctrl+K)"]) {
      const box = await given.getByRole("button", { name }).boundingBox();
      expect([width, name, (box?.x ?? width) + (box?.width ?? 0) <= width]).toEqual([width, name, true]);
    }
    expect([width, await given.evaluate("document.documentElement.scrollWidth")]).toEqual([width, width]);
  }
  await store.turn(settings.tenantId, "stopped", null, { ...audit, at, reason: null, details: {} });
  await web.stage.run();
});

test("the scan stamp ages while nobody answers: no tick, then amber, then red with the day of the last scan", async (context) => {
  const given = await web.open(context);
  await web.stage.run();
  await web.enter(given, "Rita");
  await given.clock.install();
  await show(given, "", /Now and next/);
  const stamp = given.locator("nav .stamp");
  await stamp.locator("svg.fine").waitFor();
  await stamp.getByText(/^Complete scan, /).waitFor();
  await given.route("**/api/v1/**", (route) => route.abort());
  await given.clock.fastForward(10 * 60_000);
  await stamp.getByText(/^Nothing was heard of the server since Sat 1 Mar 2031/).waitFor();
  await stamp.locator("svg.urgent").waitFor();
  await given.clock.fastForward(3 * 24 * 3_600_000);
  await stamp.locator("svg.ended").waitFor();
  await stamp.getByText("Last complete scan Sat 1 Mar").waitFor();
  await given.unroute("**/api/v1/**");
  await given.clock.fastForward(120_000);
  await stamp.locator("svg.fine").waitFor();
});

test("an owner has the tenant's own time and the scan's age", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Oswin");
  await show(given, "/mine", /You own 1 application/);
  await given
    .locator("nav .stamp")
    .getByText(/^Complete scan, /)
    .waitFor();
  await given.getByRole("link", { name: "app-1" }).click();
  const end = given.locator("dt", { hasText: "Signs in until" }).locator("xpath=following-sibling::dd").locator("time");
  const instant = (await end.getAttribute("datetime")) ?? "";
  const here = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Amsterdam", hour: "2-digit", minute: "2-digit" });
  expect(await end.textContent()).toContain(here.format(Date.parse(instant)));
});

test("a rotation is announced step by step, and says who began it and what happened; its application has what came of it", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Rita");
  const id = await web.stage.rotationOf("app-1");
  await show(given, `/rotations/${id}`, /If it stops here/);
  const steps = given.getByRole("heading", { name: "What happened" }).locator("xpath=..").getByRole("listitem");
  await expect.poll(() => steps.last().textContent()).toMatch(/planned.*nolapse$/);
  await given.getByText("Begun by").waitFor();
  const said = given.getByRole("status").filter({ hasText: "In overlap" });
  expect(await said.count()).toBe(0);
  await web.stage.until(id, "verified");
  await said.waitFor({ state: "attached" });
  await expect.poll(() => steps.first().textContent()).toMatch(/verified/);
  expect(await faultsEverywhere(given, "Rotation with what happened")).toEqual([]);

  await show(given, `${web.app("app-1")}?tab=targets`, /Verified/);
  await given.getByText("Taken up within 1 minute").waitFor();
  expect(await faultsEverywhere(given, "Targets of an application")).toEqual([]);
  await show(given, `${web.app("app-1")}?tab=activity`, /client secret/);
  await given.getByRole("img", { name: /^4 of 5 proven/ }).waitFor();

  const { servicePrincipal } = await (
    await given.context().request.get(`${web.stage.server.url}/api/v1/t/contoso${web.app("app-1")}`)
  ).json();
  await web.stage.graph("PATCH", `/servicePrincipals/${servicePrincipal}`, { accountEnabled: false });
  await web.stage.run();
  await show(given, web.app("app-1"), /Its service principal is disabled: nobody signs in/);
  await given.getByText("Switched off in Entra ID: nobody signs in.").waitFor();
  await given.getByText(servicePrincipal).waitFor();
  expect(await faultsEverywhere(given, "Application that is switched off")).toEqual([]);
});

test("pressed again after a lost answer it is the same request: one rotation is opened, and its page comes", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Otto");
  await show(given, `${web.app("app-2")}?new=rotation`, /Client secrets/);
  const dialog = given.getByRole("dialog", { name: "Rotate app-2 now?" });
  await dialog.getByText("1 can be rotated, 0 cannot.").waitFor();
  const keys: (string | undefined)[] = [];
  await given.route(/\/applications\/[^/]+\/rotate$/, async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length > 1) return route.continue();
    await route.fetch();
    await route.abort();
  });
  await dialog.getByRole("button", { name: "Rotate now" }).click();
  await dialog.getByText("It is not known yet whether Entra ID was changed.").waitFor();
  await dialog.getByText(/nothing is made twice/).waitFor();
  expect(await faultsEverywhere(given, "A lost answer")).toEqual([]);
  await dialog.getByRole("button", { name: "Rotate now" }).click();
  await given.waitForURL(/\/rotations\//);
  expect(keys.length).toBe(2);
  expect(keys[0]).toBe(keys[1]);
  const { appId } = web.stage.application("app-2");
  expect(await web.stage.manager.deps.store.rotations({ appId })).toHaveLength(1);
});

test("a session that is over lies over the page: one signs in beside it, and goes on with what one has typed", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Otto");
  await show(given, "/rehearsals", /No rehearsal yet/);
  await given.getByRole("button", { name: "Rehearse…" }).click();
  const days = given.getByRole("spinbutton", { name: "Days" });
  await days.fill("21");
  const [{ name, value } = { name: "", value: "" }] = await given.context().cookies();
  const cookie = `${name}=${value}`;
  const { csrf } = (await web.stage.ask("/api/v1/me", { headers: { cookie } })).body;
  await web.stage.visitor(cookie, csrf).post("/auth/sign-out");
  await given.getByRole("dialog").getByRole("button", { name: "Rehearse" }).click();
  const over = given.getByRole("alertdialog", { name: "You are signed out" });
  await over.getByRole("button", { name: "I have signed in" }).waitFor();
  expect(await faultsEverywhere(given, "Signed out")).toEqual([]);
  // the next change ends the stream, and without a session none is opened
  await web.stage.run();
  await given.getByText("Live updates stopped. Trying again.").waitFor({ state: "attached" });
  const [beside] = await Promise.all([
    given.context().waitForEvent("page"),
    over.getByRole("link", { name: "Sign in again" }).click(),
  ]);
  await throughAuthority(beside, "Otto");
  await beside.waitForURL(/\/rehearsals$/);
  await beside.close();
  // the page may have asked by itself by now, as it does when one comes back to it
  const pressed =
    "[...document.querySelectorAll('[role=alertdialog] button')].find((one) => /signed in/.test(one.textContent))";
  await given.evaluate(`${pressed}?.click()`);
  await over.waitFor({ state: "detached" });
  expect(await days.inputValue()).toBe("21");
  await given.getByRole("dialog").getByRole("button", { name: "Rehearse" }).click();
  await given.waitForURL(/\/rehearsals\/[\da-f-]{36}$/);
  // changes are heard again
  await expect.poll(() => given.getByText("Live updates stopped").count()).toBe(0);
});

test("the clock is a person's own; a time that is reached says what it is by both, and is copied as what it is to everybody", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Rita");
  await given.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const browser = await given.context().newCDPSession(given);
  await browser.send("Emulation.setTimezoneOverride", { timezoneId: "America/New_York" });
  await web.show(given, web.app("app-2"), /Client secrets/);
  const time = given.locator("main dd time, main p time").first();
  const told = () => time.getAttribute("title");
  expect(await told()).toMatch(/^[^;]+ Europe\/Amsterdam; [^;]+ America\/New_York; \d{4}-\d\d-\d\dT[\d:.]+Z$/);
  await given.getByRole("button", { name: /^Account of/ }).click();
  await given.getByRole("menuitemradio", { name: "My time zone (America/New_York)" }).click();
  await given.keyboard.press("Escape");
  await given.reload();
  const instant = String(await time.getAttribute("datetime"));
  expect(await told()).toMatch(/^[^;]+ America\/New_York; [^;]+ Europe\/Amsterdam; /);
  await given.getByRole("tab", { name: /Credentials/ }).focus();
  await time.focus();
  await given.getByRole("tooltip").getByText(instant).waitFor();
  await given.keyboard.press("Control+c");
  expect(await given.evaluate("navigator.clipboard.readText()")).toBe(instant);
  await given.keyboard.press("Escape");
  await given.getByRole("tooltip").waitFor({ state: "detached" });
  expect(await faultsEverywhere(given, "Times that are reached")).toEqual([]);
  await time.dblclick();
  await given.keyboard.press("Control+c");
  expect(await given.evaluate("navigator.clipboard.readText()")).toBe(instant);
});
