/**
 * When work that is due can be done inside the limits of the blast radius: which successor is issued when, and when the old one
 * goes. The same rules that hold the engine back, played forward: ramp, hourly limit, windows and freezes, waves. It supposes
 * that nothing fails; a failure only makes it later.
 */

import type { Policy } from "../policy/policy.ts";
import { SWEEP_AFTER } from "../policy/policy.ts";
import { effectiveOverlap, retireRule } from "../policy/reload.ts";
import type { AcceptanceRule, TargetSettings } from "../policy/settings.ts";
import { frozenAt, openAt } from "../policy/windows.ts";
import { type EpochMs, earliest, latest, plus } from "../time.ts";
import { CLEAN_AFTER, mayIssue, RAMP_ENDS_AT, WAVE_GAP, waveOf, waveSize } from "./blast-radius.ts";
import { perSlice, SLICE, WRITES } from "./graph-limits.ts";

/** One rotation that is due. */
export interface Due {
  readonly policy: Policy;
  /** From here on neither windows nor limits hold it back. */
  readonly urgentAt: EpochMs;
}

export interface Pace {
  readonly limits: { readonly issuesPerHour: number } | null;
  /** Issues of the last 24 hours, oldest first, and how many rotations were clean. */
  readonly tally: { readonly issues: readonly EpochMs[]; readonly clean: number };
  /** When rotations that are verified already become clean. */
  readonly cleanAt: readonly EpochMs[];
  readonly acceptance: AcceptanceRule;
  readonly timeZone: string;
}

export interface Start {
  readonly at: EpochMs;
  /** Issued because it is urgent, beside the limits. */
  readonly urgent: boolean;
}

/** When each is issued; the first of the list goes first where nothing holds it back. */
export function issueTimes(due: readonly Due[], pace: Pace, now: EpochMs): readonly Start[] {
  if (pace.limits === null) {
    // nothing but Graph itself holds them back
    const each = perSlice(WRITES[0] as (typeof WRITES)[number], 1);
    return due.map((_, index) => ({ at: plus(now, Math.floor(index / each) * SLICE), urgent: false }));
  }
  return new Line(due, pace, now).play();
}

/** The line of those that are due, played forward. */
class Line {
  readonly #due: readonly Due[];
  readonly #pace: Pace;
  readonly #starts = new Map<number, Start>();
  readonly #queues: { readonly policy: Policy; readonly places: readonly number[]; next: number }[] = [];
  readonly #urgent: readonly { readonly place: number; readonly from: EpochMs }[];
  readonly #issues: EpochMs[];
  readonly #clean: EpochMs[];
  #isClean = 0;
  #nextUrgent = 0;
  #now: EpochMs;

  constructor(due: readonly Due[], pace: Pace, now: EpochMs) {
    this.#due = due;
    this.#pace = pace;
    this.#now = now;
    this.#issues = [...pace.tally.issues];
    this.#clean = pace.cleanAt.toSorted((a, b) => a - b);
    // those that the same windows and freezes let through wait in one queue; policies themselves are made for each item
    const queues = new Map<string, { readonly policy: Policy; readonly places: number[]; next: number }>();
    for (const [place, { policy }] of due.entries()) {
      const key = JSON.stringify([policy.windows, policy.freeze]);
      const queue = queues.get(key);
      if (queue === undefined) queues.set(key, { policy, places: [place], next: 0 });
      else queue.places.push(place);
    }
    this.#queues = [...queues.values()];
    this.#urgent = due
      .map(({ policy, urgentAt }, place) => ({ place, from: thawed(policy, pace.timeZone, latest(urgentAt, now)) }))
      .sort((a, b) => a.from - b.from || a.place - b.place);
  }

