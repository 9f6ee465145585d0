/** Puts the parts together: with the files of `compose/`, the only place that knows adapters and directory. */
import { dirname, join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { GraphDirectory } from "./adapters/graph/directory.ts";
import { createBrake } from "./adapters/machine/brake.ts";
import { createMachineRandom } from "./adapters/machine/random.ts";
import { createMachineScheduler } from "./adapters/machine/scheduler.ts";
import { createTarget, targetTypes } from "./adapters/targets/registry.ts";
import type { Composition, Environment, Manager } from "./cli/context.ts";
import { VERSION } from "./cli/version.ts";
import { composeBudget } from "./compose/budget.ts";
import { composeIssuers, composeSealer } from "./compose/keys.ts";
import { composeLocalChecks, composeNotary, composeNotifying, composePaused } from "./compose/oversight.ts";
import { composeOwn, readWithOwnCredential } from "./compose/own-credential.ts";
import { faultRules, rehearsalGround } from "./compose/rehearsal.ts";
import { composeSignIn, type SignIn } from "./compose/sign-in.ts";
import { composeClock, folderOf, reachOf } from "./compose/surroundings.ts";
import { loadConfig, type ResolvedConfig, type TenantConfig } from "./config/load.ts";
import { configJsonSchema } from "./config/schema.ts";
import type { HolderRef } from "./core/credentials/credential.ts";
import type { Deps } from "./engine/deps.ts";
import { certificatesHeld, onlyOf } from "./engine/plan/self.ts";
import { TrailWatch } from "./engine/trail/check.ts";
import { sealTrail } from "./engine/trail/seal.ts";
import { keepingResources } from "./engine/views/consent.ts";
import type { Clock } from "./ports/clock.ts";
import type { HeldCertificate } from "./ports/held-certificate.ts";
import type { Store } from "./ports/store.ts";
import type { Target } from "./ports/target.ts";

/** The composition of the command line. Heavy parts are loaded when they are used. */
export function compose(): Composition {
  return {
    loadConfig: (options) => loadConfig({ ...options, targetTypes }),
    configJsonSchema: () => configJsonSchema(targetTypes),
    manager: composeManager,
    readOwn: readWithOwnCredential,
    signedInPerson: async (_config, tenant, env) => {
      const { signedInPerson } = await import("./adapters/graph/person.ts");
      const method = tenant.auth.method === "default" ? "default" : "cli";
      return signedInPerson({ ...reachOf(tenant), auth: { method }, clock: composeClock(env), env });
    },
    ground: rehearsalGround,
    faultRules,
    metrics: async (port) => (await import("./adapters/metrics/prometheus.ts")).serveMetrics(port),
    localChecks: composeLocalChecks,
    paused: composePaused,
    serve: async (request) => {
      const { serve } = await import("./web-server.ts");
      return serve(request);
    },
    examiner: async () => (await import("./adapters/seal/audit-key.ts")).createExaminer(),
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
  const signIn = await composeSignIn(config, tenant, env, clock);
  if (self === undefined) await signIn.check();
  // in this order: a key is made before the store, so a store that was there and has no key has lost it
  const sealer = await composeSealer(config, signIn);
  const notary = await composeNotary(config);
  const { store, updated, backup } = await composeStore(config);
  const folder = folderOf(config);
  // an application that rolls itself holds what its targets and the store have, which are opened below
  const held = async () => (self === undefined ? [] : certificatesHeld(deps, self));
  const budget = await composeBudget(tenant, () => deps);
  const directory = await composeDirectory(tenant, { clock, env, signIn, self, held, budget });
  const reached = await withMode(tenant, directory, await openTargets(config, signIn));
  const deps: Deps = {
    settings: self === undefined ? tenant : onlyOf(tenant, self),
    ...reached,
    ...(self === undefined ? composeOwn(config, tenant, env, directory.renew) : { self }),
    logs: directory.logs,
    appPolicies: directory.appPolicies,
    trusts: async (application) => (await directory.federation.list(application)).length > 0,
    ...(directory.deadlines === undefined ? {} : { deadlines: directory.deadlines }),
    issuers: composeIssuers(config, signIn.resolve),
    verifier: createVerifier({ clock, version: VERSION }),
    sealer,
    ...(notary === null ? {} : { notary }),
    store,
    clock,
    random: createMachineRandom(),
    scheduler: createMachineScheduler(),
    brake: createBrake(env, join(config.store === null ? folder : dirname(config.store.path), "STOP")),
    ...(observe === undefined ? {} : { observe }),
  };
  return {
    deps,
    diagnosis: directory.diagnosis,
    owners: directory.owners,
    consents: keepingResources(directory.consents),
    trail: new TrailWatch(),
    notifying: await composeNotifying(config, directory.owners, signIn.resolve),
    updated,
    backup,
    close: async () => {
      // what a command wrote is sealed when it ends; where that fails, the next one does it
      if (notary !== null) await sealTrail({ settings: tenant, store, notary }).catch(() => undefined);
      await store.close();
    },
  };
}

interface Reaching {
  readonly clock: Clock;
  readonly env: Environment;
  readonly signIn: Pick<SignIn, "auth" | "writer">;
  readonly self: HolderRef | undefined;
  readonly held: () => Promise<readonly HeldCertificate[]>;
  readonly budget: Awaited<ReturnType<typeof composeBudget>>;
}

/** The directory as Nolapse has it by the tenant's auth, or as an application that rolls itself. */
async function composeDirectory(
  tenant: TenantConfig,
  { clock, env, signIn: { auth, writer }, self, held, budget }: Reaching,
): Promise<GraphDirectory> {
  if (self !== undefined) {
    const { createSelfDirectory } = await import("./adapters/graph/self.ts");
    return createSelfDirectory({ ...reachOf(tenant), clock, holder: self, held, budget });
  }
  const { createGraphDirectory } = await import("./adapters/graph/directory.ts");
  return createGraphDirectory({ ...reachOf(tenant), auth, writer, clock, env, budget });
}

async function composeStore(config: ResolvedConfig): Promise<Pick<Manager, "backup" | "updated"> & { store: Store }> {
  const { openSqliteStore } = await import("./adapters/store/open.ts");
  const store = openSqliteStore({ path: config.store?.path ?? ":memory:" });
  return { store, updated: store.updated, backup: (file) => store.backup(file) };
}

async function openTargets(
  { targets }: ResolvedConfig,
  { resolve, openVault }: SignIn,
): Promise<ReadonlyMap<string, Target>> {
  const opened = new Map<string, Target>();
  for (const { name, settings, reload, hook } of Object.values(targets)) {
    const { password } = settings;
    const value = typeof password === "string" ? await resolve(password) : null;
    opened.set(
      name,
      createTarget(name, settings, reload, hook, { resolve: () => value ?? unresolved(name), openVault }),
    );
  }
  return opened;
}

function unresolved(target: string): never {
  throw new TypeError(`target ${target} asks for a reference that its entry does not have`);
}

/** What reaches the outside to change it. */
type Writing = Pick<Deps, "entra" | "certificates" | "federation" | "samlSigning" | "targets">;

/** In mode observe the no-effect adapters stand where writes would happen: dry run is an adapter, not a flag. */
async function withMode(
  tenant: TenantConfig,
  { entra, certificates, federation, samlSigning }: Omit<Writing, "targets">,
  opened: ReadonlyMap<string, Target>,
): Promise<Writing> {
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
