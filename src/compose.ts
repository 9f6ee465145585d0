/** Puts the parts together: the only file that knows adapters and directory. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { prettifyError, ZodError } from "zod";
import { createDirectoryClock } from "./adapters/directory-clock/clock.ts";
import type { Auth } from "./adapters/graph/credentials.ts";
import type { IssuerSettings } from "./adapters/issuers/registry.ts";
import { createBrake } from "./adapters/machine/brake.ts";
import { createMachineClock, processNow } from "./adapters/machine/clock.ts";
import { createMachineRandom } from "./adapters/machine/random.ts";
import { createMachineScheduler } from "./adapters/machine/scheduler.ts";
import { createTarget, targetTypes } from "./adapters/targets/registry.ts";
import type { Composition, DirectoryRequest, Environment, Manager, RunningDirectory } from "./cli/context.ts";
import { loadConfig, type ResolvedConfig, resolveReference, type TenantConfig } from "./config/load.ts";
import { configJsonSchema } from "./config/schema.ts";
import { NolapseError } from "./core/errors.ts";
import { SELF_SIGNED } from "./core/policy.ts";
import type { SecretValue } from "./core/secret-value.ts";
import { parseDuration } from "./core/time.ts";
import type { Deps } from "./engine/deps.ts";
import { sealTrail } from "./engine/seal-trail.ts";
import type { Clock } from "./ports/clock.ts";
import type { LocalCheck } from "./ports/diagnosis.ts";
import type { Issuers } from "./ports/issuer.ts";
import type { Channel, Heartbeat, Notifying, Owners } from "./ports/notices.ts";
import type { Sealer } from "./ports/sealer.ts";
import type { Store } from "./ports/store.ts";
import type { Target } from "./ports/target.ts";

const VERSION = (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string })
  .version;

/** The composition of the command line. Heavy parts are loaded when they are used. */
export function compose(): Composition {
  return {
    loadConfig: (options) => loadConfig({ ...options, targetTypes }),
    configJsonSchema: () => configJsonSchema(targetTypes),
    manager: composeManager,
    directory: startDirectory,
    metrics: async (port) => (await import("./adapters/metrics/prometheus.ts")).serveMetrics(port),
    localChecks: composeLocalChecks,
    examiner: async () => (await import("./adapters/notary/ed25519.ts")).createExaminer(),
    trust: (pem) => setDefaultCACertificates([...getCACertificates("default"), pem]),
  };
}

