/** Reads a configuration that is not in force in a thread of its own: a large one takes seconds, in which pages are answered and rotations go on. */
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Environment } from "../config/load.ts";
import type { Reading } from "../config/on-disk.ts";
import { NolapseError } from "../core/errors.ts";

/** What the thread is given. */
export interface ToRead {
  readonly path: string;
  readonly text: string;
  readonly env: Environment;
}

/** Rejects where the thread breaks off. */
export function readBeside(given: ToRead): Promise<Reading> {
  const thread = new URL(`./configuration-thread${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  return new Promise((resolve, reject) => {
    const worker = new Worker(thread, { workerData: given });
    worker.on("message", resolve);
    worker.on("error", reject);
    worker.on("exit", () => reject(new NolapseError("unexpected", "reading the configuration broke off")));
  });
}
