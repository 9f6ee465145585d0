import { NolapseError } from "../../../core/errors.ts";
import type { Target } from "../../../ports/target.ts";
import type { Claimed } from "../claimed.ts";

/** The target by name. @throws NolapseError `target-absent` when the configuration no longer has it. */
export function targetOf(claimed: Claimed, name: string): Target {
  const target = claimed.deps.targets.get(name);
  if (target === null) {
    throw new NolapseError("target-absent", `the target ${name} is not in the configuration`, {
      next: `add ${name} under targets, or remove it from the application's entry`,
    });
  }
  return target;
}
