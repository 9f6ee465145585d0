/** The tenant a run lives in: applications with their policies, the places that hold their secrets, and who reads them. */
import type { HolderRef } from "../core/credential.ts";
import { completePolicy, type Policy, type Reload } from "../core/policy.ts";
import type { Binding, TargetSettings, TenantSettings } from "../core/settings.ts";
import { DAY, type DurationMs, HOUR, MINUTE, plus, SECOND } from "../core/time.ts";
import type { Targets } from "../ports/target.ts";
import type { Chance } from "./chance.ts";
import { Consumer, RELOADS } from "./consumers.ts";
import type { Ground, Registered } from "./ground.ts";
import { Place } from "./places.ts";

/** One application of the plan a world is made from. */
export interface ApplicationPlan {
  readonly displayName: string;
  readonly policy: string;
  /** How long the secret that somebody made by hand still lasts. */
  readonly left: DurationMs;
  /** One place per entry, read by a consumer that reloads like this. */
  readonly reloads: readonly Reload[];
  /** What the configuration says of the same places, where it is wrong about them. */
  readonly declared?: readonly Reload[];
}

export interface WorldPlan {
  readonly applications: readonly ApplicationPlan[];
  /** Null: ramp, hourly limit and waves are off. */
  readonly limits: TenantSettings["limits"];
  /** Probability that a call to a place fails. */
  readonly flaky: number;
  /** Manager processes side by side on one store; one where not given. */
  readonly managers?: number;
}

export interface World {
  readonly settings: TenantSettings;
  readonly registered: readonly Registered[];
  readonly consumers: readonly Consumer[];
  readonly targets: Targets;
  readonly managers: number;
}

const WINDOW = [{ days: ["tue", "thu"], from: "09:00", to: "17:00" }] as const;

/** Mixed lifetimes and rules; every binding says that its consumers are complete. */
export const POLICIES: Readonly<Record<string, Policy>> = Object.fromEntries(
  [
    completePolicy("quick", { lifetime: 60 * DAY, renewBefore: 20 * DAY, overlap: 3 * DAY, retire: "after-overlap" }),
    completePolicy("standard", { lifetime: 90 * DAY, renewBefore: 30 * DAY, retire: "after-overlap" }),
    completePolicy("windowed", { lifetime: 120 * DAY, retire: "after-overlap", windows: [...WINDOW] }),
    // all defaults: the next rotation begins about when the old credential of the last one is swept
    completePolicy("patient", { lifetime: 60 * DAY }),
    completePolicy("long", { lifetime: 180 * DAY, renewBefore: 45 * DAY, retire: "at-expiry" }),
  ].map((policy) => [policy.name, policy]),
);

/** A plan drawn from the seed. */
export function drawWorld(chance: Chance, applications: number): WorldPlan {
  const names = Object.keys(POLICIES);
  return {
    applications: Array.from({ length: applications }, (_, index) => ({
      displayName: `application ${index + 1}`,
      policy: names[index % names.length] ?? "quick",
      left: chance.between(12, 90) * DAY + chance.between(0, 86_399) * SECOND,
      reloads: Array.from({ length: chance.pick([1, 1, 1, 2, 3]) }, () => chance.pick(RELOADS)),
    })),
    limits: chance.hits(0.5) ? { issuesPerHour: 60 } : null,
    flaky: chance.pick([0, 0.01, 0.05]),
    managers: chance.pick([1, 1, 2]),
  };
}

/** Registers the applications and puts their first secrets where they are read. */
export async function buildWorld(ground: Ground, plan: WorldPlan, chance: Chance): Promise<World> {
  const registered: Registered[] = [];
  const consumers: Consumer[] = [];
  const places = new Map<string, Place>();
  const bindings: Binding[] = [];
  for (const application of plan.applications) {
    const end = plus(ground.start, application.left);
    const made = await ground.register(application.displayName, { name: "made by hand", end });
    registered.push(made);
    const own = application.reloads.map((reload, index) => {
      const name = `${application.displayName} place ${index + 1}`;
      const place: Place = new Place({
        name,
        reload: application.declared?.[index] ?? reload,
        value: made.value,
        chance,
        flaky: plan.flaky,
        onHook: () => consumers.find((one) => one.place === place)?.take(),
      });
      places.set(name, place);
      consumers.push(consumerOf(ground, place, reload, made.holder, chance));
      return name;
    });
    bindings.push({
      appId: made.holder.appId,
      policy: application.policy,
      slots: [{ slot: "default", current: null, targets: own }],
      consumers: "complete",
      signIn: null,
    });
  }
  return {
    settings: settingsOf(ground, plan, bindings, [...places.values()]),
    registered,
    consumers,
    targets: { get: (name) => places.get(name) ?? null },
    managers: plan.managers ?? 1,
  };
}

function consumerOf(ground: Ground, place: Place, reload: Reload, { appId }: HolderRef, chance: Chance): Consumer {
  const signIn = { authority: ground.authority, tenant: ground.tenantId, clientId: appId, scope: ground.probeScope };
  return new Consumer({ place, reload, signIn, verifier: ground.consumers, chance });
}

function settingsOf(
  ground: Ground,
  plan: WorldPlan,
  bindings: readonly Binding[],
  places: readonly Place[],
): TenantSettings {
  const targets = places.map(({ name, type, kinds, reload }): [string, TargetSettings] => [
    name,
    { name, type, kinds, reload },
  ]);
  return {
    name: "rehearsal",
    tenantId: ground.tenantId,
    timeZone: "Europe/Amsterdam",
    mode: "enforce",
    authority: ground.authority,
    probeScope: ground.probeScope,
    acceptance: { successes: 4, over: 5 * MINUTE, window: HOUR / 2 },
    limits: plan.limits,
    policies: POLICIES,
    choices: [],
    bindings,
    exclude: [],
    targets: Object.fromEntries(targets),
  };
}
