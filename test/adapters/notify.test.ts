/** Notices over real sockets on loopback: what a receiver gets, and what a failure says. */
import { createHmac } from "node:crypto";
import dns from "node:dns";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished, vi } from "vitest";
import { prometheusText, serveMetrics } from "../../src/adapters/metrics/prometheus.ts";
import { createEmail } from "../../src/adapters/notify/email.ts";
import { mayBeTold, NotOutside, resolveOutside } from "../../src/adapters/notify/outside.ts";
import { createHeartbeat, createWebhook } from "../../src/adapters/notify/webhook.ts";
import type { Digest } from "../../src/core/pictures/notice.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { NOW, TENANT } from "../core/make.ts";
import { smtpServer } from "../support/smtp-server.ts";

const digest: Digest = {
  tenant: "contoso",
  tenantId: TENANT,
  at: NOW,
  test: false,
  findings: [
    { kind: "urgent", appId: "a", key: "k", title: "Zahlung <b>ü</b> ends in 3 days", next: "nolapse explain a" },
  ],
};

async function receiver(status: number) {
  const requests: { method: string; path: string; headers: IncomingHttpHeaders; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    requests.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body });
    response.writeHead(status, { location: "http://127.0.0.1:9/" }).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=hidden`, requests };
}

it("a webhook gets a CloudEvent whose signature it can check", async () => {
  const { url, requests } = await receiver(202);
  await createWebhook({
    name: "hook",
    recipient: "env:HOOK",
    url: async () => url,
    secret: async () => new SecretValue("shared"),
  }).send("env:HOOK", digest);
  const [request] = requests;
  expect(request?.headers["content-type"]).toBe("application/cloudevents+json; charset=utf-8");
  const text = `${request?.headers["nolapse-timestamp"]}.${request?.body}`;
  expect(request?.headers["nolapse-signature"]).toBe(
    `sha256=${createHmac("sha256", "shared").update(text).digest("hex")}`,
  );
  const event = JSON.parse(request?.body ?? "");
  expect(event).toMatchObject({
    specversion: "1.0",
    type: "nolapse.notice.digest",
    source: `urn:nolapse:tenant:${TENANT}`,
    data: { tenant: "contoso", findings: [{ kind: "urgent", appId: "a", next: "nolapse explain a" }] },
  });
});

it.each([500, 404, 302])(
  "a webhook that answers %i has not been told, and its address is not printed",
  async (status) => {
    const { url } = await receiver(status);
    const sent = createWebhook({ name: "hook", recipient: "env:HOOK", url: async () => url, secret: null }).send(
      "env:HOOK",
      digest,
    );
    await expect(sent).rejects.toMatchObject({ code: "notify-failed", message: expect.not.stringContaining("hidden") });
  },
);

it.each([
  "http://169.254.169.254/latest/meta-data/",
  "http://0xA9FEA9FE/metadata/identity/oauth2/token",
  "http://2852039166/",
  "http://[::ffff:169.254.169.254]/",
  "http://[64:ff9b::a9fe:a9fe]/",
  "https://168.63.129.16/machine",
  "http://[fe80::1]/",
  "http://0.0.0.0/",
])("no notice goes to what only this machine's platform answers at: %s", async (url) => {
  const hook = createWebhook({ name: "hook", recipient: "env:HOOK", url: async () => url, secret: null });
  const refused = { code: "notify-failed", message: expect.stringContaining("belongs to this machine's platform") };
  await expect(hook.send("env:HOOK", digest)).rejects.toMatchObject(refused);
  await expect(createHeartbeat("beat", async () => url, "GET").beat()).rejects.toMatchObject(refused);
});

it("nor to a name that leads there, whatever else it leads to", async () => {
  const answers = new Map([
    ["rebound.example", ["127.0.0.1", "169.254.169.254"]],
    ["relay.example", ["127.0.0.1", "10.0.0.7"]],
  ]);
  vi.spyOn(dns, "lookup").mockImplementation(((name: string, _: unknown, done: (...given: unknown[]) => void) => {
    done(
      null,
      answers.get(name)?.map((address) => ({ address, family: 4 })),
    );
  }) as never);
  onTestFinished(() => void vi.restoreAllMocks());
  const resolved = (name: string, all: boolean) =>
    new Promise((done) => resolveOutside(name, { all }, (failure, ...given) => done(failure ?? given)));
  expect(await resolved("rebound.example", true)).toBeInstanceOf(NotOutside);
  expect(await resolved("rebound.example", false)).toBeInstanceOf(NotOutside);
  expect(await resolved("relay.example", false)).toEqual(["127.0.0.1", 4]);
  expect(["127.0.0.1", "10.1.2.3", "192.168.0.1", "::1", "fd12::1", "203.0.113.9"].filter(mayBeTold)).toHaveLength(6);
});

it("behind a proxy it is asked to tell them, by a name that only it has to know", async () => {
  const { url, requests } = await receiver(202);
  const proxy = new URL(url).origin;
  vi.stubEnv("HTTP_PROXY", proxy);
  onTestFinished(() => void vi.unstubAllEnvs());
  await createHeartbeat("up", async () => "http://hooks.contoso.example/up", "GET").beat();
  expect(requests.map(({ method, headers, path }) => [method, headers.host, path])).toEqual([
    ["GET", "hooks.contoso.example", "http://hooks.contoso.example/up"],
  ]);
  // what needs none goes by itself
  vi.stubEnv("NO_PROXY", "127.0.0.1");
  await createHeartbeat("up", async () => url, "GET").beat();
  expect(requests[1]?.path).toBe("/hook?token=hidden");
});

it("behind a proxy TLS is spoken with the receiver, and the proxy sees its name alone", async () => {
  const asked: string[] = [];
  const proxy = createServer().on("connect", (request, socket) => {
    asked.push(`${request.method} ${request.url}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  onTestFinished(() => void proxy.close());
  vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const told = createHeartbeat("up", async () => "https://hooks.contoso.example/up?token=hidden", "POST").beat();
  await expect(told).rejects.toMatchObject({ code: "notify-failed" });
  expect(asked).toEqual(["CONNECT hooks.contoso.example:443"]);
});

