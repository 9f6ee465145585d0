/** Every gate of the house must be able to fail: faults are planted in a copy, and each must be found where it was planted. */

import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEPTH, LONG_FILES, ROOMS, VAGUE_NAMES } from "../../scripts/lint/rooms.ts";

const root = resolve(import.meta.dirname, "../..");

const posix = (path: string) => path.split(sep).join("/");

/** A copy of what the gates read, with the repository's own node_modules. */
function copy(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "nolapse-house-")));
  for (const part of [
    ".gitignore",
    "biome.json",
    "package.json",
    "scripts/lint",
    "src",
    "web/src",
    "web/package.json",
  ]) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  for (const file of ["tsconfig.base.json", "tsconfig.core.json"]) cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}

function plant(folder: string, path: string, source: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), source);
}

function tool(folder: string, script: string, ...args: string[]) {
  return spawnSync(process.execPath, [join(root, "node_modules", script), ...args], { cwd: folder, encoding: "utf8" });
}

/** The findings of the linter as "path rule". */
function lint(folder: string): { status: number | null; findings: Set<string>; output: string } {
  const run = tool(
    folder,
    "@biomejs/biome/bin/biome",
    "lint",
    "--reporter=github",
    "--max-diagnostics=none",
    "src",
    "web",
  );
  const findings = new Set<string>();
  for (const [, rule, file] of run.stdout.matchAll(/^::error title=([^,]+),file=([^,]+),/gm)) {
    findings.add(`${posix(relative(folder, file ?? ""))} ${rule}`);
  }
  return { status: run.status, findings, output: run.stdout + run.stderr };
}

const IMPORTS = "lint/style/noRestrictedImports";
const GLOBALS = "lint/style/noRestrictedGlobals";

/** Imports a room must not have: [the planted file, what it imports]. The first of each pair lies in the named room. */
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ["src/core/p-ports.ts", "../ports/clock.ts"],
  ["src/core/p-engine.ts", "../engine/maintain.ts"],
  ["src/x509/p-ports.ts", "../ports/clock.ts"],
  ["src/rehearsal-ground.ts", "../test/support/needs.ts"],
  ["src/rehearsal-hands.ts", "../adapters/seal/local-key.ts"],
  ["src/x509/p-adapter.ts", "../adapters/seal/local-key.ts"],
  ["src/core/deeper/p-engine.ts", "../../engine/maintain.ts"],
  ["src/core/credentials/p-later.ts", "../rotation/decide.ts"],
  ["src/core/schedule/p-later.ts", "../pictures/outlook.ts"],
  ["src/engine/scan/p-later.ts", "../plan/plan.ts"],
  ["src/engine/rotation/steps/p-later.ts", "../../commands/rotate.ts"],
  ["src/rehearse/world/p-later.ts", "../watch/books.ts"],
  ["src/core/policy/p-engine.ts", "../../engine/maintain.ts"],
  ["src/core/p-detour.ts", "./deeper/../../engine/maintain.ts"],
  ["src/core/p-library.ts", "luxon"],
  ["src/core/p-node.ts", "node:fs"],
  ["src/ports/p-engine.ts", "../engine/maintain.ts"],
  ["src/ports/p-library.ts", "zod"],
  ["src/engine/p-adapter.ts", "../adapters/graph/http.ts"],
  ["src/engine/p-directory.ts", "../directory/start.ts"],
  ["src/engine/p-detour.ts", "../core/../adapters/graph/http.ts"],
  ["src/engine/p-library.ts", "zod"],
  ["src/engine/p-node.ts", "node:crypto"],
  ["src/adapters/graph/p-sibling.ts", "../store/store.ts"],
  ["src/adapters/graph/deeper/p-sibling.ts", "../../store/store.ts"],
  ["src/adapters/graph/p-engine.ts", "../../engine/maintain.ts"],
  ["src/adapters/graph/p-directory.ts", "../../directory/start.ts"],
  ["src/directory/p-core.ts", "../core/time.ts"],
  ["src/directory/deeper/p-core.ts", "../../core/time.ts"],
  ["src/directory/p-self.ts", "nolapse/directory"],
  ["src/rehearse/p-adapter.ts", "../adapters/graph/http.ts"],
  ["src/rehearse/p-directory.ts", "../directory/start.ts"],
  ["src/config/p-engine.ts", "../engine/maintain.ts"],
  ["src/config/p-adapter.ts", "../adapters/graph/http.ts"],
  ["src/config/p-library.ts", "commander"],
  ["src/http/p-ports.ts", "../ports/clock.ts"],
  ["src/http/p-adapter.ts", "../adapters/graph/http.ts"],
  ["src/cli/p-compose.ts", "../compose.ts"],
  ["src/cli/p-embedded.ts", "../embedded-directory.ts"],
  ["src/embedded-directory.ts", "../test/support/needs.ts"],
  ["src/cli/commands/p-adapter.ts", "../../adapters/graph/http.ts"],
  ["src/cli/commands/demo/p-directory.ts", "../../../directory/start.ts"],
  ["src/client/p-core.ts", "../core/time.ts"],
  ["src/compose.ts", "../test/support/needs.ts"],
  ["src/compose/p-http.ts", "../http/server.ts"],
  ["src/web-server.ts", "../test/support/needs.ts"],
  ["src/http/p-directory.ts", "../directory/server.ts"],
  ["src/engine/p-compose.ts", "../compose/keys.ts"],
  ["src/cli/p-test.ts", "../../test/support/needs.ts"],
  ["src/engine/p-bench.ts", "../../bench/scan.ts"],
  ["src/adapters/graph/p-examples.ts", "../../../examples/app.ts"],
  ["src/http/p-web.ts", "../../web/src/api/schema.ts"],
  ["web/src/p-src.ts", "../../src/core/time.ts"],
  ["web/src/pages/p-src.tsx", "../../../src/core/time.ts"],
  ["web/src/pages/p-detour.ts", "../api/../../../src/core/time.ts"],
  ["web/src/pages/p-node.ts", "node:fs"],
  ["web/src/text/p-later.ts", "../lines/scale.ts"],
  ["web/src/frame/p-later.tsx", "../pages/plan/plan.tsx"],
  ["web/src/pages/plan/p-src.tsx", "../../../../src/core/time.ts"],
  ["web/src/pages/plan/p-detour.ts", "../../api/../../../src/core/time.ts"],
];

