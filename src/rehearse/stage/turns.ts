/**
 * Who runs next, and when. An actor runs until it parks at a port call; only then is the next one chosen, by seeded
 * chance, among those whose time has come. When none has, the driven clock moves to the earliest (design §3, Determinism).
 * What an adapter really awaits is awaited to its end while its actor holds the turn, so the order in which the event loop
 * happens to deliver answers never matters.
 */
import type { EpochMs } from "../../core/time.ts";
import type { Chance } from "./chance.ts";

/** A parked actor, or an event of the world: run when its time has come and chance picks it. */
interface Parked {
  readonly group: string;
  readonly at: EpochMs;
  /** Called off: it is never run. */
  off?: boolean;
  /** Does the call and lets the actor go on, whose next parking or end is the end of the turn; where nobody goes on, it ends itself. */
  readonly proceed: () => void;
}

/** Thrown out of {@link Turns.run} when something inside the rehearsal itself goes wrong. */
export class RehearsalFault extends Error {}

export class Turns {
  readonly #chance: Chance;
  readonly #moveClock: (to: EpochMs) => Promise<void>;
  /** Those whose time has come, in the order in which it came, and those that wait for theirs. */
  #ready: Parked[] = [];
  readonly #waiting = new Waiting();
  #now: EpochMs;
  #endTurn: (() => void) | null = null;
  #fault: unknown = null;
  #spins = 0;

  constructor(options: { start: EpochMs; chance: Chance; moveClock: (to: EpochMs) => Promise<void> }) {
    this.#now = options.start;
    this.#chance = options.chance;
    this.#moveClock = options.moveClock;
  }

  /** Turns taken since time last moved: where this grows without end, nothing comes to an end any more. */
  get spins(): number {
    return this.#spins;
  }

  /** Domain time. */
  get now(): EpochMs {
    return this.#now;
  }

  /** Runs until domain time would pass `horizon`, or `enough` says stop, or nothing is left to run. */
  async run(horizon: EpochMs, enough: () => boolean): Promise<void> {
    while (!enough()) {
      if (this.#ready.length === 0) {
        const next = this.#waiting.earliest();
        if (next === null || next > horizon) break;
        await this.#moveTo(next);
        this.#ready = this.#waiting.takeUntil(next);
      }
      const chosen = this.#choose();
      this.#spins += 1;
      if (chosen.off !== true) await this.#turn(chosen);
      if (this.#fault !== null) throw this.#fault;
    }
    if (horizon > this.#now && !enough()) await this.#moveTo(horizon);
  }

  async #moveTo(at: EpochMs): Promise<void> {
    if (at <= this.#now) return;
    this.#spins = 0;
    await this.#moveClock(at);
    this.#now = at;
  }

  #add(entry: Parked): void {
    if (entry.at <= this.#now) this.#ready.push(entry);
    else this.#waiting.add(entry);
  }

  /**
   * Parks the running actor at a call; it goes on with the call's outcome when it is chosen at or after `at`. An effect
   * that answers {@link DROPPED} is the end of the actor: it never goes on.
   */
  park<T>(group: string, at: EpochMs, effect: () => Promise<T | typeof DROPPED>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#add({
        group,
        at,
        proceed: () => {
          effect().then(
            (outcome) => {
              if (outcome === DROPPED) this.#end();
              else resolve(outcome);
            },
            (thrown: unknown) => {
              if (thrown instanceof RehearsalFault) this.#fail(thrown);
              else reject(thrown);
            },
          );
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
      proceed: () => this.#toItsEnd(actor()),
    };
    this.#add(entry);
    return () => {
      entry.off = true;
    };
  }

  /** Something the world does by itself at an instant; it holds the turn until it is over. */
  event(group: string, at: EpochMs, work: () => Promise<void>): void {
    this.#add({ group, at, proceed: () => this.#toItsEnd(work()) });
  }

  #toItsEnd(work: Promise<void>): void {
    work.then(
      () => this.#end(),
      (thrown: unknown) => this.#fail(thrown),
    );
  }

  #fail(thrown: unknown): void {
    this.#fault ??= thrown;
    this.#end();
  }

  /** Parks the running actor, in the middle of a call's effect or between two, until `wake` is called by another one. */
  sleep(group: string): { readonly asleep: Promise<void>; readonly wake: () => void } {
    let resolve: () => void = () => {};
    const asleep = new Promise<void>((done) => {
      resolve = done;
    });
    const wake = () => {
      this.#add({ group, at: this.#now, proceed: resolve });
    };
    this.#end();
    return { asleep, wake };
  }

  /** Forgets everything of a group: its actors never go on. The running actor, if it is of the group, must drop itself. */
  drop(group: string): void {
    this.#forget((one) => one.group === group);
  }

  #forget(which: (one: Parked) => boolean): void {
    this.#ready = this.#ready.filter((one) => !which(one));
    this.#waiting.forget(which);
  }

  #choose(): Parked {
    const place = this.#ready.length === 1 ? 0 : this.#chance.between(0, this.#ready.length - 1);
    const [chosen] = this.#ready.splice(place, 1);
    if (chosen === undefined) throw new RehearsalFault("nobody was ready");
    return chosen;
  }

  /** An effect may sleep before its end: then this turn is over, and what follows its end belongs to the turn in which it wakes. */
  #turn(chosen: Parked): Promise<void> {
    return new Promise((resolve) => {
      this.#endTurn = resolve;
      chosen.proceed();
    });
  }

  #end(): void {
    const end = this.#endTurn;
    this.#endTurn = null;
    end?.();
  }
}

/** Those that wait for their time, as a heap; of two with the same time the one that came first is the earlier. */
class Waiting {
  #heap: { readonly entry: Parked; readonly order: number }[] = [];
  #order = 0;

  earliest(): EpochMs | null {
    while (this.#heap[0]?.entry.off === true) this.#dropFirst();
    return this.#heap[0]?.entry.at ?? null;
  }

  add(entry: Parked): void {
    const heap = this.#heap;
    heap.push({ entry, order: this.#order++ });
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (this.#before(parent, child)) break;
      this.#swap(parent, child);
      child = parent;
    }
  }

  /** Takes out all whose time is not after `at`, the earliest first. */
  takeUntil(at: EpochMs): Parked[] {
    const taken: Parked[] = [];
    for (let next = this.#heap[0]; next !== undefined && next.entry.at <= at; next = this.#heap[0]) {
      if (next.entry.off !== true) taken.push(next.entry);
      this.#dropFirst();
    }
    return taken;
  }

  forget(which: (one: Parked) => boolean): void {
    const kept = this.#heap.filter(({ entry }) => !which(entry));
    if (kept.length === this.#heap.length) return;
    this.#heap = kept.sort((a, b) => a.entry.at - b.entry.at || a.order - b.order);
  }

  #dropFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return;
    heap[0] = last;
    for (let parent = 0; ; ) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && !this.#before(least, child)) least = child;
      }
      if (least === parent) return;
      this.#swap(parent, least);
      parent = least;
    }
  }

  #before(one: number, other: number): boolean {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return true;
    return a.entry.at < b.entry.at || (a.entry.at === b.entry.at && a.order < b.order);
  }

  #swap(one: number, other: number): void {
    const [a, b] = [this.#heap[one], this.#heap[other]];
    if (a === undefined || b === undefined) return;
    this.#heap[one] = b;
    this.#heap[other] = a;
  }
}

/** The outcome of a call whose process died. */
export const DROPPED: unique symbol = Symbol("dropped");

/** The group of everything that is not a process. */
export const WORLD = "world";
