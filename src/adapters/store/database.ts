/** What the repository needs of its database: a reading and a writing that takes its lock at the beginning. */
import { Kysely, type KyselyConfig, type Transaction } from "kysely";
import type { Tables } from "./tables.ts";

export type Db = Kysely<Tables> | Transaction<Tables>;

/** Rows, and how many were changed by a query that gives none. */
export interface Ran<R> {
  readonly rows: R[];
  readonly changed: number;
}

/** Runs a compiled query with the values of its parameters. */
export type Directly = (text: string, parameters: readonly unknown[]) => Ran<unknown>;

/** Kysely on a database that answers at once: a compiled query need not take the long way through its driver. */
export class DirectKysely extends Kysely<Tables> {
  readonly directly: Directly;

  constructor(config: KyselyConfig, directly: Directly) {
    super(config);
    this.directly = directly;
  }
}

export interface Database {
  /** Runs a reading function. */
  read<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Runs one writing transaction; throws what `work` throws, undone. */
  write<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** The same for a lease: nothing waits for it to be on disk, as its holder ends with the machine's power, too. */
  lease<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /**
   * The same for what takes long. Whenever `work` awaits a pause, all else in this process has its turn: readers see what was before, and
   * other writers wait for the end.
   */
  writeAtLength<T>(work: (db: Db, pause: () => Promise<void>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
