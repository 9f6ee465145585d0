/**
 * The house as data: the folders of src ("rooms") and what each may import. The lint configuration
 * (scripts/lint/boundaries.json), the table in docs/architecture.md and test/house/boundaries.test.ts are all made from
 * this one table.
 */

export interface Room {
  /** The folder below src, or the single file. */
  readonly path: string;
  /** What the room is for, in a few words. */
  readonly purpose: string;
  /** The other rooms it may import. */
  readonly rooms: readonly string[];
  /** Packages it may import: every one, none, or the ones named. `node:*` stands for the modules of Node.js. */
  readonly packages: "any" | readonly string[];
  /** In a room of flats, the folders below it may not import one another. */
  readonly flats?: true;
  /** Folders below it, the lowest first: each may import those before it and the room's own files, none after it. */
  readonly layers?: readonly string[];
  /** Time, timers, randomness and output reach a pure room only as arguments or through ports. */
  readonly pure?: true;
  /** Files that may import more than the rest of the room. */
  readonly exceptions?: Readonly<
    Record<string, { readonly rooms?: readonly string[]; readonly packages?: readonly string[] }>
  >;
}

export const ROOMS: readonly Room[] = [
  {
    path: "core",
    purpose: "the words and the rules; pure functions",
    rooms: [],
    packages: [],
    layers: ["credentials", "policy", "schedule", "rotation", "audit", "pictures"],
    pure: true,
    exceptions: { "time-zones.ts": { packages: ["luxon"] } },
  },
  { path: "ports", purpose: "interfaces to everything outside", rooms: ["core"], packages: [], pure: true },
  {
    path: "engine",
    purpose: "the use cases, one verb a file",
    rooms: ["core", "ports"],
    packages: [],
    layers: ["trail", "scan", "plan", "rotation", "views", "commands", "values", "saml", "notices"],
    pure: true,
  },
  {
    path: "adapters",
    purpose: "one folder for each system outside",
    rooms: ["core", "ports", "x509"],
    packages: "any",
    flats: true,
  },
  { path: "x509", purpose: "reads certificates, for every adapter alike", rooms: ["core"], packages: ["node:*"] },
  { path: "directory", purpose: "the embedded Entra ID", rooms: [], packages: "any" },
  {
    path: "rehearse",
    purpose: "the simulator: scheduler, world, consumers, faults, report",
    rooms: ["core", "engine", "ports"],
    packages: [],
    layers: ["stage", "plan", "world", "watch", "actors"],
    pure: true,
  },
  {
    path: "config",
    purpose: "the configuration file: schema and loader",
    rooms: ["core"],
    packages: ["node:*", "yaml", "zod"],
  },
  {
    path: "http",
    purpose: "server, API routes, problem details",
    rooms: ["config", "core", "engine"],
    packages: "any",
  },
  {
    path: "cli",
    purpose: "commands, and how they speak",
    rooms: ["config", "core", "engine", "rehearse"],
    packages: "any",
    exceptions: { "main.ts": { rooms: ["compose.ts", "embedded-directory.ts"] } },
  },
  { path: "client", purpose: "the library applications embed", rooms: [], packages: "any" },
  {
    path: "rehearsal-hands.ts",
    purpose: "what people and other tools do in the tenant of a rehearsal",
    rooms: ["core", "directory", "ports", "rehearse"],
    packages: "any",
  },
  {
    path: "rehearsal-ground.ts",
    purpose: "puts the rehearsal together",
    rooms: ["adapters", "core", "directory", "ports", "rehearsal-hands.ts", "rehearse"],
    packages: "any",
  },
  {
    path: "embedded-directory.ts",
    purpose: "starts the directory for the command line",
    rooms: ["adapters", "cli", "core", "directory"],
    packages: "any",
  },
  {
    path: "web-server.ts",
    purpose: "puts the web server together",
    rooms: ["adapters", "cli", "compose", "config", "core", "engine", "http"],
    packages: "any",
  },
  {
    path: "compose",
    purpose: "the parts that compose.ts puts together: sign-in, keys, own credential, rehearsal",
    rooms: ["adapters", "cli", "config", "core", "directory", "engine", "ports", "rehearsal-ground.ts", "rehearse"],
    packages: "any",
  },
  {
    path: "compose.ts",
    purpose: "puts the parts together",
    rooms: [
      "adapters",
      "cli",
      "client",
      "compose",
      "config",
      "core",
      "directory",
      "engine",
      "http",
      "ports",
      "rehearsal-ground.ts",
      "rehearse",
      "web-server.ts",
    ],
    packages: "any",
  },
];

/** No file lies deeper below its room than this many folders; the lint rules are written out for each depth. */
export const DEPTH = 3;

/** Names that say nothing about what is inside. */
export const VAGUE_NAMES = ["utils", "util", "helpers", "helper", "common", "shared", "misc", "types", "manager"];

/**
 * Files over 400 lines, each with the reason why it is not cut. An entry for a file that is no longer too long fails
 * the test as well.
 */
export const LONG_FILES: Readonly<Record<string, string>> = {
  "src/cli/program.ts": "one list of all commands and their options, read from top to bottom",
  "src/engine/views/listing.ts":
    "one index with all its orders; each change must move an application in every one of them",
  "test/engine/privileged.test.ts": "one table of what two persons are asked for, a case each",
  "test/support/fake-entra.ts":
    "one class stands for the whole directory; what it does not share with the ports lies in fake-*.ts",
  "scripts/json-documents.ts": "one schema after the other, a command each, of which a reader wants one",
  "scripts/mutants/list.ts": "a list of texts to find and to put, which nobody reads from end to end",
};
