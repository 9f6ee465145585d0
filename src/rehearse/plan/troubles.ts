/**
 * What happens in a tenant besides Nolapse: people and other tools change credentials, put old values back, delete and
 * restore applications; a management policy appears; the configuration changes; somebody stops or cancels; a backup of the
 * store is restored. Data, drawn from the seed; {@link import("../actors/hands.ts").Hands} does them.
 */
import type { Mode } from "../../core/policy/settings.ts";
import { DAY, type DurationMs, HOUR, MINUTE } from "../../core/time.ts";
import type { Chance } from "../stage/chance.ts";
import type { ApplicationPlan } from "./plan.ts";

/** Counted from the beginning of the run. `application` is a display name of the plan, `place` the number of its place. */
export type Trouble = { readonly at: DurationMs } & (
  | { readonly what: "secret-added"; readonly application: string; readonly lasts: DurationMs | null }
  /** Somebody sweeps a secret that no consumer holds any more. */
  | { readonly what: "secret-swept"; readonly application: string }
  /** Somebody removes the secret a consumer holds. */
  | { readonly what: "secret-removed"; readonly application: string }
  /** Terraform writes the value it knows. */
  | { readonly what: "put-back"; readonly application: string; readonly place: number }
  | { readonly what: "deleted"; readonly application: string; readonly lasts: DurationMs }
  /** An app management policy: no secrets at all, or none that last longer. */
  | { readonly what: "forbidden"; readonly longest: DurationMs | null; readonly lasts: DurationMs }
  /** The binding no longer names the place; then it does again. */
  | {
      readonly what: "target-unbound";
      readonly application: string;
      readonly place: number;
      readonly lasts: DurationMs;
    }
  /** The place itself is gone; then it is there again. */
  | { readonly what: "target-gone"; readonly application: string; readonly place: number; readonly lasts: DurationMs }
  | { readonly what: "policy-changed"; readonly application: string; readonly policy: string }
  | { readonly what: "cancelled"; readonly application: string }
  | { readonly what: "stopped"; readonly lasts: DurationMs }
  /** The tenant's mode is another one for a while. */
  | { readonly what: "mode-changed"; readonly mode: Mode; readonly lasts: DurationMs }
  /** The store is what it was so long before. */
  | { readonly what: "restored"; readonly age: DurationMs }
);

/** How often each thing happens, by chance: in how many of a hundred application-years. */
const RATES = {
  "secret-added": 8,
  "secret-swept": 6,
  "secret-removed": 2,
  "put-back": 8,
  deleted: 4,
  forbidden: 1.5,
  "target-unbound": 4,
  "target-gone": 4,
  "policy-changed": 6,
  cancelled: 12,
  stopped: 1,
  "mode-changed": 2,
  restored: 2,
} as const;

/** What somebody changes the policy of an application to. */
const POLICY_NAMES = ["quick", "default", "yearly", "patient", "windowed", "evidenced", "frozen"];
const LASTING_NAMES = ["default", "yearly", "longest", "longest", "quick"];
const YEAR = 365 * DAY;

/** The troubles of a run, in the order of time; `lasting`: of a tenant whose credentials go on to live long. */
export function drawTroubles(
  chance: Chance,
  applications: readonly ApplicationPlan[],
  length: DurationMs,
  lasting: boolean,
): readonly Trouble[] {
  const years = (applications.length * length) / YEAR;
  const troubles: Trouble[] = [];
  for (const [what, rate] of Object.entries(RATES)) {
    const expected = (years * rate) / 100;
    const times = Math.floor(expected) + (chance.hits(expected % 1) ? 1 : 0);
    for (let time = 0; time < times; time += 1) {
      const at = chance.between(0, Math.max(1, Math.floor(length / MINUTE))) * MINUTE;
      const policies = lasting ? LASTING_NAMES : POLICY_NAMES;
      troubles.push(draw(chance, what as keyof typeof RATES, at, { application: chance.pick(applications), policies }));
    }
  }
  return troubles.sort((a, b) => a.at - b.at);
}

function draw(
  chance: Chance,
  what: keyof typeof RATES,
  at: DurationMs,
  { application, policies }: { readonly application: ApplicationPlan; readonly policies: readonly string[] },
): Trouble {
  const about = { at, application: application.displayName };
  const place = chance.between(0, application.reloads.length - 1);
  const days = (low: number, high: number) => chance.between(low * 24, high * 24) * HOUR;
  switch (what) {
    case "secret-added":
      return { ...about, what, lasts: chance.hits(0.5) ? days(1, 60) : null };
    case "secret-swept":
    case "secret-removed":
    case "cancelled":
      return { ...about, what };
    case "put-back":
      return { ...about, what, place };
    case "deleted":
      return { ...about, what, lasts: days(1, 20) };
    case "forbidden":
      return { at, what, longest: chance.hits(0.5) ? null : days(20, 100), lasts: days(2, 60) };
    case "target-unbound":
    case "target-gone":
      return { ...about, what, place, lasts: days(1, 30) };
    case "policy-changed":
      return { ...about, what, policy: chance.pick(policies) };
    case "stopped":
      return { at, what, lasts: chance.hits(0.8) ? days(1, 4) : days(10, 25) };
    case "mode-changed":
      return { at, what, mode: chance.pick(["observe", "propose", "propose"]), lasts: days(1, 25) };
    case "restored":
      return { at, what, age: chance.hits(0.5) ? days(1, 10) : chance.between(1, 30) * MINUTE };
  }
}
