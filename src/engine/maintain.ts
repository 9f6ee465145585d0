/** The loop: scan, open what is due, claim, advance. Counts come out; it stops cleanly between two steps. */

import { asNolapseError, type NolapseError } from "../core/errors.ts";
import { breakerTrips } from "../core/schedule/blast-radius.ts";
import { type EpochMs, HOUR, MINUTE, plus, SECOND } from "../core/time.ts";
import type { Claim, Switches } from "../ports/store.ts";
import type { Deps } from "./deps.ts";
import { lossOf, stopped } from "./facts.ts";
import { openDue } from "./plan/open.ts";
import { makePlan } from "./plan/plan.ts";
import { advance } from "./rotation/advance.ts";
import { Claimed } from "./rotation/claimed.ts";
import { hardenOpened } from "./rotation/harden.ts";
import { holdToPolicies } from "./rotation/hold-to-policies.ts";
import { lookAtWaiting } from "./rotation/waiting.ts";
import { discover, type Scan } from "./scan/discover.ts";
import { NOLAPSE } from "./trail/audit.ts";
import { whileSealing } from "./trail/seal.ts";
import { lookAfterValues, NOTHING_DUE } from "./values/look-after-values.ts";
import { waitingReveals } from "./values/reveal-request.ts";
import type { Swept } from "./values/sweep-shown.ts";

/** A lease lasts this long in process time, and is renewed this often (design §3, Store). */
export const LEASE: number = 30 * SECOND;
export const RENEW_EVERY: number = 10 * SECOND;
/**
 * Rotations advanced side by side. Writes to one application stay serialised by the claim, and what goes to Graph waits
 * its turn at the budget's gate, so a greater width wins time on the way and spends no more of a limit. Ramp, hourly limit and
 * waves count one by one whatever the width (`scheduler.alone`).
 */
export const ROTATIONS_AT_ONCE = 16;
/** How often a running loop looks at the whole tenant again where nobody says otherwise. */
const SCAN_EVERY = 1 * HOUR;
/** Longest sleep of the loop in process time, so that another process's work is noticed. */
const LONGEST_SLEEP = 1 * MINUTE;
/** A value that was due and could not be looked after is tried again after this; what runs once leaves it to the next run. */
const VALUES_AGAIN = 1 * MINUTE;

export interface RunReport {
  readonly scan: Scan | null;
  readonly opened: number;
  readonly steps: number;
  /** When the next thing is due, null when nothing waits for a time. */
  readonly nextDue: EpochMs | null;
  readonly endedAt: EpochMs;
  /** Why everything stands still, when it does. */
  readonly stopped: string | null;
  /** What the last scan has lost, where that holds writing back. */
  readonly loss: string | null;
  /** What else holds writing back: removal switched off, an open breaker. */
  readonly switches: Switches;
  readonly mode: Deps["settings"]["mode"];
}

export interface RunOptions {
  /** Waits as long as this, in domain time, for the next thing to come due (design §6, `--wait`). */
  readonly wait: number;
  /** Only these rotations; then nothing is scanned or opened. */
  readonly only?: readonly string[];
  readonly signal?: AbortSignal;
  /** Hears what it waits for, before each wait. */
  readonly onWait?: (until: EpochMs) => void;
}

/** Works until every rotation waits for something further off than `wait`, or the signal says stop. */
export async function runOnce(deps: Deps, options: RunOptions): Promise<RunReport> {
  return whileSealing(deps, () => workOnce(deps, options));
}

