/**
 * `npm run build [-- --into FOLDER] [--pages FOLDER]`: builds the package into dist/ of the repository, or of a folder that gets what else
 * the package has: compiled JavaScript with declarations, and beside it whatever else lies in src (SQL, schemas, scenarios), and the pages,
 * built here if they are not given. Then asks npm what it would pack, and refuses to go on if anything is missing or too much.
 */

import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { into: { type: "string" }, pages: { type: "string" } } });
const into = values.into === undefined ? root : resolve(values.into);
const dist = join(into, "dist");

function run(command: string, args: readonly string[], cwd = root): string {
  const result = spawnSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (result.status !== 0) throw new Error(`${command} ${args.join(" ")} failed\n${result.stdout}`);
  return result.stdout;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

interface Manifest {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

/** What a user of the package reaches by name. */
function promised(manifest: Manifest): string[] {
  const exported = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === "string"
      ? [entry]
      : Object.entries(entry).flatMap(([name, path]) => (name === "source" ? [] : [path])),
  );
  return [...Object.values(manifest.bin), ...exported.map((path) => path.replace(/^\.\//, ""))];
}

function faults(packed: readonly string[], manifest: Manifest): string[] {
  const extra = packed.filter(
    (path) =>
      !/^(dist\/|LICENSE$|README\.md$|package\.json$)/.test(path) ||
      /(?<!\.d)\.ts$|\.test\.|\.tsbuildinfo$|(^|\/)(\.env|node_modules)/.test(path),
  );
  const missing = [...promised(manifest), "dist/web/index.html"].filter((path) => !packed.includes(path));
  return [...extra.map((path) => `too much: ${path}`), ...missing.map((path) => `missing: ${path}`)];
}

rmSync(dist, { recursive: true, force: true });
const compiled = ["-p", "tsconfig.build.json", "--outDir", dist];
run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...compiled]);
for (const path of filesBelow(join(root, "src"))) {
  if (!path.endsWith(".ts")) cpSync(join(root, "src", path), join(dist, path));
}
cpSync(values.pages === undefined ? builtPages() : resolve(values.pages), join(dist, "web"), { recursive: true });
if (into !== root)
  for (const path of ["package.json", "README.md", "LICENSE"]) cpSync(join(root, path), join(into, path));

const manifest = JSON.parse(readFileSync(join(into, "package.json"), "utf8")) as Manifest;
for (const path of Object.values(manifest.bin)) chmodSync(join(into, path), 0o755);
const report = JSON.parse(
  run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts", "--offline"], into),
) as unknown;
// npm answers with a list, newer ones with one entry per package name
const [entry] = Object.values(report as Record<string, { files: { path: string }[]; unpackedSize: number }>);
if (entry === undefined) throw new Error("npm pack names no package");
const packed = entry.files.map((file) => file.path);
const wrong = faults(packed, manifest);
if (wrong.length > 0) {
  console.error(`the package is not right:\n${wrong.map((line) => `  ${line}`).join("\n")}`);
  process.exitCode = 1;
} else {
  console.error(`${packed.length} files, ${Math.round(entry.unpackedSize / 1024)} KiB`);
}

function builtPages(): string {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  run(process.execPath, [vite, "build", "--config", "web/vite.config.ts", "--logLevel", "warn"]);
  return join(root, "web/dist");
}
