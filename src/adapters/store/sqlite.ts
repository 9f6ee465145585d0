/**
 * SQLite through `node:sqlite`: opening, pragmas, migrations, backup. Kysely has no dialect for it, so its SQLite dialect
 * gets a small shim over DatabaseSync.
 */
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { SqliteAdapter, type SqliteDatabase, SqliteDialect } from "kysely";
import { NolapseError } from "../../core/errors.ts";
import { DirectKysely, type Directly } from "./database.ts";
import { emptyStore, storeFailure } from "./failures.ts";

const MIGRATIONS = new URL("./migrations/", import.meta.url);
/** How long a write waits for another process, milliseconds. */
const BUSY_TIMEOUT = 10_000;

/** Pages (of 4 KiB) of the write-ahead log before it is copied into the database, which flushes twice: SQLite's own 1,000 are 100 steps. */
const CHECKPOINT_EVERY = 8_000;

/** Bytes of a log file that are kept once its content was copied: with more, what is long past would look like a log still to copy (`checkpoint.ts`). */
const KEPT_LOG = 512 * 1024;

/** Pages kept in memory of what nobody else has open, KiB: in SQLite's own 2,000 a year of a few hundred applications has no room. */
const CACHE_ALONE = 16_000;

/** An open database: Kysely for the queries, the handle for what has no query. */
export interface OpenDatabase {
  readonly path: string;
  readonly sql: DirectKysely;
  readonly handle: DatabaseSync;
  /** What opening it has brought up to date; null where nothing was. */
  readonly updated: Updated | null;
  /** The statement of {@link changesOfOthers}, prepared once. */
  readonly stated: { others?: StatementSync };
}

/** A store of an older program, brought to the form of this one. */
export interface Updated {
  readonly from: number;
  readonly to: number;
  /** The copy of what was there before. */
  readonly copy: string;
}

/** `alone`: nobody else may open it, and nothing waits for the disk. */
type How = "durable" | "alone";

/**
 * Opens or creates the database (0600 in a 0700 folder) and brings its schema up to date. `:memory:` is for tests.
 * @throws NolapseError `store-…`, `disk-full`.
 */
export function openDatabase(path: string, migrations: URL = MIGRATIONS, how: How = "durable"): OpenDatabase {
  try {
    if (path !== ":memory:") begin(path);
    const handle = open(path, how);
    const updated = migrate(handle, path, migrations);
    return { path, handle, sql: speaking(handle), updated, stated: {} };
  } catch (thrown) {
    throw storeFailure(thrown, path);
  }
}

/** A second handle of a file that is open and up to date, for one long transaction that copies no log. @throws NolapseError `store-…`. */
export function openToWrite(path: string): Pick<OpenDatabase, "handle" | "sql"> {
  try {
    const handle = open(path, "durable");
    handle.exec("PRAGMA wal_autocheckpoint = 0");
    return { handle, sql: speaking(handle) };
  } catch (thrown) {
    throw storeFailure(thrown, path);
  }
}

/**
 * Without Kysely's own lock on the one connection, which wakes everybody who waits for each query that ends: `open.ts` lets whole
 * verbs in one by one.
 */
class Dialect extends SqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new OpenAdapter();
  }
}

class OpenAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/**
 * Makes the file where there is none. It is there under its name only once something is in it: one that is empty was a store, and who began
 * anew in its place would not know his own credentials.
 */
function begin(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true && found.size === 0) throw emptyStore(path);
  if (found !== undefined) return;
  const link = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  make(link ? resolve(dirname(path), readlinkSync(path)) : path);
}

/** In a folder that is there: where a link leads to none, its disk may be. */
function make(path: string): void {
  const made = `${path}.new-${process.pid}`;
  try {
    const handle = new DatabaseSync(made);
    handle.exec("PRAGMA user_version = 0");
    handle.close();
    chmodSync(made, 0o600);
    try {
      linkSync(made, path);
    } catch {
      // another process was first, or this disk knows no links: then it is made where it stands
      if (!existsSync(path)) copyFileSync(made, path, constants.COPYFILE_EXCL);
    }
  } finally {
    rmSync(made, { force: true });
  }
}

