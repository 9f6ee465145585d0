/**
 * What changed, told as it happens: ids, states and times, never a value, never a name. Whoever listens asks again for what he
 * shows. Numbers have no gaps, so that a listener notices one; the stream's name changes with the process.
 */
import { randomUUID } from "node:crypto";

export interface Told {
  readonly type: "rotation" | "application" | "scan" | "switches" | "rehearsal" | "target" | "ready" | "scanning";
  readonly tenant: string;
  readonly rotation?: string;
  readonly application?: string;
  readonly state?: string;
  /** The event's own type. */
  readonly what?: string;
  /** How much a scan that is under way has read. */
  readonly read?: { readonly applications: number; readonly servicePrincipals: number };
  readonly at: string;
}

/** One event with its number. */
export interface Numbered {
  readonly number: number;
  readonly told: Told;
}

/** Some events that came close together, oldest first. */
export type Listener = (batch: Batch) => void;

/** So many are kept for those who come back after a moment. */
const KEPT = 1_000;
/** What is told within so many milliseconds of process time reaches the listeners together. */
const TOGETHER = 20;
/**
 * And so long after that what comes next waits for more, milliseconds of process time: a page draws itself anew four times a second at
 * most, so a storm costs each listener as many writes and no more, and one event alone reaches him at once.
 */
const REST = 250;

/** Written once for all who may hear everything of a tenant. */
export class Batch {
  readonly events: readonly Numbered[];
  readonly #written = new Map<string, Buffer>();

  constructor(events: readonly Numbered[]) {
    this.events = events;
  }

  /** As a stream, for whoever may hear all of one tenant. */
  textOf(tenant: string): Buffer {
    const known = this.#written.get(tenant);
    if (known !== undefined) return known;
    const made = Buffer.from(written(this.events, (told) => told.tenant === tenant));
    this.#written.set(tenant, made);
    return made;
  }
}

/** Events as a stream has them; of those that are not for the listener only that there was one, so that he sees no gap in his own. */
export function written(events: readonly Numbered[], isFor: (told: Told) => boolean): string {
  return events
    .map(({ number, told }) =>
      isFor(told)
        ? `id: ${number}\nevent: ${told.type}\ndata: ${JSON.stringify({ ...told, number })}\n\n`
        : `id: ${number}\nevent: other\ndata: {}\n\n`,
    )
    .join("");
}

export class Events {
  /** Of this process: numbers of another one mean nothing here. */
  readonly stream: string = randomUUID();
  readonly #listeners = new Set<Listener>();
  readonly #last: Numbered[] = [];
  #pending: Numbered[] = [];
  #number = 0;
  /** Whether something was sent so lately that what comes now waits for more. */
  #rests = false;

  get number(): number {
    return this.#number;
  }

  get listening(): number {
    return this.#listeners.size;
  }

  tell(told: Told): void {
    this.#number += 1;
    const one = { number: this.#number, told };
    this.#last.push(one);
    if (this.#last.length > KEPT) this.#last.shift();
    if (this.#listeners.size === 0) return;
    this.#pending.push(one);
    if (this.#pending.length === 1 && !this.#rests) setTimeout(() => this.#flush(), TOGETHER).unref();
  }

  /** What came after a number, null where not all of it is kept any more. */
  since(number: number): readonly Numbered[] | null {
    if (number > this.#number) return null;
    const first = this.#last[0]?.number ?? this.#number + 1;
    return number + 1 < first ? null : this.#last.filter((one) => one.number > number);
  }

  /** Hears of what comes from now on. Gives the function that ends it. */
  listen(listener: Listener): () => void {
    // what is on its way is over for who begins now
    this.#flush();
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #flush(): void {
    if (this.#pending.length === 0) return;
    const batch = new Batch(this.#pending);
    this.#pending = [];
    for (const listener of this.#listeners) listener(batch);
    if (this.#rests) return;
    this.#rests = true;
    setTimeout(() => {
      this.#rests = false;
      this.#flush();
    }, REST).unref();
  }
}
