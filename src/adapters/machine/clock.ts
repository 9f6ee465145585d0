import { setTimeout as pause } from "node:timers/promises";
import { type EpochMs, epochMs } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";

/** Process time: monotonic within a process and, being anchored at its start, comparable between processes of a host. */
export function processNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Sleeps, unless or until the signal aborts; then it returns quietly. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await pause(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  }
}

/** Both clocks of the machine: domain time is its wall clock. */
export function createMachineClock(): Clock {
  const now = async (): Promise<EpochMs> => epochMs(Date.now());
  return {
    now,
    frozen: async () => false,
    processNow,
    wait: async (until, atMost, signal) => sleep(Math.min(until - (await now()), atMost), signal),
  };
}
