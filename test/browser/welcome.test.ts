/** The first page before the first scan: whether Nolapse can look, that it looks, that it failed, and where to go once it has. */
import { expect, test } from "vitest";
import { parse } from "yaml";
import { NolapseError } from "../../src/core/errors.ts";
import { epochMs } from "../../src/core/time.ts";
import { faultsEverywhere, portal } from "./portal.ts";

const web = portal({ unseen: true });

test("a tenant that was never looked at: the scan under way, failed, over, and failed later", async (context) => {
  const given = await web.open(context);
  await web.enter(given, "Rita");
  await given.goto(web.stage.server.url);
  await given.waitForURL(/\/t\/contoso\/welcome$/);
  const step = (name: string) => given.locator("section").filter({ has: given.getByRole("heading", { name }) });
  await step("2. Scan").getByText("Reads only: nothing is written.").waitFor();
  const readOn = async () => {
    web.stage.admission.deps.pageRead?.("application", 999, epochMs(0));
    return step("2. Scan").getByRole("status").allTextContents();
  };
  await expect.poll(readOn).toEqual([expect.stringMatching(/^[\d,]+ applications and 0 service principals so far\.$/)]);
  await step("1. Connect")
    .getByText(/of \d+ checks want/)
    .waitFor();
  await step("3. See").getByText("It opens when the scan is over.").waitFor();
  expect(await given.locator("[aria-current=step]").count()).toBeGreaterThan(0);
  expect(await faultsEverywhere(given, "Welcome")).toEqual([]);
  await web.stage.admission.failed(
    new NolapseError("directory-forbidden", "Application.Read.All is missing", { next: "az ad app permission add" }),
  );
  await step("2. Scan")
    .getByText(/failed: Application.Read.All is missing. It is tried again by itself./)
    .waitFor();
  await step("2. Scan").getByText("az ad app permission add").waitFor();
  await given.getByText("Scan failed").first().waitFor();
  await web.stage.run();
  await step("2. Scan")
    .getByText(/\d+ applications and \d+ service principals read/)
    .waitFor();
  await step("3. See")
    .getByText(/The mode is enforce/)
    .waitFor();
  expect(await faultsEverywhere(given, "Welcome, over")).toEqual([]);
  // where nothing is written yet, the line that changes it goes into an entry that is there already
  const lacking = {
    permission: "Application.ReadWrite.OwnedBy",
    allows: "renews its own",
    fix: "az ad app permission",
  };
  let toWrite = [lacking];
  await given.route(/\/(overview|health)$/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    const parts = route.request().url().endsWith("health") ? { toWrite } : { mode: "observe" };
    await route.fulfill({ response, json: { ...json, ...parts } });
  });
  await given.reload();
  const renew = given.getByRole("region", { name: "Let Nolapse renew" });
  await renew.getByText("in the entry of contoso under tenants").waitFor();
  const line = renew.getByRole("region", { name: "Line for nolapse.yaml" });
  expect(parse((await line.textContent()) ?? "")).toEqual({ mode: "propose" });
  await renew.getByText("Application.ReadWrite.OwnedBy", { exact: true }).waitFor();
  expect(await faultsEverywhere(given, "Welcome, nothing written yet")).toEqual([]);
  toWrite = [];
  await given.reload();
  await renew.getByText("No permission for writing is missing.").waitFor();
  await given.unrouteAll();
  await given.reload();
  await given.getByRole("button", { name: "Look around" }).press("Enter");
  await given.getByRole("heading", { name: "Now and next" }).waitFor();
  // what the sentence says by the tenant's clock is not said again by another one: it could be another number of days
  await given.route(/\/overview$/, async (route) => {
    const response = await route.fetch();
    const json = await response.json();
    const words = "mighty stops in 9 days. Somebody must act.";
    await route.fulfill({
      response,
      json: { ...json, sentence: { ...json.sentence, code: "past-last-safe", words } },
    });
  });
  await given.reload();
  await given.getByRole("heading", { name: "mighty stops in 9 days. Somebody must act." }).waitFor();
  expect(await given.locator(".overview-head p").first().innerText()).toMatch(
    /^The first is .*, on \w{3} \d+ \w+ 2031$/,
  );
  await given.unrouteAll();
  // without TLS a browser has no clipboard; what it could not copy is there to read
  await given.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
  await given.getByRole("button", { name: "More" }).click();
  await given.getByRole("menuitem", { name: "Copy as command" }).click();
  await given.getByText("The browser did not let it be copied: nolapse scan").waitFor();
  await web.stage.admission.failed(new NolapseError("directory-unreachable", "Graph did not answer"));
  await given.getByText(/The scan of .* failed/).waitFor();
  await given.getByText(/What is shown is from .*; deadlines do not move/).waitFor();
  await web.stage.run();
  await given.getByText(/The scan of .* failed/).waitFor({ state: "detached" });
  expect(web.said.filter((line) => /Content Security Policy|Refused|Error/.test(line))).toEqual([]);
});