  play(): readonly Start[] {
    while (this.#starts.size < this.#due.length) {
      if (this.#takeUrgent()) continue;
      const { place, opens } = this.#first();
      this.#now = place === null ? earliest(...opens, ...this.#urgentNext()) : this.#try(place);
    }
    return this.#due.map((_, place) => this.#starts.get(place) as Start);
  }

  /** Issues it if it may be now; else the next instant at which that can have changed. */
  #try(place: number): EpochMs {
    const { limits } = this.#pace;
    while ((this.#clean[this.#isClean] ?? Number.POSITIVE_INFINITY) <= this.#now) this.#isClean += 1;
    const clean = this.#pace.tally.clean + this.#isClean;
    // no more of the past matters than either limit counts
    const issues = this.#issues.slice(-Math.max(RAMP_ENDS_AT, limits?.issuesPerHour ?? 0));
    const answer = mayIssue({ issues, clean }, limits, this.#now, false);
    if (answer.allowed) {
      this.#issue(place, false);
      return this.#now;
    }
    const next = answer.because === "ramp" ? this.#clean.slice(this.#isClean, this.#isClean + 1) : [];
    return earliest(answer.until, ...next, ...this.#urgentNext());
  }

  #takeUrgent(): boolean {
    const first = this.#urgent[this.#nextUrgent];
    if (first === undefined || first.from > this.#now) return false;
    this.#nextUrgent += 1;
    if (!this.#starts.has(first.place)) this.#issue(first.place, true);
    return true;
  }

  #urgentNext(): EpochMs[] {
    while (this.#starts.has(this.#urgent[this.#nextUrgent]?.place ?? -1)) this.#nextUrgent += 1;
    const next = this.#urgent[this.#nextUrgent];
    return next === undefined ? [] : [next.from];
  }

  /** The first place whose policy lets something be issued now, and when the others open. */
  #first(): { readonly place: number | null; readonly opens: readonly EpochMs[] } {
    let first: number | null = null;
    const opens: EpochMs[] = [];
    for (const queue of this.#queues) {
      while (this.#starts.has(queue.places[queue.next] ?? -1)) queue.next += 1;
      const place = queue.places[queue.next];
      if (place === undefined || (first !== null && place > first)) continue;
      const opensAt = nextOpening(queue.policy, this.#pace.timeZone, this.#now);
      if (opensAt > this.#now) opens.push(opensAt);
      else first = place;
    }
    return { place: first, opens };
  }

  #issue(place: number, urgent: boolean): void {
    this.#starts.set(place, { at: this.#now, urgent });
    this.#issues.push(this.#now);
    const clean = plus(this.#now, this.#pace.acceptance.over + CLEAN_AFTER);
    // those that are verified already may be clean later than the first of ours
    const at = this.#clean.findLastIndex((one) => one <= clean) + 1;
    this.#clean.splice(at, 0, clean);
  }
}

function thawed(policy: Policy, zone: string, at: EpochMs): EpochMs {
  if (policy.freeze.length === 0) return at;
  const answer = frozenAt(policy.freeze, zone, at);
  return answer.frozen ? answer.until : at;
}

/** When something may be written next: `now` itself, or the end of a freeze, or the opening of a window. */
function nextOpening(policy: Policy, zone: string, now: EpochMs): EpochMs {
  const at = thawed(policy, zone, now);
  if (policy.windows.length === 0) return at;
  const answer = openAt(policy.windows, zone, at);
  return answer.open ? at : answer.next;
}

/** One rotation as its end is foreseen. */
export interface Ending {
  readonly policy: Policy;
  readonly targets: readonly TargetSettings[];
  readonly consumersComplete: boolean;
  /** When the successor is verified. */
  readonly verifiedAt: EpochMs;
  /** When the old credential ends by itself. */
  readonly oldEnd: EpochMs | null;
}

export interface Retirement {
  /** Null: not by itself. */
  readonly at: EpochMs | null;
  /** Before its own end, so in a wave. */
  readonly early: boolean;
}

/**
 * When each old credential goes. Early ones in waves: `done` are the early retirements of the last 60 days, oldest first.
 * After-evidence counts by the end, the latest it can be.
 */
export function retirementTimes(
  endings: readonly Ending[],
  done: readonly EpochMs[],
  limits: Pace["limits"],
): readonly Retirement[] {
  const wanted = endings.map(wantedRetirement);
  const early = wanted
    .flatMap(({ at, early }, place) => (early && at !== null ? [{ at, place }] : []))
    .sort((a, b) => a.at - b.at || a.place - b.place);
  if (limits === null) return wanted;
  const times = inWaves(
    early.map((one) => one.at),
    done,
  );
  const at = new Map(early.map(({ place }, index) => [place, times[index] as EpochMs]));
  return wanted.map((one, place) => ({ ...one, at: at.get(place) ?? one.at }));
}

function wantedRetirement({ policy, targets, consumersComplete, verifiedAt, oldEnd }: Ending): Retirement {
  const { rule } = retireRule(policy, targets, consumersComplete);
  if (rule === "never") return { at: null, early: false };
  const swept = oldEnd === null ? null : latest(plus(oldEnd, SWEEP_AFTER), verifiedAt);
  const after = plus(verifiedAt, effectiveOverlap(policy, targets));
  if (rule === "after-overlap" && (swept === null || after < swept)) return { at: after, early: true };
  return { at: swept, early: false };
}

/** The instants at which early retirements that come due then (sorted) really go. */
function inWaves(due: readonly EpochMs[], done: readonly EpochMs[]): readonly EpochMs[] {
  let { wave, used, last } = waveOf(done);
  const times: EpochMs[] = [];
  let known = 0;
  let now = due[0] ?? (0 as EpochMs);
  while (times.length < due.length) {
    now = latest(now, due[times.length] as EpochMs);
    while ((due[known] ?? Number.POSITIVE_INFINITY) <= now) known += 1;
    if (last === null || now >= plus(last, WAVE_GAP)) {
      wave += 1;
      used = 0;
    } else if (used >= waveSize(wave, used + known - times.length)) {
      now = plus(last, WAVE_GAP);
      continue;
    }
    used += 1;
    last = now;
    times.push(now);
  }
  return times;
}
