/** A person signs in with a browser: authorization code with PKCE, state and nonce, against the embedded directory; then what a session is. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
  await stage.run();
});
afterAll(() => stage.close());

test("the authority is asked with PKCE, state and nonce, and for nothing but who it is", async () => {
  const { status, headers } = await stage.ask("/auth/sign-in");
  expect(status).toBe(302);
  const url = new URL(headers.get("location") ?? "");
  expect(url.origin).toBe(stage.directory.url);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    response_type: "code",
    scope: "openid profile",
    code_challenge_method: "S256",
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    state: expect.stringMatching(/^[\w-]{40,}$/),
    nonce: expect.stringMatching(/^[\w-]{40,}$/),
  });
  expect(headers.getSetCookie()[0]).toMatch(
    /^nolapse-sign-in=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
  );
});

test("whoever comes back is who the authority says, with the role it says, and goes where he wanted to", async () => {
  const ann = await stage.signIn("Ann", "", "/t/contoso/plan?tab=next");
  expect(ann.back.headers.get("location")).toBe("/t/contoso/plan?tab=next");
  expect((await ann.get("/api/v1/me")).body).toMatchObject({
    kind: "person",
    name: "ann@contoso.example",
    displayName: "Ann",
    role: "Admin",
    tenants: ["contoso"],
  });
  expect((await (await stage.signIn("Oswin")).get("/api/v1/me")).body).toMatchObject({ role: "Owner" });
});

test("what was not begun by this browser, or is brought back twice, signs nobody in", async () => {
  const begun = await stage.ask("/auth/sign-in");
  const cookie = begun.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const state = new URL(begun.headers.get("location") ?? "").searchParams.get("state");
  const path = `/auth/callback?code=1.made-up&state=${state}`;
  expect((await stage.ask(path)).body).toMatchObject({ status: 401, code: "not-signed-in" });
  expect((await stage.ask("/auth/callback?code=1.made-up&state=other", { headers: { cookie } })).status).toBe(401);
  // its own cookie was good for one try
  const again = await stage.ask(path, { headers: { cookie } });
  expect(again.body.detail).toBe("this sign-in was not begun by this browser, or too long ago");
  expect(again.headers.getSetCookie().some((line) => line.startsWith("nolapse="))).toBe(false);
});

test("an authority that refuses is told as such", async () => {
  const begun = await stage.ask("/auth/sign-in");
  const cookie = begun.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const state = new URL(begun.headers.get("location") ?? "").searchParams.get("state");
  const answer = await stage.ask(`/auth/callback?error=access_denied&state=${state}`, { headers: { cookie } });
  expect([answer.status, answer.body.detail]).toEqual([401, "the login authority refused it: access_denied"]);
});

test.each([
  ["//evil.example/x"],
  ["https://evil.example/"],
  ["/\\evil.example"],
  ["/\t/evil.example"],
  ["javascript:alert(1)"],
  ["/ok\r\nSet-Cookie: a=b"],
  ["/..//evil.example"],
])("the way back never leads elsewhere: %j", async (to) => {
  const { back } = await stage.signIn("Rita", "", to);
  expect(back.status).toBe(302);
  const location = back.headers.get("location") ?? "";
  expect(new URL(location, stage.server.url).origin).toBe(stage.server.url);
  expect(back.headers.getSetCookie().some((line) => line.startsWith("a="))).toBe(false);
});

test("no id that somebody brought along survives a sign-in, and an old one is over", async () => {
  const fixed = await stage.signIn("Rita", "nolapse=an-id-that-somebody-else-chose");
  expect(fixed.cookie).toMatch(/^nolapse=[\w-]{43}$/);
  expect(
    (await stage.ask("/api/v1/me", { headers: { cookie: "nolapse=an-id-that-somebody-else-chose" } })).status,
  ).toBe(401);
  const next = await stage.signIn("Rita", fixed.cookie);
  expect(next.cookie).not.toBe(fixed.cookie);
  expect((await fixed.get("/api/v1/me")).status).toBe(401);
  expect((await next.get("/api/v1/me")).status).toBe(200);
});

test("a session can be listed and ended, by its owner and by an Admin, and by nobody else", async () => {
  const [rita, otto, ann] = [await stage.signIn("Rita"), await stage.signIn("Otto"), await stage.signIn("Ann")];
  const own = (await otto.get("/api/v1/sessions")).body.sessions as {
    handle: string;
    name: string;
    current: boolean;
  }[];
  expect(new Set(own.map(({ name }) => name))).toEqual(new Set(["otto@contoso.example"]));
  const all = (await ann.get("/api/v1/sessions")).body.sessions as typeof own;
  const ritas = all.filter(({ name }) => name === "rita@contoso.example").map(({ handle }) => handle);
  expect(ritas.length).toBeGreaterThan(0);
  expect(JSON.stringify(all)).not.toContain(rita.cookie.slice("nolapse=".length));
  const end = (who: typeof ann, handle: string) =>
    stage.ask(`/api/v1/sessions/${handle}`, {
      method: "DELETE",
      headers: { cookie: who.cookie, "x-csrf-token": who.csrf },
    });
  expect((await end(otto, ritas[0] ?? "")).status).toBe(404);
  for (const handle of ritas) expect((await end(ann, handle)).status).toBe(200);
  expect((await rita.get("/api/v1/me")).status).toBe(401);
  const out = await otto.post("/auth/sign-out");
  expect(out.body.next).toBe(`${stage.directory.url}/${stage.directory.admin.tenantId}/oauth2/v2.0/logout`);
  expect(out.headers.getSetCookie()[0]).toMatch(/^nolapse=; Max-Age=0/);
  expect((await otto.get("/api/v1/me")).status).toBe(401);
});

test("who signed in and out is in the trail", async () => {
  const ann = await stage.signIn("Ann");
  const { items } = (await ann.get("/api/v1/t/contoso/audit?after=0&limit=500")).body;
  const signed = items.filter(({ action }: { action: string }) => action === "signed-in");
  expect(signed.at(-1)).toMatchObject({ actor: "entra:ann@contoso.example", details: { role: "Admin" } });
  expect(items.some(({ action }: { action: string }) => action === "session-ended")).toBe(true);
});

test("a person whose sign-in came to nothing is told so on a page, and what to do; a program gets the problem", async () => {
  const accept = { accept: "text/html,application/xhtml+xml" };
  const page = await stage.ask("/auth/callback?error=access_denied&state=%3Cimg%20src=x%3E", { headers: accept });
  expect([page.status, page.headers.get("content-type")]).toEqual([401, "text/html; charset=utf-8"]);
  expect(page.text).toMatch(/<h1>You are not signed in<\/h1>/);
  expect(page.text).toContain('href="/auth/sign-in"');
  const nonce = /<style nonce="([^"]+)">/.exec(page.text)?.[1];
  expect(page.headers.get("content-security-policy")).toContain(`'nonce-${nonce}'`);
  expect([page.headers.get("cache-control"), page.text.includes("<img")]).toEqual(["no-store", false]);
  const begun = await stage.ask("/auth/sign-in?rights=yes");
  const asked = new URL(begun.headers.get("location") ?? "").searchParams;
  expect(asked.get("scope")).toMatch(/^openid profile https:\/\/[^ ]+\/Application\.ReadWrite\.All$/);
  const cookie = begun.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const told = await stage.ask(`/auth/callback?error=access_denied&state=${asked.get("state")}`, {
    headers: { ...accept, cookie },
  });
  expect(told.text).toContain("sign in without them");
  expect((await stage.ask("/auth/callback")).body.code).toBe("not-signed-in");
});

test("who mistypes an address is told so on a page that leads on; a program, and whoever asks the API, gets the problem", async () => {
  const headers = { accept: "text/html,application/xhtml+xml" };
  const page = await stage.ask("/nothing", { headers });
  expect([page.status, page.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  expect(page.text).toMatch(/<h1>Not here<\/h1>/);
  expect(page.text).toContain('<a href="/">');
  expect(page.text).not.toContain("/auth/sign-in");
  expect((await stage.ask("/nothing")).body).toMatchObject({ status: 404, code: "not-found" });
  expect((await stage.ask("/api/v1/nothing", { headers })).body).toMatchObject({ status: 404, code: "not-found" });
});
