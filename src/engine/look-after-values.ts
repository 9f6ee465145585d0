/** What time does to values that people see: secrets that nobody said are stored, and requests to see one that have run out. */
import { type EpochMs, MINUTE, plus } from "../core/time.ts";
import type { Deps } from "./deps.ts";
import { lapseReveals } from "./reveal-request.ts";
import { sweepShown } from "./sweep-shown.ts";

/** What is due and could not be done is tried again after this; for a loop that would otherwise not rest. */
const AGAIN: number = 1 * MINUTE;

/**
 * One look at all of them; when the next is due, null where none is. Nothing for a process that is signed in as another application.
 * @throws NolapseError `store-…`.
 */
export async function lookAfterValues(deps: Deps, signal?: AbortSignal): Promise<EpochMs | null> {
  if (deps.self !== undefined) return null;
  const dues = [await sweepShown(deps, signal), await lapseReveals(deps)].filter((due) => due !== null);
  if (dues.length === 0) return null;
  const [due, now] = [Math.min(...dues) as EpochMs, await deps.clock.now()];
  return due <= now ? plus(now, AGAIN) : due;
}
