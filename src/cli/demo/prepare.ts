/**
 * Sets the demo up: finds what is due, gives three sample applications their files, puts the rest into a local vault, and
 * writes the configuration a person would write. A demo that was left behind is taken up as it stands.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { TenantConfig } from "../../config/load.ts";
import { classify } from "../../core/credentials/classify.ts";
import type { Holder } from "../../core/credentials/credential.ts";
import { isLive } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { DAY } from "../../core/time.ts";
import type { Deps } from "../../engine/deps.ts";
import { look, type Scan } from "../../engine/scan/discover.ts";
import { readPrivileges } from "../../engine/scan/privileges.ts";
import { scanReport } from "../../engine/views/scan-report.ts";
import type { Context, Manager, RunningDirectory } from "../context.ts";
import type { DemoReport } from "./report.ts";
import type { SampleSettings } from "./sample-application.ts";

export interface PreparedDemo {
  readonly configFile: string;
  readonly applications: readonly SampleSettings[];
  /** What the sample applications need in their environment. */
  readonly environment: Record<string, string>;
  readonly before: DemoReport["before"];
  readonly manager: Manager;
  deps(observe: NonNullable<Deps["observe"]>): Deps;
  close(): Promise<void>;
}

const SAMPLE_APPLICATIONS = 3;
const DUE_WITHIN = 30 * DAY;

/** One application the demo rotates: by file for a sample application, else by vault. */
interface Bound {
  readonly appId: string;
  readonly name: string;
  readonly keyId: string;
}

export async function prepareDemo(
  context: Context,
  directory: RunningDirectory,
  folder: string,
): Promise<PreparedDemo> {
  const { composition } = context;
  const environment = directory.environment();
  const ca = environment.NODE_EXTRA_CA_CERTS;
  if (ca === undefined) throw new NolapseError("unexpected", "the directory named no CA file");
  composition.trust(readFileSync(ca, "utf8"));
  directory.writeEnvironment(join(folder, "directory.env"));
  const env = { ...context.env, ...environment };
  const inside: Context = { ...context, composition, env };
  const { scan, tenant } = await firstLook(inside);
  const configFile = join(folder, "nolapse.yaml");
  if (!existsSync(configFile)) {
    const bound = dueOf(scan);
    layOut(folder, bound, directory.values);
    writeFileSync(configFile, configText(tenant, bound));
  }
  const config = composition.loadConfig({ path: configFile, env, cwd: folder });
  const [configured] = config.tenants;
  if (configured === undefined) throw new NolapseError("unexpected", "the demo's configuration has no tenant");
  const manager: Manager = await composition.manager(config, configured, env);
  const report = scanReport(scan, tenant.name, DUE_WITHIN);
  return {
    configFile,
    applications: sampleApplications(config.targets, configured, environment),
    environment,
    before: {
      applications: scan.coverage.applications,
      credentials: report.credentials.length,
      expired: report.credentials.filter((one) => one.state === "expired").length,
      expiring: report.credentials.filter((one) => one.state === "expiring").length,
    },
    manager,
    deps: (observe) => ({ ...manager.deps, observe }),
    close: () => manager.close(),
  };
}

async function firstLook(context: Context): Promise<{ scan: Scan; tenant: TenantConfig }> {
  const { composition, env, cwd } = context;
  const bare = composition.loadConfig({ path: null, env, cwd: join(cwd, ".nolapse", "demo", "no-file") });
  const [tenant] = bare.tenants;
  if (tenant === undefined) throw new NolapseError("unexpected", "the directory named no tenant");
  const manager = await composition.manager(bare, tenant, env);
  try {
    const scan = await look(manager.deps, context.signal);
    return { scan: { ...scan, privileges: await readPrivileges(manager.deps, scan, context.signal) }, tenant };
  } finally {
    await manager.close();
  }
}

/**
 * Applications with exactly one secret that works, and that ends within thirty days. Privileged ones wait for two persons, whom
 * the demo does not have.
 */
