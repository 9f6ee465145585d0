/** Which objects changed since when, for delta queries: in memory, so a token of before a restart asks for everything anew. */
import type { Kind } from "./state.ts";

interface Entry {
  readonly version: number;
  readonly kind: Kind;
  readonly tenantId: string;
  readonly id: string;
}

/** The log may hold so many entries that later ones have overtaken before it is made anew. */
const SLACK = 10_000;

export class ChangeLog {
  version = 0;
  #entries: Entry[] = [];
  /** By object id, its newest version. */
  readonly #newest = new Map<string, number>();

  note(kind: Kind, tenantId: string, id: string): void {
    this.version += 1;
    this.#newest.set(id, this.version);
    this.#entries.push({ version: this.version, kind, tenantId, id });
    if (this.#entries.length > 2 * this.#newest.size + SLACK) {
      this.#entries = this.#entries.filter((one) => this.#newest.get(one.id) === one.version);
    }
  }

  clear(): void {
    this.#entries = [];
    this.#newest.clear();
  }

  /** The ids that changed after a version, each once, in the order of their last change. */
  *after(version: number, kind: Kind, tenantId: string): Generator<{ readonly id: string; readonly version: number }> {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.version ?? 0) <= version) low = middle + 1;
      else high = middle;
    }
    for (let index = low; index < this.#entries.length; index += 1) {
      const entry = this.#entries[index];
      if (entry === undefined || entry.kind !== kind || entry.tenantId !== tenantId) continue;
      if (this.#newest.get(entry.id) === entry.version) yield entry;
    }
  }
}
