/**
 * Queries that are built and compiled once and then run with other values: putting one together anew costs several times what
 * the database takes to answer it. Values are named where the query is written, and are parameters in its text.
 */
import type { CompiledQuery } from "kysely";
import type { Db } from "./database.ts";

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

/** Rows, and how many were changed by a query that gives none. */
export interface Ran<R> {
  readonly rows: R[];
  readonly changed: number;
}

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
    const { rows, numAffectedRows } = await db.executeQuery<R>({ ...compiled.query, parameters });
    return { rows, changed: Number(numAffectedRows ?? 0) };
  };
}
