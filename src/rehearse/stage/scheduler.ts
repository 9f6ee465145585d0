/** The engine's fan-out in a rehearsal: every task is an actor of its own, and chance orders them. */
import { plus } from "../../core/time.ts";
import type { Scheduler } from "../../ports/scheduler.ts";
import type { Turns } from "./turns.ts";

/** The scheduler port of one process; `group` names the process. */
export function rehearsedScheduler(turns: Turns, group: string): Scheduler {
  return {
    async all<T>(tasks: readonly (() => Promise<T>)[], width: number): Promise<T[]> {
      const results: T[] = [];
      const failures: unknown[] = [];
      const lanes = Math.min(Math.max(width, 1), tasks.length);
      if (lanes === 0) return results;
      let next = 0;
      let running = lanes;
      let wake: () => void = () => {};
      const lane = async (): Promise<void> => {
        for (let index = next++; index < tasks.length; index = next++) {
          try {
            results[index] = (await tasks[index]?.()) as T;
          } catch (thrown) {
            failures.push(thrown);
          }
        }
        running -= 1;
        if (running === 0) wake();
      };
      for (let started = 0; started < lanes; started++) turns.start(group, turns.now, lane);
      const sleep = turns.sleep(group);
      wake = sleep.wake;
      await sleep.asleep;
      if (failures.length > 0) throw failures[0];
      return results;
    },

    async during<T>(work: () => Promise<T>, every: number, beat: () => Promise<void>): Promise<T> {
      let over = false;
      let callOff: () => void = () => {};
      const next = () => {
        callOff = turns.start(group, plus(turns.now, every), async () => {
          if (over) return;
          await beat().catch(() => {});
          if (!over) next();
        });
      };
      next();
      try {
        return await work();
      } finally {
        over = true;
        callOff();
      }
    },
  };
}
