/**
 * Limits on what one mistake can reach (design §4.7): the ramp and the hourly limit for issuing, waves for early
 * retirement, the breaker. A tool that can add a credential to any application is tier 0; so it earns its speed.
 */
import { DAY, type DurationMs, type EpochMs, HOUR, plus } from "../time.ts";

/** How long a verified rotation must go without a failure to count as clean: a day's batch jobs, and a margin. */
export const CLEAN_AFTER: DurationMs = 28 * HOUR;

/** How many rotations must have been clean before the ramp ends. */
export const RAMP_ENDS_AT = 30;

/** Issues allowed in any 24 hours, by how many rotations were clean: each step is earned by the one before it. */
const RAMP: readonly { readonly below: number; readonly perDay: number }[] = [
  { below: 1, perDay: 1 },
  { below: 6, perDay: 5 },
  { below: RAMP_ENDS_AT, perDay: 25 },
];

/** What the ramp and the hourly limit look at. */
export interface IssueTally {
  /** Instants of issues in the last 24 hours, oldest first. */
  readonly issues: readonly EpochMs[];
  /** Rotations that were clean ({@link CLEAN_AFTER}). */
  readonly clean: number;
}

/**
 * What is stamped further ahead than this is of a clock that was wrong and was set right since: when it was, nobody knows, and it would hold
 * everything up until then. What is less far ahead may be of a clock that is right beside one that is behind, and counts.
 */
const MOST_AHEAD: DurationMs = DAY;

/** Whether limits and waves count what is stamped then. */
export function isCounted(at: EpochMs, now: EpochMs): boolean {
  return at <= plus(now, MOST_AHEAD);
}

/** The audit actions that {@link issuesAmong} needs. */
export const ISSUE_ACTIONS = ["issue-intended", "issue-refused"] as const;

/**
 * When credentials were or may have been created: what is under way, was lost or died half way counts, what the directory refused
 * does not. `entries` are those of {@link ISSUE_ACTIONS}, oldest first.
 */
export function issuesAmong(
  entries: readonly { readonly action: string; readonly rotation: string | null; readonly at: EpochMs }[],
  now: EpochMs,
): EpochMs[] {
  const counted: (typeof entries)[number][] = [];
  for (const entry of entries) {
    if (entry.action === "issue-intended") counted.push(entry);
    else {
      const refused = counted.findLastIndex((one) => one.rotation === entry.rotation);
      if (refused >= 0) counted.splice(refused, 1);
    }
  }
  return counted.map((one) => one.at).filter((at) => isCounted(at, now));
}

/**
 * How long a retirement that was begun keeps its place in the wave, as if it were done: it may be, where whoever began it died or was stopped
 * before the answer was noted. One that has not come to a removal by then begins anew.
 */
export const RETIREMENT_HELD: DurationMs = CLEAN_AFTER;

/** The audit actions that {@link retirementsAmong} needs, those of early retirements. */
export const RETIREMENT_ACTIONS = ["retire-intended", "retire-refused", "removed"] as const;

/** Removals that were made before the old end, and those that were begun and may be made at any moment. */
export interface Retirements {
  /** Instants of the removals, oldest first. */
  readonly done: readonly EpochMs[];
  /** Begun within {@link RETIREMENT_HELD}, neither removed nor refused by the directory since: of each rotation the last beginning. */
  readonly begun: readonly { readonly rotation: string | null; readonly at: EpochMs }[];
}

/** `entries` are those of {@link RETIREMENT_ACTIONS} of early retirements, oldest first. */
export function retirementsAmong(
  entries: readonly { readonly action: string; readonly rotation: string | null; readonly at: EpochMs }[],
  now: EpochMs,
): Retirements {
  const begun = new Map<string | null, EpochMs>();
  for (const { action, rotation, at } of entries) {
    if (action !== "retire-intended") begun.delete(rotation);
    else if (isCounted(at, now) && plus(at, RETIREMENT_HELD) > now) begun.set(rotation, at);
  }
  return {
    done: entries.flatMap(({ action, at }) => (action === "removed" && isCounted(at, now) ? [at] : [])),
    begun: [...begun].map(([rotation, at]) => ({ rotation, at })),
  };
}

export type IssueVerdict = { allowed: true } | { allowed: false; until: EpochMs; because: "ramp" | "hourly-limit" };

/** Whether one more credential may be issued in a tenant now. Urgent work and `limits: off` (null) pass. */
export function mayIssue(
  tally: IssueTally,
  limits: { readonly issuesPerHour: number } | null,
  now: EpochMs,
  urgent: boolean,
): IssueVerdict {
  if (limits === null || urgent) return { allowed: true };
  const step = RAMP.find((one) => tally.clean < one.below);
  const rampUntil = step === undefined ? null : blockedUntil(tally.issues, step.perDay, DAY, now);
  if (rampUntil !== null) return { allowed: false, until: rampUntil, because: "ramp" };
  const hourUntil = blockedUntil(tally.issues, limits.issuesPerHour, HOUR, now);
  if (hourUntil !== null) return { allowed: false, until: hourUntil, because: "hourly-limit" };
  return { allowed: true };
}

