/** What time does to values that people see: secrets that nobody said are stored, and requests to see one that have run out. */
import { earliest } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { lapseReveals } from "./reveal-request.ts";
import { type Swept, sweepShown } from "./sweep-shown.ts";

/** What time leaves undone where nothing is looked at. */
export const NOTHING_DUE: Swept = { due: null, inVain: false };

/**
 * One look at all of them, and what it leaves. Nothing for a process that is signed in as another application.
 * @throws NolapseError `store-…`; the reason of `signal`.
 */
export async function lookAfterValues(deps: Deps, signal?: AbortSignal): Promise<Swept> {
  if (deps.self !== undefined) return NOTHING_DUE;
  const { due, inVain } = await sweepShown(deps, signal);
  const dues = [due, await lapseReveals(deps)].filter((one) => one !== null);
  return { due: dues.length === 0 ? null : earliest(...dues), inVain };
}
