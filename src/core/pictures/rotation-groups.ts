/** Rotations as a list groups them: what waits for a person on top, and for what; then what goes on by itself. Pure. */
import { type ApprovedPart, unapproved } from "../policy/approval.ts";
import type { Mode, TenantSettings } from "../policy/settings.ts";
import type { ReasonCode } from "../reasons.ts";
import { type Asking, asksPerson } from "../rotation/own-credential.ts";
import type { Rotation } from "../rotation/rotation.ts";
import { awaitsIssue } from "./outlook.ts";

/** In the order in which they are looked at. */
export const ROTATION_GROUPS = ["waits", "under-way", "overlap", "finished"] as const;

export type RotationGroup = (typeof ROTATION_GROUPS)[number];

type Around = Asking & Pick<TenantSettings, "targets">;

/** The part that does not begin before a person approves it; null where none waits for that. */
export function asksApproval(rotation: Rotation, asking: Asking): ApprovedPart | null {
  const { state, approvals } = rotation;
  if (state === "planned") return awaitsIssue(rotation, asking) ? "issue" : null;
  const isAsked = state === "verified" && approvals.retire === null;
  return isAsked && asksPerson(rotation, "retire", asking) ? "retire" : null;
}

/** Why its approval is missing: what the policy or the mode says, or a person's no. */
export function unapprovedBecause(rotation: Rotation, part: ApprovedPart, mode: Mode): ReasonCode {
  const because = unapproved(rotation.refusals, part);
  return part === "issue" && mode === "propose" && because !== "approval-refused" ? "mode-propose" : because;
}

/** What only a person can do for it to go on; null where it goes on by itself, or is over. */
export function waitsFor(rotation: Rotation, { mode, own, targets }: Around): ReasonCode | null {
  const { state, deliveries } = rotation;
  if (state === "halted") return rotation.haltReason ?? rotation.reason;
  if (mode === "observe" && state !== "retired" && state !== "cancelled") return "mode-observe";
  if (rotation.paused !== undefined) return "paused";
  const part = asksApproval(rotation, { mode, own });
  if (part !== null) return unapprovedBecause(rotation, part, mode);
  if (state !== "accepted") return null;
  const open = deliveries.filter(({ receipt }) => receipt === null);
  const isCarried = open.length > 0 && open.every(({ target }) => (targets[target]?.carriedBy ?? null) !== null);
  if (!isCarried) return null;
  return open.every(({ intendedAt }) => intendedAt !== null) ? "person-installs" : "person-takes";
}

export function groupOf(rotation: Rotation, around: Around): RotationGroup {
  if (rotation.state === "retired" || rotation.state === "cancelled") return "finished";
  if (waitsFor(rotation, around) !== null) return "waits";
  return rotation.state === "verified" ? "overlap" : "under-way";
}

/** What ends first is looked at first; of what is in overlap, what goes on first. */
export function byUrgency(group: RotationGroup): (a: Rotation, b: Rotation) => number {
  const at = ({ replacesEnd, dueAt }: Rotation) =>
    (group === "overlap" ? dueAt : replacesEnd) ?? Number.POSITIVE_INFINITY;
  return (a, b) => {
    const [first, second] = [at(a), at(b)];
    return first === second ? (a.id < b.id ? -1 : 1) : first < second ? -1 : 1;
  };
}
