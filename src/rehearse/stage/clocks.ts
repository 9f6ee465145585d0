/** The clocks of the machines that managers run on: each is off by a little as long as a run lasts, and some are far ahead for a while. */
import type { DurationMs, EpochMs } from "../../core/time.ts";
import { plus } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Turns } from "./turns.ts";

export class Clocks {
  readonly #turns: Turns;
  readonly #skew: DurationMs;
  readonly #ahead = new Map<number, DurationMs>();

  /** @param skew how far the clock of every second machine is off. */
  constructor(turns: Turns, skew: DurationMs) {
    this.#turns = turns;
    this.#skew = skew;
  }

  /** How far the clock of this machine is off now; one that is behind is so by less than nothing. */
  off(machine: number): DurationMs {
    return (machine % 2 === 1 ? this.#skew : 0) + (this.#ahead.get(machine) ?? 0);
  }

  /** Whether it is not just off, but wrong. */
  isAhead(machine: number): boolean {
    return (this.#ahead.get(machine) ?? 0) > 0;
  }

  /** From now on the clock of this machine is so far ahead of what it was; 0: it is set right. */
  set(machine: number, ahead: DurationMs): void {
    this.#ahead.set(machine, ahead);
  }

  /** Adapters tell the time without parking: their calls are parked already. */
  of(machine: number): Clock {
    return {
      now: async (): Promise<EpochMs> => plus(this.#turns.now, this.off(machine)),
      frozen: async () => true,
      processNow: () => this.#turns.now,
      wait: async () => undefined,
    };
  }
}