function dueOf(scan: Scan): Bound[] {
  const due = scan.holders
    .filter((holder) => holder.type === "application" && !scan.privileges.held.has(holder.appId))
    .flatMap((holder) => dueSecret(holder, scan));
  if (due.length < SAMPLE_APPLICATIONS) {
    throw new NolapseError("incomplete", `only ${due.length} secrets are due in the demo's tenant`, {
      next: "nolapse demo --fresh",
    });
  }
  return due;
}

function dueSecret(holder: Holder, { scannedAt, tenantId, holders }: Scan): Bound[] {
  const live = holder.credentials.filter((one) => isLive(one, scannedAt));
  const [only] = live;
  if (only === undefined || live.length > 1 || only.kind !== "secret" || only.end === null) return [];
  // a platform's own, and the like: nobody would hand these to Nolapse, and it would leave them alone
  if (classify(holder, only, tenantId).reason !== null) return [];
  const personal = holder.signInAudience?.includes("Personal") === true;
  const principal = holders.find((one) => one.type === "servicePrincipal" && one.appId === holder.appId);
  const signsIn = principal?.enabled === true && principal.credentials.length === 0 && tenantId !== "";
  if (personal || !signsIn || only.end - scannedAt > DUE_WITHIN) return [];
  return [{ appId: holder.appId, name: slug(holder.displayName), keyId: only.keyId }];
}

function layOut(folder: string, bound: readonly Bound[], values: ReadonlyMap<string, string>): void {
  for (const [index, one] of bound.entries()) {
    const value = values.get(one.keyId);
    if (value === undefined) {
      throw new NolapseError("incomplete", `the demo no longer knows the secret of ${one.name}`, {
        next: "nolapse demo --fresh",
      });
    }
    if (index < SAMPLE_APPLICATIONS) {
      const app = join(folder, "apps", one.name);
      mkdirSync(app, { recursive: true, mode: 0o700 });
      const text = `# settings of ${one.name}\nAZURE_CLIENT_ID=${one.appId}\nAZURE_CLIENT_SECRET="${value}"\nLOG_LEVEL=info\n`;
      writeFileSync(join(app, ".env"), text, { mode: 0o600 });
    } else {
      const versions = join(folder, "vault", one.name, "versions");
      mkdirSync(versions, { recursive: true, mode: 0o700 });
      writeFileSync(join(versions, "first"), value, { mode: 0o600 });
      writeFileSync(join(folder, "vault", one.name, "current"), "first\n", { mode: 0o600 });
    }
  }
}

function configText(tenant: TenantConfig, bound: readonly Bound[]): string {
  const targets = Object.fromEntries(
    bound.map((one, index) => [
      one.name,
      index < SAMPLE_APPLICATIONS
        ? { type: "env-file", path: `./apps/${one.name}/.env`, secret: "AZURE_CLIENT_SECRET", reload: "1m" }
        : { type: "local-vault", path: "./vault", name: one.name, reload: "1m" },
    ]),
  );
  return stringify({
    version: 1,
    tenants: { contoso: { id: tenant.tenantId, timeZone: "Europe/Amsterdam", mode: "enforce" } },
    store: { type: "sqlite", path: "./nolapse.db" },
    seal: { type: "local-key", key: "file:./seal.key" },
    policies: { quick: { lifetime: "90d", renewBefore: "30d", overlap: "7d", retire: "after-overlap" } },
    targets,
    applications: bound.map((one) => ({
      appId: one.appId,
      policy: "quick",
      targets: [one.name],
      consumers: "complete",
    })),
    limits: "off",
  });
}

/** One process for each file; it finds its client id where an application would, in its own file. */
function sampleApplications(
  targets: Readonly<Record<string, { readonly name: string; readonly settings: Readonly<Record<string, unknown>> }>>,
  tenant: TenantConfig,
  environment: Record<string, string>,
): SampleSettings[] {
  const files = Object.values(targets).filter((one) => one.settings.type === "env-file");
  return files.map(({ name, settings }) => {
    const appId = tenant.bindings.find((one) => one.slots.some((slot) => slot.targets.includes(name)))?.appId ?? "";
    return {
      tenantId: tenant.tenantId,
      authorityHost: environment.AZURE_AUTHORITY_HOST ?? "",
      scope: tenant.probeScope,
      identities: [{ clientId: appId, file: String(settings.path) }],
    };
  });
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
}
