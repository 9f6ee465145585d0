/** Two tenants of one server, both open and both looked at: rows of both in one order, each with its tenant, and nothing of the one under the other. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal({ both: true, only: ["app-1", "mighty"] });
const address = (path: string) => `${web.stage.server.url}${path}`;

interface Listed {
  readonly tenant: string;
  readonly objectId: string;
  readonly displayName: string;
  readonly signsInUntil: string | null;
}

/** What each tenant says for itself, of both as one: what stops first is first, or last. */
async function listed(query = "", isTurned = false): Promise<readonly Listed[]> {
  const rita = await web.stage.signIn("Rita");
  const of = async (tenant: string) => {
    const { body } = await rita.get(`/api/v1/t/${tenant}/applications?type=application${query}`);
    return (body.items as Listed[]).map((one) => ({ ...one, tenant }));
  };
  const at = ({ signsInUntil }: Listed) => Date.parse(signsInUntil ?? "9999-12-31");
  const by = (a: Listed, b: Listed) => (isTurned ? at(b) - at(a) : at(a) - at(b));
  return [...(await of("contoso")), ...(await of("fabrikam"))].toSorted(by);
}

const shown = (page: Page) =>
  page
    .locator("[role=grid] [role=row] [role=gridcell]:first-child a")
    .evaluateAll((all: { href: string }[]) => all.map(({ href }) => href));
const linkOf = ({ tenant, objectId }: Listed) => address(`/t/${tenant}/applications/${objectId}`);

test("where Nolapse only looks, the last step says the line that changes it, and what must be granted before", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Ann");
  await page.goto(address("/t/fabrikam/welcome"));
  const part = page.getByRole("region", { name: "Let Nolapse renew" });
  expect(await part.locator("pre").textContent()).toBe("mode: propose\n");
  await part.getByText("Application.ReadWrite.OwnedBy", { exact: true }).waitFor();
  await part.getByText(/^az ad app permission add --id .*=Role && az ad app permission admin-consent/).waitFor();
  expect(await faultsEverywhere(page, "Welcome, only looking")).toEqual([]);
});

test("rows of both are one list in the order that it says, each with its tenant, whichever of them are asked for", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.goto(address("/all/applications"));
  const both = await listed();
  // neither is simply behind the other
  const tenants = both.map(({ tenant }) => tenant);
  expect(tenants.indexOf("fabrikam")).toBeLessThan(tenants.indexOf("contoso"));
  expect(tenants.lastIndexOf("fabrikam")).toBeGreaterThan(tenants.indexOf("contoso"));
  await expect.poll(() => shown(page)).toEqual(both.map(linkOf));
  await page.getByText(`${both.length} applications`, { exact: true }).waitFor();
  expect(await page.getByRole("columnheader").allTextContents()).toEqual([
    "Display name",
    "Tenant",
    "Credentials",
    "Life line",
    "What happens next",
    "Signs in until",
    "Owner",
  ]);
  await page
    .getByRole("row", { name: /^brittle fabrikam / })
    .getByRole("link", { name: "fabrikam" })
    .waitFor();
  expect(await page.getByText("Not all of every tenant is here.").count()).toBe(0);
  expect(await faultsEverywhere(page, "App registrations of two tenants")).toEqual([]);
  await page.getByRole("combobox", { name: "Order" }).click();
  await page.getByRole("option", { name: "name", exact: true }).click();
  await page.waitForURL(/sort=displayName/);
  const byName = both.toSorted((a, b) => (a.displayName.toLowerCase() < b.displayName.toLowerCase() ? -1 : 1));
  await expect.poll(() => shown(page)).toEqual(byName.map(linkOf));
  await page.goto(address("/all/applications?sort=-signsInUntil"));
  await expect.poll(() => shown(page)).toEqual((await listed("&sort=-signsInUntil", true)).map(linkOf));
});

