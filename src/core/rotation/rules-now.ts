/**
 * The policy of an open rotation and the one that holds for its application now: what the configuration says holds for what has
 * not been done yet. Freezes and the overlap are read from the policy of that name at each decision.
 */
import { type Approval, EVIDENCE_WINDOW, type Policy } from "../policy/policy.ts";
import type { Rotation } from "./rotation.ts";
import type { RulesNow } from "./words.ts";

/**
 * What the rotation has to take over; null where that is nothing. Windows and approvals are those of now, as freezes are, and a window of
 * evidence only gets longer.
 */
export function rulesFound(
  rotation: Pick<Rotation, "policy" | "removedAt" | "privileges" | "refusals">,
  now: Policy,
): RulesNow["rules"] | null {
  const { policy, removedAt } = rotation;
  if (removedAt !== null) return null;
  const had = policy.evidenceWindow ?? EVIDENCE_WINDOW;
  const rules = {
    name: now.name,
    approval: bothOf(now.approval, stillAsked(rotation)),
    windows: now.windows,
    evidenceWindow: Math.max(had, now.evidenceWindow ?? EVIDENCE_WINDOW),
  };
  const { name, approval, windows } = policy;
  return JSON.stringify({ name, approval, windows, evidenceWindow: had }) === JSON.stringify(rules) ? null : rules;
}

/** What is asked for though the configuration asks no more: of a privileged application all of it, and a part that somebody has said no to. */
function stillAsked({ policy, privileges, refusals = {} }: Parameters<typeof rulesFound>[0]): Approval {
  // of an older rotation nobody knows why it asks
  if (privileges === undefined || privileges.length > 0) return policy.approval;
  const refused = (["issue", "retire"] as const).filter(
    (part) => refusals[part] !== undefined && (policy.approval === part || policy.approval === "both"),
  );
  return refused.length === 2 ? "both" : (refused[0] ?? "none");
}

/** Whether the second asks for less than the first. */
export function asksLess(had: Approval, now: Approval): boolean {
  return bothOf(now, had) !== now;
}

function bothOf(one: Approval, other: Approval): Approval {
  if (one === other || other === "none") return one;
  return one === "none" ? other : "both";
}
