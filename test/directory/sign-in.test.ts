/** A person signs in to an application: reference token-endpoint §7. */
import { createHash } from "node:crypto";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { accountOf, type Browser, broughtBack, openBrowser } from "./browser.ts";
import { creator, DAY, type Graph, graphAs, graphWith, openDirectory, requestToken } from "./entra.ts";

let directory: Directory;
let graph: Graph;
const REDIRECT = "https://app.example/back";
const web = { clientId: "", secret: "", id: "" };

beforeAll(async () => {
  directory = await openDirectory({ scenario: "contoso" });
  graph = await graphAs(directory);
  const made = await creator(() => graph)({
    displayName: "Expenses",
    web: { redirectUris: [REDIRECT], implicitGrantSettings: { enableIdTokenIssuance: true } },
    publicClient: { redirectUris: ["http://localhost"] },
    spa: { redirectUris: ["https://spa.example/"] },
  });
  await graph("POST", "/servicePrincipals", { appId: made.appId });
  const { secretText } = (await graph("POST", `/applications/${made.id}/addPassword`, {})).body;
  Object.assign(web, { clientId: made.appId, secret: secretText, id: made.id });
});
afterAll(() => directory.close());

const authorize = (params: Record<string, string> = {}, tenant = directory.admin.tenantId) => {
  const all = {
    client_id: web.clientId,
    response_type: "code",
    redirect_uri: REDIRECT,
    scope: "openid profile offline_access User.Read",
    state: "s1",
    ...params,
  };
  return `${directory.url}/${tenant}/oauth2/v2.0/authorize?${new URLSearchParams(all)}`;
};

/** Picks the account and accepts whatever is asked. */
async function signInAs(browser: Browser, name: string, url: string) {
  const who = await browser.open(url);
  let next = who.text.includes("Pick an account") ? await browser.submit(who, { user: accountOf(who, name) }) : who;
  if (next.text.includes("Permissions requested")) next = await browser.submit(next, { decision: "accept" });
  return next;
}

const redeem = (form: Record<string, string | undefined>, headers: Record<string, string> = {}) =>
  requestToken(
    directory,
    {
      grant_type: "authorization_code",
      client_id: web.clientId,
      client_secret: web.secret,
      redirect_uri: REDIRECT,
      scope: undefined,
      ...form,
    },
    { headers },
  );

async function claimsOf(token: string) {
  const response = await directory.fetch(`${directory.url}/common/discovery/keys`);
  const { payload } = await jwtVerify(token, createLocalJWKSet((await response.json()) as JSONWebKeySet), {
    currentDate: new Date(directory.clock.now()),
  });
  return payload;
}

