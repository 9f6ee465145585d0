import { createSecretKey } from "node:crypto";
import { DirectoryClock, machineNow } from "./clock.ts";
import type { FaultPlan } from "./faults/fault-plan.ts";
import { Faults } from "./faults/faults.ts";
import { Throttle } from "./faults/throttle.ts";
import { answerAt } from "./http/doors.ts";
import { type Request, type Response, serverFailed } from "./http/message.ts";
import { KeyRing } from "./keys/key-ring.ts";
import { freshSigningKeys, type SigningKeys, type TokenSigner } from "./keys/keys.ts";
import type { Random } from "./random.ts";
import { upgradedRoles } from "./resources/directory-roles.ts";
import { ADMINISTRATOR, contoso, empty } from "./scenarios/contoso.ts";
import { missingFirstParty } from "./scenarios/first-party.ts";
import { generate } from "./scenarios/generate.ts";
import { Planter } from "./scenarios/planter.ts";
import type { Scenario, ScenarioApplication, ScenarioTenant, SeededApplication } from "./scenarios/scenario.ts";
import type { Services } from "./services.ts";
import { SignInState } from "./sign-in/sign-in-state.ts";
import type { Journal } from "./state/journal.ts";
import { type Change, emptyState, Store } from "./state/state.ts";

export interface EngineOptions {
  scenario: "contoso" | "empty" | Scenario;
  clock: { now?: string | number; frozen?: boolean };
  random: Random;
  keys: SigningKeys | undefined;
  /** Keeps the keys after a roll-over. */
  keepKeys?: (keys: SigningKeys) => void;
  /** Judges assertions by the directory's clock alone, not also by the machine's. */
  strictAssertions?: boolean | undefined;
  /** Tokens carry a keyed digest instead of a signature. */
  stampedTokens?: boolean | undefined;
  /** So many more applications in the first tenant of a new directory. */
  generate?: number | undefined;
  /** How other identity providers are reached; the global one where nothing is given. */
  fetch?: typeof fetch | undefined;
  journal: Journal | undefined;
  /** The administrator of an earlier run of the same data folder. */
  admin: Administrator | undefined;
  /** Keeps a new administrator before anything is planted. */
  keepAdmin?: (admin: Administrator) => void;
  /** His secret; a new one where nothing is given. */
  adminSecret?: string | undefined;
}

export interface Administrator {
  tenantId: string;
  clientId: string;
  clientSecret: string;
}

/** The directory itself, without any transport. */
export class Engine implements Services {
  readonly clock: DirectoryClock;
  readonly store: Store;
  readonly faults = new Faults();
  readonly throttle = new Throttle();
  readonly signIn = new SignInState();
  readonly random: Random;
  readonly noise: Random;
  readonly origins = new Set<string>();
  readonly values = new Map<string, string>();
  readonly strictAssertions: boolean;
  readonly fetch: typeof fetch;
  readonly certificateKey: SigningKeys["certificates"];
  readonly admin: Administrator;
  readonly #ring: KeyRing;
  readonly #scenario: Scenario;
  readonly #journal: Journal | undefined;

  private constructor(options: EngineOptions, ring: KeyRing, scenario: Scenario, admin: Administrator) {
    this.random = options.random.fork("objects");
    this.noise = options.random.fork("requests");
    this.#ring = ring;
    this.certificateKey = ring.keys.certificates;
    // by its name: merely to mention the global one loads it
    this.fetch = options.fetch ?? ((...asked) => fetch(...asked));
    this.strictAssertions = options.strictAssertions === true;
    this.#scenario = scenario;
    this.#journal = options.journal;
    this.admin = admin;
    const pepper = options.random.fork("pepper").bytes(32).toString("base64url");
    this.store = new Store(options.journal?.recovered.state ?? emptyState(pepper));
    for (const change of options.journal?.recovered.changes ?? []) this.store.apply(change);
    this.faults.set(this.store.faults);
    this.clock = new DirectoryClock(resumed(options.clock, this.store.clock));
    this.clock.onChange = () => this.#keepClock();
  }

  static async create(options: EngineOptions): Promise<Engine> {
    const keys = options.keys ?? (await freshSigningKeys(options.random.fork("keys")));
    const ring = await KeyRing.create(keys, options.random.fork("rolled keys"), options.keepKeys);
    if (options.stampedTokens === true) ring.current.stamp = createSecretKey(options.random.fork("stamp").bytes(32));
    const scenario = withAdministrator(
      typeof options.scenario === "string" ? { contoso, empty }[options.scenario] : options.scenario,
    );
    const first = scenario.tenants[0];
    if (first === undefined) throw new RangeError("the scenario has no tenant");
    const admin = options.admin ?? (await administratorOf(first, options.random, keys, options.adminSecret));
    // before anything is planted: a crash in between must not leave a directory nobody can sign in to
    options.keepAdmin?.(admin);
    const engine = new Engine(options, ring, scenario, admin);
    if (engine.store.tenants.size === 0) {
      // the pepper every stored secret is checked with is on disk before the first secret is
      engine.commit([{ state: engine.store.toState() }]);
      await engine.#plantScenario(options.random);
      engine.#generate(options.random, options.generate ?? 0);
    } else if (options.random.seeded) await engine.#deriveValues(options.random);
    engine.#bringUpToDate();
    engine.#keepClock();
    return engine;
  }

  get signer(): TokenSigner {
    return this.#ring.current;
  }

  signers(): readonly TokenSigner[] {
    return this.#ring.shown(this.clock.now());
  }

  rollSigningKey(): Promise<void> {
    return this.#ring.roll(this.clock.now());
  }

