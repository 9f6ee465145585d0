/** What a rehearsal does not live through, and why. */
import { REASONS, type ReasonCode } from "../core/reasons.ts";
import type { EpochMs } from "../core/time.ts";
import type { PlanItem } from "../engine/plan/plan.ts";

/** Applications of the tenant that a rehearsal leaves out for one reason. */
export interface FutureLeft {
  readonly reason: ReasonCode;
  readonly sentence: string;
  readonly applications: number;
  /** The display name of one of them. */
  readonly example: string;
}

/** Every application of `names` that is not `bound`, by what the plan says of its slot, else of what it has. */
export function leftOut(
  items: readonly PlanItem[],
  bound: ReadonlySet<string>,
  names: ReadonlyMap<string, string>,
  from: EpochMs,
): FutureLeft[] {
  const planned = Map.groupBy(items, (one) => one.appId);
  const reasons = [...names].flatMap(([appId, displayName]) => {
    if (bound.has(appId)) return [];
    const own = planned.get(appId) ?? [];
    const item = own.find(({ slot }) => slot !== null) ?? own.find(({ status }) => status === "cannot") ?? own[0];
    return [{ displayName, reason: item === undefined ? ("no-live-credential" as const) : whyLeft(item, from) }];
  });
  return [...Map.groupBy(reasons, ({ reason }) => reason)]
    .map(([reason, all]) => ({
      reason,
      sentence: REASONS[reason],
      applications: all.length,
      example: all[0]?.displayName ?? "",
    }))
    .toSorted((a, b) => b.applications - a.applications);
}

/** What keeps the item out of a rehearsal. */
function whyLeft({ slot, status, because, targets, credential, rotation }: PlanItem, from: EpochMs): ReasonCode {
  if (slot === null || status === "cannot") return because;
  if (targets.length === 0) return "no-targets";
  if (credential === null) return rotation === null ? because : "no-live-credential";
  return credential.end !== null && credential.end <= from ? "expired" : "no-end";
}
