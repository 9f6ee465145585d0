/**
 * The pages people see, in a real browser: axe finds nothing in either colour scheme, all of it goes by keyboard, nothing has to be
 * scrolled sideways, and the policy of the page does not stop what the page is for.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { APP_ROLES, GRAPH_APP_ID } from "../../src/directory/graph/permissions.ts";
import { createDirectory, type Directory } from "../../src/directory/index.ts";
import { creator, type Graph, graphAs, keys, START } from "../directory/entra.ts";
import { needs } from "../support/needs.ts";
import { type Application, startApplication } from "./application.ts";
import { faultsOf, openWindow, startChromium } from "./chromium.ts";

const USER_READ = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";
let directory: Directory;
let graph: Graph;
let browser: Browser | undefined;
let clientId: string;
let application: Application;
let back: string;
let page: Page | undefined;

beforeAll(async () => {
  application = await startApplication();
  back = `${application.url}/back`;
  const clock = { now: START, frozen: true };
  directory = await createDirectory({ keys, random: 1, scenario: "contoso", clock, listen: { port: 0 } });
  graph = await graphAs(directory);
  const access = [
    { id: APP_ROLES["User.Read.All"], type: "Role" },
    { id: USER_READ, type: "Scope" },
  ];
  const made = await creator(() => graph)({
    displayName: "Expenses of a rather longish name",
    signInAudience: "AzureADMultipleOrgs",
    web: { redirectUris: [back] },
    publicClient: { redirectUris: ["http://localhost"] },
    requiredResourceAccess: [{ resourceAppId: GRAPH_APP_ID, resourceAccess: access }],
  });
  clientId = made.appId;
});
afterEach(async () => {
  await page?.context().close();
  page = undefined;
  application.received.length = 0;
});
afterAll(async () => {
  await browser?.close();
  await directory.close();
  await application.close();
});

/** A window of the browser, which is started by the first test that needs one. */
async function open(context: Parameters<typeof needs>[0]): Promise<Page> {
  browser ??= await startChromium(needs(context, "chromium"), directory);
  page = await openWindow(browser);
  return page;
}

const query = (more: Record<string, string>) =>
  new URLSearchParams({ client_id: clientId, redirect_uri: back, state: "s1", ...more });
const authorize = (more: Record<string, string> = {}) =>
  `${directory.url}/contoso.com/oauth2/v2.0/authorize?${query({ response_type: "code", scope: "openid User.Read", ...more })}`;
const adminConsent = (version: "v1" | "v2") =>
  version === "v1"
    ? `${directory.url}/contoso.com/adminconsent?${query({})}`
    : `${directory.url}/contoso.com/v2.0/adminconsent?${query({ scope: "https://graph.microsoft.com/.default" })}`;
const deviceAuth = () => `${directory.url}/common/oauth2/deviceauth`;

async function userCode(): Promise<string> {
  const response = await directory.fetch(`${directory.url}/contoso.com/oauth2/v2.0/devicecode`, {
    method: "POST",
    body: new URLSearchParams({ client_id: clientId, scope: "User.Read" }),
  });
  return ((await response.json()) as { user_code: string }).user_code;
}

const pick = (page: Page, name: string) => page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
const accept = (page: Page) => page.getByRole("button", { name: "Accept" }).click();

/** Every page there is, and how one comes to it. */
const PAGES: Record<string, (page: Page) => Promise<unknown>> = {
  "Pick an account": (page) => page.goto(authorize()),
  "Permissions requested": async (page) => {
    await page.goto(authorize({ prompt: "consent" }));
    await pick(page, "Lee Gu");
  },
  "Permissions requested, of an administrator": async (page) => {
    await page.goto(authorize({ prompt: "consent" }));
    await pick(page, "Adele Vance");
    await page.getByRole("checkbox", { name: "Consent on behalf of your organization" }).waitFor();
  },
  "Permissions requested, admin consent v1": async (page) => {
    await page.goto(adminConsent("v1"));
    await pick(page, "Adele Vance");
  },
  "Permissions requested, admin consent v2": async (page) => {
    await page.goto(adminConsent("v2"));
    await pick(page, "Adele Vance");
  },
  "Enter code": (page) => page.goto(deviceAuth()),
  "Enter code, again": async (page) => {
    await page.goto(deviceAuth());
    await page.getByLabel("The code shown").fill("NONSENSE");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("alert").waitFor();
  },
  "Are you trying to sign in": (page) => device(page),
  "You are signed in on your device": async (page) => {
    await device(page);
    await accept(page);
  },
  "Not signed in": async (page) => {
    await device(page);
    await page.getByRole("button", { name: "Cancel" }).click();
  },
  "You signed out of your account": (page) => page.goto(`${directory.url}/common/oauth2/v2.0/logout`),
  "Sorry, but we": (page) => page.goto(authorize({ redirect_uri: "https://evil.example/" })),
  "Sign in again": async (page) => {
    await page.goto(authorize());
    await page.context().clearCookies();
    await pick(page, "Lee Gu");
  },
  Working: async (page) => {
    await page.goto(authorize({ response_mode: "form_post", prompt: "consent" }));
    await pick(page, "Lee Gu");
    await accept(page);
  },
};

