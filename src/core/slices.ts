/**
 * Work on many things that stops after every few hundred of them, so that who drives it can let others have their turn in between; what it
 * comes to hangs on nothing but what it was given. Pure.
 */

/** Things that are worked on at one go. */
export const SLICE = 500;

/** Gives nothing on the way, but the places to stop at. */
export type Slices<T> = Generator<undefined, T>;

/** Does a piece of work for each, so many at one go. */
export function* each<T>(all: Iterable<T>, work: (one: T) => void, many: number = SLICE): Slices<void> {
  let done = 0;
  for (const one of all) {
    if (done === many) {
      yield;
      done = 0;
    }
    done += 1;
    work(one);
  }
}

/** Those of which it holds, as they came. */
export function* those<T>(all: Iterable<T>, holds: (one: T) => boolean): Slices<T[]> {
  const found: T[] = [];
  yield* each(all, (one) => {
    if (holds(one)) found.push(one);
  });
  return found;
}

/** What becomes of each, as they came. */
export function* mapped<T, M>(all: Iterable<T>, become: (one: T) => M): Slices<M[]> {
  const made: M[] = [];
  yield* each(all, (one) => made.push(become(one)));
  return made;
}

/** By a key of each; within a group as they came. */
export function* groupedBy<T>(all: readonly T[], keyOf: (one: T) => string): Slices<ReadonlyMap<string, readonly T[]>> {
  const groups = new Map<string, T[]>();
  yield* each(all, (one) => {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  });
  return groups;
}

/** Without a stop. */
export function atOnce<T>(work: Slices<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** As much of it as is wanted. */
export function* whileIt(work: Slices<void>, isWanted: () => boolean): Slices<void> {
  while (isWanted() && work.next().done !== true) yield;
}
