/** Puts the parts together: the only file that knows adapters and directory. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { fileURLToPath } from "node:url";
import { prettifyError } from "zod";
import { createDirectoryClock } from "./adapters/directory-clock/clock.ts";
import type { Auth } from "./adapters/graph/credentials.ts";
import type { GraphDirectory } from "./adapters/graph/directory.ts";
import type { IssuerSettings } from "./adapters/issuers/registry.ts";
import { createBrake } from "./adapters/machine/brake.ts";
import { createMachineClock, processNow } from "./adapters/machine/clock.ts";
import { createMachineRandom } from "./adapters/machine/random.ts";
import { createMachineScheduler } from "./adapters/machine/scheduler.ts";
import { createTarget, targetTypes } from "./adapters/targets/registry.ts";
import type { Composition, Environment, Manager } from "./cli/context.ts";
import { loadConfig, type ResolvedConfig, resolveReference, type TenantConfig } from "./config/load.ts";
import { type KeptCredential, keptCredential } from "./config/own-credential.ts";
import { configJsonSchema } from "./config/schema.ts";
import type { HolderRef } from "./core/credential.ts";
import { NolapseError } from "./core/errors.ts";
import { SELF_SIGNED } from "./core/policy.ts";
import type { SecretValue } from "./core/secret-value.ts";
import { formatInstant } from "./core/time.ts";
import { faultPlanSchema as planOfFaults } from "./directory/fault-plan.ts";
import type { Deps, OwnCredential } from "./engine/deps.ts";
import { certificatesHeld, onlyOf } from "./engine/self.ts";
import type { Clock } from "./ports/clock.ts";
import type { HeldCertificate } from "./ports/held-certificate.ts";
import type { Issuers } from "./ports/issuer.ts";
import type { Sealer } from "./ports/sealer.ts";
import type { Store } from "./ports/store.ts";
import type { Target } from "./ports/target.ts";
import type { GroundAsked } from "./rehearse/future.ts";
import type { FaultRule, Ground } from "./rehearse/ground.ts";

const VERSION = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string })
  .version;

/** The composition of the command line. Heavy parts are loaded when they are used. */
export function compose(): Composition {
  return {
    loadConfig: (options) => loadConfig({ ...options, targetTypes }),
    configJsonSchema: () => configJsonSchema(targetTypes),
    manager: composeManager,
    readOwn: readWithOwnCredential,
    ground: rehearsalGround,
    faultRules,
    trust: (pem) => setDefaultCACertificates([...getCACertificates("default"), pem]),
  };
}

/** One tenant's engine on the real adapters. @throws NolapseError `store-…`, `seal-…`, `config-reference`. */
export async function composeManager(
  config: ResolvedConfig,
  tenant: TenantConfig,
  env: Environment,
  observe?: Deps["observe"],
  self?: HolderRef,
): Promise<Manager> {
  const { createVerifier } = await import("./adapters/graph/verifier.ts");
  const clock = composeClock(env);
  const { store, backup } = await composeStore(config);
  const folder = folderOf(config);
  // an application that rolls itself holds what its targets and the store have, which are opened below
  const held = async () => (self === undefined ? [] : certificatesHeld(deps, self));
  const directory = await composeDirectory(tenant, { clock, env, folder, self, held });
  const reached = await withMode(tenant, directory, config, (reference) => resolveReference(reference, env, folder));
  const deps: Deps = {
    settings: self === undefined ? tenant : onlyOf(tenant, self),
    ...reached,
    ...(self === undefined ? composeOwn(config, tenant, env, directory.renew) : { self }),
    logs: directory.logs,
    issuers: composeIssuers(config, env),
    verifier: createVerifier({ clock, version: VERSION }),
    sealer: await composeSealer(config),
    store,
    clock,
    random: createMachineRandom(),
    scheduler: createMachineScheduler(),
    brake: createBrake(env, join(config.store === null ? folder : dirname(config.store.path), "STOP")),
    ...(observe === undefined ? {} : { observe }),
  };
  return { deps, backup, close: () => store.close() };
}

interface Reaching {
  readonly clock: Clock;
  readonly env: Environment;
  readonly folder: string;
  readonly self: HolderRef | undefined;
  readonly held: () => Promise<readonly HeldCertificate[]>;
}

/** The directory as Nolapse has it by the tenant's auth, or as an application that rolls itself. */
async function composeDirectory(
  tenant: TenantConfig,
  { clock, env, folder, self, held }: Reaching,
): Promise<GraphDirectory> {
  if (self !== undefined) {
    const { createSelfDirectory } = await import("./adapters/graph/self.ts");
    return createSelfDirectory({ ...reachOf(tenant), clock, holder: self, held });
  }
  const { createGraphDirectory } = await import("./adapters/graph/directory.ts");
  return createGraphDirectory({ ...reachOf(tenant), auth: authOf(tenant, env, folder), clock, env });
}

/** Paths in the configuration are relative to it; without a file, to where the command was typed. */
function folderOf({ path }: ResolvedConfig): string {
  return path === null ? process.cwd() : dirname(path);
}

