/**
 * Queries that are built and compiled once and then run with other values: putting one together anew costs several times what
 * the database takes to answer it. Values are named where the query is written, and are parameters in its text.
 */
import type { CompiledQuery } from "kysely";
import { type Db, DirectKysely, type Ran } from "./database.ts";

/** Stands for a value while a query is put together. */
class Named {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A query that can be compiled; all of Kysely's are. */
interface Compilable<R> {
  compile(): CompiledQuery<R>;
}

/** Gives the place of a named value. */
export type Value<V> = <K extends keyof V & string>(name: K) => V[K];

/** Of how many lengths of its list a query is kept. */
const LENGTHS = 32;

/** The same, for queries that name a list: one for each length that has been asked for. */
export function preparedForEach<V extends object, R>(
  build: (db: Db, value: Value<V>, places: readonly string[]) => Compilable<R>,
): (db: Db, values: V, list: readonly string[]) => Promise<Ran<R>> {
  type Listed = V & Readonly<Record<string, string>>;
  const byLength = new Map<number, (db: Db, values: Listed) => Promise<Ran<R>>>();
  return (db, values, list) => {
    let query = byLength.get(list.length);
    if (query === undefined) {
      query = prepared<Listed, R>((on, value) =>
        build(
          on,
          value as unknown as Value<V>,
          list.map((_, place) => value(placeOf(place) as never)),
        ),
      );
      if (byLength.size === LENGTHS) byLength.clear();
      byLength.set(list.length, query);
    }
    return query(db, { ...values, ...Object.fromEntries(list.map((one, place) => [placeOf(place), one])) } as Listed);
  };
}

const placeOf = (place: number) => `list ${place}`;

/**
 * The query as a function of its values. `build` is called once, with a function that gives the place of a named value; a value
 * that changes the text of a query, such as the length of a list, has no place in one of these.
 */
export function prepared<V extends object, R>(
  build: (db: Db, value: Value<V>) => Compilable<R>,
): (db: Db, values: V) => Promise<Ran<R>> {
  let compiled: { readonly query: CompiledQuery<R>; readonly names: readonly unknown[] } | undefined;
  return async (db, values) => {
    if (compiled === undefined) {
      const query = build(db, (name) => new Named(name) as never).compile();
      compiled = { query, names: query.parameters };
    }
    const parameters = compiled.names.map((one) => (one instanceof Named ? values[one.name as keyof V] : one));
    if (db instanceof DirectKysely) return db.directly(compiled.query.sql, parameters) as Ran<R>;
    const { rows, numAffectedRows } = await db.executeQuery<R>({ ...compiled.query, parameters });
    return { rows, changed: Number(numAffectedRows ?? 0) };
  };
}
