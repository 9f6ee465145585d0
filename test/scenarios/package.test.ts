/** The package as it is installed: built, packed and unpacked beside what it says it depends on and nothing else, it does its job. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtPages } from "../support/built-pages.ts";
import { ended, Site } from "../support/site.ts";

const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "nolapse-package-"));
const installed = join(folder, "node_modules/nolapse");
const program = join(installed, "dist/cli/main.js");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  const built = join(folder, "built");
  mkdirSync(built);
  run(process.execPath, "scripts/build.ts", "--into", built, "--pages", builtPages());
  run("npm", "pack", built, "--ignore-scripts", "--offline", "--pack-destination", folder);
  mkdirSync(installed, { recursive: true });
  run("tar", "-xzf", join(folder, `nolapse-${manifest().version}.tgz`), "--strip-components=1", "-C", installed);
  for (const name of dependencies()) {
    const place = join(folder, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, "node_modules", name), place);
  }
});

function run(command: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  expect(status, stderr).toBe(0);
  return stdout;
}

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

function manifest(): Manifest {
  return JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
}

/** The packages that npm would install with it, by the lock file. */
function dependencies(): ReadonlySet<string> {
  interface Locked {
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  }
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };
  const found = new Set<string>();
  const waiting = Object.keys(manifest().dependencies);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const here = `node_modules/${name}`;
    if (found.has(name) || lock.packages[here] === undefined) continue;
    found.add(name);
    for (const [path, locked] of Object.entries(lock.packages))
      if (path === here || path.startsWith(`${here}/`))
        waiting.push(...Object.keys({ ...locked.dependencies, ...locked.optionalDependencies }));
  }
  return found;
}

function nolapse(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--", program, ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("it says which version it is, and what it can do", () => {
  const version = { status: 0, stdout: `${manifest().version}\n`, stderr: "" };
  expect(nolapse("--version")).toEqual(version);
  expect(nolapse("-V")).toEqual(version);
  expect(nolapse("--help").stdout).toBe(readFileSync(join(root, "src/cli/help.txt"), "utf8"));
});

test("its directory starts with a tenant, and its scan reads it", async () => {
  const site = await Site.open();
  try {
    const variables = join(site.folder, "directory.env");
    const args = ["directory", "--port", "0", "--in-memory", "--scenario", "contoso", "--env-file", variables];
    const directory = site.start(args, { program });
    const told = ended(directory);
    await once(directory.stderr as NodeJS.ReadableStream, "data");
    const env = Object.fromEntries(
      readFileSync(variables, "utf8")
        .split("\n")
        .map((line) => line.split(/=(.*)/s).slice(0, 2)),
    ) as Record<string, string>;
    const { code, stdout } = await ended(site.start(["scan"], { program, env }));
    expect([code, stdout]).toEqual([0, expect.stringContaining("all 39 applications and 44 service principals")]);
    directory.kill("SIGINT");
    expect((await told).code).toBe(130);
  } finally {
    await site.close();
  }
});

test("its server has the pages, and its loop makes a new secret where one is due", async () => {
  const site = await Site.open();
  try {
    const signIn = { clientId: "aaaaaaaa-1111-4222-8333-444444444444", secret: "env:PORTAL_SECRET" };
    site.configure({ ...site.config(), server: { signIn } });
    const child = site.start(["serve", "--port", "0"], { program, env: { PORTAL_SECRET: "a~secret~of~the~server" } });
    const told = ended(child);
    let said = "";
    for await (const text of child.stderr as NodeJS.ReadableStream) {
      said += text;
      if (/serving (\S+)/.test(said)) break;
    }
    const url = /serving (\S+)/.exec(said)?.[1] ?? "";
    const page = await (await fetch(`${url}/`)).text();
    const script = /<script type="module"[^>]* src="([^"]+)"/.exec(page)?.[1] ?? "";
    expect((await fetch(new URL(script, url))).status).toBe(200);
    while (site.secrets(site.applications[0] as never).length < 2) await site.tick();
    child.kill("SIGTERM");
    expect((await told).code).toBe(143);
  } finally {
    await site.close();
  }
});
