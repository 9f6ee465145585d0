/** What a run is made from: applications, policies, places, and the troubles of its years. Plain data, so that it shrinks. */
import type { Kind } from "../../core/credentials/credential.ts";
import { completePolicy, type Freeze, type Policy, type Reload } from "../../core/policy/policy.ts";
import type { Binding, TenantSettings } from "../../core/policy/settings.ts";
import { DAY, type DurationMs, type EpochMs, formatInstant, HOUR, MINUTE, plus, SECOND } from "../../core/time.ts";
import type { Chance } from "../stage/chance.ts";
import { drawTroubles, type Trouble } from "./troubles.ts";
import type { Word } from "./words.ts";

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
  /** The name by which the configuration means its secret, where it has others; null or not given: its only one. */
  readonly current?: string | null;
  /** Whether nobody but the places holds a copy; `complete` where not given. */
  readonly consumers?: Binding["consumers"];
  /** What it signs in with before Nolapse comes; a secret where not given. */
  readonly begins?: Kind;
  /** Its places cannot be read back. */
  readonly writeOnly?: boolean;
  /** Another tool keeps certificates on it, too: it reads the list, and sends back all of it a while later. */
  readonly contested?: boolean;
  /** It can make itself master of the tenant: two persons approve what is done to it. */
  readonly privileged?: boolean;
}

/** How badly places behave: the probability of each thing at each call. */
export interface PlaceFaults {
  /** The call fails; a write may have happened all the same. */
  readonly fails: number;
  /** A write is accepted and lost. */
  readonly forgets: number;
  /** After a write the old copy is given back for a while. */
  readonly stale: number;
  /** The call takes minutes. */
  readonly stalls: number;
}

export const GOOD_PLACES: PlaceFaults = { fails: 0, forgets: 0, stale: 0, stalls: 0 };

export interface WorldPlan {
  readonly applications: readonly ApplicationPlan[];
  /** Null: ramp, hourly limit and waves are off. */
  readonly limits: TenantSettings["limits"];
  /** How often each manager process looks at the whole tenant; a day where not given. */
  readonly scanEvery?: DurationMs;
  readonly places: PlaceFaults;
  /** Manager processes side by side on one store; one where not given. */
  readonly managers?: number;
  /** How far the clock of every second manager process is off. */
  readonly skew?: DurationMs;
  /** What people and other tools do in the meantime. */
  readonly troubles?: readonly Trouble[];
  /** What persons ask of Nolapse in the meantime, and privileges that come and go. */
  readonly words?: readonly Word[];
  /** The part of Graph's limits for a small tenant that each process may spend, from 0 to 1; nothing is limited where not given. */
  readonly share?: number;
  /** Of two persons who must approve the second never comes; he does where not given. */
  readonly withoutSecond?: boolean;
  /** The policies of the configuration; {@link POLICIES} where not given. */
  readonly policies?: Readonly<Record<string, Policy>>;
  /** What else of the configuration is not as in every rehearsal. */
  readonly settings?: Partial<Pick<TenantSettings, "mode" | "choices" | "exclude" | "timeZone" | "acceptance">>;
}

const WINDOW = [{ days: ["tue", "thu"], from: "09:00", to: "17:00" }] as const;

/** Long enough before the end for two freezes, which nothing overrules. */
const FROZEN = { lifetime: 100 * DAY, renewBefore: 40 * DAY, retire: "after-overlap" } as const;

/** Mixed lifetimes and rules; every binding says that its consumers are complete. */
export const POLICIES: Readonly<Record<string, Policy>> = Object.fromEntries(
  [
    completePolicy("quick", { lifetime: 60 * DAY, renewBefore: 20 * DAY, overlap: 3 * DAY, retire: "after-overlap" }),
    completePolicy("standard", { lifetime: 90 * DAY, renewBefore: 30 * DAY, retire: "after-overlap" }),
    completePolicy("windowed", { lifetime: 120 * DAY, retire: "after-overlap", windows: [...WINDOW] }),
    // all defaults: the next rotation begins about when the old credential of the last one is swept
    completePolicy("patient", { lifetime: 60 * DAY }),
    completePolicy("long", { lifetime: 180 * DAY, renewBefore: 45 * DAY, retire: "at-expiry" }),
    completePolicy("default", { retire: "after-overlap" }),
    completePolicy("yearly", { lifetime: 365 * DAY, retire: "after-overlap" }),
    completePolicy("longest", { lifetime: 730 * DAY, renewBefore: 90 * DAY }),
    completePolicy("approved", {
      lifetime: 120 * DAY,
      renewBefore: 45 * DAY,
      retire: "after-overlap",
      approval: "both",
    }),
    completePolicy("kept", { lifetime: 150 * DAY, retire: "after-overlap", custody: "keep" }),
    completePolicy("certified", {
      kind: "certificate",
      lifetime: 60 * DAY,
      renewBefore: 20 * DAY,
      overlap: 3 * DAY,
      retire: "after-overlap",
    }),
    completePolicy("evidenced", { lifetime: 150 * DAY, renewBefore: 70 * DAY, retire: "after-evidence" }),
    // each world draws freezes of its own
    completePolicy("frozen", FROZEN),
    completePolicy("certificates", { kind: "certificate", lifetime: 120 * DAY, retire: "after-overlap" }),
    completePolicy("certified-patient", { kind: "certificate", lifetime: 90 * DAY, custody: "keep" }),
  ].map((policy) => [policy.name, policy]),
);

/** In the order in which applications get them: long lives are as usual as in real tenants, short ones work the engine. */
const POLICY_ORDER =
  "quick frozen certified evidenced yearly default long patient certificates longest windowed yearly approved default certified-patient kept yearly standard longest".split(
    " ",
  );

