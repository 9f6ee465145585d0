/** A network that nothing leaves but through a proxy: only that one knows Microsoft's names, and all that asks for them asks it. */
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { ended, Site } from "../support/site.ts";

const PUBLIC = { authorityHost: "https://login.microsoftonline.com", graphEndpoint: "https://graph.microsoft.com" };

/** A place whose tenant is in the public cloud, of which the machine knows no name. */
async function behindProxy(more: object = {}) {
  const site = await Site.open({ proxy: true });
  onTestFinished(() => site.close());
  const tenants = { contoso: { id: site.directory.admin.tenantId, mode: "enforce", cloud: PUBLIC } };
  site.configure({ ...site.config(), tenants, ...more });
  const env = { HTTPS_PROXY: site.directory.proxyUrl ?? "", NO_PROXY: "localhost" };
  return { site, env };
}

test("a tenant is scanned", async () => {
  const { site, env } = await behindProxy();
  const scanned = await site.nolapse(["scan"], { env });
  expect([scanned.code, scanned.stdout]).toEqual([0, expect.stringContaining("app-1")]);
});

test("a proxy that does not answer is named, and nothing of its password", async () => {
  const { site } = await behindProxy();
  const env = { HTTPS_PROXY: "http://ann:hidden@127.0.0.1:9", NO_PROXY: "localhost" };
  const refused = await site.nolapse(["scan"], { env });
  expect([refused.code, refused.stderr]).toEqual([
    6,
    expect.stringContaining("login.microsoftonline.com cannot be reached through the proxy 127.0.0.1:9 (ECONNREFUSED)"),
  ]);
  expect(refused.stderr).toContain("hint: check that the proxy of HTTPS_PROXY answers");
  expect(refused.stderr).not.toContain("hidden");
});

test("people sign in to the portal", async () => {
  const server = { signIn: { clientId: "aaaaaaaa-1111-4222-8333-444444444444", secret: "env:PORTAL_SECRET" } };
  const { site, env } = await behindProxy({ server });
  const child = site.start(["serve", "--port", "0"], { env: { ...env, PORTAL_SECRET: "a~secret" } });
  const told = ended(child);
  let said = "";
  while (!/serving (\S+)/.test(said)) said += String((await once(child.stderr ?? child, "data"))[0]);
  const url = /serving (\S+)/.exec(said)?.[1];
  const begun = await fetch(`${url}/auth/sign-in`, { redirect: "manual" });
  expect([begun.status, begun.headers.get("location")]).toEqual([
    302,
    expect.stringContaining(`${PUBLIC.authorityHost}/`),
  ]);
  child.kill("SIGTERM");
  expect((await told).code).toBe(143);
});
