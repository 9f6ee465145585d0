/** The thread of `checkpoint.ts`: one checkpoint that waits for nobody, and keeps nobody from reading or writing. */
import { DatabaseSync } from "node:sqlite";
import { workerData } from "node:worker_threads";

const handle = new DatabaseSync(String(workerData));
handle.exec("PRAGMA wal_checkpoint(PASSIVE)");
handle.close();
