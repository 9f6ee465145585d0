import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { readSnapshot, writeSnapshot } from "./snapshot.ts";
import type { Change, DirectoryState } from "./state.ts";

/** A journal longer than this, and longer than the snapshot, is folded into it: a large one is not written again for every little. */
const FOLD_AT_BYTES = 16 * 1024 * 1024;

/** Folders this process has open. A container gives every run the same process id, so a lock with our own id may still be a dead one's. */
const OPEN = new Set<string>();

/** What a data folder held when it was opened. */
export interface Recovered {
  state: DirectoryState | undefined;
  changes: Change[];
}

/**
 * The directory on disk: `snapshot.json` and an append-only `journal.ndjson` of what happened since. Every line is one request's
 * changes with a checksum, written and synced before the request is answered, so that after kill -9 or power loss exactly the answered
 * effects (and perhaps the one in flight) are there. Why not SQLite: docs/decisions/0004-directory-journal.md.
 */
export class Journal {
  readonly #dir: string;
  readonly #file: number;
  #line = 0;
  #bytes = 0;
  #snapshotBytes = 0;
  readonly recovered: Recovered;

  constructor(dir: string) {
    this.#dir = dir;
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.#lock();
    const path = this.#snapshotPath;
    const snapshot = existsSync(path) ? readSnapshot(path) : undefined;
    this.#snapshotBytes = snapshot?.length ?? 0;
    this.#line = snapshot?.line ?? 0;
    this.#file = openSync(this.#path, "a+", 0o600);
    this.recovered = { state: snapshot?.state, changes: this.#replay() };
    // The file's own name must survive too, not only its content.
    syncDirectory(dir);
  }

  get #snapshotPath(): string {
    return join(this.#dir, "snapshot.json");
  }

  get #path(): string {
    return join(this.#dir, "journal.ndjson");
  }

  /**
   * Appends one line. With `durable` it returns after the disk has it; without, after the operating system has it, which outlives
   * this process but not the machine (enough for the sign-in log).
   */
  append(changes: readonly Change[], durable: boolean): void {
    this.#line += 1;
    const body = JSON.stringify({ line: this.#line, changes });
    const bytes = Buffer.from(`${checksum(body)} ${body}\n`);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
    } catch (error) {
      // half a line with others behind it would be damage: a full disk costs this request, not the folder
      ftruncateSync(this.#file, this.#bytes);
      throw error;
    }
    if (durable) fdatasyncSync(this.#file);
    this.#bytes += bytes.length;
  }

  get wantsFolding(): boolean {
    return this.#bytes > Math.max(FOLD_AT_BYTES, this.#snapshotBytes);
  }

  /** Writes the whole state as the new snapshot and empties the journal; a crash between the two is harmless, because lines are numbered. */
  fold(state: DirectoryState): void {
    const path = this.#snapshotPath;
    this.#snapshotBytes = writeSnapshot(`${path}.new`, { line: this.#line, state });
    renameSync(`${path}.new`, path);
    syncDirectory(this.#dir);
    ftruncateSync(this.#file, 0);
    fsyncSync(this.#file);
    this.#bytes = 0;
  }

  close(): void {
    fdatasyncSync(this.#file);
    closeSync(this.#file);
    OPEN.delete(this.#dir);
    rmSync(join(this.#dir, "lock"), { force: true });
  }

  #replay(): Change[] {
    const bytes = readFileSync(this.#path);
    const changes: Change[] = [];
    let good = 0;
    for (let start = 0; start < bytes.length; ) {
      const end = bytes.indexOf(10, start);
      const entry = end < 0 ? undefined : parseLine(bytes.toString("utf8", start, end));
      // A torn last line is a request that was never answered. A bad line with more behind it is damage, and guessing is worse than stopping.
      if (entry === undefined && end >= 0 && end + 1 < bytes.length)
        throw new Error(`${this.#path} is damaged at byte ${start}`);
      if (entry === undefined) break;
      if (entry.line > this.#line) changes.push(...entry.changes);
      this.#line = Math.max(this.#line, entry.line);
      start = end + 1;
      good = start;
    }
    if (good < bytes.length) ftruncateSync(this.#file, good);
    this.#bytes = good;
    return changes;
  }

  /** One process per data folder: two would interleave their lines. The lock of a dead process is taken over. */
  #lock(): void {
    const path = join(this.#dir, "lock");
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        const lock = openSync(path, "wx", 0o600);
        writeSync(lock, String(process.pid));
        closeSync(lock);
        OPEN.add(this.#dir);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        const owner = Number(readFileSync(path, "utf8"));
        if (isAlive(owner) && !(owner === process.pid && !OPEN.has(this.#dir)))
          throw new Error(`the data folder ${this.#dir} is in use by process ${owner}`);
        rmSync(path, { force: true });
      }
    }
    throw new Error(`the data folder ${this.#dir} is in use`);
  }
}

function parseLine(text: string): { line: number; changes: Change[] } | undefined {
  const body = text.slice(9);
  return text.slice(0, 8) === checksum(body) ? (JSON.parse(body) as { line: number; changes: Change[] }) : undefined;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}

function syncDirectory(dir: string): void {
  const handle = openSync(dir, "r");
  fsyncSync(handle);
  closeSync(handle);
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