/** When fewer than `most` of the instants (oldest first) lie in the span before; null when that is so now. */
function blockedUntil(instants: readonly EpochMs[], most: number, span: DurationMs, now: EpochMs): EpochMs | null {
  const recent = instants.filter((at) => plus(at, span) > now);
  if (recent.length < most) return null;
  // With a limit of none, no instant ever frees a place: look again after the span.
  const frees = recent[recent.length - most];
  return most <= 0 || frees === undefined ? plus(now, span) : plus(frees, span);
}

/** The sizes of the first two waves of early retirement; from the third on it is a tenth of what is due, at least ten. */
const FIRST_WAVES: readonly number[] = [1, 10];
const LATER_WAVE_SHARE = 0.1;
const LATER_WAVE_LEAST = 10;
/** Between two waves there is time for late failures to show. */
export const WAVE_GAP: DurationMs = CLEAN_AFTER;

/**
 * Whether one more credential may be retired before its own end. `earlyRetirements` are the instants of the last 60 days,
 * oldest first; a wave is a run of them with less than 28 h between neighbours, so after 60 quiet days a tenant starts
 * with one again. `dueNow` is how many wait for retirement at this moment. Null limits pass.
 */
export function mayRetireEarly(
  earlyRetirements: readonly EpochMs[],
  dueNow: number,
  limits: { readonly issuesPerHour: number } | null,
  now: EpochMs,
): { allowed: true } | { allowed: false; until: EpochMs } {
  if (limits === null) return { allowed: true };
  const { wave, used, last } = waveOf(earlyRetirements);
  if (last === null || now >= plus(last, WAVE_GAP)) return { allowed: true };
  return used < waveSize(wave, used + dueNow) ? { allowed: true } : { allowed: false, until: plus(last, WAVE_GAP) };
}

/** The wave that the last of these retirements (oldest first) belongs to, counted from 0, and how many it has had; -1: none yet. */
export function waveOf(earlyRetirements: readonly EpochMs[]): {
  readonly wave: number;
  readonly used: number;
  readonly last: EpochMs | null;
} {
  let wave = -1;
  let used = 0;
  let last: EpochMs | null = null;
  for (const at of earlyRetirements) {
    if (last === null || at >= plus(last, WAVE_GAP)) {
      wave += 1;
      used = 0;
    }
    used += 1;
    last = at;
  }
  return { wave, used, last };
}

/**
 * How many a wave takes. What is due shrinks while a wave runs; `due`, which counts those already gone, is what was due when the
 * wave began.
 */
export function waveSize(wave: number, due: number): number {
  return FIRST_WAVES[wave] ?? Math.max(LATER_WAVE_LEAST, Math.floor(due * LATER_WAVE_SHARE));
}

const FAILURES_IN_A_ROW = 3;
const BREAKER_SAMPLE = 20;
const BREAKER_SHARE = 0.1;

/**
 * Why the breaker must open, as a sentence, or null. `recent` are the outcomes of acceptances and verifications, newest
 * first, true for success: three failures in a row, or a tenth of the last twenty.
 */
export function breakerTrips(recent: readonly boolean[]): string | null {
  const newest = recent.slice(0, FAILURES_IN_A_ROW);
  if (newest.length === FAILURES_IN_A_ROW && newest.every((ok) => !ok)) {
    return `the last ${FAILURES_IN_A_ROW} acceptances or verifications failed`;
  }
  const sample = recent.slice(0, BREAKER_SAMPLE);
  const failed = sample.filter((ok) => !ok).length;
  if (sample.length < BREAKER_SAMPLE || failed < BREAKER_SAMPLE * BREAKER_SHARE) return null;
  return `${failed} of the last ${BREAKER_SAMPLE} acceptances or verifications failed`;
}

/** Whether a scan lost so many known objects (`lost` is a share, 0 to 1) that nothing may be written on its word. */
export function scanTooLossy(lost: number): boolean {
  // Written so that an unreadable share counts as lossy.
  return !(lost <= 0.1);
}

/** A person who deletes one application takes two objects away, it and its service principal; what is more is not one decision. */
const MISSING_NEEDS_PERSON = 3;

/**
 * Whether the objects that a complete scan no longer saw stay known, so that every later scan holds writing back as well until a
 * person says that they are gone. `missing` of `known` before. In a tenant of a handful one deletion is already more than a
 * tenth: it holds writing back until the next scan (design §4.7), yet calls nobody.
 */
export function missingNeedsPerson(missing: number, known: number): boolean {
  return missing >= MISSING_NEEDS_PERSON && scanTooLossy(missing / known);
}