it("a proxy is not sent to the platform either, by number or by name", async () => {
  const { url, requests } = await receiver(202);
  vi.stubEnv("HTTP_PROXY", new URL(url).origin);
  onTestFinished(() => void vi.unstubAllEnvs());
  const lookup = vi
    .spyOn(dns.promises, "lookup")
    .mockResolvedValue([{ address: "169.254.169.254", family: 4 }] as never);
  onTestFinished(() => lookup.mockRestore());
  for (const address of ["http://169.254.169.254/", "http://metadata.contoso.example/"])
    await expect(createHeartbeat("up", async () => address, "GET").beat()).rejects.toMatchObject({
      message: expect.stringContaining("belongs to this machine's platform"),
    });
  // of the two names of the variable one may be empty, and the other one counts
  vi.stubEnv("http_proxy", "");
  await expect(
    createHeartbeat("up", async () => "http://metadata.contoso.example/", "GET").beat(),
  ).rejects.toMatchObject({ message: expect.stringContaining("belongs to this machine's platform") });
  expect(requests).toEqual([]);
});

it("a heartbeat is one bare request", async () => {
  const { url, requests } = await receiver(200);
  await createHeartbeat("beat", async () => url, "POST").beat();
  await createHeartbeat("beat", async () => url, "GET").beat();
  expect(requests.map((one) => [one.method, one.body])).toEqual([
    ["POST", ""],
    ["GET", ""],
  ]);
});

it("a mail comes as text and as a page that asks nothing from outside", async () => {
  const server = await smtpServer();
  onTestFinished(() => server.close());
  const mail = createEmail({
    name: "mail",
    smtp: async () => new SecretValue(server.url),
    from: "nolapse@contoso.example",
    to: ["ann@contoso.example"],
  });
  await mail.send("ann@contoso.example", digest);
  const [received] = server.mails;
  expect(received?.to).toEqual(["ann@contoso.example"]);
  const message = received?.message ?? "";
  expect(message).toMatch(/^Subject: nolapse: 1 thing needs a look in contoso$/m);
  expect(message).toMatch(/^Auto-Submitted: auto-generated$/m);
  for (const part of ["text/plain", "text/html"]) expect(message).toContain(`Content-Type: ${part}; charset=utf-8`);
  const plain = message
    .replaceAll(/=\n/g, "")
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  expect(plain).toContain("nolapse explain a");
  expect(plain).toContain("&lt;b&gt;");
  expect(plain).not.toMatch(/<(img|script|link)|https?:/);
});

it("a mail that is refused says how, and nothing of the password", async () => {
  const server = await smtpServer();
  onTestFinished(() => server.close());
  server.refuse = "550 nobody here";
  const smtp = async () => new SecretValue(server.url.replace("//", "//ann:pass-word@"));
  const sent = createEmail({ name: "mail", smtp, from: "n@contoso.example", to: "owners" }).send(
    "b@contoso.example",
    digest,
  );
  await expect(sent).rejects.toMatchObject({
    code: "notify-failed",
    message: expect.not.stringContaining("pass-word"),
  });
});

it("metrics are served as text on loopback", async () => {
  const samples = [
    { name: "nolapse_up", help: "it is up", labels: { tenant: 'a"b' }, value: 1 },
    { name: "nolapse_up", help: "it is up", labels: { tenant: "c" }, value: 0 },
  ];
  const text = await prometheusText(samples);
  expect(text).toContain('nolapse_up{tenant="a\\"b"} 1\nnolapse_up{tenant="c"} 0\n');
  const server = await serveMetrics(0);
  onTestFinished(() => server.close());
  server.set("a", samples);
  const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  expect([answer.status, await answer.text()]).toEqual([200, text]);
  expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(404);
  await expect(serveMetrics(server.port)).rejects.toMatchObject({
    code: "port-unavailable",
    message: `port ${server.port} of 127.0.0.1 is taken: another program listens there`,
    next: expect.stringContaining("or choose another --metrics-port"),
  });
});
