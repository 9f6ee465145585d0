/** A live `nolapse run` replaces the certificate it signs in with itself, at a directory that listens, and goes on with the new one. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSqliteStore } from "../../src/adapters/store/open.ts";
import { DAY, HOUR } from "../../src/core/time.ts";
import { graphAs } from "../directory/entra.ts";
import { makeCertificate } from "../support/certificates.ts";
import { ended, Site } from "../support/site.ts";

/** Nolapse's own application, signing in with a certificate that ends in ten days, in the file that is also its target. */
async function openSite() {
  const site = await Site.open({ applications: 0 });
  onTestFinished(() => site.close());
  const { admin, clock } = site.directory;
  const made = await makeCertificate({ subject: "CN=nolapse", from: clock.now() - DAY, to: clock.now() + 10 * DAY });
  const file = join(site.folder, "own.pem");
  writeFileSync(file, made.value.reveal(), { mode: 0o600 });
  const graph = await graphAs(site.directory);
  const key = { type: "AsymmetricX509Cert", usage: "Verify", key: made.der.toString("base64"), displayName: "nolapse" };
  const path = `/applications(appId='${admin.clientId}')`;
  expect((await graph("PATCH", path, { keyCredentials: [key] })).status).toBe(204);
  const keyIds = () => {
    const found = site.directory.state().applications.find(({ entity }) => entity.appId === admin.clientId);
    return ((found?.entity.keyCredentials ?? []) as { keyId: string }[]).map(({ keyId }) => keyId);
  };
  const [current = ""] = keyIds();
  const auth = { method: "certificate", clientId: admin.clientId, certificate: "./own.pem" };
  const slots = [{ slot: "own", current, targets: ["own"] }];
  site.configure({
    ...site.config(),
    tenants: { contoso: { id: admin.tenantId, mode: "enforce", auth } },
    // one person is enough here: who else is asked has a test of its own
    approvals: { persons: 1, unproven: true },
    targets: { own: { type: "certificate-file", path: "./own.pem", reload: "1m" } },
    applications: [{ appId: admin.clientId, policy: "quick", consumers: "complete", credentials: slots }],
  });
  // nothing but the file signs it in
  return { site, file, current, keyIds, env: { AZURE_CLIENT_ID: "", AZURE_CLIENT_SECRET: "" } };
}

test("run rolls its own certificate and reads on with the new one", { timeout: 240_000 }, async () => {
  const { site, file, current, keyIds, env } = await openSite();
  const { clock, admin } = site.directory;
  const old = readFileSync(file, "utf8");
  // store and seal key are there before both of us open them
  expect(await site.nolapse(["plan"], { env })).toMatchObject({ code: 0 });
  const store = openSqliteStore({ path: join(site.folder, "nolapse.db") });
  onTestFinished(() => store.close());
  const rotation = async () => (await store.rotations({}))[0];
  const child = site.start(["run"], { env });
  const whole = ended(child);
  const until = async (is: () => Promise<boolean>) => {
    while (!(await is())) {
      if (child.exitCode !== null) throw new Error((await whole).stderr);
      await site.tick();
    }
  };

  await until(async () => (await rotation())?.dueAt !== undefined && ((await rotation())?.dueAt ?? 0) > clock.now());
  const { id } = (await rotation()) ?? { id: "" };
  expect((await rotation())?.attempts).toEqual([]);
  expect(await site.nolapse(["approve", id], { env })).toMatchObject({ code: 0 });
  clock.advance(1_000);

  await until(async () => {
    const now = await rotation();
    if (now?.state === "retired") return true;
    if (now?.lastFailure != null) throw new Error(now.lastFailure.message);
    if (now?.dueAt != null && now.dueAt > clock.now()) clock.advance(now.dueAt - clock.now());
    return false;
  });
  const done = await rotation();
  expect(done).toMatchObject({ replaces: current, ownProof: { proven: true } });
  expect(keyIds()).toEqual([done?.issued?.keyId]);
  expect(readFileSync(file, "utf8")).not.toBe(old);

  // the token that was in hand has ended: the next scan of the same process needs the new certificate
  clock.advance(3 * HOUR);
  const since = clock.now();
  await until(async () => ((await store.lastScan(admin.tenantId))?.scannedAt ?? 0) >= since);
  child.kill("SIGTERM");
  const { code, stderr } = await whole;
  expect(code).toBe(143);
  expect(stderr).toContain("a fresh process read the directory with the new credential");
  expect(stderr).not.toMatch(/failed|could not/);
});

test("a fresh process with a certificate that does not sign in says why, and prints nothing of it", async () => {
  const { site, file, env } = await openSite();
  const { clock, admin } = site.directory;
  expect(await site.nolapse(["plan"], { env })).toMatchObject({ code: 0 });
  const strange = await makeCertificate({ from: clock.now() - DAY, to: clock.now() + DAY, algorithm: "second" });
  writeFileSync(file, strange.value.reveal());
  const told = await site.nolapse(["own-credential", "application", admin.clientId, admin.clientId], { env });
  expect(told).toMatchObject({ code: 6, stdout: "" });
  expect(told.stderr).toContain("AADSTS700027");
  expect(told.stderr).not.toContain("PRIVATE KEY");
});
