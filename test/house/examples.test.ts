/** What the pages tell people to write and type is what the program takes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { targetTypes } from "../../src/adapters/targets/registry.ts";
import type { GlobalOptions } from "../../src/cli/context.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { loadConfig } from "../../src/config/load.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const blocks = (page: string, language: string) =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, text]) => text ?? "");

function load(text: string) {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-example-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "nolapse.yaml"), text);
  return loadConfig({ path: null, env: {}, cwd: folder, targetTypes });
}

const PAGES = ["README.md", "docs/configuration.md", "docs/operations.md"];
const whole = PAGES.flatMap((page) =>
  blocks(page, "yaml")
    .filter((text) => text.includes("version: 1"))
    .map((text) => [page, text] as const),
);

test.each(whole)("the example of %s is a valid configuration, without a warning", (_, text) => {
  expect(load(text).warnings).toEqual([]);
});

test("there is one such example in each page", () => {
  expect(whole.map(([page]) => page)).toEqual(PAGES);
});

test.each(targetTypes.map(({ type }) => `docs/targets/${type}.md`))("the targets of %s are valid", (page) => {
  const examples = blocks(page, "yaml");
  expect(examples.length).toBeGreaterThan(0);
  for (const targets of examples) {
    const config = load(`version: 1\ntenants: { t: { id: 3f6c0000-0000-4000-8000-000000000001 } }\n${targets}`);
    expect(Object.keys(config.targets).length).toBeGreaterThan(0);
  }
});

test.each(targetTypes.map(({ type }) => type))("target %s has its page", (type) => {
  expect(read(`docs/targets/${type}.md`)).toContain(`# Target \`${type}\``);
});

test("every nolapse command in the README is one that docs/commands.md lists", () => {
  const listed = [...read("docs/commands.md").matchAll(/^### `nolapse ([a-z ]+?)(?: <.*)?`$/gm)].map(
    ([, name]) => name,
  );
  const typed = [
    ...read("README.md").matchAll(/(?:^\$ |^|`)nolapse ([a-z]+(?: (?:check|show|forget|schema|env|backup))?)/gm),
  ];
  expect(typed.length).toBeGreaterThan(10);
  for (const [, name] of typed) expect(listed).toContain(name);
});

test("what a service of systemd and the pages about it start are command lines that the program takes", async () => {
  const folder = "examples/systemd";
  const texts = [...readdirSync(join(root, folder)).map((name) => `${folder}/${name}`), "docs/operations.md"].map(read);
  const lines = texts.flatMap((text) =>
    [...text.matchAll(/(?:(?:=|exec )\/usr\/local\/bin\/nolapse|-u nolapse nolapse) ([^'\n#;]+)/g)].map(
      ([, line = ""]) => line,
    ),
  );
  expect(lines.filter((line) => line.startsWith("--config"))).toHaveLength(2);
  expect(lines.length).toBeGreaterThan(6);
  for (const line of lines) {
    let taken: GlobalOptions | null = null;
    const program = buildProgram(async (globals) => {
      taken = globals;
    });
    // the date that the shell puts in is one word
    const words = line
      .trim()
      .replace(/\$\(.*\)/, "now")
      .split(/\s+/);
    await program.parseAsync(words, { from: "user" });
    // the units name the file, a person is in its folder
    expect(taken, line).toMatchObject(line.startsWith("--config") ? { config: "/etc/nolapse/nolapse.yaml" } : {});
  }
});
