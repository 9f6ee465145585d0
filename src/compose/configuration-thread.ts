/** The thread that reads a configuration: says what became of it. */
import { parentPort, workerData } from "node:worker_threads";
import { targetTypes } from "../adapters/targets/registry.ts";
import { readingOf } from "../config/on-disk.ts";
import type { ToRead } from "./configuration-beside.ts";

const { path, text, env } = workerData as ToRead;
parentPort?.postMessage(readingOf(path, text, { env, targetTypes }));