describe("the authorization code", () => {
  test("comes back with the state, and is a token for the person once", async () => {
    const browser = openBrowser(directory);
    const who = await browser.open(authorize({ nonce: "n1" }));
    expect(who.status).toBe(200);
    expect(who.text).toContain("to continue to Expenses");
    const asked = await browser.submit(who, { user: accountOf(who, "Alex Wilber") });
    expect(asked.text).toContain("Sign in and read user profile (User.Read)");
    expect(asked.text).not.toContain("on behalf of your organization");
    const back = await browser.submit(asked, { decision: "accept" });
    expect(back.location).toMatch(/^https:\/\/app\.example\/back\?/);
    const { code = "", state } = broughtBack(back);
    expect(state).toBe("s1");
    const { status, body } = await redeem({ code });
    expect([status, body.scope]).toEqual([200, "openid profile User.Read"]);
    const access = await claimsOf(body.access_token ?? "");
    expect(access).toMatchObject({
      aud: "https://graph.microsoft.com",
      appid: web.clientId,
      appidacr: "1",
      scp: "openid profile User.Read",
      upn: "alex.wilber@contoso.com",
      ver: "1.0",
    });
    expect(await claimsOf(String(body.id_token))).toMatchObject({
      aud: web.clientId,
      iss: `https://login.microsoftonline.com/${directory.admin.tenantId}/v2.0`,
      nonce: "n1",
      preferred_username: "alex.wilber@contoso.com",
      ver: "2.0",
    });
    const me = graphWith(directory, body.access_token ?? "");
    expect((await me("GET", "/me")).body).toMatchObject({ displayName: "Alex Wilber" });
    expect((await me("GET", "/applications?$top=1")).status).toBe(403);
    expect((await redeem({ code })).body.error_codes).toEqual([54005]);
  });

  test("needs no person a second time, and no consent", async () => {
    const browser = openBrowser(directory);
    await signInAs(browser, "Alex Wilber", authorize());
    const back = await browser.open(authorize({ prompt: "none", state: "s2" }));
    expect(broughtBack(back)).toMatchObject({ state: "s2", code: expect.any(String) });
    expect((await browser.open(authorize({ prompt: "login" }))).text).toContain("Pick an account");
    expect((await browser.open(authorize({ prompt: "consent" }))).text).toContain("Permissions requested");
    expect((await browser.open(authorize({ login_hint: "lee.gu@contoso.com" }))).text).toContain("Pick an account");
    const nobody = await openBrowser(directory).open(authorize({ prompt: "none" }));
    expect(broughtBack(nobody)).toMatchObject({ error: "login_required", state: "s1" });
  });

  test("is over after ten minutes, and only for the client and address it was for", async () => {
    const browser = openBrowser(directory);
    const fresh = async (params = {}) =>
      broughtBack(await signInAs(browser, "Alex Wilber", authorize(params))).code ?? "";
    const codes = async (form: Record<string, string>) => (await redeem(form)).body.error_codes;
    expect(await codes({ code: await fresh(), redirect_uri: "https://app.example/other" })).toEqual([500112]);
    expect(await codes({ code: await fresh(), client_secret: "wrong" })).toEqual([7000215]);
    expect(await codes({ code: await fresh(), client_secret: "" })).toEqual([7000218]);
    expect(await codes({ code: "1.made-up" })).toEqual([70000]);
    const { clientId, clientSecret } = directory.admin;
    expect(await codes({ code: await fresh(), client_id: clientId, client_secret: clientSecret })).toEqual([700005]);
    const late = await fresh();
    directory.clock.advance(600_000);
    expect(await codes({ code: late })).toEqual([70008]);
    graph = await graphAs(directory);
  });

  test("with PKCE is for who has the verifier", async () => {
    const browser = openBrowser(directory);
    const verifier = "v".repeat(43);
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    const s256 = { code_challenge: challenge, code_challenge_method: "S256" };
    const code = async (params: Record<string, string>) =>
      broughtBack(await signInAs(browser, "Alex Wilber", authorize(params))).code ?? "";
    const one = await code(s256);
    expect((await redeem({ code: one })).body.error_codes).toEqual([50148]);
    expect((await redeem({ code: one, code_verifier: "w".repeat(43) })).body.error_codes).toEqual([501481]);
    expect((await redeem({ code: one, code_verifier: verifier })).status).toBe(200);
    const plain = await code({ code_challenge: verifier });
    expect((await redeem({ code: plain, code_verifier: verifier })).status).toBe(200);
    expect(broughtBack(await browser.open(authorize({ ...s256, code_challenge_method: "S1" }))).error).toBe(
      "invalid_request",
    );
  });

  test("of a public client needs no secret, and takes any port of this machine", async () => {
    const browser = openBrowser(directory);
    const redirect_uri = "http://localhost:53682";
    const { code = "" } = broughtBack(await signInAs(browser, "Alex Wilber", authorize({ redirect_uri })));
    expect((await redeem({ code, redirect_uri, client_secret: undefined })).status).toBe(200);
    for (const odd of ["http://localhost:1@evil.example", "http://127.0.0.1:80", "http://localhost:80/path"]) {
      const page = await browser.open(authorize({ redirect_uri: odd }));
      expect([page.status, page.text.includes("AADSTS50011")], odd).toEqual([400, true]);
    }
  });

  test("of a single-page application is redeemed across origins, with PKCE", async () => {
    const browser = openBrowser(directory);
    const redirect_uri = "https://spa.example/";
    expect(broughtBack(await browser.open(authorize({ redirect_uri }))).error_description).toContain("AADSTS9002325");
    const verifier = "v".repeat(43);
    const pkce = { code_challenge: verifier, code_challenge_method: "plain" };
    const { code = "" } = broughtBack(await signInAs(browser, "Alex Wilber", authorize({ redirect_uri, ...pkce })));
    const form = { code, redirect_uri, client_secret: undefined, code_verifier: verifier };
    expect((await redeem(form)).body.error_codes).toEqual([9002327]);
    const answer = await redeem(form, { origin: "https://spa.example" });
    expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, "https://spa.example"]);
    const preflight = await directory.fetch(`${directory.url}/common/oauth2/v2.0/token`, {
      method: "OPTIONS",
      headers: { origin: "https://spa.example" },
    });
    expect(preflight.status).toBe(204);
  });
});

