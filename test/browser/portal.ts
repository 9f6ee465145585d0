/** The portal's pages in a browser: built once in a run, with a server of each test file's own, people who sign in, and what has to hold of every page. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { type PersonName, Stage, type StageOptions } from "../http/stage.ts";
import { builtPages } from "../support/built-pages.ts";
import { needs } from "../support/needs.ts";
import { faultsOf, startChromium } from "./chromium.ts";

type Look = { readonly scheme?: "light" | "dark"; readonly width?: number };
type Context = Parameters<typeof needs>[0];

export interface Portal {
  readonly stage: Stage;
  /** What the browser's console said of itself: a refusal of the policy is there. */
  readonly said: readonly string[];
  /** A window of the browser, which is started by the first test that needs one. */
  open(context: Context, look?: Look): Promise<Page>;
  /** A session that is there already. `rights`: with the person's own rights lent. */
  enter(page: Page, name: PersonName, rights?: boolean): Promise<void>;
  /** Through the button, the directory's own pages, and back. */
  signIn(page: Page, name: PersonName): Promise<void>;
  /** The address of a page of the tenant. */
  at(path: string): string;
  /** Goes there, and waits for something that is there once it is whole. */
  show(page: Page, path: string, part: RegExp): Promise<void>;
  /** The page of an application. */
  app(name: string): string;
}

/** A portal for one file of tests, of a tenant that was scanned unless it is to be `unseen`; what is open is closed after each test, and everything after the last. */
export function portal({ unseen = false, ...options }: StageOptions & { readonly unseen?: boolean } = {}): Portal {
  let stage: Stage | undefined;
  let browser: Browser | undefined;
  let page: Page | undefined;
  const said: string[] = [];
  const opened = () => {
    if (stage === undefined) throw new Error("the stage is not open");
    return stage;
  };
  beforeAll(async () => {
    stage = await Stage.open({ ...options, pages: builtPages() });
    if (!unseen) await stage.run();
  });
  afterEach(async () => {
    // what a page still asks for when a test is over is answered by nobody any more
    await page?.unrouteAll({ behavior: "ignoreErrors" });
    await page?.context().close();
    page = undefined;
  });
  afterAll(async () => {
    await browser?.close();
    await stage?.close();
  });
  const at = (path: string) => `${opened().server.url}/t/contoso${path}`;
  return {
    get stage() {
      return opened();
    },
    said,
    async open(context, { scheme = "light", width = 1280 } = {}) {
      browser ??= await startChromium(needs(context, "chromium"), opened().directory);
      const window = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme: scheme,
        reducedMotion: "reduce",
      });
      page = await window.newPage();
      // as long as what has to come about is waited for (vitest.config.ts)
      page.setDefaultTimeout(30_000);
      said.length = 0;
      page.on("console", (message) => void said.push(message.text()));
      page.on("pageerror", (error) => void said.push(error.message));
      return page;
    },
    async enter(given, name, rights = false) {
      const { cookie } = await opened().signIn(name, "", "/", rights);
      const [key = "", value = ""] = cookie.split("=");
      await given.context().addCookies([{ name: key, value, url: opened().server.url }]);
    },
    async signIn(given, name) {
      await given.goto(opened().server.url);
      await given.getByRole("link", { name: "Sign in with Microsoft Entra ID" }).click();
      await throughAuthority(given, name);
      await given.waitForURL(/\/t\/contoso/);
    },
    at,
    async show(given, path, part) {
      await given.goto(at(path));
      await given.locator("main").getByText(part).first().waitFor();
    },
    app: (name) => `/applications/${opened().application(name).objectId}`,
  };
}

/** Picks the account at the directory's own pages, and agrees to what is asked for. */
export async function throughAuthority(given: Page, name: PersonName): Promise<void> {
  await given.getByRole("button", { name: new RegExp(`^${name}`) }).click();
  const there = given.getByRole("main").getByRole("heading", { level: 1 });
  const accept = given.getByRole("button", { name: "Accept" });
  await there.or(accept).first().waitFor();
  if (await accept.isVisible()) await accept.click();
}

/** The colour of the text, which the theme is drawn with, once what goes over to another colour has: what is within it follows later. */
const INK =
  "document.getAnimations().some((one) => one instanceof CSSTransition) ? 'on its way' : getComputedStyle(document.querySelector('.fui-FluentProvider') ?? document.body).color";

/** What axe finds in both colour schemes, and what does not fit into 320 px. */
export async function faultsEverywhere(page: Page, name: string): Promise<string[]> {
  const faults: string[] = [];
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    const ink = scheme === "light" ? "rgb(36, 36, 36)" : "rgb(255, 255, 255)";
    await expect.poll(() => page.evaluate(INK)).toBe(ink);
    for (const fault of await faultsOf(page, scheme === "light" ? "all" : "colours"))
      faults.push(`${name}, ${scheme}: ${fault}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  return [...faults, ...(await tooWide(page, name))];
}

/** Whether it has to be scrolled sideways on a page of 320 px. */
export async function tooWide(page: Page, name: string): Promise<string[]> {
  await page.setViewportSize({ width: 320, height: 640 });
  const look = async () => ({
    width: Number(await page.evaluate("document.documentElement.scrollWidth")),
    within: String(await page.evaluate(SIDEWAYS)),
  });
  // drawings measure their place, and tables become rows, after the page has its width
  let seen = await look();
  await expect
    .poll(async () => {
      seen = await look();
      return seen.width <= 320 && seen.within === "";
    })
    .toBe(true)
    .catch(() => undefined);
  await page.setViewportSize({ width: 1280, height: 800 });
  return [
    ...(seen.width > 320 ? [`${name}: ${seen.width} px wide`] : []),
    ...(seen.within === "" ? [] : [`${name}: has to be scrolled sideways: ${seen.within}`]),
  ];
}

/** What of a page has to be scrolled sideways in itself; a chart, a row of tabs and a command may be. */
const SIDEWAYS = `[...document.querySelectorAll("main *")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX))
  .filter((one) => one.closest("svg, pre, [role=tablist], .nl-scroll") === null)
  .map((one) => one.className + " " + one.scrollWidth + " px in " + one.clientWidth).join(", ")`;
