/** SAML signing certificates of the tenant contoso, by the program itself. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { DOCUMENTS } from "../../scripts/json-documents.ts";
import { Site } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await Site.open({ scenario: "contoso" });
  const tenants = { contoso: { id: site.directory.admin.tenantId, mode: "enforce" } };
  const store = { type: "sqlite", path: "./nolapse.db" };
  const seal = { type: "local-key", key: "file:./seal.key" };
  writeFileSync(join(site.folder, "nolapse.yaml"), stringify({ version: 1, tenants, store, seal }));
});
afterAll(() => site.close());

const APP = "Expensify SAML";
const json = async (args: readonly string[]) => {
  const told = await site.nolapse([...args, "--json"]);
  expect(told.code, told.stderr).toBe(0);
  return DOCUMENTS.saml.parse(JSON.parse(told.stdout));
};

test("shown, renewed once, activated by a person's word, and seen in plan and explain", {
  timeout: 120_000,
}, async () => {
  const before = await json(["saml", APP]);
  expect(before.certificates).toHaveLength(1);
  expect(before).toMatchObject({ advice: "choose", chosen: false });
  // the directory names its entries by something else than the thumbprint
  expect(before.active).toMatch(/^[0-9a-f]{40}$/);
  for (const words of [["plan"], ["explain", APP], ["scan"]]) {
    const told = await site.nolapse(words);
    expect(told.stdout, words.join(" ")).toContain("nolapse saml ");
  }
  expect((await site.nolapse(["saml", "renew", APP])).code, "a second one might sign at once").toBe(5);
  const named = await json(["saml", "activate", APP, before.active ?? "", "--yes"]);
  expect(named).toMatchObject({ advice: "renew", chosen: true, active: before.active });
  const renewed = await json(["saml", "renew", APP]);
  expect(renewed).toMatchObject({ advice: "activate", active: before.active });
  const again = await site.nolapse(["saml", "renew", APP]);
  expect([again.code, again.stdout]).toEqual([5, ""]);
  const successor = renewed.certificates.find((one) => one.role === "successor")?.thumbprint ?? "";
  const shown = await site.nolapse(["saml", APP]);
  expect(shown.stdout).toContain(`nolapse saml activate ${before.appId} ${successor.toUpperCase()}`);
  expect(shown.stdout).toContain(renewed.metadata);
  const unasked = await site.nolapse(["saml", "activate", APP, successor]);
  expect(unasked.code, unasked.stderr).toBe(5);
  expect((await json(["saml", APP])).active).toBe(before.active);
  const activated = await json(["saml", "activate", APP, successor, "--yes"]);
  expect(activated).toMatchObject({ active: successor, chosen: true, advice: "nothing" });
});

test("mode observe makes nothing, and without a file nothing can be remembered", { timeout: 120_000 }, async () => {
  const before = (await json(["saml", APP])).certificates.length;
  const file = join(site.folder, "nolapse.yaml");
  const tenants = { contoso: { id: site.directory.admin.tenantId } };
  writeFileSync(file, stringify({ version: 1, tenants }));
  expect((await site.nolapse(["saml", "renew", APP])).code).toBe(5);
  expect((await site.nolapse(["saml", "renew", APP, "--config", "none.yaml"])).code).toBe(2);
  expect((await json(["saml", APP])).certificates).toHaveLength(before);
});
