/** Help has its words for every page there is, and names only documentation that is there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Help, helpOf } from "../../web/src/text/help.ts";

const ROOT = join(import.meta.dirname, "../..");
const routes = readFileSync(join(ROOT, "web/src/routes.tsx"), "utf8");
/** Addresses of pages; what lies over a page has none of its own here, and the first page is another one. */
const paths = [...routes.matchAll(/path: "(\/(?:t\/|all|tenants)[^"]*)"/g)].map(([, path = ""]) =>
  path.replaceAll(/\$\w+/g, "x"),
);

test("every page has its question, in words that end, and names documents that are there", () => {
  expect(paths.length).toBeGreaterThan(15);
  const said: Help[] = [];
  for (const path of paths) {
    const help = helpOf(path);
    if (help === null) throw new Error(`nothing is said of ${path}`);
    expect(help.question).toMatch(/\?$/);
    expect(help.answers).toMatch(/\.$/);
    for (const file of help.docs) expect(existsSync(join(ROOT, "docs", file)), file).toBe(true);
    said.push(help);
  }
  expect(new Set(said.map(({ answers }) => answers)).size).toBeGreaterThan(13);
});

test("registering is no application, and what is no page has no help of its own", () => {
  expect(helpOf("/t/x/applications/new")?.question).not.toBe(helpOf("/t/x/applications/0c1d")?.question);
  expect(helpOf("/t/x/nothing")).toBeNull();
});