/** One tenant's engine on the real adapters. @throws NolapseError `store-…`, `seal-…`, `config-reference`. */
export async function composeManager(
  config: ResolvedConfig,
  tenant: TenantConfig,
  env: Environment,
  observe?: Deps["observe"],
): Promise<Manager> {
  const { createGraphDirectory } = await import("./adapters/graph/directory.ts");
  const { createVerifier } = await import("./adapters/graph/verifier.ts");
  const clock = composeClock(env);
  const { store, backup } = await composeStore(config);
  const folder = config.path === null ? process.cwd() : dirname(config.path);
  const directory = createGraphDirectory({
    tenantId: tenant.tenantId,
    authority: tenant.authority,
    graphEndpoint: tenant.graphEndpoint,
    auth: authOf(tenant, env, folder),
    clock,
    version: VERSION,
    env,
  });
  const reached = await withMode(tenant, directory, config, (reference) => resolveReference(reference, env, folder));
  const sealer = await composeSealer(config);
  const notary =
    config.seal === null ? null : (await import("./adapters/notary/ed25519.ts")).openNotary(config.seal.path);
  return {
    diagnosis: directory.diagnosis,
    notifying: await composeNotifying(config, directory.owners, (reference) =>
      resolveReference(reference, env, folder),
    ),
    deps: {
      settings: tenant,
      ...reached,
      logs: directory.logs,
      issuers: composeIssuers(config, env),
      verifier: createVerifier({ clock, version: VERSION }),
      sealer,
      ...(notary === null ? {} : { notary }),
      store,
      clock,
      random: createMachineRandom(),
      scheduler: createMachineScheduler(),
      brake: createBrake(env, join(config.store === null ? folder : dirname(config.store.path), "STOP")),
      ...(observe === undefined ? {} : { observe }),
    },
    backup,
    close: async () => {
      // what a command wrote is sealed when it ends; where that fails, the next one does it
      if (notary !== null) await sealTrail({ settings: tenant, store, notary }).catch(() => undefined);
      await store.close();
    },
  };
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

/** Who is told of what needs a person; an address that is a reference is read when the command starts. */
async function composeNotifying(
  { notify, seal }: ResolvedConfig,
  owners: Owners,
  resolve: (reference: string) => SecretValue,
): Promise<Notifying> {
  const { createWebhook, createHeartbeat } = await import("./adapters/notify/webhook.ts");
  const { createEmail } = await import("./adapters/notify/email.ts");
  const channels: Channel[] = [];
  const heartbeats: Heartbeat[] = [];
  const at = (url: string) => (/^https?:/.test(url) ? url : resolve(url).reveal());
  for (const [index, entry] of notify.entries()) {
    const name = `notify[${index}] (${entry.type})`;
    if (entry.type === "heartbeat") heartbeats.push(createHeartbeat(name, at(entry.url), entry.method));
    else if (entry.type === "email") channels.push(createEmail({ ...entry, name, smtp: () => resolve(entry.smtp) }));
    else {
      const { secret } = entry;
      channels.push(
        createWebhook({ name, url: at(entry.url), secret: secret === undefined ? null : () => resolve(secret) }),
      );
    }
  }
  return {
    channels,
    heartbeats,
    owners,
    fingerprint: (text) => createHash("sha256").update(text).digest("hex"),
    // by the machine's clock, as a file's time is
    sealKeyAge: async () =>
      seal !== null && existsSync(seal.path) ? (await createMachineClock().now()) - statSync(seal.path).mtimeMs : null,
  };
}

/** Store and keys, looked at without opening them for work. */
async function composeLocalChecks({ store, seal }: ResolvedConfig): Promise<LocalCheck[]> {
  const { storeHealth } = await import("./adapters/store/health.ts");
  const { sealKeyHealth } = await import("./adapters/seal/health.ts");
  const now = await createMachineClock().now();
  return [
    ...(store === null ? [] : storeHealth(store.path)),
    ...(seal === null ? [] : [await sealKeyHealth(seal.path, now)]),
  ];
}

/** The issuers of the configuration and `self-signed`; the code of any of them is loaded when it first makes something. */
export function composeIssuers(config: ResolvedConfig, env: Environment): Issuers {
  const folder = config.path === null ? process.cwd() : dirname(config.path);
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

/** In mode observe the no-effect adapters stand where writes would happen: dry run is an adapter, not a flag. */
async function withMode(
  tenant: TenantConfig,
  { entra, certificates }: Pick<Deps, "entra" | "certificates">,
  config: ResolvedConfig,
  resolve: (reference: string) => SecretValue,
): Promise<Pick<Deps, "entra" | "certificates" | "targets">> {
  const opened = new Map<string, Target>();
  for (const { name, settings, reload, hook } of Object.values(config.targets)) {
    opened.set(name, createTarget(name, settings, reload, hook, resolve));
  }
  if (tenant.mode !== "observe") {
    return { entra, certificates, targets: { get: (name) => opened.get(name) ?? null } };
  }
  const { createNoEffectCertificates } = await import("./adapters/no-effect/certificates.ts");
  const { createNoEffectEntra } = await import("./adapters/no-effect/entra.ts");
  const { createNoEffectTarget } = await import("./adapters/no-effect/target.ts");
  const still = new Map([...opened].map(([name, target]) => [name, createNoEffectTarget(target)]));
  return {
    entra: createNoEffectEntra(entra),
    certificates: createNoEffectCertificates(certificates),
    targets: { get: (name) => still.get(name) ?? null },
  };
}

function authOf({ auth }: TenantConfig, env: Environment, folder: string): Auth {
  const value = (reference: string | undefined) =>
    reference === undefined ? undefined : resolveReference(reference, env, folder);
  const given = <T extends object>(entries: T) =>
    Object.fromEntries(Object.entries(entries).filter(([, one]) => one !== undefined)) as {
      [K in keyof T]: Exclude<T[K], undefined>;
    };
  switch (auth.method) {
    case "secret":
      return { method: "secret", ...given({ clientId: auth.clientId, secret: value(auth.secret) }) };
    case "certificate":
      return {
        method: "certificate",
        ...given({ clientId: auth.clientId, certificatePath: auth.certificate, password: value(auth.password) }),
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

/** The embedded directory on a port of localhost. @throws NolapseError `usage`. */
async function startDirectory(request: DirectoryRequest): Promise<RunningDirectory> {
  const { createDirectory, writeEnvFile, parseScenario, faultPlanSchema } = await import("./directory/index.ts");
  const named = request.scenario === "contoso" || request.scenario === "empty" ? request.scenario : null;
  const directory = await createDirectory({
    listen: { port: request.port },
    scenario: named ?? readJson("--scenario", request.scenario, parseScenario),
    clock: { ...(await startOf(request.clock)), ...(request.frozen === null ? {} : { frozen: request.frozen }) },
    ...(request.data === null ? {} : { dataDir: request.data }),
    strictAssertions: request.strictAssertions,
    generate: request.generate,
    ...(request.faults === null
      ? {}
      : { faults: readJson("--faults", request.faults, (it) => faultPlanSchema.parse(it)) }),
  }).catch((thrown: unknown) => {
    throw explainStart(thrown, request);
  });
  return {
    url: directory.url,
    clock: directory.clock,
    tenantId: directory.admin.tenantId,
    environment: () => directory.environment(),
    writeEnvironment: (path) => writeEnvFile(directory, path),
    values: directory.values,
    close: () => directory.close(),
  };
}

/** `--clock`: an instant, or `+30d` and `-30d` from the machine's now. */
async function startOf(clock: string | null): Promise<{ now?: string | number }> {
  if (clock === null) return {};
  const relative = /^([+-])(.+)$/.exec(clock);
  const length = relative === null ? null : parseDuration(relative[2] ?? "");
  if (length !== null) return { now: (await createMachineClock().now()) + (relative?.[1] === "-" ? -length : length) };
  if (Number.isNaN(Date.parse(clock)) || !/Z$|[+-]\d\d:\d\d$/.test(clock)) {
    throw new NolapseError("usage", `--clock ${clock} is neither an instant nor a length of time`, {
      next: "use --clock 2027-01-31T12:00:00Z or --clock +30d",
    });
  }
  return { now: clock };
}

function readJson<T>(option: string, path: string, check: (given: unknown) => T): T {
  try {
    return check(JSON.parse(readFileSync(path, "utf8")));
  } catch (thrown) {
    const why = thrown instanceof ZodError ? prettifyError(thrown) : thrown instanceof Error ? thrown.message : "";
    throw new NolapseError("usage", `${option} ${path} cannot be used: ${why}`, {
      next: `correct the file, or leave ${option} out`,
    });
  }
}

function explainStart(thrown: unknown, { port, data }: DirectoryRequest): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === "EADDRINUSE" || code === "EACCES") {
    return new NolapseError("usage", `the directory cannot listen on port ${port}: ${code}`, {
      next: "choose another one with --port, or --port 0 for any",
    });
  }
  if (data !== null && thrown.message.startsWith("the data folder")) {
    return new NolapseError("usage", thrown.message, { next: "end that process, or choose another --data folder" });
  }
  return thrown;
}
