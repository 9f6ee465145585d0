import type { ReasonCode } from "./reasons.ts";
import { effectiveOverlap, longestRule, retireRule } from "./reload.ts";
import type { Rotation } from "./rotation.ts";
import type { TargetSettings } from "./settings.ts";
import { DAY, type EpochMs, plus } from "./time.ts";
import type { Facts } from "./verdict.ts";

/** A credential that lived out its own end is swept this much later (design §4.4). */
export const SWEEP_AFTER = 7 * DAY;

/** When the old credential may go, and under which rule; `at` null: not by itself. */
export function retirement(
  rotation: Rotation,
  targets: readonly TargetSettings[],
  asked: Facts["asked"],
): {
  readonly at: EpochMs | null;
  readonly because: ReasonCode;
  readonly early: boolean;
} {
  // a person who has since found another consumer and said so in the configuration is heard
  const policy = { ...rotation.policy, retire: longestRule(rotation.policy.retire, asked.retire) };
  const { rule, because } = retireRule(policy, targets, rotation.consumersComplete && asked.complete);
  if (rule === "never") return { at: null, because: "retire-never", early: false };
  const swept = rotation.replacesEnd === null ? null : plus(rotation.replacesEnd, SWEEP_AFTER);
  if (rule === "after-overlap" && rotation.verifiedAt !== null && isProven(rotation)) {
    const at = plus(rotation.verifiedAt, effectiveOverlap(rotation.policy, targets));
    if (swept === null || at < swept) return { at, because: "overlap", early: true };
  }
  const why = because ?? (rule === "after-evidence" ? "no-evidence" : "until-expiry");
  return { at: swept, because: why, early: false };
}

/**
 * A token with the copy read back, or the sign-in of a consumer, which proves as much. Of a federated credential there is no
 * copy, so only the latter; a person's word alone takes nothing away early.
 */
function isProven({ assurance, kind }: Rotation): boolean {
  return assurance === "consumer-evidence" || (assurance === "token" && kind !== "federated");
}