/**
 * How fast its credentials go round: `brisk`, where short lives work the engine, four rotations a year of one application;
 * `usual`, lives that the portal offers (24, 12 and 6 months), with one of twelve that is brisk; or `lasting`, where most live as long
 * as they may, two years, the others one, and one of twenty-four is brisk.
 */
export type Pace = "brisk" | "usual" | "lasting";

/** Of eleven applications of a tenant: the longest life that there is, a year, and the half year that is recommended. */
const USUAL = "longest yearly longest yearly default longest yearly longest yearly longest default".split(" ");

/** Of twenty-three applications of a tenant two thirds have the longest life that there is, the others a year. */
const LASTING = Array.from({ length: 23 }, (_, place) => (place % 3 === 1 ? "yearly" : "longest"));

function policyAt(pace: Pace, place: number): string {
  if (pace === "brisk") return POLICY_ORDER[place % POLICY_ORDER.length] ?? "quick";
  const most = pace === "usual" ? USUAL : LASTING;
  const round = most.length + 1;
  if (place % round < most.length) return most[place % round] ?? "quick";
  return POLICY_ORDER[Math.floor(place / round) % POLICY_ORDER.length] ?? "quick";
}

/** What kind of tenant is drawn, and for how long it lives. */
export interface Drawn {
  readonly applications: number;
  readonly pace: Pace;
  readonly start: EpochMs;
  readonly length: DurationMs;
}

/** A plan drawn from the seed, with every rule on. */
export function drawWorld(chance: Chance, { applications, pace, start, length }: Drawn): WorldPlan {
  const first = chance.between(0, POLICY_ORDER.length - 1);
  const plans = Array.from({ length: applications }, (_, index): ApplicationPlan => {
    const policy = policyAt(pace, first + index);
    const most = Math.floor((POLICIES[policy]?.lifetime ?? 90 * DAY) / DAY);
    const certified = POLICIES[policy]?.kind === "certificate" ? drawCertified(chance) : {};
    return {
      ...certified,
      displayName: `application ${index + 1}`,
      policy,
      left: chance.between(12, most) * DAY + chance.between(0, 86_399) * SECOND,
      reloads: Array.from({ length: chance.pick([1, 1, 1, 2, 3]) }, () => chance.pick(RELOADS)),
      privileged: chance.hits(0.12),
    };
  });
  return {
    applications: plans,
    limits: { issuesPerHour: chance.pick([1, 2, 60]) },
    policies: {
      ...POLICIES,
      frozen: completePolicy("frozen", { ...FROZEN, freeze: drawFreezes(chance, start, length) }),
    },
    places: drawPlaces(chance),
    managers: chance.pick(pace === "brisk" ? [1, 1, 2] : [1, 1, 1, 2]),
    // all but the scan is the same in between: the longest is still well inside the notice that every lapse has
    scanEvery: chance.pick(pace === "brisk" ? [1, 1, 2, 3] : [1, 2, 3, 3]) * DAY,
    skew: chance.pick([0, 5 * SECOND, -20 * SECOND, 2 * MINUTE, -2 * MINUTE]),
    // two of the largest leave room for others
    share: chance.pick([0.01, 0.02, 0.1, 0.4]),
    withoutSecond: chance.hits(0.15),
    ...drawBeginning(chance, drawTroubles(chance, plans, length, pace === "lasting")),
  };
}

/** Some tenants begin as the manual has it: for weeks Nolapse only looks, then a person starts each rotation, then it goes by itself. */
function drawBeginning(chance: Chance, troubles: readonly Trouble[]): Pick<WorldPlan, "settings" | "troubles"> {
  if (!chance.hits(0.25)) return { troubles };
  const at = chance.between(3, 20) * DAY;
  const proposing = { at, what: "mode-changed", mode: "propose", lasts: chance.between(2, 30) * DAY } as const;
  return {
    settings: { mode: "observe" },
    troubles: [...troubles, proposing].sort((one, other) => one.at - other.at),
  };
}

/** About one a quarter, of a day to ten. */
function drawFreezes(chance: Chance, start: EpochMs, length: DurationMs): Freeze[] {
  const freezes: Freeze[] = [];
  for (let at = chance.between(0, 90) * DAY; at < length; at += chance.between(45, 135) * DAY) {
    const dateOf = (after: DurationMs) => formatInstant(plus(start, after)).slice(0, "2026-01-01".length);
    freezes.push({ from: dateOf(at), to: dateOf(at + chance.between(0, 9) * DAY), reason: "a freeze" });
  }
  return freezes;
}

/** One of three moves over from its secret; the others begin with a certificate. */
function drawCertified(chance: Chance): Pick<ApplicationPlan, "begins" | "writeOnly" | "contested"> {
  return {
    begins: chance.pick(["secret", "certificate", "certificate"]),
    writeOnly: chance.hits(0.3),
    contested: chance.hits(0.5),
  };
}

function drawPlaces(chance: Chance): PlaceFaults {
  if (chance.hits(0.4)) return GOOD_PLACES;
  return {
    fails: chance.pick([0, 0.01, 0.05]),
    forgets: chance.pick([0, 0.01, 0.03]),
    stale: chance.pick([0, 0.05, 0.3]),
    stalls: chance.pick([0, 0.01]),
  };
}

/** How long an old copy is given back after a write, at most. */
export const STALE_FOR: DurationMs = 10 * MINUTE;
/** How long a call that stalls takes: longer than a lease lasts. */
export const STALL: DurationMs = HOUR / 6;

/** The reloads applications are drawn from: at once, a minute, hourly, daily, told by a hook, at the next start. */
export const RELOADS: readonly Reload[] = [0, MINUTE, HOUR, DAY, "hook", "start"];
