/** What goes wrong in a run, all of it drawn from the seed: the directory's weather, slow calls, flaky places, crashes. */
import { type DurationMs, HOUR, MINUTE, parseDuration, SECOND } from "../../core/time.ts";
import type { Chance } from "../stage/chance.ts";
import type { FaultRule } from "../stage/ground.ts";
import type { Call } from "../stage/story.ts";

export type Moment = "before" | "after";

/** When a manager process dies: at this call, before its effect or after it but before its outcome comes back. */
export interface CrashPlan {
  moment(call: Call, index: number): Moment | null;
  /** How long until it is started again. */
  downtime(): DurationMs;
}

/** Calls that only look change nothing a crash could leave half done, so chance seldom crashes there. */
const LOOKING = new Set([
  ..."now frozen switches lastScan tally pulled nextDue slots rotations rotation".split(" "),
  ..."ledger knownAttempts sealed fingerprint openShown openReveals".split(" "),
]);

export function isLooking(method: string): boolean {
  return LOOKING.has(method);
}

/** The same of calls that take time, most of which are a scan's: a process that dies there has only to scan once more. */
const READING = new Set(
  "page grantPage directoryRolePage read readCertificates signIns lastUses credentialChanges readBack inventory known issuances".split(
    " ",
  ),
);

/** How many times as often as elsewhere a process dies at this call. */
function stakeOf(call: Call): number {
  if (isLooking(call.method)) return 0.02;
  if (READING.has(call.method)) return 0.1;
  return call.port === "entra" || call.port === "target" ? 4 : 1;
}

/** Crashes by chance, more often where something is at stake. */
export function crashesByChance(chance: Chance, often: number): CrashPlan {
  return {
    moment(call) {
      if (call.method === "wait" || !chance.hits(often * stakeOf(call))) return null;
      return chance.hits(0.5) ? "before" : "after";
    },
    downtime: () => (chance.hits(0.7) ? chance.between(1, 90) * SECOND : chance.between(2, 300) * MINUTE),
  };
}

/** Exactly one crash, at the call with this number. */
export function crashAt(index: number, moment: Moment): CrashPlan {
  let due = true;
  return {
    moment(_, at) {
      if (!due || at !== index) return null;
      due = false;
      return moment;
    },
    downtime: () => 5 * SECOND,
  };
}

export const NO_CRASHES: CrashPlan = { moment: () => null, downtime: () => 0 };

/** How long a call to the outside takes: mostly nothing worth telling, now and then long enough to outlive a lease beat. */
export function latency(call: Call, chance: Chance): DurationMs {
  if (call.port !== "entra" && call.port !== "verifier" && call.port !== "target") return 0;
  if (!chance.hits(0.3)) return 0;
  return chance.hits(0.02) ? chance.between(5, 60) * SECOND : chance.between(20, 2_000);
}

/** How often the weather changes. */
export const WEATHER_CHANGES_EVERY: DurationMs = 12 * HOUR;

const seconds = (chance: Chance, low: number, high: number) => `PT${chance.between(low, high)}S`;

/** The directory's faults for a while. Lag stays inside what is on record: seconds as a rule, minutes at worst. */
export function weather(chance: Chance): readonly FaultRule[] {
  const rules: FaultRule[] = [];
  const lag = chance.hits(0.8) ? seconds(chance, 4, 18) : seconds(chance, 30, 150);
  if (chance.hits(0.8)) rules.push({ on: "addPassword", fault: "token-lag", probability: 1, duration: lag });
  const readLag = chance.hits(0.8) ? seconds(chance, 5, 40) : seconds(chance, 60, 420);
  if (chance.hits(0.6)) rules.push({ on: "addPassword", fault: "read-lag", probability: 0.7, duration: readLag });
  if (chance.hits(0.4)) rules.push({ on: "removePassword", fault: "read-lag", probability: 0.7, duration: readLag });
  if (chance.hits(0.35)) rules.push({ on: "addPassword", fault: "lost-response", probability: 0.4 });
  if (chance.hits(0.35)) rules.push({ on: "removePassword", fault: "lost-response", probability: 0.4 });
  if (chance.hits(0.15)) rules.push({ on: "addPassword", fault: "commit-then-stall", probability: 0.3, times: 1 });
  if (chance.hits(0.15)) rules.push({ on: "removePassword", fault: "commit-then-stall", probability: 0.3, times: 1 });
  if (chance.hits(0.2)) rules.push({ on: "addPassword", fault: "concurrency-violation", probability: 0.3 });
  if (chance.hits(0.2)) rules.push({ on: "removePassword", fault: "concurrency-violation", probability: 0.3 });
  rules.push(...weatherOfCertificates(chance, lag, readLag));
  if (chance.hits(0.2)) rules.push({ on: "read", fault: "throttle", probability: 0.1, duration: "PT10S" });
  if (chance.hits(0.1)) rules.push({ on: "token", fault: "throttle", probability: 0.1, duration: "PT10S" });
  rules.push(...weatherOfConnections(chance));
  return rules;
}

/** Connections that break, answers that take their time, and a Conditional Access policy that refuses who has proven himself. */
function weatherOfConnections(chance: Chance): readonly FaultRule[] {
  const rules: FaultRule[] = [];
  if (chance.hits(0.15)) {
    const on = chance.pick(["read", "token", "addPassword", "removePassword", "addKey", "removeKey", "patch"] as const);
    rules.push({ on, fault: "reset", probability: chance.pick([0.1, 0.4]) });
  }
  if (chance.hits(0.15)) rules.push({ on: "*", fault: "slow", probability: 0.2, duration: seconds(chance, 5, 29) });
  if (chance.hits(0.06)) {
    rules.push({ on: "token", fault: "conditional-access", probability: chance.pick([0.3, 1]) });
  }
  return rules;
}

/** Slow answers take time of the world: the directory's own pause would be one of this machine. */
export function slowness(rules: readonly FaultRule[], chance: Chance): (call: Call) => DurationMs {
  const slow = rules.filter((one) => one.fault === "slow");
  if (slow.length === 0) return () => 0;
  return ({ port }) => {
    if (!ANSWERED.has(port)) return 0;
    const lasts = slow.flatMap(({ probability = 1, duration = "PT0S" }) =>
      chance.hits(probability) ? [parseDuration(duration) ?? 0] : [],
    );
    return Math.max(0, ...lasts);
  };
}

/** The ports behind which the directory answers. */
const ANSWERED: ReadonlySet<Call["port"]> = new Set(["entra", "certificates", "logs", "verifier"]);

/** The same lags, and the same accidents, for what changes lists of certificates. */
function weatherOfCertificates(chance: Chance, lag: string, readLag: string): readonly FaultRule[] {
  const rules: FaultRule[] = [];
  for (const on of ["addKey", "removeKey", "patch"] as const) {
    if (on !== "removeKey" && chance.hits(0.8)) rules.push({ on, fault: "token-lag", probability: 1, duration: lag });
    if (chance.hits(0.5)) rules.push({ on, fault: "read-lag", probability: 0.7, duration: readLag });
    if (chance.hits(0.35)) rules.push({ on, fault: "lost-response", probability: 0.4 });
    if (chance.hits(0.15)) rules.push({ on, fault: "commit-then-stall", probability: 0.3, times: 1 });
    if (chance.hits(0.2)) rules.push({ on, fault: "concurrency-violation", probability: 0.3 });
  }
  return rules;
}
