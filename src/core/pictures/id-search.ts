/** Which of many ids begin with a text. Ids are spread evenly, so two characters leave one in 256 to be looked at. Pure. */
import { Bits } from "./bits.ts";

const SHELF = 2;

interface Shelf {
  readonly ids: string[];
  readonly numbers: number[];
}

export class IdSearch {
  readonly #shelves = new Map<string, Shelf>();
  readonly #own = new Map<number, readonly string[]>();

  /** Gives number `number` these ids and no others, in lower case. */
  put(number: number, given: readonly string[]): void {
    const ids = [...new Set(given)];
    const former = this.#own.get(number) ?? [];
    if (former.length === ids.length && former.every((one, index) => one === ids[index])) return;
    for (const one of former) if (!ids.includes(one)) this.#take(number, one);
    for (const one of ids) if (!former.includes(one)) this.#add(number, one);
    this.#own.set(number, ids);
  }

  find(wanted: string): Bits {
    const found = new Bits();
    const look = ({ ids, numbers }: Shelf) => {
      for (const [index, id] of ids.entries()) if (id.startsWith(wanted)) found.put(numbers[index] ?? 0, true);
    };
    if (wanted.length >= SHELF) {
      const shelf = this.#shelves.get(wanted.slice(0, SHELF));
      if (shelf !== undefined) look(shelf);
    } else for (const [name, shelf] of this.#shelves) if (name.startsWith(wanted)) look(shelf);
    return found;
  }

  #add(number: number, id: string): void {
    const name = id.slice(0, SHELF);
    const shelf = this.#shelves.get(name);
    if (shelf === undefined) this.#shelves.set(name, { ids: [id], numbers: [number] });
    else {
      shelf.ids.push(id);
      shelf.numbers.push(number);
    }
  }

  #take(number: number, id: string): void {
    const shelf = this.#shelves.get(id.slice(0, SHELF));
    if (shelf === undefined) return;
    const index = shelf.ids.findIndex((one, at) => one === id && shelf.numbers[at] === number);
    if (index < 0) return;
    shelf.ids.splice(index, 1);
    shelf.numbers.splice(index, 1);
  }
}
