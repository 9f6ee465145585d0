import { NolapseError } from "../core/errors.ts";
import { MINUTE } from "../core/time.ts";

/** The `--wait` in force: never below the time an acceptance takes and a minute (design §6). */
export function waitOf(asked: number | undefined, acceptanceOver: number): number {
  const floor = acceptanceOver + MINUTE;
  if (asked === undefined) return Math.max(10 * MINUTE, floor);
  if (asked >= floor) return asked;
  throw new NolapseError("usage", "--wait is shorter than an acceptance takes", {
    next: `use --wait ${Math.ceil(floor / MINUTE)}m or more`,
  });
}