/** Imports the table allows; they must not be found. */
const ALLOWED: readonly (readonly [string, string])[] = [
  ["src/core/time-zones.ts", "luxon"],
  ["src/core/deeper/a-own.ts", "../time.ts"],
  ["src/core/pictures/a-earlier.ts", "../credentials/credential.ts"],
  ["src/engine/commands/a-earlier.ts", "../rotation/amend.ts"],
  ["src/engine/rotation/steps/a-earlier.ts", "../../scan/recognise.ts"],
  ["src/engine/rotation/steps/a-own.ts", "../../deps.ts"],
  ["src/core/credentials/a-words.ts", "../time.ts"],
  ["src/ports/a-core.ts", "../core/time.ts"],
  ["src/engine/deeper/a-ports.ts", "../../ports/clock.ts"],
  ["src/adapters/graph/a-all.ts", "../../ports/clock.ts"],
  ["src/adapters/graph/deeper/a-own.ts", "../http.ts"],
  ["src/adapters/graph/deeper/a-core.ts", "../../../core/time.ts"],
  ["src/adapters/graph/a-library.ts", "@azure/identity"],
  ["src/directory/deeper/http/a-own.ts", "../../start.ts"],
  ["src/rehearse/a-engine.ts", "../engine/a.ts"],
  ["src/config/a-zod.ts", "zod"],
  ["src/config/a-node.ts", "node:fs/promises"],
  ["src/cli/main.ts", "../compose.ts"],
  ["src/cli/main.ts", "../embedded-directory.ts"],
  ["src/compose/a-adapter.ts", "../adapters/graph/http.ts"],
  ["src/cli/commands/demo/a-engine.ts", "../../../engine/a.ts"],
  ["src/http/routes/a-config.ts", "../../config/a.ts"],
  ["web/src/a-own.ts", "./api/schema.ts"],
  ["web/src/pages/a-own.tsx", "../lines/scale.ts"],
  ["web/src/pages/plan/a-own.tsx", "../../lines/scale.ts"],
  ["web/src/pages/a-react.ts", "react"],
];

