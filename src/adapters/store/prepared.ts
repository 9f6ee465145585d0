/**
 * Queries that are built and compiled once and then run with other values: putting one together anew costs several times what
 * the database takes to answer it. Values are named where the query is written, and are parameters in its text.
 */
import type { CompiledQuery } from "kysely";
import { type Db, DirectKysely, type Ran } from "./database.ts";

/** Stands for a value while a query is put together: a named one, or the one at a place of the list. */
class Place {
  readonly of: string | number;

  constructor(of: string | number) {
    this.of = of;
  }
}

/** A query that can be compiled; all of Kysely's are. */
interface Compilable<R> {
  compile(): CompiledQuery<R>;
}

/** Gives the place of a named value. */
export type Value<V> = <K extends keyof V & string>(name: K) => V[K];

/** At once from a database that answers at once: a promise for each of them costs as much as the small ones themselves. */
type Answer<R> = Ran<R> | Promise<Ran<R>>;

/** Of how many lengths of its list a query is kept. */
const LENGTHS = 32;

/**
 * The query as a function of its values. `build` is called once, with a function that gives the place of a named value; a value
 * that changes the text of a query, such as the length of a list, has no place in one of these.
 */
export function prepared<V extends object, R>(
  build: (db: Db, value: Value<V>) => Compilable<R>,
): (db: Db, values: V) => Answer<R> {
  let query: CompiledQuery<R> | undefined;
  return (db, values) => {
    query ??= build(db, placeOf).compile();
    return run(db, query, values, []);
  };
}

/** The same, for queries that name a list: one for each length that has been asked for. */
export function preparedForEach<V extends object, R>(
  build: (db: Db, value: Value<V>, places: readonly string[]) => Compilable<R>,
): (db: Db, values: V, list: readonly string[]) => Answer<R> {
  const byLength = new Map<number, CompiledQuery<R>>();
  return (db, values, list) => {
    let query = byLength.get(list.length);
    if (query === undefined) {
      query = build(
        db,
        placeOf,
        list.map((_, place) => new Place(place) as never),
      ).compile();
      if (byLength.size === LENGTHS) byLength.clear();
      byLength.set(list.length, query);
    }
    return run(db, query, values, list);
  };
}

const placeOf = (name: string) => new Place(name) as never;

function run<V extends object, R>(db: Db, query: CompiledQuery<R>, values: V, list: readonly string[]): Answer<R> {
  const parameters = query.parameters.map((one) => {
    if (!(one instanceof Place)) return one;
    return typeof one.of === "number" ? list[one.of] : values[one.of as keyof V];
  });
  if (db instanceof DirectKysely) return db.directly(query.sql, parameters) as Ran<R>;
  return db
    .executeQuery<R>({ ...query, parameters })
    .then(({ rows, numAffectedRows }) => ({ rows, changed: Number(numAffectedRows ?? 0) }));
}
