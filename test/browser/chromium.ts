/** A real browser for the pages people see, with what has to hold of every page of theirs. */
import { createHash, X509Certificate } from "node:crypto";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Directory } from "../../src/directory/index.ts";

/** Starts the browser, which trusts the directory's authority, and finds no other host than this one. */
export function startChromium(executablePath: string, directory: Directory): Promise<Browser> {
  const key = new X509Certificate(directory.ca).publicKey.export({ type: "spki", format: "der" });
  return chromium.launch({
    executablePath,
    args: [
      `--ignore-certificate-errors-spki-list=${createHash("sha256").update(key).digest("base64")}`,
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
    ],
  });
}

/** A window of its own, without cookies, as narrow as a page may have to be at 400 % (WCAG 1.4.10). */
export async function openWindow(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 } });
  return context.newPage();
}

/** Everything axe finds wrong with the page, as rule and place; empty where it is as it should be. */
export async function faultsOf(page: Page, rules: "all" | "colours" = "all"): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  // not as a script of the page, whose policy allows none
  await session.send("Runtime.evaluate", { expression: axe.source });
  const { result } = await session.send("Runtime.evaluate", {
    // the ends of a focus ring, which hand the focus on at once and are nothing to anybody
    expression: `axe.run({ exclude: ['[data-tabster-dummy]'] }, ${rules === "all" ? "{}" : '{ runOnly: ["color-contrast"] }'}).then(({ violations, passes }) => JSON.stringify({ violations, passes: passes.length }))`,
    awaitPromise: true,
  });
  await session.detach();
  const { violations, passes } = JSON.parse(String(result.value)) as Pick<axe.AxeResults, "violations"> & {
    passes: number;
  };
  if (passes === 0) throw new Error("axe looked at nothing");
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