async function workOnce(deps: Deps, { wait, only, signal, onWait }: RunOptions): Promise<RunReport> {
  const scan = only === undefined ? await discover(deps, signal) : null;
  if (only === undefined) await lookAtWaiting(deps);
  const opened = scan === null ? 0 : await takeUp(deps, scan);
  let steps = 0;
  let inVain = 0;
  for (;;) {
    const drained = await drain(deps, only, signal);
    steps += drained.steps;
    // what was asked for alone waits for nothing else
    const values = only === undefined ? drained.values : NOTHING_DUE;
    const now = await deps.clock.now();
    const nextDue = soonest(drained.nextDue, values.due, againAt(values, now));
    const soon = soonest(await worth(deps, only), values.due);
    inVain = drained.steps === 0 && soon !== null && soon <= now ? inVain + 1 : 0;
    const worthWaiting = soon !== null && soon <= now + wait && (soon <= now || !(await deps.clock.frozen()));
    if (!worthWaiting || signal?.aborted === true) {
      const { tenantId } = deps.settings;
      const switches = await deps.store.switches(tenantId);
      return {
        scan,
        opened,
        steps,
        nextDue,
        endedAt: now,
        stopped: await stopped(deps, tenantId),
        loss: lossOf(await deps.store.lastScan(tenantId)),
        switches,
        mode: deps.settings.mode,
      };
    }
    if (soon > now) onWait?.(soon);
    await pause(deps, soon, { now, inVain, signal });
  }
}

/** Runs until the signal says stop. Failures of a scan are reported and tried again; the loop goes on. */
export async function run(deps: Deps, options: LoopOptions): Promise<void> {
  return whileSealing(deps, () => loop(deps, options));
}

export interface LoopOptions {
  readonly signal: AbortSignal;
  /** Domain time between two scans. */
  readonly scanEvery?: number;
  readonly onScan?: (result: Scan | NolapseError) => void;
  /** Whether somebody wants a scan at once, whenever the next one is due; asked before each look. */
  readonly scanAsked?: () => boolean;
  readonly onScanBegins?: () => void;
  /** After a scan and the work it asked for; null where the scan failed. */
  readonly onRound?: (scan: Scan | null) => Promise<void>;
  /** Somebody has asked for another person's word since the last look, which a round would tell an hour later. */
  readonly onWord?: () => Promise<void>;
}

async function loop(deps: Deps, options: LoopOptions): Promise<void> {
  const { signal, onScan, scanEvery = SCAN_EVERY } = options;
  let scanAt = await deps.clock.now();
  let inVain = 0;
  await lookAtWaiting(deps);
  let known = new Set<string>();
  while (!signal.aborted) {
    const now = await deps.clock.now();
    // its clock was set back: else nothing would be looked at until it shows again what it showed
    if (scanAt - now > Math.max(scanEvery, SCAN_EVERY)) {
      scanAt = now;
      await lookAtWaiting(deps);
    }
    let scanned: Scan | null | undefined;
    const isAsked = options.scanAsked?.() ?? false;
    if (isAsked || now >= scanAt) {
      options.onScanBegins?.();
      // not as the argument: an optional call without a listener would not even scan
      const result = await scanAndOpen(deps, signal);
      // who is told to end has not failed
      if (signal.aborted && !("coverage" in result)) return;
      onScan?.(result);
      scanned = "coverage" in result ? result : null;
      // an incomplete scan holds all writing back, and what may be privileged waits for one that can say so
      const isWhole = scanned?.coverage.complete === true && !scanned.privileges.unread;
      scanAt = plus(now, isWhole ? scanEvery : Math.min(scanEvery, SCAN_EVERY));
    }
    const drained = await drain(deps, undefined, signal);
    const { values } = drained;
    const nextDue = soonest(drained.nextDue, values.due, againAt(values, await deps.clock.now()));
    inVain = drained.steps === 0 && nextDue !== null && nextDue <= now ? inVain + 1 : 0;
    const asked = options.onWord === undefined ? known : await askedReveals(deps);
    const isNew = [...asked].some((id) => !known.has(id));
    known = asked;
    if (scanned !== undefined && options.onRound !== undefined) await options.onRound(scanned);
    else if (isNew && !signal.aborted) await options.onWord?.();
    const until = nextDue === null || nextDue > scanAt ? scanAt : nextDue;
    if (!signal.aborted) await pause(deps, until, { now, inVain, signal });
  }
}

