/**
 * Writes what is derived from the sources: docs/errors.md, docs/reasons.md, the diagram and the checks of
 * docs/state-machine.md, the remarks of docs/certificates.md, the schemas in docs/json, the routes of docs/server.md, docs/authorization.md, the import table of docs/architecture.md, the faults of docs/rehearsal.md, the types of web/src/api/schema.ts and the lint configuration of the rooms. With --check it writes nothing and fails if a file is not up to date.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { REMARKS } from "../src/core/credentials/certificate-remarks.ts";
import { ERRORS } from "../src/core/errors.ts";
import { FAULT_KINDS } from "../src/core/fault-kinds.ts";
import { REASONS } from "../src/core/reasons.ts";
import { TRANSITIONS } from "../src/core/rotation/apply-event.ts";
import { checksFor } from "../src/core/rotation/checks.ts";
import type { RotationState } from "../src/core/rotation/rotation.ts";
import { openApi } from "../src/http/openapi.ts";
import type { Route } from "../src/http/route.ts";
import { declaredRoutes } from "../src/http/routes/all.ts";
import { COLUMNS, promised, TABLE } from "../test/http/matrix.ts";
import { apiTypes } from "./api-types.ts";
import { commandSections, configurationRows, coverageTables, firstHelp } from "./doc-pages.ts";
import { ADVICE } from "./error-advice.ts";
import { DOCUMENTS } from "./json-documents.ts";
import { boundaries } from "./lint/boundaries.ts";
import { ROOMS, type Room } from "./lint/rooms.ts";

const root = new URL("../", import.meta.url);
const GENERATED = "<!-- written by `npm run docs`; do not edit -->";

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function errors(): string {
  const rows = Object.entries(ERRORS).map(([code, kind]) => [
    `\`${code}\``,
    String(kind.exit),
    kind.meaning,
    ADVICE[code as keyof typeof ERRORS],
  ]);
  return `# Error codes

${GENERATED}

Every failure of Nolapse carries one of these codes: in what \`run\` tells of a rotation, in \`--json\` documents, in the HTTP API's
problem details and in the log. A command that is refused as a whole says the sentence alone, on stderr, and its exit code; \`--json\` has no
document then. Decide by code and exit code, never by the sentence: sentences may change, codes do not.

${table(["code", "exit code", "meaning", "what to do next"], rows)}

If several happen in one run, the exit code is the highest of 6, 5, 4 and 3. Exit code 3 is not an error: it is a finding of
\`scan --fail-on\`.
`;
}

function reasons(): string {
  const rows = Object.entries(REASONS).map(([code, text]) => [`\`${code}\``, text]);
  return `# Reason codes

${GENERATED}

Why a credential is due or not, what a rotation waits for, and why it was halted. \`nolapse explain APP\` prints them; API,
UI, log and audit trail carry the same codes.

${table(["code", "meaning"], rows)}
`;
}

function roomRow(room: Room): string[] {
  const exceptions = Object.entries(room.exceptions ?? {}).map(
    ([file, more]) => `\`${file}\` also ${[...(more.rooms ?? []), ...(more.packages ?? [])].join(", ")}`,
  );
  const rooms = room.rooms.length === 0 ? "–" : room.rooms.join(", ");
  const packages = room.packages === "any" ? "any" : room.packages.length === 0 ? "–" : room.packages.join(", ");
  const layers = room.layers === undefined ? [] : [`each knows those before it: ${room.layers.join(", ")}`];
  const notes = [...(room.flats ? ["never a sibling folder"] : []), ...layers, ...exceptions].join("; ");
  return [`\`${room.path}\``, room.purpose, rooms, packages, notes];
}

/** Replaces what stands between the two marks in a page that people write. */
function within(page: string, mark: string, content: string): string {
  const [before, rest] = page.split(`<!-- ${mark}: written by \`npm run docs\` -->`);
  const after = rest?.split(`<!-- /${mark} -->`)[1];
  if (before === undefined || after === undefined) throw new Error(`the marks of ${mark} are missing`);
  return `${before}<!-- ${mark}: written by \`npm run docs\` -->\n${content}\n<!-- /${mark} -->${after}`;
}

const STATES = Object.keys(TRANSITIONS) as RotationState[];

function transitions(): string {
  const arrows: string[] = [];
  const staying: string[][] = [];
  for (const state of STATES) {
    const events = Object.entries(TRANSITIONS[state]);
    for (const [event, next] of events) for (const to of next ?? []) arrows.push(`  ${state} --> ${to}: ${event}`);
    const stay = events.filter(([, next]) => next?.length === 0).map(([event]) => `\`${event}\``);
    if (stay.length > 0) staying.push([`\`${state}\``, stay.join(", ")]);
  }
  const diagram = ["stateDiagram-v2", "  [*] --> planned", ...arrows, "  retired --> [*]", "  cancelled --> [*]"];
  return `\`\`\`mermaid\n${diagram.join("\n")}\n\`\`\`\n\n${table(["state", "events that stay in it"], staying)}`;
}

function checks(): string {
  const rows = STATES.map((state) => [
    `\`${state}\``,
    checksFor(state)
      .map((check) => check.name)
      .join(" → "),
  ]);
  return table(["state", "checks"], rows);
}

function keys(): string {
  return table(
    ["key", "values", "meaning"],
    configurationRows().map(([key, values, meaning]) => [`\`${key}\``, values ?? "", meaning ?? ""]),
  );
}

