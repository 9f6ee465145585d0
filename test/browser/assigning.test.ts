/** A policy and an owner for applications chosen in the list: what they have now, and the lines, exactly as they are to be written. */
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal();
const { show } = web;

/** Chooses these in the list, as Rita, who only looks. */
async function choose(context: Parameters<typeof web.open>[0], ...names: string[]) {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await show(page, "/applications", /app-2/);
  for (const name of names) await page.getByRole("checkbox", { name: `Select ${name}`, exact: true }).check();
  return { page, bar: page.getByRole("toolbar", { name: "What is chosen" }), dialog: page.getByRole("dialog") };
}

test("a policy: what each has and why, the lines of the file, what to do then, and the focus back", async (context) => {
  const { page, bar, dialog } = await choose(context, "app-2", "stranger", "reader-robot");
  const opener = bar.getByRole("button", { name: "Policy…" });
  await opener.focus();
  await page.keyboard.press("Enter");
  await dialog.getByRole("heading", { name: "A policy for 3 applications" }).waitFor();
  await dialog.getByText("2 have default, the default: no entry names them").waitFor();
  await dialog.getByText("1 has quick, named in their own entry").waitFor();
  const field = dialog.getByRole("combobox", { name: "Policy they should have" });
  await field.click();
  await page.getByRole("option", { name: "quick" }).click();
  await dialog.getByText("2 applications get quick by it; 1 has it.").waitFor();
  expect(await faultsEverywhere(page, "A policy, lines")).toEqual([]);
  await dialog.getByRole("button", { name: "Copy lines" }).click();
  await dialog.getByText("Copied.").waitFor();
  const copied = await page.evaluate("navigator.clipboard.readText()");
  for (const name of ["stranger", "reader-robot"])
    expect(copied).toContain(
      `  - match: { appId: ${web.stage.application(name).appId} } # ${name}\n    policy: quick\n`,
    );
  expect(copied).not.toContain(web.stage.application("app-2").appId);
  await dialog.getByText("2 applications of these have no target", { exact: false }).waitFor();
  await field.click();
  await page.getByRole("option", { name: "default" }).click();
  await dialog.getByRole("list", { name: "Entries to change" }).getByText("app-2, in place of quick").waitFor();
  expect(await faultsEverywhere(page, "A policy, entries")).toEqual([]);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => opener.evaluate((one) => one === one.ownerDocument.activeElement)).toBe(true);
});

test("an owner: one who is known, or a sign-in name; what a shell would take for more is refused", async (context) => {
  const { page, bar, dialog } = await choose(context, "app-2", "stranger");
  await bar.getByRole("button", { name: "Owner…" }).click();
  await dialog.getByText("1 has no owner, 1 has one, 0 have two or more.").waitFor();
  const field = dialog.getByRole("combobox", { name: "Person" });
  await field.fill("x@y; rm -rf /");
  await dialog.getByText("A sign-in name like anna@contoso.com, or an object id.").waitFor();
  expect(await dialog.getByRole("region", { name: "Lines" }).count()).toBe(0);
  await field.fill("new@contoso.example");
  const lines = dialog.getByRole("region", { name: "Lines" });
  await expect.poll(() => lines.textContent()).toContain("az ad user show --id new@contoso.example");
  expect((await lines.textContent())?.trim().split("\n")).toHaveLength(2);
  expect(await faultsEverywhere(page, "An owner")).toEqual([]);
  await field.fill("");
  await page.keyboard.press("ArrowDown");
  await page.getByRole("option", { name: /^Rita \([\da-f]{8}\)$/ }).click();
  await dialog.getByText("1 line, for a shell or PowerShell", { exact: false }).waitFor();
  await dialog.getByText("1 is owned already.", { exact: false }).waitFor();
  expect(await lines.textContent()).toContain(`--id ${web.stage.application("stranger").appId} `);
  expect(web.said).toEqual([]);
});

test("all that the filter finds are taken as they were seen", async (context) => {
  const { page, bar, dialog } = await choose(context);
  await page.getByRole("checkbox", { name: /^Select all \d+ that match/ }).focus();
  await page.keyboard.press("Space");
  const all = Number(/\d+/.exec((await bar.getByRole("status").textContent()) ?? "")?.[0]);
  const sent: unknown[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/applications/chosen")) sent.push(request.postDataJSON());
  });
  await bar.getByRole("button", { name: "Policy…" }).click();
  await dialog.getByRole("heading", { name: `A policy for ${all} applications` }).waitFor();
  await dialog.getByText(/the default: no entry names them/).waitFor();
  expect(sent).toEqual([{ query: { type: "application", total: all } }]);
});
