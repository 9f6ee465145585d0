/**
 * The portal's pictures in docs/images, of the demo as anybody starts it: `nolapse demo`, its link, and the pages behind it. The dates in
 * them are those of the day they are drawn. Part of `npm run picture`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { chromium, type Page } from "playwright-core";
import { chromiumPath } from "./chromium-path.ts";

const ROOT = resolve(import.meta.dirname, "..");
const IMAGES = join(ROOT, "docs/images");
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

/** Starts the demo and gives its link. @throws Error where it ends before it has one. */
async function linkOf(child: ChildProcess): Promise<string> {
  let said = "";
  child.stderr?.on("data", (text) => {
    said += text;
  });
  while (child.exitCode === null) {
    const link = /open (http:\/\/localhost:\d+\/demo\/\S+)/.exec(said)?.[1];
    if (link !== undefined) return link;
    await once(child.stderr ?? child, "data");
  }
  throw new Error(`the demo ended: ${said}`);
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.evaluate("document.fonts.ready");
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(IMAGES, `portal-${name}.png`) });
}

async function draw(link: string): Promise<void> {
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost", "--no-sandbox"],
  });
  try {
    const page = await browser.newPage({ viewport: WIDE, colorScheme: "light", reducedMotion: "reduce" });
    await page.goto(link);
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
      await page.getByRole("link", { name: "Overview" }).click();
      await page.locator("a[aria-current=page]", { hasText: "Overview" }).waitFor();
      await page.getByRole("slider", { name: /What ends/ }).waitFor();
      await page.getByRole("heading", { name: "Now and next" }).waitFor();
      await shoot(page, `overview-${scheme}`);
      await listed(page);
      await shoot(page, `applications-${scheme}`);
      await page.getByRole("link", { name: "Billing API" }).click();
      await page.getByText("Close-up").waitFor();
      await shoot(page, `application-${scheme}`);
      await page.getByRole("button", { name: "New client secret" }).click();
      await page.getByRole("dialog").getByText("Where the value goes").waitFor();
      await shoot(page, `new-secret-${scheme}`);
      await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
      await page.getByRole("link", { name: "Rotations" }).click();
      await page.getByRole("tab", { name: /^Finished/ }).click();
      await page.getByRole("link", { name: "Billing API" }).click();
      await page.getByRole("heading", { name: "What came of it" }).waitFor();
      await shoot(page, `rotation-${scheme}`);
    }
    await drawUnderWay(page);
    await drawRehearsal(page);
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByRole("heading", { name: "Now and next" }).waitFor();
    await page.setViewportSize(NARROW);
    await page.getByRole("slider", { name: /What ends/ }).waitFor();
    await shoot(page, "overview-390");
  } finally {
    await browser.close();
  }
}

/** The list of applications, once it is there: the first page names some of them, too. */
async function listed(page: Page): Promise<void> {
  await page.getByRole("link", { name: "App registrations" }).first().click();
  await page
    .locator("main")
    .getByText(/^\d+ applications$/)
    .waitFor();
  await page.getByRole("link", { name: "Billing API" }).waitFor();
}

/** The list while a rotation is under way, and that rotation's own page. */
async function drawUnderWay(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  await listed(page);
  await page.getByRole("link", { name: "Billing API" }).click();
  await page.getByRole("button", { name: "Rotate now" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate now" }).click();
  await page.getByText(/of 4 sign-ins with the new secret; they are spread/).waitFor();
  await shoot(page, "under-way-light");
  await page.getByRole("navigation").getByRole("link", { name: "Rotations" }).click();
  await page.getByText(/is under way, .* finished\./).waitFor();
  await shoot(page, "rotations-light");
}

/** Two years on a copy take the machine some seconds. */
const REHEARSED = 180_000;

async function drawRehearsal(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Rehearsal" }).click();
  await page.getByRole("button", { name: "Rehearse…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Rehearse" }).click();
  await page.getByRole("link", { name: "HTML report" }).waitFor({ timeout: REHEARSED });
  await shoot(page, "rehearsal-light");
}

const folder = mkdtempSync(join(tmpdir(), "nolapse-portal-pictures-"));
const child = spawn(process.execPath, ["--", join(ROOT, "src/cli/main.ts"), "demo"], {
  cwd: folder,
  env: { ...process.env, NO_COLOR: "1" },
  stdio: ["ignore", "ignore", "pipe"],
});
try {
  mkdirSync(IMAGES, { recursive: true });
  await draw(await linkOf(child));
} finally {
  child.kill("SIGTERM");
  if (child.exitCode === null) await once(child, "exit");
  rmSync(folder, { recursive: true, force: true });
}
