/** `nolapse approve`: one person's word; of privileged applications two different ones, each confirmed by the directory. */
import { APPROVALS, type ApprovedPart, isEnough, type Person, personId } from "../core/approval.ts";
import { NolapseError } from "../core/errors.ts";
import type { Rotation, RotationEvent } from "../core/rotation.ts";
import type { EpochMs } from "../core/time.ts";
import { amend, rotationOf } from "./amend.ts";
import type { Deps } from "./deps.ts";

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
