/** How often, and to the end: rates of one address, and a server that ends with streams open. */
import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { SecretValue } from "../../src/core/secret-value.ts";
import { createServer, type ServerOptions } from "../../src/http/server.ts";
import { Stage } from "./stage.ts";

const OPTIONS: ServerOptions = {
  origin: () => "https://nolapse.example",
  secure: true,
  behindProxy: true,
  tls: null,
  signIn: {
    tenantId: "3f6c0000-0000-4000-8000-000000000001",
    // nobody listens there
    authority: "https://localhost:1",
    clientId: "aaaaaaaa-1111-4222-8333-444444444444",
    secret: async () => new SecretValue("a~secret"),
    ownRights: "https://graph.example/Application.ReadWrite.All",
    audiences: [],
    fetch,
  },
  tenants: () => ["contoso"],
  version: "0",
  now: async () => 0,
  processNow: () => 0,
  metrics: async () => "",
  rehearse: () => {
    throw new TypeError("nobody rehearses here");
  },
  log: () => undefined,
  rates: { all: 20, signIn: 3 },
};

test("one address is slowed down, others are not, and the probes of an orchestrator never", async () => {
  const { app, close } = await createServer(OPTIONS);
  onTestFinished(close);
  const ask = (url: string, from: string) =>
    app
      .inject({ url, headers: { host: "nolapse.example", "x-forwarded-for": from } })
      .then(({ statusCode, headers, body }) => ({ statusCode, headers, body }));
  const signIns = [];
  for (let time = 0; time < 4; time += 1) signIns.push((await ask("/auth/sign-in", "10.0.0.1")).statusCode);
  // the authority cannot be reached, which is told as such, and counts all the same
  expect(signIns).toEqual([502, 502, 502, 429]);
  const slow = await ask("/auth/sign-in", "10.0.0.1");
  expect([slow.headers["retry-after"], JSON.parse(slow.body).code]).toEqual([
    expect.stringMatching(/^\d+$/),
    "too-many-requests",
  ]);
  expect((await ask("/auth/sign-in", "10.0.0.2")).statusCode).toBe(502);
  for (let time = 0; time < 30; time += 1) await ask("/api/v1/openapi.json", "10.0.0.3");
  expect((await ask("/api/v1/openapi.json", "10.0.0.3")).statusCode).toBe(429);
  expect((await ask("/healthz", "10.0.0.3")).statusCode).toBe(200);
});

test("people behind one address are slowed down each by himself, a cookie of nobody's own making helps none, and files of pages count for nobody", async () => {
  const { app, house, close } = await createServer(OPTIONS);
  onTestFinished(close);
  const signedIn = (name: string) =>
    house.parts.sessions.begin({ kind: "person", objectId: name, name, displayName: null, role: "Reader" }, undefined)
      .id;
  const ask = async (url: string, cookie: string) =>
    (await app.inject({ url, headers: { host: "nolapse.example", cookie: `__Host-nolapse=${cookie}` } })).statusCode;
  const [rita, omar] = [signedIn("rita"), signedIn("omar")];
  for (let time = 0; time < 30; time += 1) await ask("/assets/some.js", rita);
  for (let time = 0; time < 20; time += 1) expect(await ask("/api/v1/me", rita)).toBe(200);
  expect(await ask("/api/v1/me", rita)).toBe(429);
  expect(await ask("/api/v1/me", omar)).toBe(200);
  const invented = [];
  for (let time = 0; time < 21; time += 1) invented.push(await ask("/api/v1/me", `invented-${time}`));
  expect([invented[0], invented.at(-1)]).toEqual([401, 429]);
  for (let time = 0; time < 4; time += 1) await ask("/auth/sign-in", time % 2 === 0 ? rita : omar);
  expect(await ask("/auth/sign-in", omar)).toBe(429);
});

test("a tenant that is not open yet is said to be so, and the server is not ready", async () => {
  const { app, close } = await createServer(OPTIONS);
  onTestFinished(close);
  const answer = await app.inject({ url: "/readyz", headers: { host: "whatever" } });
  expect([answer.statusCode, answer.json()]).toEqual([503, expect.objectContaining({ code: "incomplete" })]);
});

test("what is unexpected is an id to the caller, and whole in the log", async () => {
  const said: string[] = [];
  const metrics = async () => {
    throw new Error("the inside of something");
  };
  const { app, house, close } = await createServer({ ...OPTIONS, metrics, log: (line) => void said.push(line) });
  onTestFinished(close);
  const { id } = house.parts.sessions.begin(
    { kind: "person", objectId: "o", name: "rita", displayName: null, role: "Reader" },
    undefined,
  );
  const headers = { host: "nolapse.example", cookie: `__Host-nolapse=${id}` };
  const answer = await app.inject({ url: "/metrics", headers });
  expect([answer.statusCode, answer.json().code]).toEqual([500, "unexpected"]);
  expect(answer.body).not.toContain("inside");
  expect(said.join()).toContain(answer.json().id);
  expect(said.join()).toContain("the inside of something");
  expect(said.join()).not.toContain(id);
});

test("a server that ends closes its streams and answers nothing more", async () => {
  const stage = await Stage.open();
  await stage.run();
  const rita = await stage.signIn("Rita");
  const url = new URL("/api/v1/t/contoso/events", stage.server.url);
  const stream = await new Promise<IncomingMessage>((done, fail) =>
    get(url, { headers: { cookie: rita.cookie } }, done).on("error", fail),
  );
  await once(stream, "data");
  const ended = once(stream.resume(), "end");
  await stage.close();
  await ended;
  await expect(fetch(`${stage.server.url}/healthz`)).rejects.toThrow();
});