/** Other faults for the linter: [the planted file, its source, the rule that must find it]. */
const FAULTS: readonly (readonly [string, string, string])[] = [
  ["src/core/p-type.ts", 'export type { Clock } from "../ports/clock.ts";\n', IMPORTS],
  ["src/core/p-only.ts", 'import type { Clock } from "../ports/clock.ts";\nexport type A = Clock;\n', IMPORTS],
  ["src/core/p-dynamic.ts", 'export const a = () => import("../ports/clock.ts");\n', IMPORTS],
  ["src/core/p-inline.ts", 'export type A = import("../ports/clock.ts").Clock;\n', "plugin"],
  [
    "src/core/cycle/p-a.ts",
    'import { b } from "./p-b.ts";\nexport const a = () => b;\n',
    "lint/suspicious/noImportCycles",
  ],
  [
    "src/core/cycle/p-b.ts",
    'import { a } from "./p-a.ts";\nexport const b = () => a;\n',
    "lint/suspicious/noImportCycles",
  ],
  ["src/core/p-clock.ts", "export const now = () => Date.now();\n", GLOBALS],
  ["src/core/p-date.ts", "export type Day = Date;\n", GLOBALS],
  ["src/core/p-global.ts", "export const now = () => globalThis.Date.now();\n", GLOBALS],
  ["src/core/p-intl.ts", "export const zone = () => new Intl.DateTimeFormat();\n", GLOBALS],
  ["src/core/p-console.ts", 'export const say = () => console.log("");\n', "lint/suspicious/noConsole"],
  ["src/core/p-random.ts", "export const dice = () => Math.random();\n", "plugin"],
  [
    "src/core/p-luxon.ts",
    "declare const DateTime: { now(): number };\nexport const now = () => DateTime.now();\n",
    "plugin",
  ],
  ["src/ports/p-clock.ts", "export const now = () => new Date();\n", GLOBALS],
  ["src/engine/p-clock.ts", "export const now = () => new Date();\n", GLOBALS],
  ["src/engine/p-all.ts", "export const both = () => Promise.all([]);\n", "plugin"],
  ["src/engine/p-race.ts", "export const first = () => Promise.race([]);\n", "plugin"],
  ["src/engine/p-settled.ts", "const { allSettled } = Promise;\nexport const all = allSettled;\n", "plugin"],
  ["src/engine/p-random.ts", "const { random } = Math;\nexport const dice = random;\n", "plugin"],
  ["src/rehearse/p-clock.ts", "export const now = () => Date.now();\n", GLOBALS],
  ["src/rehearse/p-timer.ts", "export const later = () => setTimeout(() => {}, 1);\n", GLOBALS],
  ["src/directory/p-now.ts", "export const now = () => Date.now();\n", "plugin"],
  ["src/directory/p-random.ts", "export const dice = () => Math.random();\n", "plugin"],
  ["src/adapters/graph/p-now.ts", "export const now = () => new Date();\n", "plugin"],
  [
    "src/http/p-long.ts",
    `export function long() {\n${"  long;\n".repeat(61)}}\n`,
    "lint/complexity/noExcessiveLinesPerFunction",
  ],
  ["src/http/p-now.ts", "export const now = () => Date.now();\n", "plugin"],
  ["src/directory/clock.ts", "export const now = () => Date.now();\n", ""],
];

describe("the linter", () => {
  let found: ReturnType<typeof lint>;
  let clean: ReturnType<typeof lint>;
  const folders: string[] = [];

  beforeAll(() => {
    const untouched = copy();
    const planted = copy();
    folders.push(untouched, planted);
    clean = lint(untouched);
    // what lies in the tree must not cover a planted file, nor add findings of its own
    rmSync(join(planted, "src"), { recursive: true });
    rmSync(join(planted, "web/src"), { recursive: true });
    for (const [path, specifier] of [...FORBIDDEN, ...ALLOWED]) {
      plant(planted, path, `export * from ${JSON.stringify(specifier)};\n`);
    }
    for (const [path, source] of FAULTS) plant(planted, path, source);
    found = lint(planted);
    // two whole runs of the linter: seconds, and many of them on a busy machine
  }, 120_000);
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });

  test("passes the tree as it is", () => {
    expect(clean.output).not.toContain("::error");
    expect(clean.status).toBe(0);
  });

  test("fails when faults are planted", () => {
    expect(found.status).not.toBe(0);
  });

  test.each(FORBIDDEN)("%s may not import %s", (path) => {
    expect(found.findings).toContain(`${path} ${IMPORTS}`);
  });

  test.each(ALLOWED)("%s may import %s", (path) => {
    expect(found.findings).not.toContain(`${path} ${IMPORTS}`);
  });

  test.each(FAULTS.map(([path, source, rule]) => [path, rule, source] as const))("%s: %s", (path, rule) => {
    if (rule === "") expect([...found.findings].filter((finding) => finding.startsWith(`${path} `))).toEqual([]);
    else expect(found.findings).toContain(`${path} ${rule}`);
  });

  test("every room of the table has a planted import", () => {
    for (const room of ROOMS) {
      const inside = (path: string) => path === `src/${room.path}` || path.startsWith(`src/${room.path}/`);
      expect(
        FORBIDDEN.some(([path]) => inside(path)),
        room.path,
      ).toBe(true);
    }
  });
});

