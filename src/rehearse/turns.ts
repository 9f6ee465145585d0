/**
 * Who runs next, and when. An actor runs until it parks at a port call; only then is the next one chosen, by seeded
 * chance, among those whose time has come. When none has, the driven clock moves to the earliest (design §3, Determinism).
 * What an adapter really awaits is awaited to its end while its actor holds the turn, so the order in which the event loop
 * happens to deliver answers never matters.
 */
import { type EpochMs, earliest } from "../core/time.ts";
import type { Chance } from "./chance.ts";

/** A parked actor, or an event of the world: run when its time has come and chance picks it. */
interface Parked {
  readonly group: string;
  readonly at: EpochMs;
  /** Does the call and lets the actor go on; resolves when the call is over, before the actor has gone on. */
  readonly proceed: () => Promise<Next>;
}

/** What the turn waits for after a call: that the actor it woke parks or ends; or nothing, when none was woken. */
type Next = "actor-runs" | "nobody-runs";

/** Thrown out of {@link Turns.run} when something inside the rehearsal itself goes wrong. */
export class RehearsalFault extends Error {}

export class Turns {
  readonly #chance: Chance;
  readonly #moveClock: (to: EpochMs) => Promise<void>;
  #parked: Parked[] = [];
  #now: EpochMs;
  #endTurn: (() => void) | null = null;
  #fault: unknown = null;

  constructor(options: { start: EpochMs; chance: Chance; moveClock: (to: EpochMs) => Promise<void> }) {
    this.#now = options.start;
    this.#chance = options.chance;
    this.#moveClock = options.moveClock;
  }

  /** Domain time. */
  get now(): EpochMs {
    return this.#now;
  }

  /** Runs until domain time would pass `horizon`, or `enough` says stop, or nothing is left to run. */
  async run(horizon: EpochMs, enough: () => boolean): Promise<void> {
    while (this.#parked.length > 0 && !enough()) {
      const next = earliest(...this.#parked.map((one) => one.at));
      if (next > horizon) break;
      if (next > this.#now) {
        await this.#moveClock(next);
        this.#now = next;
      }
      await this.#turn(this.#choose());
      if (this.#fault !== null) throw this.#fault;
    }
    if (horizon > this.#now && !enough()) {
      await this.#moveClock(horizon);
      this.#now = horizon;
    }
  }

  /**
   * Parks the running actor at a call; it goes on with the call's outcome when it is chosen at or after `at`. An effect
   * that answers {@link DROPPED} is the end of the actor: it never goes on.
   */
  park<T>(group: string, at: EpochMs, effect: () => Promise<T | typeof DROPPED>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#parked.push({
        group,
        at,
        proceed: async () => {
          let outcome: T | typeof DROPPED;
          try {
            outcome = await effect();
          } catch (thrown) {
            if (thrown instanceof RehearsalFault) throw thrown;
            reject(thrown);
            return "actor-runs";
          }
          if (outcome === DROPPED) return "nobody-runs";
          resolve(outcome);
          return "actor-runs";
        },
      });
      this.#end();
    });
  }

  /** Starts an actor that begins at `at`. Its failure is the rehearsal's failure unless it catches it. Returns how to call it off. */
  start(group: string, at: EpochMs, actor: () => Promise<void>): () => void {
    const entry: Parked = {
      group,
      at,
      proceed: async () => {
        actor()
          .catch((thrown: unknown) => {
            this.#fault ??= thrown;
          })
          .finally(() => this.#end());
        return "actor-runs";
      },
    };
    this.#parked.push(entry);
    return () => {
      this.#parked = this.#parked.filter((one) => one !== entry);
    };
  }

  /** Something the world does by itself at an instant; it holds the turn until it is over. */
  event(group: string, at: EpochMs, work: () => Promise<void>): void {
    this.#parked.push({
      group,
      at,
      proceed: async () => {
        await work();
        return "nobody-runs";
      },
    });
  }

  /** Parks the running actor until `wake` is called by another one. */
  sleep(group: string): { readonly asleep: Promise<void>; readonly wake: () => void } {
    let resolve: () => void = () => {};
    const asleep = new Promise<void>((done) => {
      resolve = done;
    });
    const wake = () => {
      this.#parked.push({
        group,
        at: this.#now,
        proceed: async () => {
          resolve();
          return "actor-runs";
        },
      });
    };
    this.#end();
    return { asleep, wake };
  }

  /** Forgets everything of a group: its actors never go on. The running actor, if it is of the group, must drop itself. */
  drop(group: string): void {
    this.#parked = this.#parked.filter((one) => one.group !== group);
  }

  #choose(): Parked {
    const ready = this.#parked.filter((one) => one.at <= this.#now);
    const chosen = this.#chance.pick(ready);
    this.#parked.splice(this.#parked.indexOf(chosen), 1);
    return chosen;
  }

  async #turn(chosen: Parked): Promise<void> {
    const ended = new Promise<void>((resolve) => {
      this.#endTurn = resolve;
    });
    if ((await chosen.proceed()) === "nobody-runs") this.#end();
    await ended;
  }

  #end(): void {
    const end = this.#endTurn;
    this.#endTurn = null;
    end?.();
  }
}

/** The outcome of a call whose process died. */
export const DROPPED: unique symbol = Symbol("dropped");
