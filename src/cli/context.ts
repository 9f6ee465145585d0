/** What the commands need from outside the command line; the composition provides it. */

import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import type { LoadOptions, ResolvedConfig, TenantConfig } from "../config/load.ts";
import type { Examiner } from "../core/audit/audit-verify.ts";
import { advised, tenantNamed } from "../core/commands.ts";
import type { HolderRef } from "../core/credentials/credential.ts";
import { asNolapseError, NolapseError } from "../core/errors.ts";
import type { Person } from "../core/policy/approval.ts";
import type { NamedPause } from "../core/rotation/words.ts";
import type { Deps } from "../engine/deps.ts";
import type { Notifying } from "../engine/notices/notify.ts";
import type { Scan } from "../engine/scan/discover.ts";
import type { OwnersList } from "../engine/scan/ownership.ts";
import type { TrailWatch } from "../engine/trail/check.ts";
import type { Consents } from "../engine/views/consent.ts";
import type { Diagnosis, LocalCheck } from "../engine/views/doctor.ts";
import type { Sample } from "../engine/views/metrics.ts";
import type { GroundAsked } from "../rehearse/future.ts";
import type { FaultRule, Ground } from "../rehearse/stage/ground.ts";
import type { DemoClock } from "./demo/run.ts";
import type { Speaker } from "./speak.ts";

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A tenant's engine, ready to use. */
export interface Manager {
  readonly deps: Deps;
  readonly diagnosis: Diagnosis;
  readonly notifying: Notifying;
  readonly owners: OwnersList;
  readonly consents: Consents;
  /** What is known of the tenant's audit trail. */
  readonly trail: TrailWatch;
  /** The store was an older program's, and has been brought to the form of this one; null where it was not. */
  readonly updated: { readonly from: number; readonly to: number; readonly copy: string } | null;
  /** Writes a backup of the store. */
  backup(file: string): Promise<void>;
  close(): Promise<void>;
}

/** Numbers for a monitoring system. */
export interface MetricsServer {
  readonly port: number;
  set(tenant: string, samples: readonly Sample[]): void;
  close(): Promise<void>;
}

