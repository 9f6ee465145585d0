/**
 * A crash at every port call: one rotation is lived through once to count its calls, then once more for each of them, with
 * the process dying before the call's effect, and once more with it dying after the effect but before its outcome.
 */
import { DAY, type DurationMs } from "../core/time.ts";
import { type CrashPlan, crashAt, type Moment } from "./plan/faults.ts";
import type { WorldPlan } from "./plan/plan.ts";
import { rehearse } from "./rehearse.ts";
import { hasFindings, type Rehearsed } from "./report.ts";
import type { Ground } from "./stage/ground.ts";
import type { Call } from "./stage/story.ts";
import type { Watch } from "./watch/invariants.ts";

/** Every way to die in one rotation is over within this, watch list included. */
const LONG_ENOUGH: DurationMs = 20 * DAY;

export interface SweepOptions {
  readonly seed: number;
  /** One application whose secret is due at once. */
  readonly plan: WorldPlan;
  /** Which calls to crash at; all where not given. */
  readonly at?: (call: Call) => boolean;
}

/** One run of the sweep that did not end well. */
export interface Fallen {
  readonly call: string;
  readonly moment: Moment;
  readonly rehearsed: Rehearsed;
}

export interface Swept {
  /** Port calls of the rotation when nothing crashes. */
  readonly calls: number;
  readonly runs: number;
  /** Runs with findings, runs whose rotation was not retired in the end, and runs that did not crash as planned. */
  readonly fallen: readonly Fallen[];
}

export async function crashSweep(ground: () => Promise<Ground>, options: SweepOptions): Promise<Swept> {
  const calls: Call[] = [];
  const recorder: CrashPlan = {
    moment(call, index) {
      calls[index] = call;
      return null;
    },
    downtime: () => 0,
  };
  const fallen: Fallen[] = [];
  const live = async (crashes: CrashPlan, times: number, call: string, moment: Moment) => {
    const rehearsed = await once(await ground(), options, crashes);
    const { retired, crashes: died } = rehearsed.figures;
    if (hasFindings(rehearsed.report) || retired === 0 || died !== times) fallen.push({ call, moment, rehearsed });
  };
  await live(recorder, 0, "none", "before");
  let runs = 0;
  for (const [index, call] of [...calls].entries()) {
    if (options.at?.(call) === false) continue;
    for (const moment of ["before", "after"] as const) {
      runs += 1;
      await live(crashAt(index, moment), 1, `${index} ${call.port}.${call.method}`, moment);
    }
  }
  return { calls: calls.length, runs, fallen };
}

async function once(ground: Ground, { seed, plan }: SweepOptions, crashes: CrashPlan): Promise<Rehearsed> {
  const retired = (watch: Watch) => [...watch.rotations.values()].some((one) => one.state === "retired");
  try {
    return await rehearse(ground, {
      seed,
      plan,
      crashes,
      everyCall: true,
      duration: LONG_ENOUGH,
      faults: false,
      enough: retired,
    });
  } finally {
    await ground.end();
  }
}
