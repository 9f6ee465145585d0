/** What the pages must stand: open redirects, markup in names, forged forms, states mixed up, sessions planted. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Directory } from "../../src/directory/index.ts";
import { accountOf, broughtBack, openBrowser, type Shown } from "./browser.ts";
import { creator, type Graph, graphAs, openDirectory } from "./entra.ts";

let directory: Directory;
let graph: Graph;
const REDIRECT = "https://app.example/back?kept=1";
const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(1)>' & co`;
let clientId: string;

beforeAll(async () => {
  directory = await openDirectory({
    scenario: {
      tenants: [
        {
          name: "Contoso",
          domains: ["contoso.com"],
          users: [
            { name: "Adele Vance", upn: "adele@contoso.com", roles: ["Global Administrator"] },
            { name: EVIL, upn: "evil@contoso.com" },
          ],
          applications: [],
        },
      ],
    },
  });
  graph = await graphAs(directory);
  const made = await creator(() => graph)({ displayName: EVIL, web: { redirectUris: [REDIRECT] } });
  clientId = made.appId;
});
afterAll(() => directory.close());

const authorize = (params: Record<string, string> = {}) =>
  `${directory.url}/contoso.com/oauth2/v2.0/authorize?${new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    redirect_uri: REDIRECT,
    scope: "User.Read",
    state: "s",
    ...params,
  })}`;

const userOf = (page: Shown) => accountOf(page, "Adele Vance");

describe("open redirects", () => {
  test.each([
    "https://evil.example/",
    "https://app.example/back",
    "https://app.example/back?kept=1&more=2",
    "https://app.example/back?kept=1#fragment",
    "https://app.example.evil.example/back?kept=1",
    "https://user@app.example/back?kept=1",
    "HTTPS://APP.EXAMPLE/back?kept=1",
    "//app.example/back?kept=1",
    "javascript:alert(1)",
    "data:text/html,x",
  ])("%s is nowhere anybody is sent", async (redirect_uri) => {
    for (const params of [
      { redirect_uri },
      { redirect_uri, response_type: "nonsense" },
      { redirect_uri, prompt: "none" },
    ]) {
      const page = await openBrowser(directory).open(authorize(params));
      expect([page.status, page.location]).toEqual([400, ""]);
      expect(page.text).toContain("AADSTS50011");
    }
  });

  test("after signing out neither", async () => {
    for (const back of ["https://evil.example/", "//evil.example", "javascript:alert(1)"]) {
      const params = new URLSearchParams({ post_logout_redirect_uri: back, client_id: clientId });
      const page = await openBrowser(directory).open(`${directory.url}/common/oauth2/v2.0/logout?${params}`);
      expect([page.status, page.location]).toEqual([200, ""]);
    }
  });

  test("the registered address keeps its own query, and nothing is put into the headers", async () => {
    const page = await openBrowser(directory).open(authorize({ prompt: "none", state: "a\r\nSet-Cookie: x=y" }));
    expect(page.location).toMatch(/^https:\/\/app\.example\/back\?kept=1&error=login_required/);
    expect(broughtBack(page).state).toBe("a\r\nSet-Cookie: x=y");
    expect(page.headers.get("set-cookie") ?? "").not.toContain("x=y");
  });
});

describe("markup in what people write", () => {
  const harmless = (page: Shown) => {
    expect(page.text).not.toMatch(/<script>alert|<img/);
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(page.headers.get("x-frame-options")).toBe("DENY");
  };

  test("is text on every page", async () => {
    const browser = openBrowser(directory);
    const who = await browser.open(authorize());
    harmless(who);
    expect(who.text).toContain("&#60;script&#62;");
    const asked = await browser.submit(who, { user: userOf(who) });
    expect(asked.text).toContain("Permissions requested");
    harmless(asked);
    harmless(await browser.open(authorize({ redirect_uri: EVIL })));
    harmless(await browser.open(`${directory.url}/${encodeURIComponent(EVIL)}/oauth2/v2.0/authorize?client_id=x`));
    const scoped = await browser.open(authorize({ scope: EVIL }));
    expect(scoped.status).toBe(302);
  });

  test("is a value in a form that is posted back", async () => {
    const browser = openBrowser(directory);
    const who = await browser.open(authorize({ response_mode: "form_post", state: EVIL }));
    const asked = await browser.submit(who, { user: userOf(who) });
    const page = await browser.submit(asked, { decision: "accept" });
    harmless(page);
    expect(page.text).toContain('action="https://app.example/back?kept=1"');
  });
});

describe("forged forms", () => {
  test("from another site, or without the browser's cookie, change nothing", async () => {
    const victim = openBrowser(directory);
    const who = await victim.open(authorize({ prompt: "consent" }));
    const user = userOf(who);
    for (const headers of [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
    ] as Record<string, string>[]) {
      const page = await victim.submit(who, { user }, headers);
      expect([page.status, page.location]).toEqual([400, ""]);
    }
    const thief = openBrowser(directory);
    expect((await thief.submit(who, { user })).status).toBe(400);
    // a flow the thief began, posted by the victim's browser
    const his = await thief.open(authorize());
    expect((await victim.submit(his, { user })).status).toBe(400);
    expect((await victim.submit(who, { user })).status).toBe(200);
  });

  test("consent is given once, and only on the page that asked", async () => {
    const browser = openBrowser(directory);
    const who = await browser.open(authorize({ prompt: "consent" }));
    const early = await browser.submit(
      { ...who, text: who.text.replace("/common/login", "/common/consent") },
      { decision: "accept" },
    );
    expect(early.status).toBe(400);
    const asked = await browser.submit(who, { user: userOf(who) });
    const stranger = openBrowser(directory);
    expect((await stranger.submit(asked, { decision: "accept" })).status).toBe(400);
    expect((await browser.submit(asked, { decision: "accept" })).status).toBe(302);
    expect((await browser.submit(asked, { decision: "accept" })).status).toBe(400);
  });

  test("somebody of another tenant, or made up, is nobody", async () => {
    const browser = openBrowser(directory);
    const who = await browser.open(authorize());
    for (const user of ["", "11111111-2222-4333-8444-555555555555", directory.admin.clientId])
      expect((await browser.submit(who, { user })).status).toBe(400);
  });
});

test("two sign-ins side by side keep their states apart", async () => {
  const browser = openBrowser(directory);
  const begun = await browser.open(authorize({ state: "first", prompt: "consent" }));
  const beside = await browser.open(authorize({ state: "second", prompt: "consent" }));
  const one = await browser.submit(begun, { user: userOf(begun) });
  const two = await browser.submit(beside, { user: userOf(beside) });
  const backTwo = await browser.submit(two, { decision: "accept" });
  const backOne = await browser.submit(one, { decision: "accept" });
  expect([broughtBack(backOne).state, broughtBack(backTwo).state]).toEqual(["first", "second"]);
  expect(broughtBack(backOne).code).not.toBe(broughtBack(backTwo).code);
});

test("a session that somebody planted in the browser does not become one", async () => {
  const browser = openBrowser(directory);
  browser.cookies.set("nolapse-directory", "planted");
  const who = await browser.open(authorize());
  const before = browser.cookies.get("nolapse-directory");
  expect(before).not.toBe("planted");
  await browser.submit(who, { user: userOf(who) });
  expect(browser.cookies.get("nolapse-directory")).not.toBe(before);
  const planted = openBrowser(directory);
  planted.cookies.set("nolapse-directory", before ?? "");
  expect((await planted.open(authorize())).text).toContain("Pick an account");
});

test("a parameter sent twice is nobody's", async () => {
  const page = await openBrowser(directory).open(`${authorize()}&redirect_uri=https://evil.example/`);
  expect([page.status, page.location]).toEqual([400, ""]);
});

test("cookies are for this site, over TLS, and not for scripts", async () => {
  const page = await openBrowser(directory).open(authorize());
  for (const attribute of ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"])
    expect(page.headers.get("set-cookie")).toContain(attribute);
});

test("pages let browsers say where their own forms come from, and tell no other site", async () => {
  const page = await openBrowser(directory).open(authorize());
  // under "no-referrer" a form of ours comes with `Origin: null`, as a forged one does
  expect(page.headers.get("referrer-policy")).toBe("same-origin");
});

test("pages say what they are to who does not see them", async () => {
  const browser = openBrowser(directory);
  const who = await browser.open(authorize({ prompt: "login" }));
  const device = await browser.open(`${directory.url}/common/oauth2/deviceauth`);
  for (const { text } of [who, device]) {
    expect(text).toMatch(/<html lang="en">/);
    expect(text).toMatch(/<title>[^<]+<\/title>/);
    expect(text.match(/<h1>/g)).toHaveLength(1);
    expect(text).toContain("<main>");
    expect(text).not.toMatch(/<[^>]*(src|href)=/);
  }
  expect(device.text).toMatch(/<label for="code">/);
});
