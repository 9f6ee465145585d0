/** How fast consumers take a new value, and what that allows: the overlap it needs, and whether the old one may go early. */

import type { ReasonCode } from "../reasons.ts";
import { type DurationMs, formatDuration } from "../time.ts";
import { type Policy, type RetireRule, TOKEN_LIFE } from "./policy.ts";
import type { TargetSettings } from "./settings.ts";

/**
 * How long the slowest consumer of these targets may keep the old value. `unbounded`: at least one takes a new value only
 * when it starts; `hook`: at least one is told. Both count as no time here (design §4.4).
 */
export function reloadBound(targets: readonly TargetSettings[]): {
  slowest: DurationMs;
  unbounded: boolean;
  hook: boolean;
} {
  const reloads = targets.map((target) => target.reload);
  return {
    slowest: Math.max(0, ...reloads.filter((reload) => typeof reload === "number")),
    unbounded: reloads.includes("start"),
    hook: reloads.includes("hook"),
  };
}

/** The policy's overlap, but never below the slowest target's worst reload plus the life of a token (design §4.4). */
export function effectiveOverlap(policy: Pick<Policy, "overlap">, targets: readonly TargetSettings[]): DurationMs {
  return Math.max(policy.overlap, reloadBound(targets).slowest + TOKEN_LIFE);
}

/** Why the overlap is as long as it is: the policy's own, or raised for the target whose consumer reloads slowest. */
export function overlapBecause(policy: Pick<Policy, "overlap">, targets: readonly TargetSettings[]): string {
  const { slowest } = reloadBound(targets);
  const overlap = effectiveOverlap(policy, targets);
  if (overlap === policy.overlap) return `${formatDuration(overlap)}, as the policy says`;
  const named = targets.find((one) => one.reload === slowest);
  const reload =
    named === undefined ? "" : `the consumer of ${named.name} reloads within ${formatDuration(slowest)}, and `;
  return `${formatDuration(overlap)} instead of the policy's ${formatDuration(policy.overlap)}: ${reload}a token lives up to ${formatDuration(TOKEN_LIFE)}`;
}

/** From the one that keeps the old credential longest to the one that lets it go first. */
const LONGEST_FIRST: readonly RetireRule[] = ["never", "at-expiry", "after-evidence", "after-overlap"];

/** The rule that keeps the old credential longest. */
export function longestRule(...rules: readonly RetireRule[]): RetireRule {
  return LONGEST_FIRST.find((rule) => rules.includes(rule)) ?? "at-expiry";
}

/**
 * The rule by which the old credential goes, and why it is not the policy's own (else null). Early removal falls back to
 * `at-expiry` when it could not be safe: consumers not all declared, one that reloads only when it starts, or a credential
 * that cannot be tried (design §4.1 for `probe: none`, §4.4 for the others).
 */
export function retireRule(
  policy: Pick<Policy, "retire" | "probe">,
  targets: readonly TargetSettings[],
  consumersComplete: boolean,
): { rule: RetireRule; because: ReasonCode | null } {
  const early = policy.retire === "after-overlap" || policy.retire === "after-evidence";
  if (early && policy.probe === "none") return { rule: "at-expiry", because: "consumer-proof" };
  if (policy.retire !== "after-overlap") return { rule: policy.retire, because: null };
  if (!consumersComplete) return { rule: "at-expiry", because: "consumers-unknown" };
  if (reloadBound(targets).unbounded) return { rule: "at-expiry", because: "unbounded-reload" };
  return { rule: "after-overlap", because: null };
}
