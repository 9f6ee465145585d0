/** The pages that must agree with the sources are read back here, independently of the script that writes some of them. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { ERRORS } from "../../src/core/errors.ts";
import { REASONS } from "../../src/core/reasons.ts";
import { TRANSITIONS } from "../../src/core/rotation/apply-event.ts";
import { checksFor } from "../../src/core/rotation/checks.ts";
import type { RotationState } from "../../src/core/rotation/rotation.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** The rows of a page's tables whose first cell is a code, as cells. */
function rows(page: string): string[][] {
  return read(page)
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => line.slice(2, -2).split(" | "))
    .map(([first = "", ...rest]) => [first.replaceAll("`", ""), ...rest]);
}

test("docs/errors.md lists exactly the error codes, with exit code, meaning and what to do next", () => {
  const page = rows("docs/errors.md");
  expect(page.map((row) => row.slice(0, 3))).toEqual(
    Object.entries(ERRORS).map(([code, kind]) => [code, String(kind.exit), kind.meaning]),
  );
  for (const row of page) expect(row, row[0]).toHaveLength(4);
});

test("docs/reasons.md lists exactly the reason codes with their sentences", () => {
  expect(rows("docs/reasons.md")).toEqual(Object.entries(REASONS));
});

describe("docs/state-machine.md", () => {
  const page = read("docs/state-machine.md");

  test("draws exactly the transitions that applyEvent allows", () => {
    const drawn = [...page.matchAll(/^ {2}(\w+) --> (\w+): ([\w-]+)$/gm)].map(([, from, to, event]) => [
      from,
      to,
      event,
    ]);
    const allowed = Object.entries(TRANSITIONS).flatMap(([from, events]) =>
      Object.entries(events).flatMap(([event, next]) => next.map((to) => [from, to, event])),
    );
    expect(drawn.toSorted()).toEqual(allowed.toSorted());
    expect(drawn.length).toBeGreaterThan(15);
  });

  test("describes every state, and names its checks in their order", () => {
    const listed = rows("docs/state-machine.md");
    for (const state of Object.keys(TRANSITIONS) as RotationState[]) {
      const lines = listed.filter(([name]) => name === state);
      expect(lines.length, state).toBeGreaterThanOrEqual(2);
      expect(lines.at(-1)?.[1]?.split(" → "), state).toEqual(checksFor(state).map((check) => check.name));
    }
  });
});

describe("dependencies", () => {
  const manifests = readdirSync(join(root, "tools"))
    .map((folder) => `tools/${folder}/package.json`)
    .filter((path) => existsSync(join(root, path)));
  const pins = (path: string): Record<string, string> => {
    const manifest = JSON.parse(read(path));
    return { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  };

  test("docs/dependencies.md has a line for each one and for no other", () => {
    const listed = rows("docs/dependencies.md").map(([name]) => name);
    const used = [...Object.keys(pins("package.json")), ...Object.keys(pins("web/package.json"))];
    expect(listed.toSorted()).toEqual(used.toSorted());
    for (const row of rows("docs/dependencies.md"))
      expect(
        row.slice(1).every((cell) => cell.length > 3),
        row[0],
      ).toBe(true);
  });

  test.each(["package.json", "web/package.json", ...manifests])("%s pins exact versions", (path) => {
    for (const [name, version] of Object.entries(pins(path)))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  });
});

test("every rule that a comment cites is in docs/design.md", () => {
  const sources = ["src", "scripts", "test"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => read(`${folder}/${name}`)),
  );
  const cited = new Set(
    sources.flatMap((text) => [...text.matchAll(/design §(\d+(?:\.\d+)?)/g)].map(([, number]) => number)),
  );
  const headings = [...read("docs/design.md").matchAll(/^#+ (\d+(?:\.\d+)?)\.? /gm)].map(([, number]) => number);
  expect(cited.size).toBeGreaterThan(8);
  for (const number of cited) expect(headings).toContain(number);
});

describe("links", () => {
  const pages = [
    ...readdirSync(root).filter((name) => name.endsWith(".md")),
    ...readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => `docs/${name}`),
  ];

  test.each(pages)("%s points to files that exist", (page) => {
    const prose = read(page).replaceAll(/```[\s\S]*?```/g, "");
    const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    const local = targets.filter((target) => !/^(https?:|mailto:|#)/.test(target));
    const missing = local.filter((target) => {
      const path = target.replace(/#.*$/, "");
      return !existsSync(join(root, path.startsWith("/") ? "" : dirname(page), path));
    });
    expect(missing).toEqual([]);
  });

  test("decision notes carry a number of their own", () => {
    const numbers = readdirSync(join(root, "docs/decisions")).map((name) => /^(\d{4})-[a-z0-9-]+\.md$/.exec(name)?.[1]);
    expect(numbers).not.toContain(undefined);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
