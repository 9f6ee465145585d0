/** A rehearsal in a browser: what may go wrong is chosen, what it has come to grows while it runs, and the report says what it met. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal();
const { show } = web;

/** What the page says of the rehearsal under way: its date in the copy, and how far the line of its chart goes. */
async function soFar(page: Page) {
  const date = page.locator(".figures > div", { hasText: "Simulated date" }).locator("time");
  const drawn = (await page.locator(".nl-stopped-without").getAttribute("d")) ?? "";
  return {
    at: Date.parse((await date.getAttribute("datetime")) ?? ""),
    drawn: Number(/H([\d.]+)$/.exec(drawn)?.[1]),
  };
}

test("a rehearsal that runs shows its date, its counts and a chart that grows; it is left, found again and stopped, and its report says what it met", async (context) => {
  const page = await web.open(context);
  await web.enter(page, "Otto");
  await show(page, "/rehearsals", /No rehearsal yet/);
  await page.getByRole("button", { name: "Rehearse…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("spinbutton", { name: "Days" }).fill("3650");
  const wrong = dialog.getByRole("group", { name: "What goes wrong" });
  const crash = wrong.getByRole("checkbox", { name: "Nolapse dies in the middle of something" });
  expect(await crash.isChecked()).toBe(true);
  await crash.uncheck();
  expect(await faultsEverywhere(page, "Asking for a rehearsal")).toEqual([]);
  await dialog.getByRole("button", { name: "Rehearse" }).click();
  await page.getByRole("heading", { level: 1, name: "Rehearsing 3,650 days" }).waitFor();
  for (const name of ["Simulated date", "Applications", "Rotations finished", "Sign-ins tried", "Faults met"])
    await page.getByRole("term").filter({ hasText: name }).waitFor();
  const begun = await soFar(page);
  await expect.poll(async () => (await soFar(page)).at, { timeout: 30_000 }).toBeGreaterThan(begun.at);
  await expect.poll(async () => (await soFar(page)).drawn, { timeout: 30_000 }).toBeGreaterThan(begun.drawn);
  // what changes from second to second is not read aloud
  expect(await page.locator(".page").locator("[aria-live], [role=status], [role=alert]").count()).toBe(0);
  expect(await faultsEverywhere(page, "A rehearsal that runs")).toEqual([]);

  const left = await soFar(page);
  await show(page, "/plan", /Plan/);
  await show(page, "/rehearsals", /Rehearsing 3,650 days/);
  await expect.poll(async () => (await soFar(page)).at, { timeout: 30_000 }).toBeGreaterThan(left.at);
  await page.getByRole("button", { name: "Stop here" }).click();
  await page.getByRole("heading", { level: 2, name: "Faults met and answered" }).waitFor({ timeout: 60_000 });
  const late = page.getByRole("row", { name: /^A new credential is not honoured yet/ });
  expect(await late.innerText()).toMatch(/\d+ % of the time\s+[1-9][\d,]*\s+it signs in with it again and again/);
  expect(await page.getByRole("row", { name: /Nolapse dies/ }).count()).toBe(0);
  await page.getByText("nolapse rehearse --days 3650 --runs 1 --seed 1 --without crash").waitFor();
  expect(await faultsEverywhere(page, "A stopped rehearsal's report")).toEqual([]);
});
