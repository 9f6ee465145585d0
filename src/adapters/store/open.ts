/** The embedded store: SQLite in one file. */
import type { Store } from "../../ports/store.ts";
import type { LeaseOptions } from "./claims.ts";
import type { Database } from "./database.ts";
import { storeFailure } from "./failures.ts";
import { mayBeAlive, thisOwner } from "./lease.ts";
import { backupTo, openDatabase } from "./sqlite.ts";
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
  const database: Database = {
    read: (work) => guard(() => work(opened.sql)),
    // Kysely's own transaction begins deferred, and two processes that upgrade at once fail at once instead of waiting
    write: (work) =>
      guard(() =>
        inTurn(path, () =>
          opened.sql.connection().execute(async (db) => {
            opened.handle.exec("BEGIN IMMEDIATE");
            try {
              const result = await work(db);
              opened.handle.exec("COMMIT");
              return result;
            } catch (thrown) {
              if (opened.handle.isTransaction) opened.handle.exec("ROLLBACK");
              throw thrown;
            }
          }),
        ),
      ),
    close: () => guard(() => opened.sql.destroy()),
  };
  const store = createRepository(database, lease ?? { owner: thisOwner(), mayBeAlive });
  return { ...store, backup: async (file) => backupTo(opened, file) };
}

const queues = new Map<string, Promise<unknown>>();

/**
 * One writing transaction of this process at a time for a file. SQLite waits for a lock by blocking the thread, and a
 * second handle in the same process would so keep the first one from ever giving it back.
 */
function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  if (path === ":memory:") return work();
  const turn = (queues.get(path) ?? Promise.resolve()).then(work, work);
  const settled = turn
    .catch(() => undefined)
    .finally(() => {
      if (queues.get(path) === settled) queues.delete(path);
    });
  queues.set(path, settled);
  return turn;
}
