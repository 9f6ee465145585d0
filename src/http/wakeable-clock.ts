/** A clock whose waits somebody else may end: the loop sleeps, and a person has asked for something. */
import type { Deps } from "../engine/deps.ts";

type Clock = Deps["clock"];

export interface WakeableClock {
  readonly clock: Clock;
  /** Ends whatever wait is under way; the next one as well, where none is. */
  wake(): void;
}

export function wakeable(clock: Clock): WakeableClock {
  let alarm = new AbortController();
  return {
    clock: {
      now: (signal) => clock.now(signal),
      frozen: (signal) => clock.frozen(signal),
      processNow: () => clock.processNow(),
      wait: async (until, atMost, signal) => {
        const both = signal === undefined ? [alarm.signal] : [alarm.signal, signal as globalThis.AbortSignal];
        if (!alarm.signal.aborted) await clock.wait(until, atMost, AbortSignal.any(both));
        if (alarm.signal.aborted) alarm = new AbortController();
      },
    },
    wake: () => alarm.abort(),
  };
}
