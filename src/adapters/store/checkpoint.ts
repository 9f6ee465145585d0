/**
 * What a long transaction leaves to the disk, done beside the event loop: SQLite flushes the write-ahead log where it commits, and copies a
 * long one into the database there as well, which for a scan of a hundred thousand applications keeps everybody waiting a tenth of a second
 * and more.
 *
 * Nothing hangs on either: what is flushed before its commit is part of no transaction yet (https://sqlite.org/walformat.html, 4.1), and a
 * log that is not copied is read where it is, until a later commit copies it.
 */
import { open, stat } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

/** Bytes of a log that the next commit may as well copy. */
const SHORT = 1024 * 1024;

const logOf = (path: string) => `${path}-wal`;

/** Flushes what was written of the log so far, so that little is left for the commit. SQLite has no lock on this file that closing it would drop. */
export async function flushLog(path: string): Promise<void> {
  try {
    const file = await open(logOf(path), "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
  } catch {
    // the commit flushes all of it then, and says what is wrong with the disk
  }
}

/** Copies the log into the database where it has become long, in a thread of its own; settles when that is over, whatever came of it. */
export async function checkpointBeside(path: string): Promise<void> {
  const log = await stat(logOf(path)).catch(() => null);
  if (log === null || log.size < SHORT) return;
  const thread = new URL(`./checkpoint-thread${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  await new Promise<void>((done) => {
    try {
      const worker = new Worker(thread, { workerData: path });
      worker.on("error", () => done());
      worker.on("exit", () => done());
    } catch {
      // where no thread may be started, a later commit copies it
      done();
    }
  });
}