  commit(changes: readonly Change[], durable = true): void {
    this.#journal?.append(changes, durable);
    for (const change of changes) this.store.apply(change);
    if (this.#journal?.wantsFolding === true) this.#journal.fold(this.store.toState());
  }

  setFaults(plan: FaultPlan): void {
    this.commit([{ faults: plan }]);
    this.faults.set(plan);
  }

  async reset(): Promise<void> {
    const fresh = emptyState(this.store.pepper);
    this.commit([{ state: { ...fresh, clock: this.store.clock } }]);
    this.faults.set(this.store.faults);
    this.values.clear();
    this.signIn.clear();
    await this.#plantScenario(this.random);
  }

  async seed(
    applications: readonly ScenarioApplication[],
    tenantId = this.admin.tenantId,
  ): Promise<SeededApplication[]> {
    const tenant = this.store.tenants.get(tenantId);
    if (tenant === undefined) throw new RangeError(`there is no tenant ${tenantId}`);
    const planter = new Planter(this.store, this.random, this.#ring.keys, this.clock.now());
    const seeded: SeededApplication[] = [];
    for (const application of applications) seeded.push(await planter.application(tenant, application));
    this.#journal?.append(planter.changes, true);
    for (const [keyId, value] of planter.values) this.values.set(keyId, value);
    return seeded;
  }

  /** Answers any request: control plane, login authority or Graph, by path. Never throws. */
  async answer(request: Request): Promise<Response> {
    const response = await this.#route(request);
    response.headers.Date ??= new Date(this.clock.now()).toUTCString();
    return response;
  }

  close(): void {
    this.#journal?.fold(this.store.toState());
    this.#journal?.close();
  }

  async #route(request: Request): Promise<Response> {
    try {
      return await answerAt(this, request);
    } catch (failure) {
      return serverFailed(failure);
    }
  }

  #generate(random: Random, count: number): void {
    const tenant = this.store.tenants.get(this.admin.tenantId);
    if (tenant === undefined || count === 0) return;
    const parts = generate(this.store, random.fork("generated"), tenant, count, this.clock.now());
    for (const changes of parts) for (const change of changes) this.store.apply(change);
    // all of it or, after a crash, none
    this.#journal?.fold(this.store.toState());
  }

  async #plantScenario(random: Random): Promise<void> {
    const planter = new Planter(this.store, random.fork("values"), this.#ring.keys, this.clock.now());
    await planter.plant(withSecret(this.#scenario, this.admin.clientSecret));
    this.#journal?.append(planter.changes, true);
    for (const [keyId, value] of planter.values) this.values.set(keyId, value);
  }

  /** After a restart the values of seeded scenario secrets are made again; nothing of them is on disk. */
  async #deriveValues(random: Random): Promise<void> {
    const scratch = new Planter(
      new Store(emptyState("scratch")),
      random.fork("values"),
      this.#ring.keys,
      this.clock.now(),
    );
    await scratch.plant(withSecret(this.#scenario, this.admin.clientSecret));
    const known = new Set(
      this.store
        .toState()
        .applications.concat(this.store.toState().servicePrincipals)
        .flatMap(({ secrets }) => Object.keys(secrets)),
    );
    for (const [keyId, value] of scratch.values) if (known.has(keyId)) this.values.set(keyId, value);
  }

  /** A state of an older version lacks what newer ones rely on. */
  #bringUpToDate(): void {
    const changes = [...missingFirstParty(this.store), ...upgradedRoles(this.store)];
    if (changes.length > 0) this.commit(changes);
  }

  #keepClock(): void {
    if (this.#journal === undefined) return;
    this.commit([{ clock: { now: this.clock.now(), frozen: this.clock.frozen, machine: machineNow() } }]);
  }
}

/** The clock of the last run, unless the caller sets one: a frozen one stands where it stood, a running one has run on. */
function resumed(asked: EngineOptions["clock"], kept: Store["clock"]): { now?: string | number; frozen?: boolean } {
  if (kept === null) return asked;
  const frozen = asked.frozen ?? kept.frozen;
  return { frozen, now: asked.now ?? (kept.frozen ? kept.now : kept.now + (machineNow() - kept.machine)) };
}

/** The identity the administrator application will have, and a value for its secret. */
async function administratorOf(
  first: ScenarioTenant,
  random: Random,
  keys: SigningKeys,
  secret: string | undefined,
): Promise<Administrator> {
  const scratch = new Planter(new Store(emptyState("scratch")), random.fork("values"), keys, 0);
  const [planted] = await scratch.plant({ tenants: [{ ...first, users: [], applications: [ADMINISTRATOR] }] });
  const tenantId = scratch.changes.flatMap((change) => ("tenant" in change ? change.tenant.id : []))[0] ?? "";
  const clientSecret = secret ?? random.fork("administrator").secretText();
  return { tenantId, clientId: planted?.appId ?? "", clientSecret };
}

function withAdministrator(scenario: Scenario): Scenario {
  const [first, ...others] = scenario.tenants;
  if (first === undefined || first.applications.some(({ name }) => name === ADMINISTRATOR.name)) return scenario;
  return { tenants: [{ ...first, applications: [ADMINISTRATOR, ...first.applications] }, ...others] };
}

/** The administrator's own secret, which lasts for as long as anybody moves the clock. */
function withSecret(scenario: Scenario, value: string): Scenario {
  const [first, ...others] = scenario.tenants;
  if (first === undefined) return scenario;
  const applications = first.applications.map((one) =>
    one.name === ADMINISTRATOR.name
      ? { ...one, secrets: [...(one.secrets ?? []), { name: "administrator", end: "P20Y", value }] }
      : one,
  );
  return { tenants: [{ ...first, applications }, ...others] };
}
