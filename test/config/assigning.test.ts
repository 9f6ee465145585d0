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

const entries = (dash: string) => `applications:
${dash}- appId: ${id(1)}
${dash}  policy: standard
${dash}  targets: [one]
${dash}- appId: ${id(2)}
${dash}  targets: [two]
${dash}- match: { displayName: "billing*" }
${dash}  policy: standard
`;

interface File {
  readonly path: string;
  settings(): NonNullable<ReturnType<typeof loadConfig>["tenants"][number]>;
}

function written(applications: string, policy = "quick"): File {
  const folder = mkdtempSync(join(tmpdir(), "nolapse-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "house.yaml");
  writeFileSync(
    path,
    `version: 1
tenants: { contoso: { id: ${TENANT} } }
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

/** Does what the dialog says: the lines above the first entry, and the line of each entry in place of, or beside, what is there. */
function follow({ path }: File, { lines, above, edits }: ReturnType<typeof assignPolicy>): void {
  const text = readFileSync(path, "utf8").split("\n");
  for (const { place, text: line, instead } of edits.toSorted((a, b) => (b.place?.line ?? 0) - (a.place?.line ?? 0))) {
    const first = (place?.line ?? 0) - 1;
    const indent = " ".repeat((place?.column ?? 1) - 1);
    const old = text.indexOf(`${indent}policy: ${instead}`, first);
    if (instead === null) text.splice(first + 1, 0, indent + line);
    else text[old] = indent + line;
  }
  text.splice(above === null ? text.length - 1 : above.line - 1, 0, ...lines.trimEnd().split("\n"));
  writeFileSync(path, text.join("\n"));
}

test.each(["", "  ", "    "])(
  "what is written as it is shown gives all of them the policy, with entries at '%s-'",
  (dash) => {
    const file = written(entries(dash));
    const before = file.settings();
    expect(ALL.map((one) => policyFor(before, one).name)).toEqual(["standard", "default", "standard", "default"]);
    const made = assignPolicy(before, ALL, "quick");
    expect(made).toMatchObject({ already: 0, added: 2, above: { line: 8 } });
    expect(made.edits.map(({ appId, place, instead }) => [appId, place?.line, instead])).toEqual([
      [id(1), 8, "standard"],
      [id(2), 11, null],
    ]);
    follow(file, made);
    expect(ALL.map((one) => policyFor(file.settings(), one).name)).toEqual(ALL.map(() => "quick"));
    expect(assignPolicy(file.settings(), ALL, "quick")).toMatchObject({ already: 4, added: 0, lines: "", edits: [] });
  },
);

test("a file without entries gets the key with them", () => {
  const file = written("");
  const made = assignPolicy(file.settings(), ALL, "quick");
  expect(made).toMatchObject({ added: 4, above: null, edits: [] });
  follow(file, made);
  expect(ALL.map((one) => policyFor(file.settings(), one).name)).toEqual(ALL.map(() => "quick"));
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