function reachOf({ tenantId, authority, graphEndpoint }: TenantConfig) {
  return { tenantId, authority, graphEndpoint, version: VERSION };
}

/** Nolapse's own credential, where it has one that can be replaced, and the fresh process that proves the new one. */
function composeOwn(
  config: ResolvedConfig,
  tenant: TenantConfig,
  env: Environment,
  renew: () => void,
): { readonly own?: OwnCredential } {
  const kept = keptCredential(tenant.auth, env, folderOf(config));
  if (kept === null || config.path === null) return {};
  const main = fileURLToPath(new URL(`./cli/main${extname(import.meta.url)}`, import.meta.url));
  const options = ["--config", config.path, "--tenant", tenant.name];
  const command = [process.execPath, "--", main, ...options, "own-credential"];
  const open = async () => {
    const { createFreshProcess } = await import("./adapters/machine/fresh-process.ts");
    return createFreshProcess({ command, folder: folderOf(config), env });
  };
  const fresh = { read: async (holder: HolderRef, signal?: AbortSignal) => (await open()).read(holder, signal) };
  return { own: { appId: kept.clientId, source: kept.path === null ? "environment" : "file", fresh, renew } };
}

/**
 * What the fresh process does: signs in with Nolapse's own credential as it is kept now and reads one object; gives the
 * keyed digest of the credential. @throws NolapseError when it cannot.
 */
async function readWithOwnCredential(
  config: ResolvedConfig,
  tenant: TenantConfig,
  env: Environment,
  holder: HolderRef,
): Promise<string> {
  const folder = folderOf(config);
  const kept = keptCredential(tenant.auth, env, folder);
  if (kept === null) {
    throw new NolapseError("credentials-missing", `auth method ${tenant.auth.method} keeps no credential to be tried`);
  }
  const { createGraphDirectory } = await import("./adapters/graph/directory.ts");
  const clock = composeClock(env);
  const sealer = await composeSealer(config);
  const fingerprint = async () => sealer.fingerprint(await keptValue(tenant, kept, env, folder));
  const before = await fingerprint();
  const directory = createGraphDirectory({ ...reachOf(tenant), auth: authOf(tenant, env, folder), clock, env });
  await directory.entra.read(holder);
  if ((await fingerprint()) === before) return before;
  throw new NolapseError("sign-in-failed", "Nolapse's credential was replaced while it was being tried");
}

/** The credential itself, read afresh. @throws NolapseError `config-reference`. */
async function keptValue(
  { auth }: TenantConfig,
  { kind, path }: KeptCredential,
  env: Environment,
  folder: string,
): Promise<SecretValue> {
  if (kind === "secret" || path === null) {
    const given = auth.method === "secret" ? auth.secret : undefined;
    return resolveReference(given ?? "env:AZURE_CLIENT_SECRET", env, folder);
  }
  const { readPem } = await import("./adapters/targets/certificate-text.ts");
  const text = resolveReference(`file:${path}`, env, folder).reveal();
  const found = readPem(text, text);
  if (found.state === "present") return found.value;
  const why = found.state === "empty" ? "is empty" : found.why;
  throw new NolapseError("config-reference", `Nolapse's certificate file ${path} ${why}`, {
    next: "put a certificate with its unencrypted key there: docs/break-glass.md",
  });
}

/** Domain time follows the directory whose URL is set; in every other case it is the machine's (design §5). */
function composeClock(env: Environment): Clock {
  const url = (env.NOLAPSE_DIRECTORY_URL ?? "").replace(/\/+$/, "");
  if (url === "") return createMachineClock();
  return createDirectoryClock({ url, fetch: (input, init) => fetch(input, init), processNow });
}

async function composeStore(config: ResolvedConfig): Promise<{ store: Store; backup: Manager["backup"] }> {
  const { openSqliteStore } = await import("./adapters/store/open.ts");
  if (config.store !== null && config.seal !== null) {
    // asked in this order: a key is made before the store, so a store that was there and has no key has lost it
    if (existsSync(config.store.path) && !existsSync(config.seal.path)) {
      // a new key beside an old store would make its sealed values useless without saying so
      throw new NolapseError(
        "seal-key-missing",
        `the seal key ${config.seal.path} does not exist, but the store does`,
        { next: "put back the seal key file that belongs to this store" },
      );
    }
    const { ensureLocalKey } = await import("./adapters/seal/local-key.ts");
    ensureLocalKey(config.seal.path);
  }
  const store = openSqliteStore({ path: config.store?.path ?? ":memory:" });
  return { store, backup: (file) => store.backup(file) };
}

