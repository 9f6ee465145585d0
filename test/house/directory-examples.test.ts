/** The directory's own pages and examples: they run, and they name what there is. */
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { parse } from "yaml";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const pages = readdirSync(join(root, "docs/directory")).map((name) => `docs/directory/${name}`);

test("the example for node:test passes", async () => {
  const example = join(root, "examples/directory-node-test/sign-in.test.ts");
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=source", "--test", example], {
    cwd: root,
  });
  expect(stdout).toMatch(/pass 1\b/);
});

test("the workflow is YAML, and starts from no permissions", () => {
  const workflow = parse(read("examples/directory-workflow.yml"));
  expect(workflow.permissions).toEqual({});
  expect(workflow.jobs.test.steps.length).toBeGreaterThan(4);
});

test.each([...pages, "examples/directory-workflow.yml"])("%s names options that the program has", (page) => {
  const listed = read("docs/commands.md");
  for (const [line] of read(page).matchAll(/nolapse directory[^\n`#|]*/g))
    for (const [option] of line.matchAll(/--[a-z-]+/g)) expect(listed, `${line}: ${option}`).toContain(`\`${option}`);
});

test.each(pages)("%s links to files that are there", (page) => {
  for (const [, target = ""] of read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
    expect(existsSync(join(root, dirname(page), target)), target).toBe(true);
});

test("every client of the matrix has its recipe", () => {
  const recipes = read("docs/directory/clients.md");
  for (const client of [
    "@azure/identity",
    "@azure/msal-node",
    "@microsoft/microsoft-graph-client",
    "Azure CLI",
    "MSAL for Python",
  ])
    expect(recipes).toMatch(new RegExp(`^## ${client} \\(tested`, "m"));
});
