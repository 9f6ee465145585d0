/** Whether a target could be written now, asked beside every rotation; nothing is changed there. */
import { asNolapseError, NolapseError } from "../core/errors.ts";
import type { EpochMs } from "../core/time.ts";
import type { Deps } from "./deps.ts";

export interface Tried {
  readonly at: EpochMs;
  /** Why it could not; null where it could. */
  readonly error: Pick<NolapseError, "message" | "next"> | null;
}

/** Tries the place of that name. @throws NolapseError `not-found` where the configuration names none, `refused-by-rule` where only a person can bring a value there. */
export async function preflightTarget(
  { settings, targets, clock }: Pick<Deps, "settings" | "targets" | "clock">,
  name: string,
  signal?: AbortSignal,
): Promise<Tried> {
  const known = Object.hasOwn(settings.targets, name) ? targets.get(name) : null;
  if (known === null) {
    throw new NolapseError("not-found", `the configuration has no target ${name}`, {
      next: "name one of those under targets",
    });
  }
  if (known.carried !== undefined) {
    throw new NolapseError("refused-by-rule", `only ${known.carried.by} can look at target ${name}`, {
      next: "ask there; Nolapse neither writes nor reads it",
    });
  }
  const error = await known.preflight(signal).then(() => null, asNolapseError);
  return { at: await clock.now(), error };
}
