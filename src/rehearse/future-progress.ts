/** How far the future of a tenant is lived through: what it has come to so far, and what has stopped by the end of each week. */
import { DAY, type EpochMs, plus } from "../core/time.ts";
import type { Lived } from "./report.ts";

export interface FutureProgress extends Omit<Lived, "lapses"> {
  /** Which of the runs, from 1; all but `done` is this run's. */
  readonly run: number;
  readonly from: EpochMs;
  /** How many applications are looked after. */
  readonly bound: number;
  readonly stopped: readonly FutureWeek[];
}

/** How many applications have stopped before the end of a week, or so far in the one under way. */
export interface FutureWeek {
  /** Its first day. */
  readonly week: EpochMs;
  readonly without: number;
  readonly with: number;
}

const WEEK = 7 * DAY;

interface Stop {
  readonly at: EpochMs;
}

/** `without` and `withIt` are who stops and when, in any order; what lies after `now` does not count. */
export function stoppedByWeek(
  from: EpochMs,
  now: EpochMs,
  without: readonly Stop[],
  withIt: readonly Stop[],
): readonly FutureWeek[] {
  const weeks = Math.ceil((now - from) / WEEK);
  const [lost, left] = [risen(without, from, now, weeks), risen(withIt, from, now, weeks)];
  return lost.map((count, index) => ({ week: plus(from, index * WEEK), without: count, with: left[index] ?? 0 }));
}

/** Told every simulated day of thousands of applications: each is looked at once. */
function risen(stops: readonly Stop[], from: EpochMs, now: EpochMs, weeks: number): readonly number[] {
  const fresh = Array.from({ length: weeks }, () => 0);
  for (const { at } of stops) {
    const week = Math.min(Math.floor((at - from) / WEEK), weeks - 1);
    if (at <= now && week >= 0) fresh[week] = (fresh[week] ?? 0) + 1;
  }
  let sum = 0;
  return fresh.map((count) => {
    sum += count;
    return sum;
  });
}

/** Tells what a run has come to. `run` is counted from 0; `left` are those of `without` that stop with Nolapse, too. */
export function teller(
  { progress, runs }: { readonly progress?: (progress: FutureProgress) => void; readonly runs: number },
  about: {
    readonly run: number;
    readonly from: EpochMs;
    readonly bound: number;
    readonly without: readonly Stop[];
    readonly left: readonly Stop[];
  },
): (lived: Lived) => void {
  const { run, from, bound, without, left } = about;
  return ({ lapses, ...lived }) => {
    // each application once, as the report counts them
    const first = lapses.filter(
      (one, index) => one.about !== null && lapses.findIndex((other) => other.about === one.about) === index,
    );
    const stopped = stoppedByWeek(from, lived.at, without, [...left, ...first]);
    progress?.({ ...lived, done: (run + lived.done) / runs, run: run + 1, from, bound, stopped });
  };
}
