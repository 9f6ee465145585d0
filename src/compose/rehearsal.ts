/** What a rehearsal stands on: a ground of its own, and the faults it shall meet. */
import { prettifyError } from "zod";
import { NolapseError } from "../core/errors.ts";
import { formatInstant } from "../core/time.ts";
import { faultPlanSchema as planOfFaults } from "../directory/faults/fault-plan.ts";
import type { GroundAsked } from "../rehearse/future.ts";
import type { FaultRule, Ground } from "../rehearse/stage/ground.ts";

/** A ground of a rehearsal, on which applications have the client ids and secrets that a scan saw. */
export async function rehearsalGround({ seed, start, describe }: GroundAsked): Promise<Ground> {
  const { directoryGround } = await import("../rehearsal-ground.ts");
  return directoryGround({
    seed,
    start,
    describe: (displayName) => {
      const { name, appId, secrets } = describe(displayName);
      return { name, appId, secrets: secrets.map((one) => ({ name: one.name, end: formatInstant(one.end) })) };
    },
  });
}

/** The rules of a plan of faults. @throws NolapseError `usage`. */
export function faultRules(plan: unknown): readonly FaultRule[] {
  const known = planOfFaults.safeParse(plan);
  if (known.success) {
    return known.data.rules.map(({ on, fault, probability, duration, times }) => ({
      on,
      fault,
      ...(probability === undefined ? {} : { probability }),
      ...(duration === undefined ? {} : { duration }),
      ...(times === undefined ? {} : { times }),
    }));
  }
  throw new NolapseError("usage", `--faults is no plan of faults: ${prettifyError(known.error)}`, {
    next: "docs/directory.md lists the faults, or leave --faults out for the usual weather",
  });
}
