/**
 * `npm run picture`: rehearses two years of `contoso`, the embedded directory's own tenant, exactly as `nolapse rehearse` does
 * for anybody, and draws the beginning of its page into docs/images/rehearsal-contoso.png. Needs a Chromium, in
 * NOLAPSE_CHROMIUM or in the path. Everything is of the same day and seed, so that the picture changes only with the program.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { stringify } from "yaml";
import { createDirectory, type Directory } from "../src/directory/index.ts";
import { chromiumPath } from "./chromium-path.ts";

const ROOT = resolve(import.meta.dirname, "..");
const PICTURE = join(ROOT, "docs/images/rehearsal-contoso.png");
const START = "2026-11-02T09:00:00Z";
const DAYS = 730;
/** Of the picture, in pixels: what a reader sees of the page before scrolling far. */
const SIZE = { width: 1100, height: 1345 };

/** An application somebody would look after first: one live secret, whose value is known. */
interface Bound {
  readonly name: string;
  readonly appId: string;
  readonly value: string;
}

function boundOf(directory: Directory): Bound[] {
  const now = directory.clock.now();
  return directory.state().applications.flatMap(({ entity, tenantId }) => {
    const secrets = (entity.passwordCredentials ?? []) as readonly { keyId: string; endDateTime: string }[];
    const [only] = secrets;
    const value = only === undefined ? undefined : directory.values.get(only.keyId);
    const isPlain =
      secrets.length === 1 && tenantId === directory.admin.tenantId && entity.appId !== directory.admin.clientId;
    if (only === undefined || value === undefined || !isPlain || Date.parse(only.endDateTime) <= now) return [];
    return [{ name: String(entity.displayName), appId: String(entity.appId), value }];
  });
}

function fileOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

/** A folder with the files the applications read and the configuration an administrator would write. */
function writeConfiguration(folder: string, directory: Directory, bound: readonly Bound[]): void {
  for (const { name, value } of bound) {
    mkdirSync(join(folder, fileOf(name)));
    writeFileSync(join(folder, fileOf(name), ".env"), `AZURE_CLIENT_SECRET=${value}\n`, { mode: 0o600 });
  }
  const target = (name: string) => ({
    type: "env-file",
    path: `./${fileOf(name)}/.env`,
    secret: "AZURE_CLIENT_SECRET",
    reload: "1h",
  });
  const configuration = {
    version: 1,
    tenants: { contoso: { id: directory.admin.tenantId, mode: "enforce" } },
    store: { type: "sqlite", path: "./nolapse.db" },
    seal: { type: "local-key", key: "file:./seal.key" },
    policies: { half: { lifetime: "180d", renewBefore: "30d", overlap: "7d", retire: "after-overlap" } },
    targets: Object.fromEntries(bound.map(({ name }) => [fileOf(name), target(name)])),
    applications: bound.map(({ name, appId }) => ({
      appId,
      policy: "half",
      targets: [fileOf(name)],
      consumers: "complete",
    })),
  };
  writeFileSync(join(folder, "nolapse.yaml"), stringify(configuration));
}

/** @throws Error where the rehearsal found something or failed. */
async function rehearse(folder: string, directory: Directory): Promise<string> {
  const page = join(folder, "rehearsal.html");
  const ca = join(folder, "ca.pem");
  writeFileSync(ca, directory.ca);
  const args = ["--", join(ROOT, "src/cli/main.ts"), "rehearse", "--days", String(DAYS), "--html", page];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...directory.environment(), NODE_EXTRA_CA_CERTS: ca },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`nolapse rehearse ended with ${code}`);
  return page;
}

async function draw(page: string): Promise<void> {
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ["--host-resolver-rules=MAP * ~NOTFOUND", "--no-sandbox"],
  });
  try {
    const window = await browser.newPage({ viewport: SIZE, colorScheme: "light" });
    await window.goto(pathToFileURL(page).href);
    mkdirSync(join(ROOT, "docs/images"), { recursive: true });
    await window.screenshot({ path: PICTURE });
  } finally {
    await browser.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), "nolapse-picture-"));
const directory = await createDirectory({
  listen: { port: 0 },
  scenario: "contoso",
  clock: { now: START, frozen: true },
  random: 1,
});
try {
  writeConfiguration(folder, directory, boundOf(directory));
  await draw(await rehearse(folder, directory));
} finally {
  await directory.close();
  rmSync(folder, { recursive: true, force: true });
}
