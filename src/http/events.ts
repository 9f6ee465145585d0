/**
 * What changed, told as it happens: ids, states and times, never a value, never a name. Whoever listens asks again for what he
 * shows. Numbers have no gaps, so that a listener notices one; the stream's name changes with the process.
 */
import { randomUUID } from "node:crypto";

export interface Told {
  readonly type: "rotation" | "application" | "scan" | "switches" | "rehearsal" | "ready";
  readonly tenant: string;
  readonly rotation?: string;
  readonly application?: string;
  readonly state?: string;
  /** The event's own type. */
  readonly what?: string;
  readonly at: string;
}

export type Listener = (number: number, told: Told) => void;

/** So many are kept for those who come back after a moment. */
const KEPT = 1_000;

export class Events {
  /** Of this process: numbers of another one mean nothing here. */
  readonly stream: string = randomUUID();
  readonly #listeners = new Set<Listener>();
  readonly #last: { readonly number: number; readonly told: Told }[] = [];
  #number = 0;

  get number(): number {
    return this.#number;
  }

  get listening(): number {
    return this.#listeners.size;
  }

  tell(told: Told): void {
    this.#number += 1;
    this.#last.push({ number: this.#number, told });
    if (this.#last.length > KEPT) this.#last.shift();
    for (const listener of this.#listeners) listener(this.#number, told);
  }

  /** What came after a number, null where not all of it is kept any more. */
  since(number: number): readonly { readonly number: number; readonly told: Told }[] | null {
    if (number > this.#number) return null;
    const first = this.#last[0]?.number ?? this.#number + 1;
    return number + 1 < first ? null : this.#last.filter((one) => one.number > number);
  }

  /** Gives the function that ends it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
