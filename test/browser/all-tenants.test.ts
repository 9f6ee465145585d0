/** The pages of all tenants: one list in one order, each row under its tenant's name; who does not answer is named and takes nothing away. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal({ beside: "fabrikam", only: ["app-1", "mighty"] });
const address = (path: string) => `${web.stage.server.url}${path}`;

/** As if the other tenant were open as well: it says what this one says, `only` so many rows at a time. */
async function answering(page: Page, rows: number): Promise<void> {
  await page.route(
    /\/api\/v1\/t\/(contoso|fabrikam)\/(overview|applications|plan|rotations\/groups)(\?|$)/,
    async (route) => {
      const url = new URL(route.request().url().replace("/t/fabrikam/", "/t/contoso/"));
      if (url.searchParams.has("limit")) url.searchParams.set("limit", String(rows));
      await route.fulfill({ response: await route.fetch({ url: url.href }) });
    },
  );
}

test("a tenant that does not answer is named; of the others everything is there, and nothing is said of all", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.goto(address("/all"));
  await page
    .getByRole("heading", {
      level: 1,
      name: "In at least 1 of 2 tenants applications cannot sign in now, or stop in the next 30 days unless somebody acts.",
      exact: true,
    })
    .waitFor();
  const partial = page.getByText("Not all of every tenant is here.").locator("..");
  await partial.getByText("fabrikam: the tenant is being opened. Next: try again in a moment.").waitFor();
  const row = page.getByRole("table", { name: "Tenants" }).getByRole("row", { name: /^fabrikam/ });
  expect(await row.getByRole("cell").allTextContents()).toEqual(["the tenant is being opened", "–", "–", "–", "–"]);
  await page.getByText("1 of 2 tenants not counted").waitFor();
  await page
    .getByRole("listitem")
    .filter({ hasText: /^mightycontoso/ })
    .waitFor();
  expect(await faultsEverywhere(page, "Overview of all tenants")).toEqual([]);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "App registrations" }).press("Enter");
  await page.getByRole("heading", { level: 1, name: "App registrations of all tenants" }).waitFor();
  await page.getByText("Not all of every tenant is here.").waitFor();
  await page.getByText(/^In at least 1 of 2 tenants applications cannot sign in now/).waitFor();
  await page.getByRole("row", { name: /^app-2/ }).waitFor();
  expect(await faultsEverywhere(page, "App registrations of all tenants")).toEqual([]);
  await page
    .getByRole("row", { name: /^app-2/ })
    .getByRole("link", { name: "contoso" })
    .press("Enter");
  await page.waitForURL(/\/t\/contoso$/);
});

test("rows of both are in one order, and more of them as far as none can be missing", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await answering(page, 4);
  const asked: string[] = [];
  page.on("request", (request) => void asked.push(new URL(request.url()).pathname + new URL(request.url()).search));
  await page.goto(address("/all/applications"));
  const { body } = await (await web.stage.signIn("Rita")).get("/api/v1/t/contoso/applications?type=application");
  const alone: readonly string[] = body.items.map(({ objectId }: { objectId: string }) => objectId);
  await page.getByText(`${2 * alone.length} applications`, { exact: true }).waitFor();
  const links = () =>
    page
      .locator("[role=grid] [role=gridcell]:first-child a")
      .evaluateAll((all: { href: string }[]) => all.map(({ href }) => href));
  // each tenant's in its own order, with links into that tenant, once the pages behind the first are there
  await expect.poll(async () => (await links()).length).toBe(2 * alone.length);
  for (const tenant of ["contoso", "fabrikam"]) {
    expect((await links()).filter((one) => one.includes(tenant))).toEqual(
      alone.map((id) => address(`/t/${tenant}/applications/${id}`)),
    );
    // and no page of it was asked for twice
    const pages = asked.filter((one) => one.startsWith(`/api/v1/t/${tenant}/applications?`));
    expect(pages).toHaveLength(Math.ceil(alone.length / 4));
    expect(new Set(pages).size).toBe(pages.length);
  }
  await page.goto(address("/all"));
  await expect
    .poll(() =>
      page
        .getByRole("listitem")
        .filter({ hasText: /^mighty(contoso|fabrikam)/ })
        .count(),
    )
    .toBe(2);
  expect(await page.getByText("Not all of every tenant is here.").count()).toBe(0);
});

test("rotations and the plan have what each tenant has, under its name, and lead into it", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await page.goto(address("/all/plan"));
  await page.getByText("fabrikam: the tenant is being opened.").waitFor();
  await page.getByText("1 rotation waits for a person.").waitFor();
  await page
    .getByRole("listitem")
    .filter({ hasText: /^mightycontoso: a new credential/ })
    .waitFor();
  await answering(page, 1);
  await page.reload();
  await page.getByText("2 rotations wait for a person.").waitFor();
  await page
    .getByRole("listitem")
    .filter({ hasText: /^mightyfabrikam: / })
    .waitFor();
  expect(await faultsEverywhere(page, "Plan of all tenants")).toEqual([]);
  await page.getByRole("tab", { name: "Next 30 days" }).press("Enter");
  await page.waitForURL(/tab=next/);
  await page.getByRole("tab", { name: "Cannot be renewed" }).press("Enter");
  await page
    .getByRole("listitem")
    .filter({ hasText: /^.*fabrikam: / })
    .first()
    .waitFor();
  await page.getByText("contoso, fabrikam", { exact: true }).first().waitFor();
  expect(await faultsEverywhere(page, "What cannot be renewed in all tenants")).toEqual([]);
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Rotations" }).press("Enter");
  await page.getByRole("heading", { level: 1, name: "Rotations of all tenants" }).waitFor();
  await page.getByText(/^2 rotations wait for a person; /).waitFor();
  expect(
    await page
      .getByRole("listitem")
      .filter({ hasText: /^mighty/ })
      .count(),
  ).toBe(2);
  expect(await faultsEverywhere(page, "Rotations of all tenants")).toEqual([]);
  const row = page.getByRole("listitem").filter({ hasText: /^mighty.*contoso/ });
  await row.getByRole("link", { name: "mighty" }).press("Enter");
  await page.waitForURL(/\/t\/contoso\/rotations\//);
});

test("what is searched for is in the address; nothing that matches is said", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Rita");
  await answering(page, 50);
  await page.goto(address("/all/applications?q=app-1"));
  await page.getByText("2 applications", { exact: true }).waitFor();
  await page.getByRole("searchbox").fill("nothing is called that");
  await page.getByText("No application matches.").waitFor();
  expect(page.url()).toContain("q=nothing");
});
