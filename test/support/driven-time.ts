/** Process time that stands still until everybody waits, then moves to the first who wakes: hours of throttling in a moment. */
import type { Fetch } from "../../src/adapters/graph/wire.ts";
import type { ProcessTime } from "../../src/ports/clock.ts";

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export class DrivenTime implements ProcessTime {
  readonly #now: () => number;
  readonly #advance: (ms: number) => void;
  readonly #sleepers = new Set<Sleeper>();
  #flying = 0;
  /** Whether somebody is at work who waits for no time: then it stands still. */
  isBusy: () => boolean = () => false;

  /** On a clock that somebody else owns, so that both ends of the wire see the same time. */
  constructor(clock: { now(): number; advance(ms: number): void }) {
    this.#now = () => clock.now();
    this.#advance = (ms) => clock.advance(ms);
  }

  processNow(): number {
    return this.#now();
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper: Sleeper = {
        until: this.#now() + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", sleeper.wake, { once: true });
      if (signal?.aborted === true) sleeper.wake();
    });
  }

  /** A fetch whose requests time waits for. */
  watch(fetch: Fetch): Fetch {
    return async (url, init) => {
      this.#flying += 1;
      try {
        return await fetch(url, init);
      } finally {
        this.#flying -= 1;
      }
    };
  }

  /** Moves time until the work is done. @throws whatever the work throws, and when everybody waits for nothing. */
  async drive<T>(work: Promise<T>): Promise<T> {
    let over = false;
    const ended = work.finally(() => {
      over = true;
    });
    ended.catch(() => {});
    for (let idle = 0; !over; ) {
      await new Promise((resolve) => setImmediate(resolve));
      idle = this.#flying > 0 || this.isBusy() ? 0 : idle + 1;
      if (over || idle < 3) continue;
      const first = [...this.#sleepers].sort((a, b) => a.until - b.until)[0];
      if (first === undefined) {
        if (idle > 1_000) throw new Error("everybody waits, and nobody for a time");
        continue;
      }
      idle = 0;
      if (first.until > this.#now()) this.#advance(first.until - this.#now());
      first.wake();
    }
    return ended;
  }
}
