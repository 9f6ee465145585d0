/** The embedded store: SQLite in one file. */
import type { Store } from "../../ports/store.ts";
import { checkpointBeside, flushLog } from "./checkpoint.ts";
import type { LeaseOptions } from "./claims.ts";
import type { Database } from "./database.ts";
import { storeFailure } from "./failures.ts";
import { mayBeAlive, thisOwner } from "./lease.ts";
import { Line, lineFor } from "./line.ts";
import { backupTo, changesOfOthers, type OpenDatabase, openDatabase, openToWrite, type Updated } from "./sqlite.ts";
import { createRepository } from "./store.ts";

export interface SqliteStoreOptions {
  /** The file; `:memory:` keeps nothing. */
  readonly path: string;
  /** For tests and the simulator, which run several managers in one process. */
  readonly lease?: LeaseOptions;
}

export interface SqliteStore extends Store {
  /** What opening it has brought up to date; null where nothing was. */
  readonly updated: Updated | null;
  /** Writes a consistent copy to a new file. @throws NolapseError `usage` when it exists, `disk-full`. */
  backup(file: string): Promise<void>;
}

/** Opens the store, making it when it is not there. @throws NolapseError `store-…`, `disk-full`. */
export function openSqliteStore({ path, lease }: SqliteStoreOptions): SqliteStore {
  const opened = openDatabase(path);
  const line = lineFor(path);
  const close = () => line.alone(opened.handle, () => opened.sql.destroy());
  return storeOn(opened, line, lease ?? leaseOfThisProcess(), close, atLengthBy(opened, line));
}

type AtLength = Database["writeAtLength"];

/** So long others may have their turn in between, milliseconds: who writes waits meanwhile, another process at most its busy timeout. */
const LONGEST_SHARED = 3_000;
/** And after that only where they have waited so long, so that it comes to its end soon. */
const SELDOM = 20;

/** By a second handle of its own, as long as it takes; what is in memory alone has only the one. */
function atLengthBy(opened: OpenDatabase, line: Line): AtLength {
  if (opened.path === ":memory:") return inOne(opened, line);
  return async (work) => {
    const { path } = opened;
    const own = openToWrite(path);
    const inSlices = async () => {
      const begun = performance.now();
      let last = begun;
      const done = await work(own.sql, async () => {
        const now = performance.now();
        if (now - begun > LONGEST_SHARED && now - last < SELDOM) return;
        await turned();
        last = performance.now();
      });
      await flushLog(path);
      return done;
    };
    try {
      return await line.long(own.handle, inSlices, () => checkpointBeside(path));
    } finally {
      own.handle.close();
    }
  };
}

/** Where nobody else may have the file open, or nobody else can: without a pause. */
function inOne({ handle, sql }: OpenDatabase, line: Line): AtLength {
  return (work) => line.write(handle, () => work(sql, async () => undefined));
}

/** Settles when the event loop has turned. */
function turned(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

/** One file that several managers of this process have open, and nobody else. */
export interface SharedFile {
  /** A manager opens it; its closing leaves it open for the others. */
  open(lease: LeaseOptions): SqliteStore;
  close(): Promise<void>;
}

/**
 * For the simulator: nothing waits for the disk, because its crashes are none of the machine's, and nobody asks for the file's lock
 * before each query, because nobody else may have it. @throws NolapseError `store-…`, `disk-full`.
 */
export function shareSqliteFile(path: string): SharedFile {
  const opened = openDatabase(path, undefined, "alone");
  const line = new Line(false);
  return {
    open: (lease) => storeOn(opened, line, lease, async () => undefined, inOne(opened, line)),
    close: () => line.alone(opened.handle, () => opened.sql.destroy()),
  };
}

function storeOn(
  opened: OpenDatabase,
  line: Line,
  lease: LeaseOptions,
  close: () => Promise<void>,
  atLength: AtLength,
): SqliteStore {
  const { handle, sql, path } = opened;
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw storeFailure(thrown, path);
    }
  };
  const database: Database = {
    read: (work) => guard(() => line.read(handle, () => work(sql))),
    write: (work) => guard(() => line.write(handle, () => work(sql))),
    lease: (work) => guard(() => line.lease(handle, () => work(sql))),
    writeAtLength: (work) => guard(() => atLength(work)),
    close: () => guard(close),
  };
  const { verbs, changes } = createRepository(database, lease);
  const others = oncePerTurn(() => changesOfOthers(opened));
  const version = () => guard(async () => `${others()}.${changes()}`);
  const { updated } = opened;
  return { ...verbs, version, updated, backup: (file) => line.alone(handle, async () => backupTo(opened, file)) };
}

/**
 * What `read` gives, read once until the event loop turns: requests that came together are answered together, and what another process
 * changes meanwhile might as well have come after them.
 */
function oncePerTurn<T>(read: () => T): () => T {
  let known: { readonly value: T } | null = null;
  return () => {
    if (known !== null) return known.value;
    known = { value: read() };
    setImmediate(() => {
      known = null;
    });
    return known.value;
  };
}

/** This process is alive as long as it asks; only others' leases are looked up. */
function leaseOfThisProcess(): LeaseOptions {
  const owner = thisOwner();
  return { owner, mayBeAlive: (one) => one === owner || mayBeAlive(one) };
}
