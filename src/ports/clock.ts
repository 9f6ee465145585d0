import type { EpochMs } from "../core/time.ts";

/** The two clocks (design §3). */
export interface Clock {
  /** Domain time: the directory's where one is named, else the machine's. @throws NolapseError `clock-unavailable`. */
  now(signal?: AbortSignal): Promise<EpochMs>;
  /** Whether domain time stands still until somebody moves it: then waiting for it is in vain. */
  frozen(signal?: AbortSignal): Promise<boolean>;
  /** Process time in milliseconds: monotonic, comparable between processes of this host; for leases only. */
  processNow(): number;
  /**
   * Waits until domain time is `until` or the domain clock is moved, whichever is first, or until the signal aborts
   * (then it returns quietly too). Never longer than `atMost` milliseconds of process time.
   */
  wait(until: EpochMs, atMost: number, signal?: AbortSignal): Promise<void>;
}

/** Process time alone: for what counts what this process sends, whatever the domain's clock does. */
export interface ProcessTime {
  /** Milliseconds, monotonic. */
  processNow(): number;
  /** Waits so many milliseconds of process time, or until the signal aborts; then it returns quietly. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
