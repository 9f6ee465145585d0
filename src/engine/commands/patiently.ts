/** A person's word that comes while a step is being done: it waits for the end of that step, for as long as its holder may be alive. */
import { type DurationMs, plus, SECOND } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { StepUnderWay } from "../rotation/amend.ts";

/** Longer than a lease: what a process that died on another host has left half done, the next one has taken up by then and given back. */
export const PATIENCE: DurationMs = 40 * SECOND;
/** So soon the word is said again. */
const AGAIN: DurationMs = SECOND / 4;

/**
 * What `word` gives, said again while it is refused because somebody works on what it is about; `waits` is called once, before the first wait.
 * Nothing is stored while it is refused, so what it gives holds from then on, as if it had been said after the step.
 * @throws NolapseError whatever else `word` throws at once, and its {@link StepUnderWay} after {@link PATIENCE} or when the signal aborts.
 */
export async function patiently<T>(
  { clock }: Pick<Deps, "clock">,
  word: () => Promise<T>,
  signal?: AbortSignal,
  waits: () => void = () => {},
): Promise<T> {
  const until = clock.processNow() + PATIENCE;
  const isStopped = () => signal?.aborted === true;
  for (let isTold = false; ; isTold = true) {
    try {
      return await word();
    } catch (thrown) {
      if (!(thrown instanceof StepUnderWay) || clock.processNow() >= until || isStopped()) throw thrown;
      if (!isTold) waits();
      // not by the signal: a clock that stops to answer is an error, and the end of the wait is none
      await clock.wait(plus(await clock.now(), AGAIN), AGAIN, signal);
      if (isStopped()) throw thrown;
    }
  }
}