function coverage(): string {
  const { authority, codes, graph, beta, control, management } = coverageTables();
  return `# What the embedded directory answers

${GENERATED}

Made from the tables that answer the requests. Whatever is not here fails: as Microsoft's service fails where that is known, else
with the code \`Directory_NotEmulated\`; never with an empty list.

## Login authority

${authority}

Refusals carry Microsoft's codes and texts as far as they are on record. This is every code the reference names for the token endpoint:

${codes}

## Microsoft Graph

Objects are addressed as \`/applications/{id}\`, \`/applications(appId='…')\` and \`/applications(uniqueName='…')\`, service principals by id and
\`appId\`; under \`/v1.0\` of the directory's own address, and of Microsoft's through [the proxy](directory/README.md#three-entrances). Every answer is
checked against Graph's own schema in the tests.

${graph}

${beta}

## Azure Resource Manager

As much as clients ask for while they sign in.

${management}

## Control

For tests and demonstrations; nobody has to sign in here, so the directory listens on localhost only unless told otherwise.

${control}
`;
}

/** A JSON Schema for each document of the command line. */
function schemas(): [string, string][] {
  return Object.entries(DOCUMENTS).map(([command, document]) => {
    const title = `nolapse ${command.replace("-", " ")} --json`;
    const schema = z.toJSONSchema(document.meta({ title }), { reused: "ref" });
    return [`docs/json/${command}.schema.json`, `${JSON.stringify(schema, null, 2)}\n`];
  });
}

function remarks(): string {
  return table(
    ["remark", "meaning"],
    Object.entries(REMARKS).map(([remark, text]) => [`\`${remark}\``, text]),
  );
}

function routes(): string {
  const whose = ({ role, person }: Route) => (person ? `${role}, a person` : role);
  const rows = declaredRoutes().map((one) => [`\`${one.method} ${one.path}\``, whose(one), one.summary]);
  return table(["route", "least role", "what it does"], rows);
}

/** Who may what, by the very table and promise that test/http/authorization.test.ts holds the running server to. */
function authorization(): string {
  const cell = (answer: ReturnType<typeof promised>) => (answer === "in" ? "yes" : String(answer));
  const rows = TABLE.map((one) => [`\`${one.method} ${one.path}\``, ...COLUMNS.map((who) => cell(promised(one, who)))]);
  return `# Who may what

${GENERATED}

Every route of the server, asked by everybody: \`yes\` lets in, 401 is for who is not signed in, 403 for whose role is too low. \`npm run matrix\`
asks a running server each of these and prints what it answers; the tests fail where that is something else. An Owner who is let in sees
what he owns and 404 for all else; of the rotations of what he owns he sees each event with the name of who did it, as the trail has it. What an
Owner, a Reader or a program may not do, no page offers either: it says which role it takes.

${table(["route", ...COLUMNS], rows)}

A program is signed in by an access token of its own; "wrong tenant" is a token of another one, "forged" one with the right key's name
and another signature. Roles are those of [the server](server.md).
`;
}

const stateMachine = readFileSync(new URL("docs/state-machine.md", root), "utf8");
const configuration = readFileSync(new URL("docs/configuration.md", root), "utf8");
const commands = readFileSync(new URL("docs/commands.md", root), "utf8");
const certificates = readFileSync(new URL("docs/certificates.md", root), "utf8");
const server = readFileSync(new URL("docs/server.md", root), "utf8");
const rehearsal = readFileSync(new URL("docs/rehearsal.md", root), "utf8");
const architecture = readFileSync(new URL("docs/architecture.md", root), "utf8");
const outputs: Record<string, string> = {
  "docs/errors.md": errors(),
  "docs/reasons.md": reasons(),
  "docs/directory-coverage.md": coverage(),
  "docs/state-machine.md": within(within(stateMachine, "transitions", transitions()), "checks", checks()),
  "docs/configuration.md": within(configuration, "keys", keys()),
  "src/cli/help.txt": firstHelp(),
  "docs/commands.md": within(commands, "commands", commandSections()),
  "docs/authorization.md": authorization(),
  "docs/server.md": within(server, "routes", routes()),
  "docs/rehearsal.md": within(
    rehearsal,
    "faults",
    table(
      ["kind", "what goes wrong", "how Nolapse answers"],
      Object.entries(FAULT_KINDS).map(([kind, { name, answer }]) => [`\`${kind}\``, name, answer]),
    ),
  ),
  "docs/certificates.md": within(certificates, "remarks", remarks()),
  "docs/architecture.md": within(
    architecture,
    "rooms",
    table(["room", "what it is", "may import", "packages", "notes"], ROOMS.map(roomRow)),
  ),
  "scripts/lint/boundaries.json": boundaries(),
  "web/src/api/schema.ts": apiTypes(openApi(declaredRoutes({ demo: true }), "")),
  ...Object.fromEntries(schemas()),
};

const stale: string[] = [];
for (const [path, content] of Object.entries(outputs)) {
  const url = new URL(path, root);
  let current = "";
  try {
    current = readFileSync(url, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  if (current === content) continue;
  stale.push(path);
  if (!process.argv.includes("--check")) writeFileSync(url, content);
}
if (process.argv.includes("--check") && stale.length > 0) {
  console.error(`not up to date: ${stale.join(", ")}\nrun: npm run docs`);
  process.exitCode = 1;
}
