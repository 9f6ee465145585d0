/** The rotations as they were last committed, found by what they name: each step is about a few of them, and years make thousands. */
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Change } from "../../ports/store.ts";

/** Verbs of the store that write. */
export const STORE_WRITES: ReadonlySet<string> = new Set(
  "open commit amend pauseApplication continueApplication adopt audit turn recordScan forgetMissing noteAttempts".split(
    " ",
  ),
);

/** What a person's word has changed: one rotation, or all of an application. */
export function amended(method: string, args: readonly unknown[]): readonly Change[] {
  if (method === "amend") return [args[1] as Change];
  if (method !== "continueApplication") return [];
  return (args[2] as readonly { readonly change: Change }[]).map(({ change }) => change);
}

export class Committed extends Map<string, Rotation> {
  /** In the order of opening. */
  #ids: string[] = [];
  readonly #places = new Map<string, number>();
  /** The places of those that have ever named it. */
  readonly #naming = new Map<string, Set<number>>();
  /** The places of those that are neither retired nor cancelled. */
  readonly #open = new Set<number>();

  static of(rotations: Iterable<readonly [string, Rotation]>): Committed {
    const committed = new Committed();
    for (const [id, one] of rotations) committed.set(id, one);
    return committed;
  }

  /**
   * All that name this object, target, attempt or key id (replaced, issued or an orphan's), in the order of opening; among
   * them may be some that did so once.
   */
  naming(what: string): readonly Rotation[] {
    return this.#at(this.#naming.get(what));
  }

  /** Those that are neither retired nor cancelled, in the order of opening. */
  open(): readonly Rotation[] {
    return this.#at(this.#open);
  }

  override set(id: string, rotation: Rotation): this {
    const place = this.#places.get(id) ?? this.#ids.push(id) - 1;
    this.#places.set(id, place);
    super.set(id, rotation);
    this.#names(place, rotation.holder.objectId);
    this.#names(place, rotation.replaces);
    this.#names(place, rotation.issued?.keyId);
    for (const one of rotation.attempts) {
      this.#names(place, one.id);
      this.#names(place, one.orphan);
    }
    for (const one of rotation.deliveries) this.#names(place, one.target);
    if (rotation.state === "retired" || rotation.state === "cancelled") this.#open.delete(place);
    else this.#open.add(place);
    return this;
  }

  override clear(): void {
    super.clear();
    this.#ids = [];
    this.#places.clear();
    this.#naming.clear();
    this.#open.clear();
  }

  #names(place: number, what: string | null | undefined): void {
    if (what === null || what === undefined) return;
    const known = this.#naming.get(what);
    if (known === undefined) this.#naming.set(what, new Set([place]));
    else known.add(place);
  }

  #at(places: Iterable<number> = []): readonly Rotation[] {
    const found: Rotation[] = [];
    for (const place of [...places].sort((a, b) => a - b)) {
      const one = this.get(this.#ids[place] ?? "");
      if (one !== undefined) found.push(one);
    }
    return found;
  }
}
