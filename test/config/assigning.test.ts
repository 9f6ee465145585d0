/** Lines that give applications another policy: written into the file as they are, they do. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { targetTypes } from "../../src/adapters/targets/registry.ts";
import { loadConfig } from "../../src/config/load.ts";
import { assignPolicy, policySource } from "../../src/core/policy/assigning.ts";
import { policyFor } from "../../src/core/policy/policy-choice.ts";
import { holder, TENANT } from "../core/make.ts";

const id = (digit: number) => `0000000${digit}-0000-4000-8000-000000000000`;
const bound = holder({ appId: id(1), displayName: "Bound" });
const bare = holder({ appId: id(2), displayName: "Bound without a policy" });
const fits = holder({ appId: id(3), displayName: "Billing API" });
const left = holder({ appId: id(4), displayName: "Left over" });
const ALL = [bound, bare, fits, left];

const entries = (dash: string, gap = " ") => `applications:
${dash}-${gap}appId: ${id(1)}
${dash} ${gap}policy: standard
${dash} ${gap}targets: [one]
${dash}-${gap}appId: ${id(2)}
${dash} ${gap}targets: [two]
${dash}-${gap}match: { displayName: "billing*" }
${dash} ${gap}policy: standard
`;

interface File {
  readonly path: string;
  settings(): NonNullable<ReturnType<typeof loadConfig>["tenants"][number]>;
}

function written(applications: string, policy = "quick", otherTenants = ""): File {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "house.yaml");
  writeFileSync(
    path,
    `version: 1
tenants: { contoso: { id: ${TENANT} }${otherTenants} }
policies: { standard: {}, ${JSON.stringify(policy)}: { lifetime: 90d } }
targets:
  one: { type: env-file, path: ./one.env, secret: S }
  two: { type: env-file, path: ./two.env, secret: S }
${applications}`,
  );
  const settings = () => {
    const [tenant] = loadConfig({ path, env: {}, targetTypes, cwd: folder }).tenants;
    if (tenant === undefined) throw new Error("no tenant");
    return tenant;
  };
  return { path, settings };
}

/** Does what the dialog says: the lines where the list begins, and the line of each entry in place of, or beside, what is there. */
function follow({ path }: File, { lines, at, edits }: ReturnType<typeof assignPolicy>): void {
  const text = readFileSync(path, "utf8").split("\n");
  for (const { place, text: line, instead } of edits.toSorted((a, b) => (b.place?.line ?? 0) - (a.place?.line ?? 0))) {
    const first = (place?.line ?? 0) - 1;
    const indent = " ".repeat((place?.column ?? 1) - 1);
    const old = text.indexOf(`${indent}policy: ${instead}`, first);
    if (instead === null) text.splice(first + 1, 0, indent + line);
    else text[old] = indent + line;
  }
  if (at?.flow) {
    const line = text[at.line - 1] ?? "";
    expect(line[at.column - 1]).toBe("[");
    text[at.line - 1] = line.slice(0, at.column) + lines + line.slice(at.column);
  } else text.splice(at === null ? text.length - 1 : at.line - 1, 0, ...lines.trimEnd().split("\n"));
  writeFileSync(path, text.join("\n"));
}

test.each([
  ["", " "],
  ["  ", " "],
  ["    ", " "],
  ["  ", "   "],
  ["", "     "],
])("what is written as it is shown gives all of them the policy, with entries at '%s-%s'", (dash, gap) => {
  const file = written(entries(dash, gap));
  const before = file.settings();
  expect(ALL.map((one) => policyFor(before, one).name)).toEqual(["standard", "default", "standard", "default"]);
  const made = assignPolicy(before, ALL, "quick");
  expect(made).toMatchObject({ already: 0, added: 2, at: { line: 8, flow: false } });
  expect(made.edits.map(({ appId, place, instead }) => [appId, place?.line, instead])).toEqual([
    [id(1), 8, "standard"],
    [id(2), 11, null],
  ]);
  follow(file, made);
  expect(ALL.map((one) => policyFor(file.settings(), one).name)).toEqual(ALL.map(() => "quick"));
  expect(assignPolicy(file.settings(), ALL, "quick")).toMatchObject({ already: 4, added: 0, lines: "", edits: [] });
});

test("a file without entries gets the key with them", () => {
  const file = written("");
  const made = assignPolicy(file.settings(), ALL, "quick");
  expect(made).toMatchObject({ added: 4, at: null, edits: [] });
  follow(file, made);
  expect(ALL.map((one) => policyFor(file.settings(), one).name)).toEqual(ALL.map(() => "quick"));
});

const CHOICE = '{ match: { displayName: "billing*" }, policy: standard }';

test.each([
  "applications: []\n",
  "applications: [ ] # none yet\n",
  "applications:\n  []\n",
  `applications: [${CHOICE}]\n`,
  `applications: [ ${CHOICE}, ]\n`,
  `applications: [ # by hand\n  ${CHOICE},\n]\n`,
  `applications:\n  [\n    ${CHOICE}\n  ]\n`,
])("a list in brackets takes them behind its bracket: %j", (list) => {
  const file = written(list);
  const made = assignPolicy(file.settings(), [fits, left], "quick");
  expect(made).toMatchObject({ added: 2, at: { flow: true }, edits: [] });
  follow(file, made);
  expect([fits, left, bare].map((one) => policyFor(file.settings(), one).name)).toEqual(["quick", "quick", "default"]);
});

test.each(["no", "null", "1.5", "a: b", 'q"uo\\te', "with\nline", "\u2028next", "# x", "Üb"])(
  "a policy called %j stays text",
  (name) => {
    const file = written("", name);
    follow(file, assignPolicy(file.settings(), [left], name));
    expect(policyFor(file.settings(), left).name).toBe(name);
  },
);

test.each([
  "x\n- match: { displayName: '*' }",
  "x\r  policy: standard",
  "x\u2028y\u0085z\ufeff",
  `\u202e${"long ".repeat(80)}`,
  "",
])("a name its owner chose, %j, changes nothing of the lines", (displayName) => {
  const file = written("");
  const owned = holder({ appId: id(5), displayName });
  const made = assignPolicy(file.settings(), [owned], "quick");
  expect(made.lines.split("\n")).toHaveLength(4);
  follow(file, made);
  const settings = file.settings();
  expect(settings.choices).toEqual([{ match: { appId: id(5) }, policy: "quick", place: { line: 8, column: 5 } }]);
  expect(policyFor(settings, left).name).toBe("default");
});

test("tenants of one file share its entries, and the settings say so", () => {
  const other = `, fabrikam: { id: ${id(9)} }`;
  expect(written(entries("  "), "quick", other).settings()).toMatchObject({ sharesEntries: true });
  expect(written(entries("  ")).settings()).not.toHaveProperty("sharesEntries");
});

test("each says what gave it its policy, and where that is written", () => {
  const settings = written(entries("  ")).settings();
  expect(settings.configuredIn).toBe("house.yaml");
  expect(ALL.map((one) => policySource(settings, one))).toEqual([
    { policy: "standard", by: "binding", place: { line: 8, column: 5 }, pattern: null },
    { policy: "default", by: "default", place: null, pattern: null },
    { policy: "standard", by: "choice", place: { line: 13, column: 5 }, pattern: "displayName: billing*" },
    { policy: "default", by: "default", place: null, pattern: null },
  ]);
});