/** The issuers of the configuration and `self-signed`; the code of any of them is loaded when it first makes something. */
export function composeIssuers(config: ResolvedConfig, env: Environment): Issuers {
  const folder = folderOf(config);
  const settingsOf = (name: string): IssuerSettings | null => {
    const entry = Object.hasOwn(config.issuers, name) ? config.issuers[name] : undefined;
    if (name === SELF_SIGNED) return { type: "self-signed" };
    if (entry === undefined) return null;
    if (entry.type === "command") return { ...entry, folder };
    const { password } = entry;
    return { ...entry, password: password === null ? null : () => resolveReference(password, env, folder) };
  };
  return {
    get: (name) => {
      const settings = settingsOf(name);
      if (settings === null) return null;
      const open = async () => (await import("./adapters/issuers/registry.ts")).createIssuer(name, settings);
      return { name, issue: async (request, signal) => (await open()).issue(request, signal) };
    },
  };
}

async function composeSealer(config: ResolvedConfig): Promise<Sealer> {
  if (config.seal !== null) return (await import("./adapters/seal/local-key.ts")).openLocalKey(config.seal.path);
  const none = async (): Promise<never> => {
    throw new NolapseError("seal-key-missing", "there is no configuration file, so nothing can be sealed");
  };
  return { seal: none, open: none, fingerprint: none };
}

/** What reaches the outside to change it. */
type Writing = Pick<Deps, "entra" | "certificates" | "federation" | "samlSigning" | "targets">;

/** In mode observe the no-effect adapters stand where writes would happen: dry run is an adapter, not a flag. */
async function withMode(
  tenant: TenantConfig,
  { entra, certificates, federation, samlSigning }: Omit<Writing, "targets">,
  config: ResolvedConfig,
  resolve: (reference: string) => SecretValue,
): Promise<Writing> {
  const opened = new Map<string, Target>();
  for (const { name, settings, reload, hook } of Object.values(config.targets)) {
    opened.set(name, createTarget(name, settings, reload, hook, resolve));
  }
  if (tenant.mode !== "observe") {
    return { entra, certificates, federation, samlSigning, targets: { get: (name) => opened.get(name) ?? null } };
  }
  const withoutEffect = await import("./adapters/no-effect/certificates.ts");
  const { createNoEffectEntra } = await import("./adapters/no-effect/entra.ts");
  const { createNoEffectTarget } = await import("./adapters/no-effect/target.ts");
  const still = new Map([...opened].map(([name, target]) => [name, createNoEffectTarget(target)]));
  return {
    entra: createNoEffectEntra(entra),
    certificates: withoutEffect.createNoEffectCertificates(certificates),
    federation: withoutEffect.createNoEffectFederation(federation),
    samlSigning: withoutEffect.createNoEffectSamlSigning(),
    targets: { get: (name) => still.get(name) ?? null },
  };
}

function authOf({ auth }: TenantConfig, env: Environment, folder: string): Auth {
  const value = (reference: string | undefined) =>
    reference === undefined ? undefined : resolveReference(reference, env, folder);
  // looked at now, so that a missing one is said at once, and again at each sign-in, so that a new one is taken
  const latest = (reference: string | undefined) =>
    value(reference) === undefined ? undefined : () => resolveReference(reference ?? "", env, folder);
  const given = <T extends object>(entries: T) =>
    Object.fromEntries(Object.entries(entries).filter(([, one]) => one !== undefined)) as {
      [K in keyof T]: Exclude<T[K], undefined>;
    };
  switch (auth.method) {
    case "secret":
      return { method: "secret", ...given({ clientId: auth.clientId, secret: latest(auth.secret) }) };
    case "certificate":
      return {
        method: "certificate",
        ...given({
          clientId: auth.clientId,
          certificatePath: auth.certificate === undefined ? undefined : resolve(folder, auth.certificate),
          password: value(auth.password),
        }),
      };
    case "workload-identity":
      return { method: "workload-identity", ...given({ clientId: auth.clientId, tokenFile: auth.tokenFile }) };
    case "managed-identity":
      return { method: "managed-identity", ...given({ clientId: auth.clientId }) };
    case "cli":
    case "default":
      return { method: auth.method };
  }
}

/** A ground of a rehearsal, on which applications have the client ids and secrets that a scan saw. */
async function rehearsalGround({ seed, start, describe }: GroundAsked): Promise<Ground> {
  const { directoryGround } = await import("./rehearsal-ground.ts");
  return directoryGround({
    seed,
    start,
    describe: (displayName) => {
      const { name, appId, secrets } = describe(displayName);
      return { name, appId, secrets: secrets.map((one) => ({ name: one.name, end: formatInstant(one.end) })) };
    },
  });
}

function faultRules(plan: unknown): readonly FaultRule[] {
  const known = planOfFaults.safeParse(plan);
  if (known.success) {
    return known.data.rules.map(({ on, fault, probability, duration, times }) => ({
      on,
      fault,
      ...(probability === undefined ? {} : { probability }),
      ...(duration === undefined ? {} : { duration }),
      ...(times === undefined ? {} : { times }),
    }));
  }
  throw new NolapseError("usage", `--faults is no plan of faults: ${prettifyError(known.error)}`, {
    next: "docs/directory.md lists the faults, or leave --faults out for the usual weather",
  });
}
