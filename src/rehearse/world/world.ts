/** The tenant a run lives in: applications with their policies, the places that hold their secrets, and who reads them. */
import type { Policy, Reload } from "../../core/policy/policy.ts";
import type { Binding, Mode, TargetSettings, TenantSettings } from "../../core/policy/settings.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { type EpochMs, HOUR, MINUTE, plus } from "../../core/time.ts";
import type { Targets } from "../../ports/target.ts";
import { type ApplicationPlan, POLICIES, type WorldPlan } from "../plan/plan.ts";
import type { Chance } from "../stage/chance.ts";
import type { Ground, Registered } from "../stage/ground.ts";
import { Consumer } from "./consumers.ts";
import { Place } from "./places.ts";

/** What the credential is called that was there before. */
const FIRST_NAME = "made by hand";

/** One application as it lives in the world. */
export interface Inhabitant {
  readonly name: string;
  readonly first: Registered;
  /** Grows when somebody reads its credential from one more. */
  readonly places: Place[];
  readonly consumers: Consumer[];
  /** Another tool writes its list of certificates, too. */
  readonly isContested: boolean;
  readonly isPrivileged: boolean;
}

/** The world as it stands; the configuration in it changes while it goes on. */
export class World {
  readonly plan: WorldPlan;
  readonly inhabitants: readonly Inhabitant[];
  readonly targets: Targets;
  readonly consumers: Consumer[];
  readonly #byAppId: ReadonlyMap<string, Inhabitant>;
  readonly #places: Map<string, Place>;
  readonly #furnish: Furnish;
  #settings: TenantSettings;