describe("the compiler settings of core, ports and engine", () => {
  const AMBIENT: Readonly<Record<string, string>> = {
    "src/core/p-fetch.ts": 'export const a = fetch("");\n',
    "src/core/p-process.ts": "export const a = process.env;\n",
    "src/core/p-console.ts": 'console.log("");\nexport {};\n',
    "src/core/p-timer.ts": "export const a = setTimeout(() => {}, 1);\n",
    "src/core/p-files.ts": 'export { readFileSync } from "node:fs";\n',
    "src/ports/p-crypto.ts": "export const a = crypto.randomUUID();\n",
    "src/engine/p-buffer.ts": 'export const a = Buffer.from("");\n',
  };
  let folder: string;
  beforeAll(() => {
    folder = copy();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("pass the tree as it is, and refuse every ambient name", () => {
    const compile = () => tool(folder, "typescript/bin/tsc", "-p", "tsconfig.core.json", "--pretty", "false");
    expect(compile()).toMatchObject({ status: 0, stdout: "" });
    for (const [path, source] of Object.entries(AMBIENT)) plant(folder, path, source);
    const failed = compile();
    expect(failed.status).not.toBe(0);
    for (const path of Object.keys(AMBIENT)) expect(failed.stdout).toContain(`${path}(`);
  });
});

describe("the tree", () => {
  const files = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
      .map((entry) => posix(relative(root, join(entry.parentPath, entry.name))));
  const sources = files("src");

  test.each(sources)("%s lies in a room of the table", (path) => {
    const [, first = "", ...rest] = path.split("/");
    const room = ROOMS.find((candidate) => candidate.path === first);
    expect(room, `src/${first} is not in scripts/lint/rooms.ts`).toBeDefined();
    expect(rest.length, "deeper than the lint rules reach").toBeLessThanOrEqual(DEPTH);
    if (room?.flats) expect(rest.length, "a file of no adapter").toBeGreaterThan(1);
  });

  test("no comment switches a boundary off", () => {
    const off =
      /biome-ignore(-\w+)? lint(\/style(\/noRestricted\w+)?|\/suspicious(\/noImportCycles)?)?:|biome-ignore-all|@ts-(ignore|nocheck)/;
    const pure = new RegExp(`${off.source}|biome-ignore(-\\w+)? lint/plugin`);
    const rooms = ROOMS.filter((room) => room.pure).map((room) => `src/${room.path}/`);
    const rule = (path: string) => (rooms.some((room) => path.startsWith(room)) ? pure : off);
    expect(sources.filter((path) => rule(path).test(readFileSync(join(root, path), "utf8")))).toEqual([]);
    expect("// biome-ignore lint/style/noRestrictedImports: x").toMatch(off);
    expect("// biome-ignore lint: x").toMatch(off);
    expect("// biome-ignore lint/plugin/clock-read: x").toMatch(pure);
    expect("// biome-ignore lint/plugin: x").not.toMatch(off);
  });

  test("no name says nothing", () => {
    const vague = (path: string) =>
      path.split("/").some((part) => VAGUE_NAMES.includes(basename(part).replace(/(\.test)?\.ts$/, "")));
    expect([...sources, ...files("test"), ...files("scripts")].filter(vague)).toEqual([]);
  });

  test("a file over 400 lines has a reason", () => {
    const long = [...sources, ...files("test"), ...files("scripts")]
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".gen.ts"))
      .filter((path) => readFileSync(join(root, path), "utf8").trimEnd().split("\n").length > 400);
    expect(long.toSorted()).toEqual(Object.keys(LONG_FILES).toSorted());
  });
});
