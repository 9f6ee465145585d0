/**
 * `node scripts/plan-at-scale.ts [--credentials N]`: a generated tenant whose first N secrets (10,000) are bound and due, in the
 * embedded directory; prints the head of what `nolapse plan` says of it, and how long that took.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { stringify } from "yaml";
import { createDirectory, type Directory } from "../src/directory/index.ts";

const MAIN = resolve(import.meta.dirname, "../src/cli/main.ts");
const LINES = 46;

interface Bound {
  readonly appId: string;
  readonly policy: string;
  readonly consumers: string;
  readonly credentials: readonly {
    readonly slot: string;
    readonly current: string;
    readonly targets: readonly string[];
  }[];
}

interface Lasting {
  readonly keyId: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
}

/** How old a secret is that is due by its age, milliseconds. */
const AGE = 31 * 86_400_000;

/** Bindings of live secrets of generated applications, one an application. */
function bindingsOf(directory: Directory, count: number): Bound[] {
  const now = directory.clock.now();
  const bound: Bound[] = [];
  for (const { entity } of directory.state().applications) {
    const secrets = (entity.passwordCredentials ?? []) as Lasting[];
    const live = secrets.find((one) => Date.parse(one.startDateTime) < now - AGE && Date.parse(one.endDateTime) > now);
    if (live === undefined || bound.length === count) continue;
    const appId = String(entity.appId);
    const credentials = [{ slot: "main", current: live.keyId, targets: [`t${bound.length + 1}`] }];
    bound.push({ appId, policy: "due", consumers: "complete", credentials });
  }
  return bound;
}

function configuration(directory: Directory, applications: readonly Bound[]) {
  return {
    version: 1,
    tenants: { large: { id: directory.admin.tenantId, mode: "enforce" } },
    store: { type: "sqlite", path: "./nolapse.db" },
    seal: { type: "local-key", key: "file:./seal.key" },
    // all of them are due, by their age
    policies: { due: { lifetime: "365d", maxAge: "30d", overlap: "2d", retire: "after-overlap" } },
    targets: Object.fromEntries(
      applications.flatMap(({ credentials }) =>
        credentials.flatMap(({ targets }) =>
          targets.map((name) => [name, { type: "env-file", path: `./${name}.env`, secret: "SECRET", reload: "1h" }]),
        ),
      ),
    ),
    applications,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { credentials: { type: "string", default: "10000" } } });
  const count = Number(values.credentials);
  const folder = mkdtempSync(join(tmpdir(), "nolapse-plan-"));
  const directory = await createDirectory({
    listen: { port: 0 },
    scenario: "empty",
    clock: { now: "2031-03-01T12:00:00Z", frozen: true },
    random: 1,
    // two of five have a secret that has begun and has not ended
    generate: count * 4,
  });
  try {
    const bound = bindingsOf(directory, count);
    writeFileSync(join(folder, "nolapse.yaml"), stringify(configuration(directory, bound)));
    await planIn(folder, directory, bound.length);
  } finally {
    await directory.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function planIn(folder: string, directory: Directory, bound: number): Promise<void> {
  const begun = performance.now();
  const child = spawn(process.execPath, ["--", MAIN, "plan"], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: "1", ...directory.environment() },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    told += text;
  });
  const code = await new Promise<number | null>((done) => child.once("close", done));
  const lines = told.split("\n");
  process.stdout.write(`${lines.slice(0, LINES).join("\n")}\n`);
  if (lines.length > LINES) process.stdout.write(`… ${lines.length - LINES} more lines\n`);
  process.stderr.write(`${bound} bound; plan took ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
  process.exitCode = code ?? 1;
}

await main();
