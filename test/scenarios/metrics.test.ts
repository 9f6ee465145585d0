/** `nolapse run --metrics-port`: numbers on loopback while the loop runs, by the first round on, and gone when it ends. */
import { once } from "node:events";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ended, Site } from "../support/site.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
afterEach(() => site.close());

test("the loop serves its numbers on the port it names, and closes it when it ends", async () => {
  const child = site.start(["run", "--metrics-port", "0"]);
  const told = ended(child);
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  const address = /metrics on (http:\/\/127\.0\.0\.1:\d+\/metrics)/;
  while (!address.test(said)) await once(child.stderr ?? child, "data");
  const url = address.exec(said)?.[1] ?? "";
  let text = "";
  // empty before the first round
  while (!text.includes("nolapse_scan_complete")) {
    text = await (await fetch(url)).text();
    await site.tick();
  }
  expect(text).toContain('nolapse_scan_complete{tenant="contoso"} 1\n');
  expect(text).toContain('nolapse_scan_lost_ratio{tenant="contoso"} 0\n');
  expect(text).toContain('nolapse_audit_broken{tenant="contoso"} 0\n');
  expect(text).toMatch(/nolapse_rotations\{[^}]*state="issued"[^}]*\} 1\n/);
  expect(text).not.toContain(site.copy(site.applications[0] as never));
  child.kill("SIGTERM");
  expect((await told).code).toBe(143);
  await expect(fetch(url)).rejects.toThrow();
});

test("a port that is taken, and one beside --once, are refused before anything is done", async () => {
  const taken = new URL(site.directory.url).port;
  const busy = await site.nolapse(["run", "--metrics-port", taken]);
  expect([busy.code, busy.stderr]).toEqual([6, expect.stringContaining(`port ${taken} of 127.0.0.1 is taken`)]);
  const once = await site.nolapse(["run", "--once", "--metrics-port", "0"]);
  expect([once.code, once.stderr]).toEqual([2, expect.stringContaining("--metrics-port goes with the loop")]);
  expect(site.secrets(site.applications[0] as never)).toHaveLength(1);
});
