/** Real processes that meet: two on one store, one on a store from yesterday, one beside another Nolapse. */
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { DAY, MINUTE } from "../../src/core/time.ts";
import { runOnce } from "../../src/engine/maintain.ts";
import { Site, type SiteApplication } from "../support/site.ts";

let site: Site;
afterEach(() => site.close());

const first = (): SiteApplication => {
  const [application] = site.applications;
  if (application === undefined) throw new Error("no application");
  return application;
};
const keyIds = (application: SiteApplication) => site.secrets(application).map(({ keyId }) => keyId);

/** Moves the clock to what is due next. */
async function moveOn(): Promise<void> {
  const dues = (await site.rotations()).flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt]));
  site.directory.clock.advance(Math.max(Math.min(...dues) - site.directory.clock.now(), 1000));
}

test("two run processes on one store rotate every application once", { timeout: 120_000 }, async () => {
  site = await Site.open({ applications: 8 });
  const states = async () => (await site.rotations()).map(({ state }) => state);
  for (let round = 0; round < 30; round += 1) {
    const runs = await Promise.all([site.nolapse(["run", "--once"]), site.nolapse(["run", "--once"])]);
    for (const run of runs) expect(run, `${run.stdout}\n${run.stderr}`).toMatchObject({ code: 0 });
    for (const application of site.applications) expect(await site.signIn(application)).toBe(0);
    if ((await states()).every((state) => state === "retired")) break;
    await moveOn();
  }
  expect(await states()).toEqual(Array(8).fill("retired"));
  for (const rotation of await site.rotations()) expect(rotation.attempts).toHaveLength(1);
  for (const application of site.applications) expect(keyIds(application)).toHaveLength(1);
  const trail = await site.inside((deps) =>
    deps.store.auditPage(site.directory.admin.tenantId, { after: 0, limit: 10_000 }),
  );
  for (const action of ["planned", "issued", "accepted", "removed", "retired"])
    expect(trail.filter((line) => line.action === action).length, action).toBe(8);
});

describe("a store restored from an older backup", () => {
  test("removes nothing until recover has compared it with the directory", { timeout: 240_000 }, async () => {
    site = await Site.open({ applications: 2 });
    const config = site.config();
    const [, second] = site.applications;
    if (second === undefined) throw new Error("no second application");
    site.configure({ ...config, applications: (config.applications as unknown[]).slice(1) });
    expect((await site.nolapse(["run", "--once"])).code).toBe(0);
    const backup = join(site.folder, "backup.db");
    expect((await site.nolapse(["store", "backup", backup])).code).toBe(0);
    site.configure(config);
    expect((await site.nolapse(["run", "--once"])).code).toBe(0);
    const held = keyIds(first());
    expect(held).toHaveLength(2);
    for (const end of ["", "-wal", "-shm"]) rmSync(join(site.folder, `nolapse.db${end}`), { force: true });
    copyFileSync(backup, join(site.folder, "nolapse.db"));

    const run = await site.nolapse(["run", "--once"]);
    expect(run.stdout).toContain("removal is off");
    expect(run.code).toBe(5);
    const all = [...held, ...keyIds(second)];
    for (let round = 0; round < 29; round += 1) {
      await site.inside((deps) => runOnce(deps, { wait: 0 }));
      site.directory.clock.advance(round < 20 ? 2 * MINUTE : DAY);
    }
    expect([...keyIds(first()), ...keyIds(second)]).toEqual(expect.arrayContaining(all));

    const looked = await site.nolapse(["recover"]);
    expect(looked.stdout).toContain(held[0]);
    await site.nolapse(["recover", "--yes"]);
    await site.finish();
    expect(keyIds(second)).toHaveLength(1);
    expect(keyIds(first()), "what the store does not know is for a person").toContain(held[0]);
  });
});

describe("marks that are not ours to act on", () => {
  /** What an administrator, or another Nolapse, put there. */
  async function add(displayName: string): Promise<string> {
    const { url, admin } = site.directory;
    const token = await site.directory.fetch(`${url}/${admin.tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: admin.clientId,
        client_secret: admin.clientSecret,
        scope: "https://graph.microsoft.com/.default",
      }),
    });
    const { access_token } = (await token.json()) as { access_token: string };
    const answer = await site.directory.fetch(`${url}/v1.0/applications/${first().id}/addPassword`, {
      method: "POST",
      headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
      body: JSON.stringify({ passwordCredential: { displayName } }),
    });
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { keyId: string }).keyId;
  }

  test("a marker copied by hand is never removed, though it names our own attempt", { timeout: 240_000 }, async () => {
    site = await Site.open();
    expect((await site.nolapse(["run", "--once"])).code).toBe(0);
    const [ours] = site.secrets(first());
    const copied = await add(ours?.name ?? "");
    const [rotation] = await site.finish();
    expect(rotation?.state).toBe("retired");
    expect(keyIds(first())).toContain(copied);
  });

  test("a marker copied while an answer is lost makes it ambiguous, and a person decides", {
    timeout: 240_000,
  }, async () => {
    site = await Site.open();
    site.directory.faults.set({
      seed: 1,
      rules: [{ on: "addPassword", fault: "lost-response", probability: 1, times: 1 }],
    });
    await site.nolapse(["run", "--once"], { crash: { method: "addSecret", nth: 1, moment: "after" } });
    const [lost] = site.secrets(first());
    const copied = await add(lost?.name ?? "");
    const run = await site.nolapse(["run", "--once"]);
    expect(run.code).toBe(4);
    expect(run.stdout).toContain("ambiguous-orphan");
    expect(keyIds(first())).toEqual(expect.arrayContaining([copied, lost?.keyId]));
    expect(await site.signIn(first())).toBe(0);
  });

  test("another instance's marker means nothing to us", { timeout: 240_000 }, async () => {
    site = await Site.open();
    const foreign = await add("app-1 2030 [nolapse:zzzz.aaaaaaaaaaaa]");
    // two live secrets: the configuration says which one is meant
    const config = site.config();
    config.applications = [
      {
        appId: first().appId,
        policy: "quick",
        consumers: "complete",
        credentials: [{ slot: "default", current: "app-1 2030", targets: ["app-1"] }],
      },
    ];
    site.configure(config);
    const [rotation] = await site.finish();
    expect(rotation?.state).toBe("retired");
    expect(keyIds(first())).toEqual([rotation?.issued?.keyId, foreign]);
  });
});