  constructor(plan: WorldPlan, inhabitants: readonly Inhabitant[], settings: TenantSettings, furnish: Furnish) {
    this.plan = plan;
    this.inhabitants = inhabitants;
    this.#settings = settings;
    this.#furnish = furnish;
    this.consumers = inhabitants.flatMap((one) => one.consumers);
    this.#byAppId = new Map(inhabitants.map((one) => [one.first.holder.appId, one]));
    this.#places = new Map(inhabitants.flatMap((one) => one.places).map((place) => [place.name, place]));
    this.targets = {
      get: (name) => (this.#settings.targets[name] === undefined ? null : (this.#places.get(name) ?? null)),
    };
  }

  /** What a process that starts now reads from the configuration file. */
  get settings(): TenantSettings {
    return this.#settings;
  }

  named(application: string): Inhabitant | undefined {
    return this.inhabitants.find((one) => one.name === application);
  }

  of(appId: string): Inhabitant | undefined {
    return this.#byAppId.get(appId);
  }

  /** Whether the configuration names the place of this consumer now. */
  isDeclared(consumer: Consumer): boolean {
    const binding = this.#settings.bindings.find((one) => one.appId === consumer.appId);
    return binding?.slots.some((one) => one.targets.includes(consumer.place.name)) === true;
  }

  /** One more place holds this copy, and who reads it; the configuration knows where it is, and binds it to no slot yet. */
  settle(inhabitant: Inhabitant, reload: Reload, value: SecretValue): Consumer {
    const { name, places, consumers, first } = inhabitant;
    const about = { name: `${name} place ${places.length + 1}`, reload, value, appId: first.holder.appId };
    const consumer = this.#furnish(about);
    const { place } = consumer;
    places.push(place);
    consumers.push(consumer);
    this.consumers.push(consumer);
    this.#places.set(place.name, place);
    this.#settings = { ...this.#settings, targets: { ...this.#settings.targets, [place.name]: targetOf(place) } };
    return consumer;
  }

  /** Somebody edits the mode of the tenant. */
  setMode(mode: Mode): void {
    this.#settings = { ...this.#settings, mode };
  }

  /** Somebody edits the policy of this name, for all applications that have it. */
  editPolicy(name: string, change: (policy: Policy) => Policy): void {
    const policy = this.#settings.policies[name];
    if (policy === undefined) return;
    const policies = { ...this.#settings.policies, [name]: change(policy) };
    this.#settings = { ...this.#settings, policies };
  }

  /** Somebody has an application left alone, and then not. */
  exclude({ name }: Inhabitant, isExcluded: boolean): void {
    const others = this.#settings.exclude.filter((one) => one.displayName !== name);
    this.#settings = { ...this.#settings, exclude: isExcluded ? [...others, { displayName: name }] : others };
  }

  isExcluded(appId: string): boolean {
    return this.#settings.exclude.some((one) => one.displayName === this.of(appId)?.name);
  }

  /** Somebody edits the entry of one application. */
  rebind(appId: string, change: (binding: Binding) => Binding): void {
    const bindings = this.#settings.bindings.map((one) => (one.appId === appId ? change(one) : one));
    this.#settings = { ...this.#settings, bindings };
  }
}

export interface WorldOptions {
  readonly chance: Chance;
  readonly now: () => EpochMs;
  /** Told of each fault of a place that was met. */
  readonly onFault?: () => void;
}

/** A place to be, and how who reads it takes a new value. */
interface Furnished {
  readonly name: string;
  readonly reload: Reload;
  /** What the configuration says of it, where that is wrong. */
  readonly declared?: Reload | undefined;
  readonly value: SecretValue;
  readonly appId: string;
  readonly writeOnly?: boolean | undefined;
}

type Furnish = (about: Furnished) => Consumer;

/** Registers the applications and puts their first secrets where they are read. */
export async function buildWorld(ground: Ground, plan: WorldPlan, options: WorldOptions): Promise<World> {
  const furnish: Furnish = (about) => consumerIn(ground, plan, options, about);
  const inhabitants: Inhabitant[] = [];
  for (const application of plan.applications) {
    const end = plus(ground.start, application.left);
    const name = application.current ?? FIRST_NAME;
    const { displayName, begins = "secret", privileged = false } = application;
    const first = await ground.register(displayName, { name, end, kind: begins, privileged });
    inhabitants.push(inhabit(application, first, furnish));
  }
  return new World(plan, inhabitants, settingsOf(ground, plan, inhabitants), furnish);
}

function inhabit(application: ApplicationPlan, first: Registered, furnish: Furnish): Inhabitant {
  const { displayName: name, declared, writeOnly, contested = false, privileged = false } = application;
  const { holder, value } = first;
  const consumers = application.reloads.map((reload, index) =>
    furnish({
      name: `${name} place ${index + 1}`,
      reload,
      declared: declared?.[index],
      value,
      appId: holder.appId,
      writeOnly,
    }),
  );
  const places = consumers.map(({ place }) => place);
  return { name, first, places, consumers, isContested: contested, isPrivileged: privileged };
}

/** A place with this copy, and the consumer that reads it there. */
function consumerIn(ground: Ground, plan: WorldPlan, options: WorldOptions, about: Furnished): Consumer {
  const { chance, now, onFault } = options;
  const { name, reload, declared = reload, value, appId, writeOnly } = about;
  const signIn = { authority: ground.authority, tenant: ground.tenantId, clientId: appId, scope: ground.probeScope };
  const onHook = () => consumer.take();
  const faults = plan.places;
  const place = new Place({ name, reload: declared, value, chance, faults, now, onHook, onFault, writeOnly });
  const consumer: Consumer = new Consumer({ place, reload, signIn, verifier: ground.consumers, chance });
  return consumer;
}

function targetOf({ name, type, kinds, reload }: Place): TargetSettings {
  return { name, type, kinds, reload };
}

function settingsOf(ground: Ground, plan: WorldPlan, inhabitants: readonly Inhabitant[]): TenantSettings {
  const places = inhabitants.flatMap((one) => one.places);
  const targets = places.map((place) => [place.name, targetOf(place)] as const);
  const bindings = inhabitants.map(
    (one, index): Binding => ({
      appId: one.first.holder.appId,
      policy: plan.applications[index]?.policy ?? null,
      slots: [
        {
          slot: "default",
          // it has company from the beginning: the configuration says which one is meant
          current: plan.applications[index]?.current ?? (one.isContested ? FIRST_NAME : null),
          targets: one.places.map((place) => place.name),
        },
      ],
      consumers: plan.applications[index]?.consumers ?? "complete",
      signIn: null,
    }),
  );
  return {
    name: "rehearsal",
    tenantId: ground.tenantId,
    timeZone: "Europe/Amsterdam",
    mode: "enforce",
    authority: ground.authority,
    probeScope: ground.probeScope,
    acceptance: { successes: 4, over: 5 * MINUTE, window: HOUR / 2 },
    limits: plan.limits,
    policies: plan.policies ?? POLICIES,
    choices: [],
    bindings,
    exclude: [],
    targets: Object.fromEntries(targets),
    ...plan.settings,
  };
}

/** The policy an application has by the configuration now. */
export function policyOf(settings: TenantSettings, appId: string): Policy | undefined {
  const name = settings.bindings.find((one) => one.appId === appId)?.policy ?? "default";
  return settings.policies[name];
}
