/** What others try: forged requests, hostile names, other hosts, bodies and paths that were not meant, values where none may be. */
import { get } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, Stage, type Visitor } from "./stage.ts";
import { HOSTILE } from "./stage-tenant.ts";

let stage: Stage;
let ann: Visitor;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.run();
  ann = await stage.signIn("Ann");
});
afterAll(() => stage.close());

const T = "/api/v1/t/contoso";

describe("a change with a cookie", () => {
  const stop = (headers: Record<string, string>, body = "{}") =>
    stage.ask(`${T}/stop`, {
      method: "POST",
      body,
      headers: { cookie: ann.cookie, "content-type": "application/json", ...headers },
    });
  test("takes the session's own token", async () => {
    const otto = await stage.signIn("Otto");
    for (const token of [undefined, "", "x", otto.csrf, ann.csrf.slice(1)]) {
      const answer = await stop(token === undefined ? {} : { "x-csrf-token": token });
      expect([answer.status, answer.body.code]).toEqual([403, "request-refused"]);
    }
  });
  test("comes from a page of ours", async () => {
    const good = { "x-csrf-token": ann.csrf };
    expect((await stop({ ...good, origin: "https://evil.example" })).status).toBe(403);
    expect((await stop({ ...good, origin: "null" })).status).toBe(403);
    expect((await stop({ ...good, "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await stop({ ...good, "sec-fetch-site": "same-site" })).status).toBe(403);
  });
  test("is no form of another site", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      const answer = await stop({ "x-csrf-token": ann.csrf, "content-type": type });
      expect([answer.status, answer.body.code]).toEqual([415, "request-refused"]);
    }
  });
  test("and none of these has done anything", async () => {
    expect((await ann.get(`${T}/overview`)).body.switches.stopped).toBeNull();
    expect(
      (await stop({ "x-csrf-token": ann.csrf, origin: stage.server.url, "sec-fetch-site": "same-origin" })).status,
    ).toBe(200);
    expect((await ann.get(`${T}/overview`)).body.switches.stopped).toMatchObject({ by: "entra:ann@contoso.example" });
    expect((await ann.post(`${T}/resume`)).body).toMatchObject({ stillStopped: null });
  });
});

test("every answer says what a browser may do with it, and a name is nothing but text", async () => {
  const found = await ann.get(`${T}/applications?q=${encodeURIComponent("<img")}`);
  expect(found.body.items[0].displayName).toBe(HOSTILE);
  expect(found.text).not.toContain("\r\nSet-Cookie");
  for (const answer of [
    found,
    await ann.get("/nowhere"),
    await stage.ask("/auth/sign-in"),
    await stage.ask("/healthz"),
  ]) {
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      // what a page may do is asked in portal.test.ts
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    });
  }
  expect(found.headers.get("content-type")).toBe("application/json; charset=utf-8");
  expect(found.headers.get("cache-control")).toBe("no-store");
});

