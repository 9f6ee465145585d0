/** SIGTERM and Ctrl-C: no new claim, the step in hand is finished, leases are given back, nothing is left half done. */
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
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

test("who reads along may go away: the loop goes on without being heard", async () => {
  const child = site.start(["run"]);
  const left = once(child, "exit");
  child.stderr?.once("data", () => child.stderr?.destroy());
  child.stdout?.destroy();
  while (child.exitCode === null && site.secrets(site.applications[0] as never).length < 2) await site.tick();
  // what is said of the issue and of each try after it meets the closed pipe
  const { clock } = site.directory;
  for (let tries = 0; child.exitCode === null && tries < 2; ) {
    const [rotation] = await site.rotations();
    tries = rotation?.probes.length ?? 0;
    if ((rotation?.dueAt ?? 0) > clock.now()) clock.advance((rotation?.dueAt ?? 0) - clock.now());
    else await site.tick();
  }
  expect(child.exitCode).toBe(null);
  child.kill("SIGTERM");
  expect(await left).toEqual([143, null]);
});

test("a second signal ends at once, and a reload hook that is running ends too", async () => {
  const pid = join(site.folder, "hook.pid");
  const hook = [
    process.execPath,
    "-e",
    `fs.writeFileSync(${JSON.stringify(pid)}, String(process.pid)); setInterval(() => {}, 1e6)`,
  ];
  const config = site.config({ policy: { probe: "minimal" } }) as { targets: Record<string, object> };
  site.configure({ ...config, targets: { "app-1": { ...config.targets["app-1"], reload: "hook", hook } } });
  const child = site.start(["run"]);
  const told = ended(child);
  while (!existsSync(pid) || readFileSync(pid, "utf8") === "") await site.tick();
  const hooked = Number(readFileSync(pid, "utf8"));
  const heard = once(child.stderr ?? child, "data");
  child.kill("SIGINT");
  await heard;
  child.kill("SIGINT");
  expect((await told).code).toBe(130);
  while (isAlive(hooked)) await site.tick();
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // a dead child of a container without an init stays as a zombie
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
