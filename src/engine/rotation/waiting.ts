/** Rotations that wait for somebody's word rather than for a time of their own: a person's, or a configuration that is read anew. */
import { decide } from "../../core/rotation/decide.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { DAY, type DurationMs, type EpochMs, HOUR, MINUTE, plus } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { gatherFacts } from "../facts.ts";
import { NOLAPSE } from "../trail/audit.ts";
import { tryStore } from "./amend.ts";

/** Whoever gives the word makes the rotation due with it; by itself it is looked at this often, for what was missed. */
export const LONGEST_LOOK: DurationMs = DAY;
/** Clocks that differ included. */
const LOOKED_AT_WITHIN: DurationMs = LONGEST_LOOK + HOUR;

/** Two clocks that are right differ by less. */
const CLOCKS_APART: DurationMs = 10 * MINUTE;

const OPEN = ["planned", "issued", "accepted", "delivered", "verified", "halted"] as const;

/** Halted rotations, and those that are looked at within a day: what waits for a time far off waits for nobody's word. */
export async function waitingOrHalted({ store, settings }: Deps, at: EpochMs): Promise<readonly Rotation[]> {
  const open = await store.rotations({ tenantId: settings.tenantId, states: OPEN });
  return open.filter((one) => one.state === "halted" || isSoon(one, at) || isOfFuture(one, at));
}

function isSoon({ dueAt }: Rotation, at: EpochMs): boolean {
  return dueAt !== null && dueAt <= plus(at, LOOKED_AT_WITHIN);
}

/** Stored by a clock that was ahead of what it is now: what it waits for was reckoned from there. */
function isOfFuture({ updatedAt }: Rotation, at: EpochMs): boolean {
  return updatedAt > plus(at, CLOCKS_APART);
}

/**
 * Makes due what has waited for the configuration that this process has just read, and need wait no more: another mode, a target
 * that is bound again. So is what a clock has put off that was ahead. What another process holds is in good hands.
 */
export async function lookAtWaiting(deps: Deps): Promise<void> {
  const at = await deps.clock.now();
  for (const rotation of await waitingOrHalted(deps, at)) {
    if (rotation.state === "halted" || rotation.dueAt === null || rotation.dueAt <= at) continue;
    if (isOfFuture(rotation, at)) {
      const events = [
        { type: "retry-asked", at, clockWasAhead: true } as const,
        { type: "waited", at, dueAt: at } as const,
      ];
      await tryStore(deps, rotation, events, NOLAPSE);
      continue;
    }
    const { verdict } = decide(rotation, await gatherFacts(deps, rotation, at), at);
    if (verdict === "do") await tryStore(deps, rotation, [{ type: "waited", at, dueAt: at }], NOLAPSE);
  }
}
