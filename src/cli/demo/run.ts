/**
 * The whole job on the embedded directory: scan, rotate what is due, move the clock at most six hours a step with the manager
 * acting between, retire. Three sample applications sign in all the while, as processes of their own.
 */
import { NolapseError } from "../../core/errors.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { DAY, type EpochMs, HOUR, MINUTE } from "../../core/time.ts";
import type { Deps } from "../../engine/deps.ts";
import { type RunReport, runOnce } from "../../engine/maintain.ts";
import type { Fleet } from "./fleet.ts";

/** The clock of the demo's directory, as far as the demo moves it. */
export interface DemoClock {
  now(): number;
  advance(ms: number): void;
}

export interface DemoResult {
  readonly rotations: readonly Rotation[];
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  readonly steps: number;
}

/** The clock never moves further than this at once, so that everybody can act in between. */
const LONGEST_STEP = 6 * HOUR;
/** A demo that has not come to its end after so much domain time has something wrong with it. */
const LONGEST_DEMO = 60 * DAY;
const ENDED = ["retired", "cancelled", "halted"];

/**
 * Runs until every rotation has ended. `tell` hears of each move of the clock.
 * @throws NolapseError `incomplete` when some rotation does not end within sixty days of the directory's time.
 */
export async function runDemo(
  deps: Deps,
  clock: DemoClock,
  fleet: Fleet,
  options: { readonly signal: AbortSignal; readonly tell: (now: EpochMs, report: RunReport) => void },
): Promise<DemoResult> {
  const startedAt = clock.now() as EpochMs;
  await fleet.round();
  let steps = 0;
  // the first run scans and opens what is due; the later ones only carry on with it
  let only: readonly string[] | undefined;
  for (;;) {
    const report = await runOnce(deps, { wait: 0, signal: options.signal, ...(only === undefined ? {} : { only }) });
    steps += report.steps;
    const rotations = await deps.store.rotations({ tenantId: deps.settings.tenantId });
    only ??= rotations.filter((one) => !ENDED.includes(one.state)).map((one) => one.id);
    options.tell(clock.now() as EpochMs, report);
    const now = clock.now();
    const mine = rotations.filter((one) => only?.includes(one.id));
    const open = mine.filter((one) => !ENDED.includes(one.state));
    if (open.length === 0 || options.signal.aborted) {
      await fleet.round();
      return { rotations: mine, startedAt, endedAt: now as EpochMs, steps };
    }
    if (now - startedAt > LONGEST_DEMO) throw neverEnded(open);
    const due = Math.min(...open.map((one) => one.dueAt ?? now + LONGEST_STEP));
    // consumers reload after a delivery (reload: 1m) before the clock moves on
    await fleet.round();
    clock.advance(Math.min(Math.max(due - now, MINUTE / 60), LONGEST_STEP));
    await fleet.round();
  }
}

function neverEnded(open: readonly Rotation[]): NolapseError {
  const first = open[0];
  const why = first?.lastFailure?.message ?? `it is still ${first?.state}`;
  return new NolapseError("incomplete", `${open.length} rotation(s) did not end, the first one because ${why}`, {
    next: `nolapse explain ${first?.holder.appId}`,
  });
}
