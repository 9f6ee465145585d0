/** What every write of this folder answers. */
import { NolapseError } from "../../core/errors.ts";
import type { Unsettled } from "../../ports/entra.ts";

export function refusedByMode(what: string): NolapseError {
  return new NolapseError("refused-by-mode", `${what} was not done: nothing is written in this mode`, {
    next: "set mode: enforce for the tenant, or leave --dry-run out",
  });
}

export function notApplied(what: string): Unsettled {
  return { outcome: "not-applied", error: refusedByMode(what) };
}
