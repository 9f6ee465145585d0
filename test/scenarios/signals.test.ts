/** SIGTERM and Ctrl-C: no new claim, the step in hand is finished, leases are given back, nothing is left half done. */
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ended, Site } from "../support/site.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("%s ends the loop with %i", async (signal, code) => {
  const child = site.start(["run"]);
  const told = ended(child);
  while (site.secrets(site.applications[0] as never).length < 2) await site.tick();
  child.kill(signal);
  const { code: left, stderr } = await told;
  expect(left).toBe(code);
  expect(stderr).toContain("ending after what is in hand");
  const [rotation] = await site.rotations();
  expect(rotation?.state, "the answer that was on its way is on disk").toBe("issued");
  const [done] = await site.finish();
  expect(done?.state).toBe("retired");
  expect(done?.attempts).toHaveLength(1);
});

test("SIGHUP reads the configuration again; an invalid one changes nothing", async () => {
  const child = site.start(["run"]);
  const told = ended(child);
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  const hears = async (words: string) => {
    while (!said.includes(words)) await once(child.stderr ?? child, "data");
  };
  await hears("watching over contoso, mode enforce");
  const good = site.config();
  site.configure("version: 1\nnonsense: true\n");
  child.kill("SIGHUP");
  await hears("the old configuration stays in force");
  site.configure({ ...good, tenants: { contoso: { id: site.directory.admin.tenantId, mode: "observe" } } });
  child.kill("SIGHUP");
  await hears("watching over contoso, mode observe");
  child.kill("SIGTERM");
  expect((await told).code).toBe(143);
});