async function device(page: Page): Promise<void> {
  await page.goto(deviceAuth());
  await page.getByLabel("The code shown").fill(await userCode());
  await page.getByRole("button", { name: "Next" }).click();
  await pick(page, "Lee Gu");
}

test.for(Object.entries(PAGES))(
  "%s: axe finds nothing in light or dark, and nothing goes sideways",
  async ([name, go], context) => {
    const page = await open(context);
    await go(page);
    await page.getByRole("heading", { level: 1, name: name.split(",")[0] ?? "" }).waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await faultsOf(page), colorScheme).toEqual([]);
      const seen = await page.locator("html").evaluate((element) => ({
        sideways: element.scrollWidth > element.clientWidth,
        dark: element.ownerDocument.defaultView.matchMedia("(prefers-color-scheme: dark)").matches,
      }));
      expect(seen).toEqual({ sideways: false, dark: colorScheme === "dark" });
    }
  },
);

test("axe does find what is wrong: a label taken away, a colour too pale", async (context) => {
  const page = await open(context);
  await page.goto(deviceAuth());
  await page.locator("label").evaluate((label) => label.remove());
  await page.locator("h1").evaluate((heading) => {
    heading.style.color = "#bbb";
  });
  expect((await faultsOf(page)).map((fault) => fault.split(":")[0])).toEqual(["color-contrast", "label"]);
});

/** Goes on by Tab to what has this name, and says what was passed; everything on the way shows that it has the focus. */
async function tabTo(page: Page, wanted: RegExp): Promise<string[]> {
  const passed: string[] = [];
  while (passed.length < 30) {
    await page.keyboard.press("Tab");
    const { name, outline, height } = await page.locator(":focus").evaluate((element) => ({
      name: String(element.labels?.[0]?.textContent || element.textContent).trim(),
      outline: String(element.ownerDocument.defaultView.getComputedStyle(element).outlineStyle),
      height: Number((element.labels?.[0] ?? element).getBoundingClientRect().height),
    }));
    expect(outline, `the focus is seen on ${name}`).not.toBe("none");
    // large enough to hit, or its label is (WCAG 2.5.8)
    expect(height, name).toBeGreaterThanOrEqual(24);
    if (wanted.test(name)) return passed;
    passed.push(name);
  }
  throw new Error(`no ${wanted} among ${passed.join(", ")}`);
}

describe("by keyboard alone", () => {
  test("somebody signs in, consents for everybody, is back at the application, and signs out", async (context) => {
    const page = await open(context);
    await page.goto(authorize({ prompt: "consent", state: "by keys" }));
    await tabTo(page, /^Adele Vance/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Permissions requested" }).waitFor();
    await tabTo(page, /on behalf of your organization/);
    await page.keyboard.press("Space");
    await tabTo(page, /^Accept/);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${back}**`);
    expect(application.received.join()).toMatch(/^GET \/back\?.*code=1\.[^&]+.*state=by\+keys/);
    // the session is there: the next sign-in asks nothing
    await page.goto(authorize());
    await page.waitForURL(`${back}**`);
    await page.goto(`${directory.url}/common/oauth2/v2.0/logout`);
    await page.goto(authorize());
    await page.getByRole("heading", { name: "Pick an account" }).waitFor();
  });

  test("somebody declines, and the application is told so", async (context) => {
    const page = await open(context);
    await page.goto(adminConsent("v2"));
    await tabTo(page, /^Adele Vance/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Permissions requested" }).waitFor();
    expect(await tabTo(page, /^Cancel/)).toEqual(["Accept"]);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${back}**`);
    expect(application.received.join()).toContain("error=consent_required");
  });

  test("a code is typed in, and confirmed", async (context) => {
    const page = await open(context);
    await page.goto(deviceAuth());
    await tabTo(page, /^The code shown/);
    await page.keyboard.type(await userCode());
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Pick an account" }).waitFor();
    await tabTo(page, /^Lee Gu/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Are you trying to sign in" }).waitFor();
    await tabTo(page, /^Accept/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "You are signed in on your device" }).waitFor();
  });
});

describe("the policy of the pages", () => {
  test("lets the form_post answer go by itself to who asked, with what it carries", async (context) => {
    const page = await open(context);
    await page.goto(authorize({ response_mode: "form_post", prompt: "consent" }));
    await pick(page, "Lee Gu");
    await accept(page);
    await expect.poll(() => application.received.join()).toMatch(/^POST \/back .*code=1\..*state=s1/);
  });

  test("stops a script that found its way into a page, and a frame around one", async (context) => {
    const page = await open(context);
    await page.goto(authorize());
    await page.locator("main").evaluate((main) => {
      main.innerHTML = '<img src=x onerror="document.title=1">';
    });
    await page.locator("img").waitFor({ state: "attached" });
    expect(await page.title()).toBe("Pick an account");
    await page.goto(`${application.url}/frames`);
    await page.locator("body").evaluate((body, src) => {
      const frame = body.ownerDocument.createElement("iframe");
      body.append(Object.assign(frame, { src }));
      return new Promise((done) => frame.addEventListener("load", done, { once: true })).then(() => undefined);
    }, authorize());
    expect(await page.frameLocator("iframe").getByRole("heading", { name: "Pick an account" }).count()).toBe(0);
    expect(application.received).toEqual(["GET /frames"]);
  });
});
