/** Drives work over a whole tenant slice by slice: a hundred thousand applications keep nobody else waiting. */
import { atOnce, type Slices } from "../core/slices.ts";
import type { Deps } from "./deps.ts";

/** What the work comes to; between two slices others have their turn. */
export async function inTurns<T>({ scheduler }: Pick<Deps, "scheduler">, work: Slices<T>): Promise<T> {
  if (scheduler.turn === undefined) return atOnce(work);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    await scheduler.turn();
  }
}

/** For a loop that asks the store on the way, whose answers come at once: to be awaited with each, others have their turn every so often. */
export function turnEvery({ scheduler }: Pick<Deps, "scheduler">, many: number): () => Promise<void> {
  let done = 0;
  return async () => {
    done += 1;
    if (done % many === 0) await scheduler.turn?.();
  };
}
