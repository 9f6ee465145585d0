/** The page Audit: newest first, backwards and forwards by the address, of one application, and what it says of a chain that is broken. */

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal();
const { show, at } = web;

const trail = async () => {
  const { deps } = web.stage.manager;
  return (await deps.store.auditPage(deps.settings.tenantId, { limit: 1_000 })).map(({ sequence }) => sequence);
};

type Page = Awaited<ReturnType<typeof web.open>>;
const numbers = async (page: Page) =>
  (await page.locator("tbody th").allTextContents()).map((text) => Number.parseInt(text, 10));

test("comes newest first and says that it is unbroken; Earlier and Later go the right way, and Back to where one was", async (context) => {
  const { deps } = web.stage.manager;
  const line = { tenantId: deps.settings.tenantId, actor: "nolapse", action: "stop", rotation: null, appId: null };
  const at0 = await deps.clock.now();
  for (let count = 0; count < 210; count += 1)
    await deps.store.audit({ ...line, at: at0, keyId: null, reason: null, details: { count } });
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, "/audit", /unbroken since/);
  const all = await trail();
  await page.getByText(`${all.length} entries, unbroken since Sat 1 Mar 2031.`).waitFor();
  expect(await numbers(page)).toEqual(all.slice(0, 200));
  expect(await page.getByRole("button", { name: "Later" }).count()).toBe(0);
  await page.getByRole("button", { name: "Earlier" }).click();
  await page.waitForURL(`**/audit?before=${all[199]}`);
  await expect.poll(() => numbers(page)).toEqual(all.slice(200));
  expect(await page.getByRole("button", { name: "Earlier" }).count()).toBe(0);
  await page.getByRole("button", { name: "Later" }).click();
  await page.waitForURL(/audit\?after=/);
  await expect.poll(() => numbers(page)).toEqual(all.slice(0, 200));
  await page.goBack();
  await expect.poll(() => numbers(page)).toEqual(all.slice(200));
});

test("names applications and leads to them and to their rotations; from an application's activity it is of that one alone", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, `${web.app("app-1")}?tab=activity`, /entry by entry/);
  await page.getByRole("link", { name: /entry by entry/ }).click();
  await page.waitForURL(`**/audit?application=${web.stage.application("app-1").appId}`);
  await page.getByRole("button", { name: "Only app-1" }).waitFor();
  const links = page.locator("tbody").getByRole("link", { name: "app-1" });
  expect(await links.count()).toBe((await numbers(page)).length);
  expect(await faultsEverywhere(page, "Audit of one application")).toEqual([]);
  await page.getByRole("combobox", { name: "What" }).click();
  await page.getByRole("option", { name: "The new credential was created", exact: true }).click();
  await page.waitForURL(/action=issued/);
  expect(await page.getByRole("combobox", { name: "What" }).textContent()).toBe("What: The new credential was created");
  await expect.poll(() => numbers(page).then(({ length }) => length)).toBe(1);
  const id = await web.stage.rotationOf("app-1");
  await page.getByRole("link", { name: id }).click();
  await page.waitForURL(`**/rotations/${id}`);
  await page.goBack();
  await links.first().click();
  await page.getByRole("heading", { level: 1, name: "app-1" }).waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "Only app-1" }).click();
  await page.waitForURL(/audit\?action=issued$/);
});

test("where nothing matches it says so, and of which application", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, `/audit?application=${web.stage.application("app-1").appId}&action=resume`, /No entry matches/);
  await page.getByRole("button", { name: "Only app-1" }).waitFor();
});

test("a hostile name is text there, too", async (context) => {
  const { deps } = web.stage.manager;
  const [name] = [...web.stage.directory.state().applications]
    .map(({ entity }) => entity)
    .filter(({ displayName }) => String(displayName).startsWith("<img"));
  const about = { tenantId: deps.settings.tenantId, rotation: null, keyId: null, reason: null };
  await deps.store.audit({
    ...about,
    at: await deps.clock.now(),
    actor: "<b>who</b>",
    action: "stop",
    appId: String(name?.appId),
    details: { why: "<img src=x>" },
  });
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, "/audit", /<b>who<\/b>/);
  expect(await page.locator("tbody tr", { hasText: "<b>who" }).locator("bdi .chip").first().textContent()).toBe(
    "U+202E",
  );
  expect(await page.locator("main img, main b").count()).toBe(0);
});

test("a broken chain is said in red, with the entry and both hashes; it can still be exported", async (context) => {
  const [newest = 0] = await trail();
  const raw = new DatabaseSync(join(web.stage.folder, "nolapse.db"));
  raw.exec("DROP TRIGGER audit_is_append_only_update");
  raw.exec(`UPDATE audit SET actor = 'nobody' WHERE sequence = ${newest - 3}`);
  raw.close();
  web.stage.directory.clock.advance(86_400_000);
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await show(page, "/audit", /The trail is broken/);
  await page
    .getByText(/is not what was sealed/)
    .first()
    .waitFor();
  const hashes = page.locator("main").getByText(/^(sealed|found) [0-9a-f]{64}$/);
  expect(await hashes.count()).toBe(2);
  expect(await faultsEverywhere(page, "A broken trail")).toEqual([]);
  await page.getByRole("link", { name: "Show where" }).click();
  await page.waitForURL(`**/audit?before=${newest - 2}`);
  await expect.poll(() => numbers(page).then(([first]) => first)).toBe(newest - 3);
  const exported = await page.context().request.get(at("").replace("/t/contoso", "/api/v1/t/contoso/audit/export"));
  expect(exported.status()).toBe(200);
});
