/** `nolapse approve`: one person's word; of privileged applications two different ones, each confirmed by the directory. */

import { NolapseError } from "../../core/errors.ts";
import { APPROVALS, type ApprovedPart, isEnough, type Person, personId } from "../../core/policy/approval.ts";
import { asksPerson } from "../../core/rotation/own-credential.ts";
import type { Rotation, RotationEvent } from "../../core/rotation/rotation.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { amend, rotationOf } from "../rotation/amend.ts";

/** Whether the scan that opened it found the application privileged. */
export function isPrivileged({ privileges = [] }: Pick<Rotation, "privileges">): boolean {
  return privileges.length > 0;
}

/**
 * Notes a person's approval; a name alone is a person nobody has confirmed.
 * @throws NolapseError `not-found`, and `refused-by-rule` for a second word of the same person, or an unconfirmed one, on a
 * privileged application.
 */
export async function approve(
  deps: Deps,
  id: string,
  what: ApprovedPart | "both",
  who: Person | string,
): Promise<Rotation> {
  const person = typeof who === "string" ? { actor: who, objectId: null } : who;
  const rotation = await rotationOf(deps, id);
  const rule = deps.settings.approvals ?? APPROVALS;
  const persons = isPrivileged(rotation) ? rule.persons : 1;
  if (isPrivileged(rotation)) refuse(rotation, what, person, rule.unproven);
  return amend(deps, id, person.actor, (at) => approvedEvent(at, what, person, persons));
}

/**
 * Notes a person's no to a part that waits for approval, with his reason; what he or others approved of it before counts no more.
 * Nothing is ended by it: somebody may still approve, and past its urgent time it is told as what is not.
 * @throws NolapseError `not-found`, and `refused-by-rule` for a part that waits for nobody or has begun.
 */
export async function refuseApproval(
  deps: Deps,
  id: string,
  what: ApprovedPart,
  person: Person,
  why: string,
): Promise<Rotation> {
  const rotation = await rotationOf(deps, id);
  if (!asks(deps, rotation, what)) {
    throw new NolapseError("refused-by-rule", `the policy asks nobody about this part of ${rotation.displayName}`, {
      next: `nolapse cancel ${id} gives the rotation up; both credentials stay`,
    });
  }
  notBegun(rotation, what);
  return amend(deps, id, person.actor, (at) => ({ type: "approval-refused", at, what, actor: person.actor, why }));
}

/**
 * Takes a person's own yes back, as long as what it let begin has not begun. One that nobody's name stands by, anybody may take back.
 * @throws NolapseError `not-found`, and `refused-by-rule` where he has not approved it or it has begun.
 */
export async function withdrawApproval(
  deps: Deps,
  id: string,
  what: ApprovedPart,
  person: Person,
  why: string | null = null,
): Promise<Rotation> {
  const rotation = await rotationOf(deps, id);
  const { approvers = [], approvals } = rotation;
  const ofPart = approvers.filter((one) => one.part === what);
  const isNameless = ofPart.length === 0 && approvals[what] !== null;
  if (!isNameless && !ofPart.some((one) => one.id === personId(person))) {
    throw new NolapseError("refused-by-rule", `${person.actor} has not approved this part of ${rotation.displayName}`, {
      next: "who approved it takes it back; anybody may refuse it instead",
    });
  }
  notBegun(rotation, what);
  const persons = isPrivileged(rotation) ? (deps.settings.approvals ?? APPROVALS).persons : 1;
  const by = { id: personId(person), actor: person.actor, persons };
  return amend(
    deps,
    id,
    person.actor,
    (at) => ({ type: "approval-withdrawn", at, what, by }),
    why === null ? {} : { why },
  );
}

/** Whether a person is asked for this part at all. */
export function asks({ settings, own }: Deps, rotation: Rotation, what: ApprovedPart): boolean {
  return asksPerson(rotation, what, { mode: settings.mode, own: own?.appId ?? null });
}

/** @throws NolapseError `refused-by-rule` where the part has begun. */
function notBegun(rotation: Rotation, what: ApprovedPart): void {
  const { state, attempts, retireIntendedAt, removedAt } = rotation;
  const has =
    what === "issue" ? state !== "planned" || attempts.length > 0 : retireIntendedAt !== null || removedAt !== null;
  if (!has) return;
  throw new NolapseError("refused-by-rule", `that part of the rotation of ${rotation.displayName} has begun`, {
    next: "nolapse stop holds everything; nolapse cancel ends a rotation where that is still possible",
  });
}

/** What is stored of one person's word. */
export function approvedEvent(
  at: EpochMs,
  what: ApprovedPart | "both",
  person: Person,
  persons: number,
): Extract<RotationEvent, { type: "approved" }> {
  return { type: "approved", at, what, by: { id: personId(person), actor: person.actor, persons } };
}

/** The parts of a rotation that wait for another person, and who has spoken for them. */
export function missing(deps: Deps, { privileges, approvers = [] }: Rotation, what: ApprovedPart | "both") {
  const persons = isPrivileged({ privileges: privileges ?? [] }) ? (deps.settings.approvals ?? APPROVALS).persons : 1;
  const parts: ApprovedPart[] = what === "both" ? ["issue", "retire"] : [what];
  return parts.filter((part) => !isEnough(approvers, part, persons));
}

function refuse(
  { displayName, id, privileges = [], approvers = [] }: Rotation,
  what: ApprovedPart | "both",
  person: Person,
  unproven: boolean,
): void {
  const why = privileges.join(", ");
  if (person.objectId === null && !unproven) {
    throw new NolapseError(
      "refused-by-rule",
      `${displayName} is privileged by ${why}: who approves it must be signed in to its tenant, and ${person.actor} is only a name of this machine`,
      { next: `az login, then nolapse approve ${id} (or set approvals.unproven: true)` },
    );
  }
  const parts: ApprovedPart[] = what === "both" ? ["issue", "retire"] : [what];
  const spoken = parts.every((part) => approvers.some((one) => one.part === part && one.id === personId(person)));
  if (!spoken) return;
  throw new NolapseError(
    "refused-by-rule",
    `${person.actor} has approved this rotation of ${displayName} already: it is privileged by ${why}, and a second person must approve it`,
    { next: `another person types: nolapse approve ${id}` },
  );
}
