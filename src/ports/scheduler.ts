/** Fan-out. The engine never uses Promise.all, so that a simulation can order every interleaving. */
export interface Scheduler {
  /** Runs the tasks, at most `width` at a time; the results in the tasks' order. A failure waits for the others, then throws. */
  all<T>(tasks: readonly (() => Promise<T>)[], width: number): Promise<T[]>;
  /** Runs `work`; meanwhile calls `beat` every `every` milliseconds of process time (for leases). A failed beat is ignored. */
  during<T>(work: () => Promise<T>, every: number, beat: () => Promise<void>): Promise<T>;
  /** Lets all else that waits in this process have its turn; left out where nobody does. */
  turn?(): Promise<void>;
}