describe("a refresh token", () => {
  const refresh = (token: unknown, more: Record<string, string> = {}) =>
    requestToken(directory, {
      grant_type: "refresh_token",
      refresh_token: String(token),
      client_id: web.clientId,
      client_secret: web.secret,
      scope: "User.Read",
      ...more,
    });
  const first = async () => {
    const { code = "" } = broughtBack(await signInAs(openBrowser(directory), "Alex Wilber", authorize()));
    return (await redeem({ code })).body.refresh_token;
  };

  test("gives new tokens, and a new one of itself", async () => {
    const { status, body } = await refresh(await first());
    expect(status).toBe(200);
    expect((await claimsOf(body.access_token ?? "")).scp).toBe("User.Read");
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  test("is for its client, its person, what he consented to, and ninety days", async () => {
    const token = await first();
    expect((await refresh("1.made-up")).body.error_codes).toEqual([70000]);
    expect((await refresh(`${token}x`.replace("1.", "1.A"))).body.error_codes).toEqual([70000]);
    const { clientId, clientSecret } = directory.admin;
    expect((await refresh(token, { client_id: clientId, client_secret: clientSecret })).body.error_codes).toEqual([
      700005,
    ]);
    const more = await refresh(token, { scope: "Mail.Read" });
    expect([more.body.error, more.body.error_codes]).toEqual(["invalid_grant", [65001]]);
    directory.clock.advance(91 * DAY);
    expect((await refresh(token)).body.error_codes).toEqual([70008]);
    graph = await graphAs(directory);
  });

  test("lives on in an exported state", async () => {
    const token = await first();
    const other = await openDirectory({ scenario: "contoso", clock: { now: directory.clock.now(), frozen: true } });
    const body = JSON.stringify(directory.state());
    await other.fetch(`${other.url}/_directory/state`, { method: "PUT", body });
    const answer = await requestToken(other, {
      grant_type: "refresh_token",
      refresh_token: String(token),
      client_id: web.clientId,
      client_secret: web.secret,
    });
    await other.close();
    expect(answer.status).toBe(200);
  });
});

test("Conditional Access blocks people as well", async () => {
  const { code = "" } = broughtBack(await signInAs(openBrowser(directory), "Alex Wilber", authorize()));
  directory.faults.set({ rules: [{ on: "token", fault: "conditional-access" }] });
  expect((await redeem({ code })).body.error_codes).toEqual([53003]);
  directory.faults.set({});
  expect((await redeem({ code })).status).toBe(200);
});

describe("consent", () => {
  test("that only an administrator can give is refused to others, and given for all by him", async () => {
    const scope = "openid Directory.Read.All";
    const lee = await signInAs(openBrowser(directory), "Lee Gu", authorize({ scope }));
    expect(broughtBack(lee)).toMatchObject({ error: "access_denied", state: "s1" });
    expect(broughtBack(lee).error_description).toContain("AADSTS90094");
    const browser = openBrowser(directory);
    const who = await browser.open(authorize({ scope }));
    const asked = await browser.submit(who, { user: accountOf(who, "Adele Vance") });
    expect(asked.text).toContain("Consent on behalf of your organization");
    const back = await browser.submit(asked, { decision: "accept", everybody: "yes" });
    expect(broughtBack(back).code).toBeDefined();
    const again = await signInAs(openBrowser(directory), "Lee Gu", authorize({ scope }));
    expect(broughtBack(again).code).toBeDefined();
  });

  test("declined is told", async () => {
    const browser = openBrowser(directory);
    const who = await browser.open(authorize({ scope: "Mail.Send" }));
    const asked = await browser.submit(who, { user: accountOf(who, "Lee Gu") });
    const back = await browser.submit(asked, { decision: "cancel" });
    expect(broughtBack(back)).toMatchObject({ error: "access_denied", state: "s1" });
    expect(
      broughtBack(await browser.submit(await browser.open(authorize({ prompt: "login" })), { cancel: "" })),
    ).toMatchObject({
      error: "access_denied",
    });
  });

  test("of scopes nobody knows, or of two resources, is not asked for", async () => {
    const browser = openBrowser(directory);
    const scopes = async (scope: string) =>
      broughtBack(await signInAs(browser, "Alex Wilber", authorize({ scope, prompt: "" }))).error_description;
    expect(await scopes("Nothing.Read")).toContain("AADSTS650053");
    expect(await scopes("User.Read https://management.azure.com/user_impersonation")).toContain("AADSTS700022");
    expect(await scopes("api://nothing/read")).toContain("AADSTS500011");
  });
});

describe("what a person may", () => {
  test("is what the application has the scope for and he may himself", async () => {
    const as = async (name: string, scope = "Application.ReadWrite.All") => {
      const admin = openBrowser(directory);
      const who = await admin.open(authorize({ scope, prompt: "consent" }));
      const asked = await admin.submit(who, { user: accountOf(who, "Adele Vance") });
      await admin.submit(asked, { decision: "accept", everybody: "yes" });
      const { code = "" } = broughtBack(await signInAs(openBrowser(directory), name, authorize({ scope })));
      return graphWith(directory, (await redeem({ code })).body.access_token ?? "");
    };
    const [billing] = (await graph("GET", "/applications?$filter=displayName eq 'Billing API'")).body.value;
    const lee = await as("Lee Gu");
    expect((await lee("GET", `/applications/${billing.id}`)).status).toBe(200);
    expect((await lee("PATCH", `/applications/${billing.id}`, { notes: "x" })).status).toBe(403);
    const own = await lee("POST", "/applications", { displayName: "Lee's own" });
    expect(own.status).toBe(201);
    expect((await lee("POST", `/applications/${own.body.id}/addPassword`, {})).status).toBe(200);
    const owners = (await graph("GET", `/applications/${own.body.id}/owners`)).body.value;
    expect(owners).toMatchObject([{ displayName: "Lee Gu" }]);
    const [made] = (
      await graph("GET", "/auditLogs/directoryAudits?$filter=activityDisplayName eq 'Add application'&$top=50")
    ).body.value.filter((one: { initiatedBy: { user: unknown } }) => one.initiatedBy.user !== null);
    expect(made.initiatedBy.user).toMatchObject({ displayName: "Lee Gu" });
    directory.faults.set({ quotas: { principal: 1 } });
    const more = await lee("POST", "/applications", { displayName: "one too many" });
    directory.faults.set({});
    expect(more.body.error.message).toContain("quota limit for the Principal");
    const escalation = "AppRoleAssignment.ReadWrite.All";
    const everything = await as("Lee Gu", `Application.ReadWrite.All ${escalation}`);
    const own2 = (await everything("POST", "/servicePrincipals", { appId: own.body.appId })).body.id;
    const [resource] = (await graph("GET", "/servicePrincipals?$filter=displayName eq 'Microsoft Graph'")).body.value;
    const role = { principalId: own2, resourceId: resource.id, appRoleId: resource.appRoles[0].id };
    expect((await everything("POST", `/servicePrincipals/${own2}/appRoleAssignments`, role)).status).toBe(403);
    const adele = await as("Adele Vance");
    expect((await adele("PATCH", `/applications/${billing.id}`, { notes: "x" })).status).toBe(204);
  });

  test("/me is for people", async () => {
    const answer = await graph("GET", "/me");
    expect([answer.status, answer.body.error.message]).toEqual([
      400,
      "/me request is only valid with delegated authentication flow.",
    ]);
  });

  test("userinfo says who it is, as the id_token does", async () => {
    const { code = "" } = broughtBack(await signInAs(openBrowser(directory), "Alex Wilber", authorize()));
    const { body } = await redeem({ code });
    const response = await directory.fetch(`${directory.url}/oidc/userinfo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    const { sub } = await claimsOf(String(body.id_token));
    expect(await response.json()).toMatchObject({ sub, name: "Alex Wilber", family_name: "Wilber" });
    expect((await directory.fetch(`${directory.url}/oidc/userinfo`)).status).toBe(401);
  });
});

describe("response types and modes", () => {
  test("an id_token comes in the fragment, bound to the code beside it", async () => {
    const url = authorize({ response_type: "code id_token", nonce: "n2" });
    const back = await signInAs(openBrowser(directory), "Alex Wilber", url);
    expect(back.location).toContain("#");
    const { code = "", id_token: token = "" } = broughtBack(back);
    const half = createHash("sha256").update(code).digest().subarray(0, 16).toString("base64url");
    expect(await claimsOf(token)).toMatchObject({ nonce: "n2", c_hash: half });
  });

  test("form_post posts itself", async () => {
    const page = await signInAs(openBrowser(directory), "Alex Wilber", authorize({ response_mode: "form_post" }));
    expect(page.status).toBe(200);
    expect(page.text).toContain(`<form method="post" action="${REDIRECT}">`);
    expect(page.text).toMatch(/name="state" value="s1"/);
    expect(page.headers.get("content-security-policy")).toContain("form-action 'self' https://app.example");
  });

  test.each<[Record<string, string>, string]>([
    [{ response_type: "token" }, "AADSTS700054"],
    [{ response_type: "cookie" }, "AADSTS70005"],
    [{ response_type: "id_token", response_mode: "query", nonce: "n" }, "AADSTS70007"],
    [{ response_type: "id_token" }, "AADSTS900144"],
    [{ response_mode: "carrier_pigeon" }, "AADSTS70007"],
    [{ prompt: "sometimes" }, "AADSTS90023"],
  ])("%o is refused where the application hears of it", async (params, code) => {
    const back = await openBrowser(directory).open(authorize(params));
    expect(back.status).toBe(302);
    expect(broughtBack(back).error_description).toContain(code);
  });
});

test("v1.0 asks for a resource, and answers in texts", async () => {
  const params = new URLSearchParams({ client_id: web.clientId, response_type: "code", redirect_uri: REDIRECT });
  const url = `${directory.url}/contoso.com/oauth2/authorize?${params}&resource=https://graph.microsoft.com`;
  const { code = "" } = broughtBack(await signInAs(openBrowser(directory), "Alex Wilber", url));
  const form = { grant_type: "authorization_code", code, redirect_uri: REDIRECT, client_id: web.clientId };
  const answer = await requestToken(directory, { ...form, client_secret: web.secret }, { path: "oauth2/token" });
  expect(answer.body).toMatchObject({ expires_in: "3599", resource: "https://graph.microsoft.com" });
});

test("signing out ends the session, and leads back to the application that was used", async () => {
  const browser = openBrowser(directory);
  await signInAs(browser, "Alex Wilber", authorize());
  const out = `${directory.url}/common/oauth2/v2.0/logout?state=bye&post_logout_redirect_uri=`;
  const back = await browser.open(out + encodeURIComponent(REDIRECT));
  expect(back.location).toBe(`${REDIRECT}?state=bye`);
  expect((await browser.open(authorize())).text).toContain("Pick an account");
  const plain = await browser.open(out + encodeURIComponent("https://evil.example/"));
  expect([plain.status, plain.location]).toEqual([200, ""]);
  expect(plain.text).toContain("You signed out");
});