/** Requests to see a value that wait for another person, by id. */
async function askedReveals(deps: Deps): Promise<Set<string>> {
  const waiting = await waitingReveals(deps);
  return new Set(waiting.flatMap(({ id, state }) => (state === "asked" ? [id] : [])));
}

/**
 * Waits for what is due next. What is due now yet not to be had is held by another process: look again soon, and while it is
 * held, `inVain` times so far, as seldom as its holder renews the lease.
 */
async function pause(
  { clock }: Deps,
  until: EpochMs,
  {
    now,
    inVain,
    signal,
  }: { readonly now: EpochMs; readonly inVain: number; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const soon = Math.min(SECOND * 2 ** inVain, RENEW_EVERY);
  if (until <= now) await clock.wait(plus(now, soon), soon, signal);
  else await clock.wait(until, LONGEST_SLEEP, signal);
}

/** What a scan asks for; the number of rotations opened. */
async function takeUp(deps: Deps, scan: Scan): Promise<number> {
  await hardenOpened(deps, scan.privileges.held);
  await holdToPolicies(deps, scan.holders);
  return openDue(deps, await makePlan(deps, scan));
}

async function scanAndOpen(deps: Deps, signal: AbortSignal): Promise<Scan | NolapseError> {
  try {
    const scan = await discover(deps, signal);
    await takeUp(deps, scan);
    return scan;
  } catch (thrown) {
    const error = asNolapseError(thrown);
    if (error.code.startsWith("store-")) throw error;
    return error;
  }
}

/** What is due next and worth waiting for: not the next try at a place that a person must mend first. */
async function worth(deps: Deps, only: readonly string[] | undefined): Promise<EpochMs | null> {
  const rotations = await deps.store.rotations({ tenantId: deps.settings.tenantId });
  const dues = rotations.flatMap(({ id, dueAt, lastFailure }) => {
    if (dueAt === null || (only !== undefined && !only.includes(id))) return [];
    return lastFailure?.code.startsWith("target-") === true ? [] : [dueAt];
  });
  return dues.length === 0 ? null : (Math.min(...dues) as EpochMs);
}

async function next(deps: Deps, only: readonly string[] | undefined): Promise<EpochMs | null> {
  if (only === undefined) return deps.store.nextDue(deps.settings.tenantId);
  const ids = new Set(only);
  const mine = await deps.store.rotations({ tenantId: deps.settings.tenantId });
  const dues = mine.flatMap((one) => (ids.has(one.id) && one.dueAt !== null ? [one.dueAt] : []));
  return dues.length === 0 ? null : (Math.min(...dues) as EpochMs);
}

/** What was done until nothing could be claimed, and when the next thing is due. */
interface Drained {
  readonly steps: number;
  /** Of the rotations. */
  readonly nextDue: EpochMs | null;
  /** Of values that people see. */
  readonly values: Swept;
}

/** When a loop looks again after values that were due in vain. */
function againAt({ inVain }: Swept, now: EpochMs): EpochMs | null {
  return inVain ? plus(now, VALUES_AGAIN) : null;
}

function soonest(...dues: readonly (EpochMs | null)[]): EpochMs | null {
  return dues.reduce((so, due) => (so === null || (due !== null && due < so) ? due : so), null);
}

/**
 * Claims and advances until nothing can be claimed. A lane opens the next one when it has found something and there is more, up to
 * ROTATIONS_AT_ONCE side by side: mostly nothing or one thing is due, and each look is a question to the store.
 */
async function drain(deps: Deps, only: readonly string[] | undefined, signal?: AbortSignal): Promise<Drained> {
  for (let steps = 0; ; ) {
    const more = only?.length === 0 ? 0 : await round(deps, only, signal);
    steps += more;
    const nextDue = await next(deps, only);
    // what came due meanwhile, and what could not be taken beside another one of the same application
    const goesOn = more > 0 && nextDue !== null && signal?.aborted !== true && nextDue <= (await deps.clock.now());
    if (!goesOn) return { steps, nextDue, values: await lookUntilTold(deps, signal) };
  }
}

/** What time does to values that people see, as long as nobody says stop: who is told to end has not failed. */
async function lookUntilTold(deps: Deps, signal?: AbortSignal): Promise<Swept> {
  const isTold = () => signal?.aborted === true;
  if (isTold()) return NOTHING_DUE;
  try {
    return await lookAfterValues(deps, signal);
  } catch (thrown) {
    if (!isTold() || asNolapseError(thrown).code.startsWith("store-")) throw thrown;
    return NOTHING_DUE;
  }
}

/** All that is due now, side by side; how many steps. */
async function round(deps: Deps, only: readonly string[] | undefined, signal?: AbortSignal): Promise<number> {
  const take = async (): Promise<Claim | null> => {
    if (signal?.aborted === true) return null;
    return deps.store.claim({
      tenantId: deps.settings.tenantId,
      now: await deps.clock.now(),
      processNow: deps.clock.processNow(),
      leaseMs: LEASE,
      ...(only === undefined ? {} : { only }),
    });
  };
  const lane = async (place: number): Promise<number> => {
    const first = await take();
    if (first === null) return 0;
    const own = async (): Promise<number> => {
      let steps = 0;
      for (let claim: Claim | null = first; claim !== null; claim = claim.more === false ? null : await take()) {
        steps += await hold(deps, claim, signal);
      }
      return steps;
    };
    if (place === ROTATIONS_AT_ONCE || first.more === false) return own();
    const [mine = 0, others = 0] = await deps.scheduler.all([own, () => lane(place + 1)], 2);
    return mine + others;
  };
  return lane(1);
}

/** Steps taken under one lease before the most urgent rotation is asked for again. */
const STEPS_IN_A_ROW = 16;

/**
 * Steps under one lease, which is renewed meanwhile and given back afterwards; how many. What can follow at once does, and need
 * not be claimed again; a failure is looked at by the breaker before anything else is done.
 */
async function hold(deps: Deps, claim: Claim, signal?: AbortSignal): Promise<number> {
  const beat = () => deps.store.renew(claim, deps.clock.processNow(), LEASE);
  const { holder, replacesEnd } = claim.rotation;
  const isOver = deps.deadlines?.begin(holder, replacesEnd);
  let steps = 0;
  const claimed = new Claimed(deps, claim);
  const inARow = async (): Promise<boolean> => {
    let last = await advance(claimed);
    for (steps = 1; ; steps += 1) {
      const { rotation, next, released } = last;
      const failed = rotation.failures > 0 || rotation.withdrawIntendedAt !== null;
      const mayHaveFailed = failed || (rotation.state === "planned" && rotation.attempts.length > 0);
      if (next === null || mayHaveFailed || steps === STEPS_IN_A_ROW || signal?.aborted === true) {
        await claimed.flush();
        if (mayHaveFailed) await tripBreaker(deps);
        return released;
      }
      last = await advance(claimed, next);
    }
  };
  try {
    if (await deps.scheduler.during(inARow, RENEW_EVERY, beat)) return steps;
  } catch (thrown) {
    // somebody else has it now: what this step proved and could not store, the next holder proves again
    if (asNolapseError(thrown).code !== "lease-lost") throw thrown;
  } finally {
    isOver?.();
  }
  await deps.store.release(claim);
  return Math.max(steps, 1);
}

/** Opens the breaker when too many acceptances or verifications failed lately (design §4.7). */
async function tripBreaker(deps: Deps): Promise<void> {
  const { store, settings, clock } = deps;
  const at = await clock.now();
  const why = breakerTrips((await store.tally(settings.tenantId, at, "outcomes")).recent);
  if (why === null || (await store.switches(settings.tenantId)).breaker !== null) return;
  await store.turn(
    settings.tenantId,
    "breaker",
    { at, why },
    {
      tenantId: settings.tenantId,
      at,
      actor: NOLAPSE,
      action: "breaker-opened",
      rotation: null,
      appId: null,
      keyId: null,
      reason: "breaker-open",
      details: { why },
    },
  );
}
