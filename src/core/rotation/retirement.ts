import { EVIDENCE_WINDOW, SWEEP_AFTER } from "../policy/policy.ts";
import { effectiveOverlap, longestRule, overlapBecause, reloadBound, retireRule } from "../policy/reload.ts";
import type { TargetSettings } from "../policy/settings.ts";
import type { ReasonCode } from "../reasons.ts";
import { type EpochMs, earliest, latest, plus } from "../time.ts";
import type { Rotation } from "./rotation.ts";
import { judgeUse, nextUsesAt, type UseEvidence } from "./use-evidence.ts";
import type { Facts } from "./verdict.ts";

export interface Retirement {
  /** Null: not by itself. */
  readonly at: EpochMs | null;
  readonly because: ReasonCode;
  readonly detail: string | null;
  /** Before its own end. */
  readonly early: boolean;
  /** Sign-in log and usage report decide: read next at this instant, null for now. Absent where they do not. */
  readonly evidence?: { readonly next: EpochMs | null };
}

/** When the old credential may go, and under which rule. */
export function retirement(rotation: Rotation, targets: readonly TargetSettings[], asked: Facts["asked"]): Retirement {
  if (rotation.emergency !== undefined && rotation.verifiedAt !== null) {
    const early = isBefore(rotation.verifiedAt, rotation.replacesEnd);
    return { at: rotation.verifiedAt, because: "leaked", detail: null, early };
  }
  const byRule = ruled(rotation, targets, asked);
  const word = byWord(rotation, targets, asked);
  return word !== null && (byRule.at === null || word < byRule.at)
    ? { at: word, because: "removal-asked", detail: null, early: isBefore(word, rotation.replacesEnd) }
    : byRule;
}

/** By policy and configuration alone, whatever a person has asked for since. */
export function ruled(rotation: Rotation, targets: readonly TargetSettings[], asked: Facts["asked"]): Retirement {
  // a person who has since found another consumer and said so in the configuration is heard
  const { overlap } = rotation.policy;
  const policy = {
    ...rotation.policy,
    retire: longestRule(rotation.policy.retire, asked.retire),
    overlap: Math.max(overlap, asked.overlap ?? overlap),
  };
  const { rule, because } = retireRule(policy, targets, rotation.consumersComplete && asked.complete);
  if (rule === "never") return { at: null, because: "retire-never", detail: null, early: false };
  const swept = rotation.replacesEnd === null ? null : plus(rotation.replacesEnd, SWEEP_AFTER);
  if (rule === "after-overlap" && rotation.verifiedAt !== null && isProven(rotation)) {
    const at = plus(rotation.verifiedAt, effectiveOverlap(policy, targets));
    const detail = overlapBecause(policy, targets);
    if (swept === null || at < swept) return { at, because: "overlap", detail, early: true };
  }
  if (rule === "after-evidence" && rotation.verifiedAt !== null) {
    return byEvidence({ ...rotation, policy }, rotation.verifiedAt, swept, targets);
  }
  return { at: swept, because: because ?? "until-expiry", detail: null, early: false };
}

/** With evidence enough, after the window and never before the overlap; without, it lives out its end meanwhile. */
function byEvidence(
  { policy, uses = null }: Rotation,
  verifiedAt: EpochMs,
  swept: EpochMs | null,
  targets: readonly TargetSettings[],
): Retirement {
  const evidence = { next: nextUsesAt(uses) };
  const said = useVerdict(policy, uses, verifiedAt);
  if (!said.enough) return { at: swept, because: said.because, detail: said.detail, early: false, evidence };
  const at = latest(said.at, plus(verifiedAt, effectiveOverlap(policy, targets)));
  if (swept !== null && at >= swept) {
    return { at: swept, because: "until-expiry", detail: null, early: false, evidence };
  }
  return { at, because: "overlap", detail: overlapBecause(policy, targets), early: true, evidence };
}

/**
 * From when on a person's word lets the old credential go; null where nobody has given it, or only its own end does. A declared consumer
 * has had the time to reload by then (design §4.3, invariant 2): no word shortens that.
 */
function byWord(rotation: Rotation, targets: readonly TargetSettings[], asked: Facts["asked"]): EpochMs | null {
  const { verifiedAt, replacesEnd } = rotation;
  if (!wordStands(rotation, asked) || verifiedAt === null) return null;
  if (wordForbidden(rotation, targets, asked) !== null) return replacesEnd;
  const reloaded = plus(verifiedAt, effectiveOverlap({ overlap: 0 }, targets));
  return replacesEnd === null ? reloaded : earliest(reloaded, replacesEnd);
}

/**
 * Whether a person's word is there, and overrules what he knew of: who has since found another consumer, and said so in the configuration,
 * is heard, and the word has to be given anew.
 */
export function wordStands({ removal, policy, consumersComplete }: Rotation, asked: Facts["asked"]): boolean {
  if (removal === undefined) return false;
  const { retire, complete } = removal.told;
  const isComplete = consumersComplete && asked.complete;
  return longestRule(retire, policy.retire, asked.retire) === retire && (isComplete || !complete);
}

/** Why no person's word lets the old one go before its own end, null where it does: then an emergency alone, which is announced, can. */
export function wordForbidden(
  rotation: Rotation,
  targets: readonly TargetSettings[],
  asked: Facts["asked"],
): ReasonCode | null {
  if (asked.keeps === true) return "own-environment";
  if (rotation.policy.probe === "none" || !isProven(rotation)) return "consumer-proof";
  return reloadBound(targets).unbounded ? "unbounded-reload" : null;
}

function isBefore(at: EpochMs, end: EpochMs | null): boolean {
  return end === null || at < end;
}

/** What the evidence in hand says under this policy. */
export function useVerdict(policy: Rotation["policy"], uses: UseEvidence | null, verifiedAt: EpochMs) {
  if (uses !== null) return judgeUse(uses, verifiedAt, policy.evidenceWindow ?? EVIDENCE_WINDOW);
  const detail = "sign-in log and usage report were not read yet";
  return { enough: false, because: "no-evidence", detail } as const;
}

/**
 * A token with the copy read back, or the sign-in of a consumer, which proves as much. Of a federated credential there is no
 * copy, so only the latter; a person's word alone takes nothing away early.
 */
function isProven({ assurance, kind }: Rotation): boolean {
  return assurance === "consumer-evidence" || (assurance === "token" && kind !== "federated");
}