test("every filter of the one tenant's list is there for both, in the address, with the counts of both", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.goto(address("/all/applications"));
  const pills = page.locator(".filters").getByRole("combobox");
  const names = () =>
    pills.evaluateAll((all: { getAttribute(name: string): string | null }[]) =>
      all.map((one) => one.getAttribute("aria-label")),
    );
  await expect.poll(names).toContain("Policy");
  const ofAll = await names();
  await page.getByRole("combobox", { name: "Kind" }).click();
  const both = await listed("&kind=secret");
  expect(new Set(both.map(({ tenant }) => tenant)).size).toBe(2);
  await page.getByRole("option", { name: `secret (${both.length})` }).click();
  await page.waitForURL(/kind=secret/);
  await expect.poll(() => shown(page)).toEqual(both.map(linkOf));
  await page.getByRole("combobox", { name: "Managed" }).click();
  await page.getByRole("option", { name: "yes", exact: true }).click();
  await expect
    .poll(() => shown(page))
    .toEqual(both.filter(({ displayName }) => /^(app-1|mighty)$/.test(displayName)).map(linkOf));
  await page.goto(web.at("/applications"));
  await expect.poll(names).toEqual(ofAll);
});

test("the figures are those of both, and each leads to the list of both that it counts", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.goto(address("/all"));
  await page
    .getByRole("heading", {
      level: 1,
      name: "In 2 of 2 tenants applications cannot sign in now, or stop in the next 30 days unless somebody acts.",
    })
    .waitFor();
  const figure = (head: string) => page.locator(".figures > div").filter({ hasText: head }).getByRole("link");
  const soon = (await listed()).filter(({ signsInUntil }) => signsInUntil !== null && signsInUntil < "2031-03-31");
  expect(new Set(soon.map(({ tenant }) => tenant)).size).toBe(2);
  expect(await figure("ends within 30 days").textContent()).toBe(String(soon.length));
  // what needs somebody: the one that stops first is of the other tenant
  const needs = page.getByRole("region", { name: "Needs a person" }).getByRole("listitem").locator(".grow");
  const words = (await needs.allTextContents()).map((text) => /^.*?(contoso|fabrikam)/.exec(text)?.[0]);
  expect(words[0]).toBe("brittlefabrikam");
  expect(words.slice(1).sort()).toEqual(
    soon
      .slice(1)
      .map((one) => one.displayName + one.tenant)
      .sort(),
  );
  expect(await faultsEverywhere(page, "Overview of two tenants")).toEqual([]);
  await figure("ends within 30 days").press("Enter");
  await page.waitForURL(/\/all\/applications\?endsFrom=2031-03-01&endsTo=2031-03-31&type=any$/);
  await expect.poll(() => shown(page)).toEqual(soon.map(linkOf));
  await page.goBack();
  await figure("Lapses").press("Enter");
  await page.waitForURL(/\/all\/applications\?lapsed=true&type=any$/);
  await page.getByText("No application matches.").waitFor();
});

test("the plan and the rotations name the tenant that they are of, and end where the other has none", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.goto(address("/all/plan?tab=waiting"));
  await page
    .getByRole("listitem")
    .filter({ hasText: /^mightycontoso: / })
    .waitFor();
  // who asks to see a value waits as well, and is counted by the figure that leads here
  await page.route(/\/api\/v1\/t\/fabrikam\/reveal-requests$/, async (route) => {
    const response = await route.fetch();
    const asked = { request: "1", rotation: "2", displayName: "brittle", by: "Ann", reason: "a move", mine: false };
    const items = [{ ...asked, state: "asked", approvedBy: null, until: "2031-03-01T13:00:00Z" }];
    await route.fulfill({ response, json: { ...(await response.json()), items } });
  });
  await page.goto(address("/all/plan"));
  const asked = page.getByRole("region", { name: "1 value that somebody asks to see in fabrikam" });
  // of its own day and hour: Tokyo's
  expect(await asked.getByRole("listitem").getByRole("time").getAttribute("title")).toContain("22:00");
  expect(await faultsEverywhere(page, "The plan of two tenants")).toEqual([]);
  await page.goto(address("/all/rotations"));
  const rows = page.locator(".rotations > li");
  await rows.first().waitFor();
  for (const text of await rows.allTextContents()) expect(text).toMatch(/, contoso/);
  await page.getByRole("tab", { name: /^Waits for a person/ }).press("Enter");
  await page.waitForURL(/\/all\/rotations\?state=waits$/);
  await rows.filter({ hasText: /^mighty/ }).waitFor();
});
