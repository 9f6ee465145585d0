/** Two identities for one tenant: the one that looks has no right to write, and the one that writes is asked for nothing else. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { createGraphDirectory } from "../../src/adapters/graph/directory.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { DAY, epochMs, plus } from "../../src/core/time.ts";
import { graphAs } from "../directory/entra.ts";
import { Site } from "../support/site.ts";

interface Identity {
  readonly appId: string;
  readonly secret: string;
}

let site: Site;
let scanner: Identity;
let writer: Identity;
beforeEach(async () => {
  site = await Site.open();
  const [one, other] = await site.directory.seed([
    { name: "scanner", permissions: ["Application.Read.All"], secrets: [{ end: "P90D" }] },
    { name: "writer", permissions: ["Application.ReadWrite.All"], secrets: [{ end: "P90D" }] },
  ]);
  scanner = { appId: one?.appId ?? "", secret: one?.secrets[0]?.value ?? "" };
  writer = { appId: other?.appId ?? "", secret: other?.secrets[0]?.value ?? "" };
  Object.assign(site.environment, { SCANNER: scanner.secret, WRITER: writer.secret });
  configure();
});
afterEach(() => site.close());

const method = ({ appId }: Identity, secret: string) => ({
  method: "secret",
  clientId: appId,
  secret: `env:${secret}`,
});

function configure(writing: Identity = writer): void {
  const tenant = {
    id: site.directory.admin.tenantId,
    mode: "enforce",
    auth: method(scanner, "SCANNER"),
    writer: method(writing, writing === writer ? "WRITER" : "SCANNER"),
  };
  site.configure({ ...site.config(), tenants: { contoso: tenant } });
}

test("a rotation goes through, and every write in the directory's audit log is the writer's", {
  timeout: 120_000,
}, async () => {
  await site.finish();
  const graph = await graphAs(site.directory);
  const { body } = await graph("GET", "/auditLogs/directoryAudits?$top=999");
  const entries = body.value as { activityDisplayName: string; initiatedBy: { app: { appId: string } | null } }[];
  const changes = entries.filter((one) => one.activityDisplayName.includes("Certificates and secrets"));
  expect(changes.length).toBeGreaterThanOrEqual(2);
  expect(new Set(changes.map((one) => one.initiatedBy.app?.appId))).toEqual(new Set([writer.appId]));
});

test("on the wire every read carries the scanner's token, and every write the writer's", async () => {
  const { url, admin } = site.directory;
  const seen: { readonly method: string; readonly by: string }[] = [];
  const now = epochMs(site.directory.clock.now());
  const clock = { now: async () => now, frozen: async () => true, processNow: () => 0, wait: async () => {} };
  const plain = ({ appId, secret }: Identity) =>
    ({ method: "plain", clientId: appId, secret: new SecretValue(secret) }) as const;
  const directory = createGraphDirectory({
    tenantId: admin.tenantId,
    authority: url,
    graphEndpoint: url,
    auth: plain(scanner),
    writer: plain(writer),
    clock,
    version: "test",
    fetch: async (address, init) => {
      const bearer = new Headers(init.headers).get("authorization")?.slice("Bearer ".length);
      if (bearer !== undefined) {
        const claims = JSON.parse(Buffer.from(bearer.split(".")[1] ?? "", "base64url").toString());
        seen.push({ method: init.method ?? "GET", by: claims.appid });
      }
      return site.directory.fetch(address, init);
    },
  });
  const [app] = site.applications;
  const holder = { type: "application", objectId: app?.id ?? "", appId: app?.appId ?? "" } as const;
  await directory.entra.page("application", null);
  const made = await directory.entra.addSecret(holder, { displayName: "made", end: plus(now, 90 * DAY) });
  await directory.entra.read(holder);
  if (made.outcome !== "applied") throw new Error("nothing was made");
  expect((await directory.entra.removeSecret(holder, made.credential.keyId)).outcome).toBe("applied");
  await directory.appPolicies.read().catch(() => undefined);
  const by = (isRead: boolean) => new Set(seen.filter((one) => (one.method === "GET") === isRead).map((one) => one.by));
  expect(by(true)).toEqual(new Set([scanner.appId]));
  expect(by(false)).toEqual(new Set([writer.appId]));
  expect(seen.length).toBeGreaterThanOrEqual(5);
});

test("doctor looks at both, names what the writer lacks with the writer's id, and says when they are one", {
  timeout: 60_000,
}, async () => {
  const well = await site.nolapse(["doctor"]);
  expect(well.stdout).toContain(`✓ own sign-in: signs in as ${scanner.appId}`);
  expect(well.stdout).toContain(`✓ the writer's sign-in: signs in as ${writer.appId}`);
  expect(well.stdout).toContain("✓ scanner and writer: the scanner only reads");
  const [weak] = await site.directory.seed([{ name: "weak", permissions: [], secrets: [{ end: "P90D" }] }]);
  writer = { appId: weak?.appId ?? "", secret: weak?.secrets[0]?.value ?? "" };
  site.environment.WRITER = writer.secret;
  configure();
  const lacking = await site.nolapse(["doctor"]);
  expect(lacking.code).toBe(6);
  expect(lacking.stdout).toContain("✗ rotate what it owns: lacks Application.ReadWrite.OwnedBy");
  expect(lacking.stdout).toContain(`az ad app permission add --id ${writer.appId}`);
  configure(scanner);
  expect((await site.nolapse(["doctor"])).stdout).toContain(`! scanner and writer: both are ${scanner.appId}`);
});

test("the configuration refuses a writer that cannot be told apart, or that is to rotate itself", {
  timeout: 60_000,
}, async () => {
  const config = site.config();
  const tenant = { id: site.directory.admin.tenantId, mode: "enforce" };
  site.configure({ ...config, tenants: { contoso: { ...tenant, writer: { method: "default" } } } });
  const unclear = await site.nolapse(["config", "check"]);
  expect([unclear.code, unclear.stderr]).toEqual([2, expect.stringContaining("with its clientId")]);
  const [app] = site.applications;
  const own = { ...method({ appId: app?.appId ?? "", secret: "" }, "WRITER") };
  site.configure({ ...config, tenants: { contoso: { ...tenant, writer: own } } });
  expect((await site.nolapse(["config", "check"])).stderr).toContain("is the writer itself");
  configure();
  const shown = await site.nolapse(["config", "show"]);
  expect(shown.stdout).toContain(`clientId: ${writer.appId}`);
  expect(shown.stdout).not.toContain(writer.secret);
});