test("a calendar is not written by whoever names an application", async () => {
  const { text, headers } = await ann.get(`${T}/forecast.ics`);
  expect(headers.get("content-disposition")).toBe('attachment; filename="nolapse-contoso.ics"');
  expect(text.replaceAll("\r\n ", "")).toContain("<img src=x onerror=alert(1)>");
  expect(text.split("\r\n").every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
  expect(text).not.toMatch(/^Set-Cookie/m);
});

test("another host, however it is said, gets nothing", async () => {
  for (const host of ["evil.example", `localhost:1`, "localhost.evil.example", "127.0.0.1"]) {
    const { status, body } = await raw("/api/v1/me", { host });
    expect([status, JSON.parse(body).code], host).toEqual([421, "request-refused"]);
  }
  const forwarded = await raw("/api/v1/openapi.json", {
    host: new URL(stage.server.url).host,
    "x-forwarded-host": "evil.example",
  });
  expect(forwarded.status).toBe(200);
  expect((await raw("/healthz", { host: "10.0.0.7" })).status).toBe(200);
});

test.each([
  "/api/v1/t/contoso/applications/..%2f..%2f..%2fetc%2fpasswd",
  "/api/v1/t/contoso/applications/%2e%2e%2f%2e%2e",
  "/api/v1/t/..%2fcontoso/overview",
  "/api/v1/t/contoso/rotations/..%5c..%5cnolapse.db",
  "/api/v1/t/contoso/rotations/a%00b",
  "/api/v1/t/contoso/rotations/%E0%A4%A",
  "/..%2f..%2fnolapse.yaml",
  `/api/v1/t/contoso/applications/${"a".repeat(300)}`,
])("a path that leads elsewhere leads nowhere: %s", async (path) => {
  const { status, body } = await raw(path, { host: new URL(stage.server.url).host, cookie: ann.cookie });
  expect([400, 404, 414]).toContain(status);
  expect(JSON.parse(body)).toMatchObject({ type: expect.stringMatching(/^urn:nolapse:problem:/) });
  expect(body).not.toMatch(/root:|tenants:|SQLite/);
});

test.each([
  [`${T}/applications?limit=100000`],
  [`${T}/applications?sort=constructor`],
  [`${T}/applications?next=__proto__`],
  [`${T}/applications?q=a&q=b`],
  [`${T}/applications?unknown=<script>`],
  [`${T}/timeline?from=now`],
  [`${T}/timeline?from=2031-01-01T00:00:00Z&to=2030-01-01T00:00:00Z`],
  [`${T}/audit?after=-1`],
])("a query that does not fit is refused, and not repeated: %s", async (path) => {
  const { status, body, text } = await ann.get(path);
  expect([status, body.code]).toEqual([400, "usage"]);
  expect(text).not.toMatch(/<script>|constructor|__proto__/);
});

test("bodies are small, are JSON, and hold nothing unknown", async () => {
  const url = `${T}/approvals`;
  const send = (body: string) =>
    stage.ask(url, {
      method: "POST",
      body,
      headers: { cookie: ann.cookie, "x-csrf-token": ann.csrf, "content-type": "application/json" },
    });
  const code = async (answer: Promise<Answer>) => [(await answer).status, (await answer).body.code];
  expect(await code(send("x".repeat(70_000)))).toEqual([413, "request-refused"]);
  expect(await code(send("{"))).toEqual([400, "request-refused"]);
  expect(await code(send('{"ids":["a"],"what":"both","__proto__":{"role":"Admin"}}'))).toEqual([
    400,
    "request-refused",
  ]);
  expect(await code(send('{"ids":["a"],"what":"both","actor":"somebody"}'))).toEqual([400, "usage"]);
  expect(await code(send(`{"ids":${JSON.stringify(Array.from({ length: 201 }, () => "a"))},"what":"both"}`))).toEqual([
    400,
    "usage",
  ]);
});

test("an access token in another place, or another scheme, is none", async () => {
  const token = await stage.token("robot");
  for (const authorization of [`Basic ${token}`, token, `Bearer ${token} x`, "Bearer ", "Bearer a.b"]) {
    expect((await stage.ask("/api/v1/me", { headers: { authorization } })).status).toBe(401);
  }
  expect((await stage.ask(`/api/v1/me?access_token=${token}`)).status).toBe(401);
  const good = await stage.ask("/api/v1/me", { headers: { authorization: `bearer ${token}` } });
  expect(good.body).toMatchObject({
    kind: "application",
    role: "Operator",
    name: stage.application("robot").appId,
    csrf: null,
  });
  // a bad token is not made good by a cookie
  expect(
    (await stage.ask("/api/v1/me", { headers: { authorization: "Bearer a.b.c", cookie: ann.cookie } })).status,
  ).toBe(401);
});

/** A request as it is written, with nothing tidied. */
function raw(path: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  const { port } = new URL(stage.server.url);
  return new Promise((done, fail) => {
    get({ host: "127.0.0.1", port, path, headers }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text) => {
        body += text;
      });
      response.on("end", () => done({ status: response.statusCode ?? 0, body }));
    }).on("error", fail);
  });
}
