/**
 * The policy of an open rotation and the one that holds for its application now: what is made stricter in the configuration holds for what has
 * not been done yet. Freezes and the overlap are read from the policy of that name at each decision.
 */
import { type Approval, EVIDENCE_WINDOW, type Policy } from "../policy/policy.ts";
import type { Rotation } from "./rotation.ts";
import type { RulesNow } from "./words.ts";

/**
 * What the rotation has to take over; null where that is nothing. Windows are those of now, as freezes are; an approval that is asked for no
 * more still is, as somebody may have said no, and a window of evidence only gets longer.
 */
export function rulesFound(
  { policy, removedAt }: Pick<Rotation, "policy" | "removedAt">,
  now: Policy,
): RulesNow["rules"] | null {
  if (removedAt !== null) return null;
  const had = policy.evidenceWindow ?? EVIDENCE_WINDOW;
  const rules = {
    name: now.name,
    approval: bothOf(policy.approval, now.approval),
    windows: now.windows,
    evidenceWindow: Math.max(had, now.evidenceWindow ?? EVIDENCE_WINDOW),
  };
  const { name, approval, windows } = policy;
  return JSON.stringify({ name, approval, windows, evidenceWindow: had }) === JSON.stringify(rules) ? null : rules;
}

function bothOf(one: Approval, other: Approval): Approval {
  if (one === other || other === "none") return one;
  return one === "none" ? other : "both";
}