/** A running embedded directory. */
export interface RunningDirectory {
  readonly url: string;
  /** Null where no proxy was asked for. */
  readonly proxyUrl: string | null;
  readonly clock: DemoClock;
  readonly tenantId: string;
  /** The variables that point programs at it; some hold secrets. */
  environment(): Record<string, string>;
  /** Writes those variables to a file, 0600, at once or not at all. */
  writeEnvironment(path: string): void;
  /** The values of the scenario's client secrets by key id, where this process made them. */
  readonly values: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

export interface DirectoryRequest {
  /** 0 for any that is free. */
  readonly port: number;
  /** Null for no proxy; 0 for any that is free. */
  readonly proxyPort: number | null;
  /** The folder its state is kept in; null for memory only. */
  readonly data: string | null;
  /** `contoso`, `empty` or a JSON file. */
  readonly scenario: string;
  /** An ISO 8601 instant or `+30d`; null for the machine's time, or where the folder's clock stood. */
  readonly clock: string | null;
  /** Null: as the folder's clock was, else running. */
  readonly frozen: boolean | null;
  /** A JSON file. */
  readonly faults: string | null;
  readonly strictAssertions: boolean;
  /** How many plausible applications to add to a new directory. */
  readonly generate: number;
}

export interface ServeRequest {
  readonly config: ResolvedConfig;
  readonly env: Environment;
  /** 0 for any that is free. */
  readonly port: number;
  /** The address of this machine to listen at. */
  readonly host: string;
  readonly behindProxy: boolean;
  /** Files; null for http. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Tells what is not the caller's fault. */
  readonly log: (line: string) => void;
  /** What the demo lends it; no other server has any of it. */
  readonly demo?: DemoDoor;
  /** Where the built pages lie, if not where `npm run build:web` puts them. */
  readonly pages?: string;
}

/** What only the demo's server has: a link that is good once, and a clock to move. */
export interface DemoDoor {
  takeCode(code: string): boolean;
  signIn(authorizationUrl: string): Promise<string>;
  now(): number;
  target(): number | null;
  forward(days: number): number;
  goTo(at: number): number;
  frozen(): boolean;
  freeze(frozen: boolean): void;
  signIns(): { readonly ok: number; readonly failed: number };
}

/** A running server. */
export interface WebServer {
  readonly url: string;
  /** The configuration that is in force from now on. */
  configured(config: ResolvedConfig): void;
  /** Opens a tenant to requests for as long as its loop runs. */
  admit(tenant: TenantConfig, manager: Manager): Admission;
  /** Hears of every stored event. */
  heard(tenant: string, ...event: Parameters<NonNullable<Deps["observe"]>>): void;
  set(tenant: string, samples: readonly Sample[]): void;
  /** Ends streams, answers what is in hand, and takes no more. */
  close(): Promise<void>;
}

export interface Admission {
  /** For the loop: a person's word wakes it. */
  readonly deps: Deps;
  /** Whether a person has asked for a scan that has not begun. */
  scanAsked(): boolean;
  /** Takes in that a scan begins. */
  scanning(): void;
  /** Takes a scan in; settles once the pages show it. */
  seen(scan: Scan): Promise<void>;
  /** Takes in that a scan failed and is tried again. */
  failed(error: NolapseError): Promise<void>;
  /** Settles once no request works on the tenant any more. */
  leave(): Promise<void>;
}

export interface Composition {
  loadConfig(options: Omit<LoadOptions, "targetTypes">): ResolvedConfig;
  configJsonSchema(): unknown;
  /**
   * Opens store, seal and adapters of one tenant. `observe` hears of every stored event. With `self` the tenant's auth is not
   * used: the directory is reached as this application, signed in with its own certificate.
   */
  manager(
    config: ResolvedConfig,
    tenant: TenantConfig,
    env: Environment,
    observe?: Deps["observe"],
    self?: HolderRef,
  ): Promise<Manager>;
  /** Signs in with Nolapse's own credential as it is kept now and reads one object; gives the credential's keyed digest. */
  readOwn(config: ResolvedConfig, tenant: TenantConfig, env: Environment, holder: HolderRef): Promise<string>;
  /** The person who is signed in to the tenant, confirmed by the directory. @throws NolapseError with why nobody is. */
  signedInPerson(
    config: ResolvedConfig,
    tenant: TenantConfig,
    env: Environment,
  ): Promise<{ readonly objectId: string; readonly userPrincipalName: string }>;
  /** A directory and a store of their own for a rehearsal. */
  ground(asked: GroundAsked): Promise<Ground>;
  /** The rules of a plan of faults. @throws NolapseError `usage`. */
  faultRules(plan: unknown): readonly FaultRule[];
  /** What can be said of store and keys without opening them for work. */
  localChecks(config: ResolvedConfig, tenant: TenantConfig, env: Environment): Promise<readonly LocalCheck[]>;
  /** The applications that persons hold, read without opening the store for work; none where there is no store. */
  paused(config: ResolvedConfig, tenant: TenantConfig): Promise<readonly NamedPause[]>;
  /** Serves numbers on a port of loopback, 0 for any. @throws NolapseError `port-unavailable`. */
  metrics(port: number): Promise<MetricsServer>;
  /** The web server. @throws NolapseError `port-unavailable`, `usage`, `config-invalid`. */
  serve(request: ServeRequest): Promise<WebServer>;
  /** The cryptography that checking an exported audit trail takes; needs no configuration. */
  examiner(): Promise<Examiner>;
  /** Makes this process trust a CA it did not start with. */
  trust(pem: string): void;
}

/** The parts behind the command line. Each is loaded when it is asked for: no command waits for what another one needs. */
export interface Parts {
  compose(): Promise<Composition>;
  /** The embedded directory on a port of localhost. @throws NolapseError `usage`. */
  startDirectory(request: DirectoryRequest): Promise<RunningDirectory>;
}

/** What every command gets. */
export interface Surroundings extends Parts {
  readonly speaker: Speaker;
  readonly env: Environment;
  readonly cwd: string;
  /** Aborts at the first SIGINT or SIGTERM: finish the step in hand, begin nothing. */
  readonly signal: AbortSignal;
  readonly globals: GlobalOptions;
}

/** What a command of the manager gets. */
export interface Context extends Surroundings {
  readonly composition: Composition;
}

export interface GlobalOptions {
  readonly config?: string;
  readonly tenant?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
}

/** The configuration that the global options name. */
export function configOf({ composition, globals, env, cwd }: Context): ResolvedConfig {
  return composition.loadConfig({ path: globals.config ?? null, env, cwd });
}

/** Says what the configuration allows that a person should know of. */
export function warn({ speaker }: Context, { warnings }: Pick<ResolvedConfig, "warnings">): void {
  for (const warning of warnings) speaker.say(`nolapse: ${warning}`);
}

/** The tenants a command works on: the named one, or all. @throws NolapseError `usage`. */
export function tenantsOf(config: ResolvedConfig, { globals }: Context): readonly TenantConfig[] {
  if (globals.tenant === undefined) return config.tenants;
  const named = config.tenants.filter((one) => one.name === globals.tenant || one.tenantId === globals.tenant);
  if (named.length > 0) return named;
  const names = config.tenants.map((one) => one.name).join(", ");
  throw new NolapseError("usage", `there is no tenant ${globals.tenant} in the configuration`, {
    next: `use --tenant with one of: ${names}`,
  });
}

/** The one tenant a command works on. @throws NolapseError `usage` when there are several and none is named. */
export function oneTenant(config: ResolvedConfig, context: Context): TenantConfig {
  const [first, second] = tenantsOf(config, context);
  if (first !== undefined && second === undefined) return first;
  throw new NolapseError("usage", "the configuration has several tenants", {
    next: `name one: --tenant ${first?.name ?? "NAME"}`,
  });
}

/** Runs `work` with the tenant's engine and closes it whatever happens. A refusal's advice names the tenant where there are several. */
export async function withManager<T>(
  context: Context,
  config: ResolvedConfig,
  tenant: TenantConfig,
  work: (manager: Manager) => Promise<T>,
  observe?: Deps["observe"],
  self?: HolderRef,
): Promise<T> {
  try {
    const manager = await context.composition.manager(config, tenant, context.env, observe, self);
    try {
      sayUpdated(context, manager);
      return await work(manager);
    } finally {
      await manager.close();
    }
  } catch (thrown) {
    throw advised(tenantNamed(tenant), thrown);
  }
}

/** An update of the store is said once, by whoever made it. */
function sayUpdated({ speaker }: Context, { updated }: Manager): void {
  if (updated === null) return;
  const { from, to, copy } = updated;
  speaker.say(
    `nolapse: the store was brought from schema ${from} to ${to}; a copy of what was there before is ${copy}`,
  );
}

/**
 * The same with what lies in the store alone: a tenant whose own credential, seal key or target's password is lost can still be
 * stopped and resumed, and its store copied. Without its key what `work` writes is sealed by the next command.
 */
export async function withStoreAlone<T>(
  context: Context,
  config: ResolvedConfig,
  tenant: TenantConfig,
  work: (manager: Manager) => Promise<T>,
): Promise<T> {
  // a store is made after its key, so that one without a key has lost it
  if (config.store === null || !existsSync(config.store.path)) return withManager(context, config, tenant, work);
  const { writer: _, ...rest } = tenant;
  const seal = config.seal !== null && existsSync(config.seal.path) ? config.seal : null;
  const alone = { ...config, seal, targets: {}, issuers: {}, notify: [] };
  const reached: TenantConfig = { ...rest, auth: { method: "default" } };
  try {
    return await withManager(context, alone, reached, work);
  } catch (thrown) {
    // a key that is there and opens nothing is lost as well; it is asked for before the store
    if (seal === null || !asNolapseError(thrown).code.startsWith("seal-")) throw thrown;
    return withManager(context, { ...alone, seal: null }, reached, work);
  }
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // a user id without an entry, as in many containers
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** Who asks, for the audit trail. */
export function actorOf({ env }: Pick<Context, "env">): string {
  return `cli:${env.SUDO_USER ?? env.USER ?? env.LOGNAME ?? systemUser()}`;
}

/** Who approves or asks: the person the directory confirms, else the name this machine has for them, which it says. */
export async function personOf(
  context: Context,
  config: ResolvedConfig,
  tenant: TenantConfig,
  does: "approving" | "asking" = "approving",
): Promise<Person> {
  try {
    const { objectId, userPrincipalName } = await context.composition.signedInPerson(config, tenant, context.env);
    return { actor: `entra:${userPrincipalName}`, objectId };
  } catch (thrown) {
    const { message, next } = asNolapseError(thrown);
    const actor = actorOf(context);
    context.speaker.say(`nolapse: ${does} as ${actor}, a name nobody has confirmed: ${message}`);
    if (next !== null) context.speaker.say(`hint: ${next}`);
    return { actor, objectId: null };
  }
}
