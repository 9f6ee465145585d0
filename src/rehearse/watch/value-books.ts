/**
 * What a rehearsal knows of values of privileged applications (design §4.7): which rotation the store has known as privileged since when,
 * whether its value is sealed still, and how many persons had a part in seeing one.
 */
import type { EpochMs } from "../../core/time.ts";
import type { Change } from "../../ports/store.ts";
import type { Forbidden } from "./rule-books.ts";

// once more the design's own number, as in invariants.ts
/** How many different persons it takes to see one. */
const PERSONS = 2;

export class ValueBooks {
  readonly #sealed = new Set<string>();
  readonly #retired = new Set<string>();
  /** Rotations that are known as privileged, and since when. */
  readonly #hardened = new Map<string, EpochMs>();

  /** A change that was just stored. */
  committed({ rotation, seal, erase }: Change, now: EpochMs): readonly Forbidden[] {
    const { id, state, privileges = [], displayName, holder } = rotation;
    if (erase === true) this.#sealed.delete(id);
    if (seal !== undefined) this.#sealed.add(id);
    const wasRetired = this.#retired.has(id);
    if (state === "retired") this.#retired.add(id);
    if (privileges.length === 0) return [];
    if (!this.#hardened.has(id)) this.#hardened.set(id, now);
    // one that was found privileged after its end keeps its value, for two persons
    if (state !== "retired" || wasRetired || !this.#sealed.has(id)) return [];
    return [
      { what: `the value of ${displayName}, which is privileged, is kept past its rotation`, about: holder.appId },
    ];
  }

  /** The store is older than it was: it learns again what it has forgotten. */
  forget(): void {
    this.#hardened.clear();
    this.#retired.clear();
  }

  /** A person was shown the value of a rotation he had asked for then, and so many signed-in persons had a part in it; null: he may. */
  shown(rotation: string, asked: EpochMs, persons: number): string | null {
    const since = this.#hardened.get(rotation);
    if (since === undefined || since >= asked || persons >= PERSONS) return null;
    return `a value of a privileged application was shown, and ${persons} of two persons had a part in it`;
  }
}
