/** Many applications are chosen in the list and rotated at once: exactly those that were seen. */
import { renameSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal({ policy: { approval: "issue" } });
const { show } = web;

test("one alone is looked at before in the same way: what can and what cannot, its targets, the writes, the last safe moment", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, `${web.app("app-2")}?new=rotation`, /Client secrets/);
  const dialog = page.getByRole("dialog", { name: "Rotate app-2 now?" });
  await dialog.getByText("1 can be rotated, 0 cannot.").waitFor();
  await dialog.getByText("delivered to app-2 and verified there").waitFor();
  await dialog.getByText(/Last safe moment: .*: a renewal that begins later may come too late\./).waitFor();
  await dialog.getByText(/^1 new credential, 1 delivery, 1 removal. The last new one is made by/).waitFor();
  const check = (text: string | RegExp) => dialog.getByRole("listitem").filter({ hasText: text });
  await check(/^app-2policyMay begin at once/)
    .getByLabel("good")
    .waitFor();
  await check(/^Approvals/)
    .getByText("Your word is enough.")
    .waitFor();
  await check(/^own sign-in/)
    .getByLabel("good")
    .waitFor();
  await check(/^rotate what it owns/)
    .getByText("Application.ReadWrite.OwnedBy")
    .waitFor();
  await check(/^app-2targets/)
    .getByText("env-file: is there and can be written")
    .waitFor();
  expect(await faultsEverywhere(page, "Rotate one")).toEqual([]);
  await dialog.getByRole("checkbox", { name: "Also what is not due yet" }).uncheck();
  await dialog.getByText("0 can be rotated, 1 cannot.").waitFor();
  await check(/^app-2policyCannot: .*\[not-due\]/)
    .getByLabel("failed")
    .waitFor();
  expect(await dialog.getByRole("button", { name: "Rotate now" }).isDisabled()).toBe(true);
});

test("what is tried beforehand and fails keeps it from being begun: which place, and what to do", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  const place = join(web.stage.folder, "app-2");
  renameSync(place, `${place}-moved`);
  await show(page, `${web.app("app-2")}?new=rotation`, /Client secrets/);
  const dialog = page.getByRole("dialog", { name: "Rotate app-2 now?" });
  const row = dialog.getByRole("listitem").filter({ hasText: /^app-2targets/ });
  await row.getByLabel("failed").waitFor();
  await row.getByRole("button", { name: "Copy What to do about app-2" }).waitFor();
  await dialog.getByText("1 check has failed (app-2): nothing could be brought to its end.").waitFor();
  expect(await dialog.getByRole("button", { name: "Rotate now" }).isDisabled()).toBe(true);
  expect(await faultsEverywhere(page, "A preflight that fails")).toEqual([]);
  renameSync(`${place}-moved`, place);
  await page.reload();
  await row.getByLabel("good").waitFor();
  await expect.poll(() => dialog.getByRole("button", { name: "Rotate now" }).isDisabled()).toBe(false);
});

test("a target that failed leaves out its slots alone: the others are asked for by their names", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await page.route(/\/rotate\/preflight$/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    const gone = { area: "targets", name: "vault", state: "failed", says: "it refuses the write", fix: null };
    const slots = [...json.slots, { slot: "blue", targets: ["vault"] }];
    await route.fulfill({ response, json: { ...json, checks: [...json.checks, gone], slots } });
  });
  let asked: unknown;
  await page.route(/\/rotate$/, async (route) => {
    asked = route.request().postDataJSON();
    await route.fulfill({ json: { opened: 0, rotations: [], refused: [] } });
  });
  await show(page, `${web.app("app-2")}?new=rotation`, /Client secrets/);
  const dialog = page.getByRole("dialog", { name: "Rotate app-2 now?" });
  await dialog.getByText("vault failed: slot blue is left out.").waitFor();
  const verb = dialog.getByRole("button", { name: "Rotate now" });
  await expect.poll(() => verb.isDisabled()).toBe(false);
  expect(await faultsEverywhere(page, "A preflight that fails for one slot")).toEqual([]);
  await verb.press("Enter");
  await expect.poll(() => asked).toEqual({ now: true, slots: ["default"] });
});

test("all that match are chosen but one, seen before what comes of it, and rotated with one request", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, "/applications", /app-2/);
  await page.getByRole("checkbox", { name: /^Select all \d+ that match/ }).focus();
  await page.keyboard.press("Space");
  const bar = page.getByRole("toolbar", { name: "What is chosen" });
  const all = Number(/\d+/.exec((await bar.getByRole("status").textContent()) ?? "")?.[0]);
  await page.getByRole("checkbox", { name: "Select carried" }).uncheck();
  await bar.getByText(`${all - 1} selected`).waitFor();
  expect(await faultsEverywhere(page, "A selection")).toEqual([]);
  expect(await bar.getByRole("link", { name: "Export" }).getAttribute("href")).toContain(
    `except=${web.stage.application("carried").objectId}`,
  );
  await bar.getByRole("button", { name: "Rotate…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/cannot: no entry in the configuration names this application/).waitFor();
  await dialog.getByText(/The last new one is made by/).waitFor();
  expect(await faultsEverywhere(page, "Rotate many")).toEqual([]);
  const sent: (string | undefined)[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/applications/rotate")) sent.push(request.headers()["idempotency-key"]);
  });
  await dialog.getByRole("button", { name: /^Rotate \d+$/ }).click();
  await dialog.getByText(/rotations? opened/).waitFor();
  expect(sent).toEqual([expect.stringMatching(/^[\da-f-]{36}$/)]);
  expect(await web.stage.rotationOf("app-2")).not.toBe("none");
  await dialog.getByRole("button", { name: "Close" }).click();
  await bar.getByRole("button", { name: "Clear selection" }).click();
  await page.getByRole("searchbox", { name: /Search by name/ }).waitFor();
});

test("what is rotated is what was seen when the dialog opened, whatever the list behind it finds since", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, "/applications", /app-2/);
  await page.getByRole("checkbox", { name: /^Select all \d+ that match/ }).focus();
  await page.keyboard.press("Space");
  const bar = page.getByRole("toolbar", { name: "What is chosen" });
  const all = Number(/\d+/.exec((await bar.getByRole("status").textContent()) ?? "")?.[0]);
  await bar.getByRole("button", { name: "Rotate…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/can be rotated/).waitFor();
  await web.stage.graph("POST", "/applications", { displayName: "latecomer" });
  await web.stage.run();
  // behind the dialog, where it is nobody's to reach
  await page
    .locator(".chosen")
    .getByText(`${all + 1} selected`)
    .waitFor();
  expect(await dialog.getByRole("heading", { name: `Rotate ${all} applications?` }).count()).toBe(1);
  const sent: unknown[] = [];
  page.on("request", (request) => {
    if (/applications\/rotate(\/check)?$/.test(request.url())) sent.push(request.postDataJSON());
  });
  await dialog.getByRole("checkbox", { name: "Also what is not due yet" }).uncheck();
  await dialog.getByText(`${all + 1} match now, and ${all} were seen`).waitFor();
  expect(sent).toEqual([{ query: expect.objectContaining({ total: all }), now: false }]);
});
