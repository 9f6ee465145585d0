/**
 * What the demo does once its job is done: the loop goes on, the applications sign in, the clock ticks as the machine's does, and goes
 * faster when somebody sends it on, though never further at once than everybody can act in between.
 */
import { setTimeout as pause } from "node:timers/promises";
import { type EpochMs, HOUR } from "../../core/time.ts";
import type { Deps } from "../../engine/deps.ts";
import { runOnce } from "../../engine/maintain.ts";
import type { Scan } from "../../engine/scan/discover.ts";
import type { Fleet } from "./fleet.ts";
import type { DemoClock } from "./run.ts";

/** Milliseconds of the machine between two looks, and of the demo's clock. */
const TICK = 2_000;
const LONGEST_STEP = 6 * HOUR;
const DAY = 24 * HOUR;
const SCAN_EVERY = DAY;
const ENDED = ["retired", "cancelled", "halted"];

/** The clock as people send it on. */
export class SentClock {
  readonly #clock: DemoClock;
  #target: number | null = null;
  #frozen = false;
  #wake: AbortController = new AbortController();

  constructor(clock: DemoClock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  target(): number | null {
    return this.#target;
  }

  /** On from where it is going already. */
  forward(days: number): number {
    this.#target = (this.#target ?? this.now()) + days * DAY;
    this.#wake.abort();
    return this.#target;
  }

  /** On to an instant, which is no earlier than now: the clock does not go back. */
  goTo(at: number): number {
    this.#target = Math.max(at, this.now());
    this.#wake.abort();
    return this.#target;
  }

  frozen(): boolean {
    return this.#frozen;
  }

  /** Whether it stands still where nobody sends it on. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    this.#wake.abort();
  }

  /** One step of the way, to `due` at the latest; or one tick, after it has passed. */
  async step(due: number, signal: AbortSignal): Promise<void> {
    const now = this.now();
    if (this.#target !== null) {
      this.#clock.advance(Math.min(Math.max(due - now, 1_000), this.#target - now));
      if (this.now() >= this.#target) this.#target = null;
      return;
    }
    this.#wake = new AbortController();
    await pause(TICK, undefined, { signal: AbortSignal.any([signal, this.#wake.signal]) }).catch(() => undefined);
    if (!signal.aborted && this.#target === null && !this.#frozen) this.#clock.advance(TICK);
  }
}

export interface Watching {
  readonly deps: Deps;
  readonly clock: SentClock;
  readonly fleet: Fleet;
  readonly signal: AbortSignal;
  readonly seen: (scan: Scan) => Promise<void>;
  /** After each round. */
  readonly told: () => void;
}

/** Until the signal says stop. */
export async function watch({ deps, clock, fleet, signal, seen, told }: Watching): Promise<void> {
  let scannedAt: number | null = null;
  while (!signal.aborted) {
    const isDue = scannedAt === null || clock.now() - scannedAt >= SCAN_EVERY;
    const before = await openOnes(deps);
    const only = isDue ? {} : { only: before.map(({ id }) => id) };
    const { scan } = await runOnce(deps, { wait: 0, signal, ...only });
    if (scan !== null) {
      scannedAt = clock.now();
      await seen(scan);
    }
    told();
    await fleet.round();
    const now = clock.now() as EpochMs;
    const open = await openOnes(deps);
    // nobody but the applications has anything to do in between
    const longest = now + (open.length === 0 ? DAY : LONGEST_STEP);
    await clock.step(Math.min(longest, ...open.map(({ dueAt }) => dueAt ?? longest)), signal);
  }
}

async function openOnes({ store, settings }: Deps) {
  const all = await store.rotations({ tenantId: settings.tenantId });
  return all.filter(({ state }) => !ENDED.includes(state));
}
