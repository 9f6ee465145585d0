/** The embedded store: SQLite in one file. */
import type { Store } from "../../ports/store.ts";
import type { LeaseOptions } from "./claims.ts";
import type { Database } from "./database.ts";
import { storeFailure } from "./failures.ts";
import { mayBeAlive, thisOwner } from "./lease.ts";
import { lineFor } from "./line.ts";
import { backupTo, changesOfOthers, openDatabase } from "./sqlite.ts";
import { createRepository } from "./store.ts";

export interface SqliteStoreOptions {
  /** The file; `:memory:` keeps nothing. */
  readonly path: string;
  /** For tests and the simulator, which run several managers in one process. */
  readonly lease?: LeaseOptions;
  /** False: nothing waits for the disk. For the simulator, whose crashes are none of the machine's. */
  readonly durable?: boolean;
}

export interface SqliteStore extends Store {
  /** Writes a consistent copy to a new file. @throws NolapseError `usage` when it exists, `disk-full`. */
  backup(file: string): Promise<void>;
}

/** Opens the store, making it when it is not there. @throws NolapseError `store-…`, `disk-full`. */
export function openSqliteStore({ path, lease, durable }: SqliteStoreOptions): SqliteStore {
  const opened = openDatabase(path, undefined, durable);
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw storeFailure(thrown, path);
    }
  };
  const line = lineFor(path, durable !== false);
  const database: Database = {
    read: (work) => guard(() => line.read(opened.handle, () => work(opened.sql))),
    write: (work) => guard(() => line.write(opened.handle, () => work(opened.sql))),
    close: () => guard(() => line.alone(opened.handle, () => opened.sql.destroy())),
  };
  const { verbs, changes } = createRepository(database, lease ?? leaseOfThisProcess());
  const version = () => guard(async () => `${changesOfOthers(opened)}.${changes()}`);
  return { ...verbs, version, backup: (file) => line.alone(opened.handle, async () => backupTo(opened, file)) };
}

/** This process is alive as long as it asks; only others' leases are looked up. */
function leaseOfThisProcess(): LeaseOptions {
  const owner = thisOwner();
  return { owner, mayBeAlive: (one) => one === owner || mayBeAlive(one) };
}
