import type { Scheduler } from "../../ports/scheduler.ts";

/** Real concurrency, bounded. */
export function createMachineScheduler(): Scheduler {
  return {
    turn: () => new Promise((done) => setImmediate(done)),
    async all<T>(tasks: readonly (() => Promise<T>)[], width: number): Promise<T[]> {
      const results: PromiseSettledResult<T>[] = [];
      let next = 0;
      const worker = async () => {
        for (let index = next++; index < tasks.length; index = next++) {
          const task = tasks[index];
          if (task === undefined) continue;
          const [settled] = await Promise.allSettled([task()]);
          if (settled !== undefined) results[index] = settled;
        }
      };
      await Promise.all(Array.from({ length: Math.min(width, tasks.length) }, worker));
      return results.map((one) => {
        if (one.status === "rejected") throw one.reason;
        return one.value;
      });
    },
    async during<T>(work: () => Promise<T>, every: number, beat: () => Promise<void>): Promise<T> {
      // a beat that fails says only what the next write under the lease will find out by itself
      const timer = setInterval(() => void beat().catch(() => undefined), every);
      try {
        return await work();
      } finally {
        clearInterval(timer);
      }
    },
  };
}
