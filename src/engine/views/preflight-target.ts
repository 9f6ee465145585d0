/** Whether a target could be written now, asked beside every rotation; nothing is changed there. */
import { asNolapseError, NolapseError } from "../../core/errors.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Diagnosis } from "../../ports/diagnosis.ts";
import type { Deps } from "../deps.ts";
import type { PlanItem } from "../plan/plan.ts";
import { type DoctorCheck, targetCheck, writingChecks } from "./doctor.ts";

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

/**
 * What a rotation of these slots needs before anything is made, tried now: that Nolapse may write to the directory, and each place their
 * values go to, once. What lies there is not signed in with, which the rotation does itself. Nothing is changed.
 */
export async function preflightOf(
  deps: Pick<Deps, "settings" | "targets" | "scheduler">,
  diagnosis: Pick<Diagnosis, "whoAmI" | "whoWrites">,
  slots: readonly Pick<PlanItem, "targets">[],
  signal?: AbortSignal,
): Promise<readonly DoctorCheck[]> {
  const names = [...new Set(slots.flatMap(({ targets }) => targets))];
  const rights = () => writingChecks(deps, diagnosis, signal);
  const places = names.map((name) => async () => [await targetCheck(deps, name, signal)]);
  return (await deps.scheduler.all([rights, ...places], AT_ONCE)).flat();
}

/** Places that are tried side by side. */
const AT_ONCE = 8;
