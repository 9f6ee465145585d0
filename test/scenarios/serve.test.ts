/** `nolapse serve` as a process: it listens, works, reloads, and ends in order; and refuses what would not be safe. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { get as getPlain, type IncomingMessage } from "node:http";
import { get as getTls } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SecretValue } from "../../src/core/secret-value.ts";
import { makeCertificate } from "../support/certificate-chain.ts";
import { ended, Site } from "../support/site.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
  site.configure(withServer());
});
afterEach(() => site.close());

const CLIENT = "aaaaaaaa-1111-4222-8333-444444444444";
const env = { PORTAL_SECRET: "a~secret~of~the~server" };

function withServer(more: object = {}): Record<string, unknown> {
  return { ...site.config(), server: { signIn: { clientId: CLIENT, secret: "env:PORTAL_SECRET" }, ...more } };
}

async function serving(args: readonly string[] = []) {
  const child = site.start(["serve", "--port", "0", ...args], { env });
  const told = ended(child);
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  const hears = async (words: RegExp) => {
    while (!words.test(said))
      await Promise.race([
        once(child.stderr ?? child, "data"),
        told.then(({ stderr }) => Promise.reject(new Error(stderr))),
      ]);
    return words.exec(said)?.[1] ?? "";
  };
  return { child, told, hears, url: await hears(/serving (\S+)/) };
}

test("the loop works inside, and the server ends with it: nothing new, streams closed, the step in hand finished", async () => {
  const { child, told, hears, url } = await serving(["--metrics-port", "0"]);
  const metrics = await hears(/metrics on (\S+)/);
  while ((await fetch(`${url}/readyz`)).status !== 200) await site.tick();
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/api/v1/me`)).status).toBe(401);
  expect((await fetch(`${url}/metrics`)).status).toBe(401);
  while (site.secrets(site.applications[0] as never).length < 2) await site.tick();
  while (!(await (await fetch(metrics)).text()).includes("nolapse_scan_complete")) await site.tick();
  child.kill("SIGTERM");
  const { code, stdout, stderr } = await told;
  expect([code, stdout]).toEqual([143, ""]);
  expect(stderr).not.toContain(env.PORTAL_SECRET);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  const [rotation] = await site.rotations();
  expect(rotation?.state, "the answer that was on its way is on disk").toBe("issued");
});

test("SIGHUP opens the tenants anew while the server stays", async () => {
  const { child, told, hears, url } = await serving();
  await hears(/watching over contoso, mode (enforce)/);
  site.configure({ ...withServer(), tenants: { contoso: { id: site.directory.admin.tenantId, mode: "observe" } } });
  child.kill("SIGHUP");
  await hears(/watching over contoso, mode (observe)/);
  while ((await fetch(`${url}/readyz`)).status !== 200) await site.tick();
  child.kill("SIGTERM");
  expect((await told).code).toBe(143);
});

test("with a certificate it speaks TLS, and says so to browsers", async () => {
  const { certificate, key } = await makeCertificate({ name: "localhost" });
  writeFileSync(join(site.folder, "cert.pem"), certificate);
  writeFileSync(join(site.folder, "key.pem"), (key as SecretValue).reveal());
  const { child, told, url } = await serving(["--tls-cert", "cert.pem", "--tls-key", "key.pem"]);
  expect(url).toMatch(/^https:\/\/localhost:\d+$/);
  const { statusCode, headers } = await askTls(`${url}/auth/sign-in`, certificate);
  expect([statusCode, headers["strict-transport-security"]]).toEqual([302, "max-age=31536000"]);
  expect(headers["set-cookie"]?.[0]).toMatch(
    /^__Host-nolapse-sign-in=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  expect(new URL(headers.location ?? "").searchParams.get("redirect_uri")).toBe(`${url}/auth/callback`);
  child.kill("SIGTERM");
  expect((await told).code).toBe(143);
});

test("a key that is not the certificate's is said to be that", async () => {
  const [one, other] = [await makeCertificate({ name: "localhost" }), await makeCertificate({ name: "localhost" })];
  writeFileSync(join(site.folder, "cert.pem"), one.certificate);
  writeFileSync(join(site.folder, "key.pem"), (other.key as SecretValue).reveal());
  site.configure(withServer());
  const refused = await site.nolapse(["serve", "--port", "0", "--tls-cert", "cert.pem", "--tls-key", "key.pem"], {
    env,
  });
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining("key.pem is not the private key of cert"),
  ]);
});

test("behind a proxy it is called what people call it, and believes the one hop in front", async () => {
  site.configure(withServer({ url: "https://nolapse.example" }));
  const port = await freePort();
  const { child, told, hears, url } = await serving(["--behind-proxy", "--port", String(port)]);
  expect(url).toBe("https://nolapse.example");
  await hears(/watching over (contoso)/);
  const ask = (headers: Record<string, string>) => askPlain(`http://127.0.0.1:${port}/api/v1/openapi.json`, headers);
  expect((await ask({ host: "nolapse.example" })).statusCode).toBe(200);
  expect((await ask({ host: "10.0.0.1:8080", "x-forwarded-host": "nolapse.example" })).statusCode).toBe(200);
  expect((await ask({ host: "10.0.0.1:8080" })).statusCode).toBe(421);
  child.kill("SIGTERM");
  expect((await told).code).toBe(143);
});

test.each([
  [["--host", "0.0.0.0"], {}, "is not loopback, and without TLS others could read along"],
  [["--behind-proxy"], {}, "behind a proxy the server must know the address people open"],
  [[], { url: "https://nolapse.example" }, "https://nolapse.example needs TLS"],
  [["--tls-cert", "cert.pem"], {}, "TLS takes a certificate and its key"],
  [["--tls-cert", "cert.pem", "--tls-key", "key.pem"], {}, "cannot be read"],
])("refuses %j %j before anything is done", async (args, more, why) => {
  site.configure(withServer(more));
  const { code, stderr } = await site.nolapse(["serve", "--port", "0", ...args], { env });
  expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
  expect(stderr).toContain("hint: ");
});

test("refuses a configuration that nobody could sign in with", async () => {
  site.configure(site.config());
  const none = await site.nolapse(["serve", "--port", "0"], { env });
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("nobody could sign in")]);
  site.configure(withServer());
  const unset = await site.nolapse(["serve", "--port", "0"]);
  expect([unset.code, unset.stderr]).toEqual([2, expect.stringContaining("env:PORTAL_SECRET has no value")]);
  site.configure(withServer({ signIn: { tenant: "nowhere", clientId: CLIENT, secret: "env:PORTAL_SECRET" } }));
  const nowhere = await site.nolapse(["serve", "--port", "0"], { env });
  expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining("there is no tenant nowhere")]);
});

function askTls(url: string, ca: string): Promise<IncomingMessage> {
  return new Promise((done, fail) => getTls(url, { ca, checkServerIdentity: () => undefined }, done).on("error", fail));
}

function askPlain(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  return new Promise((done, fail) =>
    getPlain(url, { headers, agent: false }, (answer) => done(answer.resume())).on("error", fail),
  );
}

/** A port that was free a moment ago: behind a proxy the program does not say which one it has. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
