/** The thread of a rehearsal: lives through the future of what it was given, says how far it is, and what came of it. */
import { parentPort, workerData } from "node:worker_threads";
import { foresee } from "../rehearse/future.ts";
import { rehearsalGround } from "./rehearsal.ts";
import type { Beside, Said } from "./rehearsal-beside.ts";

const { beside, stopped } = workerData as { readonly beside: Beside; readonly stopped: Int32Array };
const say = (said: Said) => parentPort?.postMessage(said);

const future = await foresee({
  ...beside,
  ground: rehearsalGround,
  progress: (progress) => say({ progress }),
  stopped: () => Atomics.load(stopped, 0) !== 0,
});
say({ future });
