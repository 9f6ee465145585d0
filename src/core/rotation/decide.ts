/**
 * The decision (design §4.2): rotation + facts + now → do a step, wait, halt, or done. An ordered list of named checks;
 * the first that does not pass decides, and later checks rely on earlier ones. `nolapse explain` prints the same list.
 */

import { REASONS, type ReasonCode } from "../reasons.ts";
import type { EpochMs } from "../time.ts";
import { checksFor } from "./checks.ts";
import { keptSentence } from "./kept.ts";
import type { Rotation } from "./rotation.ts";
import type { Facts, Situation, Verdict } from "./verdict.ts";

/** One line of `nolapse explain`. */
export interface CheckResult {
  readonly check: string;
  readonly passed: boolean;
  readonly reason: ReasonCode | null;
  readonly sentence: string;
  readonly detail: string | null;
}

/** What to do with this rotation now. */
export function decide(rotation: Rotation, facts: Facts, now: EpochMs): Verdict {
  return explain(rotation, facts, now).verdict;
}

/** The verdict together with every check that was asked. */
export function explain(
  rotation: Rotation,
  facts: Facts,
  now: EpochMs,
): { readonly verdict: Verdict; readonly checks: readonly CheckResult[] } {
  const urgent = rotation.emergency !== undefined || (facts.forecast !== null && now >= facts.forecast.urgentAt);
  const situation: Situation = { rotation, facts, now, urgent };
  const checks: CheckResult[] = [];
  for (const check of checksFor(rotation.state)) {
    const verdict = check.judge(situation);
    if (verdict === null) {
      checks.push({
        check: check.name,
        passed: true,
        reason: null,
        sentence: keptSentence(check.name),
        detail: null,
      });
      continue;
    }
    const { because } = verdict;
    const detail = verdict.verdict === "wait" ? (verdict.detail ?? null) : null;
    checks.push({ check: check.name, passed: false, reason: because, sentence: REASONS[because], detail });
    return { verdict, checks };
  }
  return { verdict: { verdict: "done", because: "done" }, checks };
}
