/** What the repository needs of its database: a reading and a writing that takes its lock at the beginning. */
import type { Kysely, Transaction } from "kysely";
import type { Tables } from "./tables.ts";

export type Db = Kysely<Tables> | Transaction<Tables>;

export interface Database {
  /** Runs a reading function. */
  read<T>(work: (db: Db) => Promise<T>): Promise<T>;
  /** Runs one writing transaction; throws what `work` throws, undone. */
  write<T>(work: (db: Db) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