function open(path: string, how: How): DatabaseSync {
  const handle = new DatabaseSync(path, { timeout: BUSY_TIMEOUT });
  // FULL: an intent that was committed must survive a power cut, or a lost answer could not be told from no call
  if (how === "durable")
    handle.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${KEPT_LOG}`);
  // a transaction that does not end is undone from memory, and nothing is written twice
  else {
    handle.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
    handle.exec(`PRAGMA cache_size = -${CACHE_ALONE}`);
  }
  // what a savepoint needs to be undone stays in memory, too: no file is made for it
  handle.exec(`PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = ${CHECKPOINT_EVERY}`);
  return handle;
}

/** Kysely over a handle. */
function speaking(handle: DatabaseSync): DirectKysely {
  const database = shim(handle);
  return new DirectKysely({ dialect: new Dialect({ database }) }, directly(database));
}

/** How many prepared statements of one database are kept; the store's own queries are fewer. */
const PREPARED = 256;

/** DatabaseSync in the shape that Kysely's dialect asks for. Preparing costs more than running, so statements are kept. */
function shim(handle: DatabaseSync): SqliteDatabase {
  const kept = new Map<string, ReturnType<SqliteDatabase["prepare"]>>();
  return {
    close: () => {
      kept.clear();
      handle.close();
    },
    prepare: (text) => {
      const known = kept.get(text);
      if (known !== undefined) return known;
      const statement = handle.prepare(text);
      const prepared: ReturnType<SqliteDatabase["prepare"]> = {
        reader: statement.columns().length > 0,
        all: (parameters) => statement.all(...(parameters as never[])),
        run: (parameters) => statement.run(...(parameters as never[])),
        // a statement of its own: an iteration is not over when the next query of the same text begins
        iterate: (parameters) => handle.prepare(text).iterate(...(parameters as never[])),
      };
      if (kept.size >= PREPARED) kept.clear();
      kept.set(text, prepared);
      return prepared;
    },
  };
}

/** One after the other, as whole verbs are let in one by one anyway. */
function directly(database: SqliteDatabase): Directly {
  return (text, parameters) => {
    const statement = database.prepare(text);
    if (statement.reader) return { rows: statement.all(parameters), changed: 0 };
    return { rows: [], changed: Number(statement.run(parameters).changes) };
  };
}

function migrationFiles(migrations: URL): { version: number; name: string }[] {
  return readdirSync(migrations)
    .filter((name) => /^\d{4}_.*(?<!\.postgres)\.sql$/.test(name))
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), name }));
}

/** Under an exclusive lock, after a dated copy of what was there; an older program refuses a newer store. */
function migrate(handle: DatabaseSync, path: string, migrations: URL): Updated | null {
  const files = migrationFiles(migrations);
  const newest = files.at(-1)?.version ?? 0;
  const found = versionOf(handle);
  if (found > newest) {
    throw new NolapseError(
      "store-newer",
      `the store ${path} was written by a newer nolapse (schema ${found}, known ${newest})`,
      {
        next: "install the newer version, or restore a backup from before the update",
      },
    );
  }
  if (found === newest) return null;
  const copy = found > 0 && path !== ":memory:" ? copyBefore(handle, path, found) : null;
  handle.exec("BEGIN EXCLUSIVE");
  try {
    // another process may have migrated while this one waited for the lock
    for (const { version, name } of files.filter((one) => one.version > versionOf(handle))) {
      handle.exec(readFileSync(new URL(name, migrations), "utf8"));
      handle.exec(`PRAGMA user_version = ${version}`);
    }
    handle.exec("COMMIT");
  } catch (thrown) {
    handle.exec("ROLLBACK");
    throw thrown;
  }
  return copy === null ? null : { from: found, to: newest, copy };
}

function versionOf(handle: DatabaseSync): number {
  return Number(handle.prepare("PRAGMA user_version").get()?.user_version ?? 0);
}

/** The copy is named by the schema and, in UTC, the second it was made in; SQLite reads the clock, as nothing hangs on it. */
function copyBefore(handle: DatabaseSync, path: string, version: number): string {
  const row = handle.prepare("SELECT strftime('%Y%m%dT%H%M%SZ', 'now') AS stamp").get();
  const copy = `${path}.schema-${version}.${row?.stamp}`;
  // two processes that migrate in the same second make the same copy; the first one's will do
  if (existsSync(copy)) return copy;
  handle.prepare("VACUUM INTO ?").run(copy);
  chmodSync(copy, 0o600);
  return copy;
}

/** Another number after any change of another connection, and never after one of this one's (`PRAGMA data_version`, sqlite.org/pragma.html). */
export function changesOfOthers({ handle, stated }: OpenDatabase): number {
  stated.others ??= handle.prepare("PRAGMA data_version");
  return Number(stated.others.get()?.data_version);
}

/** A consistent copy in a new file. @throws NolapseError `usage` when the file exists. */
export function backupTo({ handle, path }: OpenDatabase, file: string): void {
  if (existsSync(file)) {
    throw new NolapseError("usage", `${file} exists already`, { next: "name a file that does not exist" });
  }
  try {
    accessSync(dirname(file), constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new NolapseError("usage", `${file} cannot be written: its folder does not exist or is not yours`, {
      cause,
      next: "name a file in a folder that exists and that you can write",
    });
  }
  try {
    handle.prepare("VACUUM INTO ?").run(file);
    chmodSync(file, 0o600);
  } catch (thrown) {
    throw storeFailure(thrown, path);
  }
}
