/** Who owns applications, by part of the name or the beginning of the id: made once of what was read, so that a question looks at few of them. */
import { Bits } from "../../core/pictures/bits.ts";
import { IdSearch } from "../../core/pictures/id-search.ts";
import { NameSearch } from "../../core/pictures/name-search.ts";
import { Order } from "../../core/pictures/order.ts";
import { each, mapped, type Slices } from "../../core/slices.ts";
import type { Owner, Ownership } from "../scan/ownership.ts";

export interface OwnerFound extends Owner {
  /** How many applications he owns. */
  readonly applications: number;
}

const keyOf = ({ id }: Owner) => id.toLowerCase();

export class OwnerSearch {
  /** Who owns most is first. */
  readonly #owners: readonly OwnerFound[];
  readonly #names = new NameSearch();
  readonly #ids = new IdSearch();

  private constructor(owners: readonly OwnerFound[]) {
    this.#owners = owners;
  }

  static *of({ ownersOf, ownedBy }: Ownership): Slices<OwnerSearch> {
    const named = new Map<string, Owner>();
    yield* each(ownersOf.values(), (owners) => {
      // who has just registered an application stands there by his id alone
      for (const one of owners) if (named.get(keyOf(one))?.name == null) named.set(keyOf(one), one);
    });
    const counted = (one: Owner) => ({ ...one, applications: ownedBy.get(keyOf(one))?.length ?? 0 });
    const all = yield* mapped(named.values(), counted);
    const at = (number: number) => all[number] as OwnerFound;
    const order = yield* Order.of(all.keys(), (a, b) => at(b).applications - at(a).applications || a - b);
    const search = new OwnerSearch(yield* mapped(all.keys(), (place) => at(order.at(place))));
    yield* each(search.#owners.entries(), ([number, { id, name }]) => {
      search.#names.put(number, (name ?? "").toLowerCase());
      search.#ids.put(number, [id.toLowerCase()]);
    });
    return search;
  }

  /** How many there are, and the first of them; none for no text. */
  find(text: string, limit: number): { readonly total: number; readonly items: readonly OwnerFound[] } {
    const wanted = text.trim().toLowerCase();
    const numbers = wanted === "" ? new Bits() : this.#names.find(wanted).or(this.#ids.find(wanted));
    const items: OwnerFound[] = [];
    for (const number of numbers) {
      if (items.length === limit) break;
      items.push(this.#owners[number] as OwnerFound);
    }
    return { total: numbers.count, items };
  }
}
