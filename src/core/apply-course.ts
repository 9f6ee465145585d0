/** What holds a rotation up, ends it or lets it go on; part of `applyEvent`. */
import { CLEAR } from "./apply-delivery.ts";
import { type ApprovedPart, isEnough } from "./approval.ts";
import type { Rotation, RotationEvent } from "./rotation.ts";
import type { EpochMs } from "./time.ts";

type Of<T extends RotationEvent["type"]> = Extract<RotationEvent, { type: T }>;

export function changeCourse(
  r: Rotation,
  event: Of<"approved" | "emergency-asked" | "failed" | "waited" | "halted" | "resumed" | "cancelled">,
): Rotation {
  switch (event.type) {
    case "approved":
      return {
        ...r,
        // who asks again has mended something: the next try is now. The hour before a second attempt stays
        notBefore: r.lastFailure === null ? r.notBefore : null,
        ...approvedBy(r, event),
      };
    case "emergency-asked":
      return {
        ...r,
        emergency: { at: event.at, actor: event.actor },
        notBefore: r.lastFailure === null ? r.notBefore : null,
      };
    case "failed":
      return {
        ...r,
        ...(event.missed === true ? { missedAt: [...missedReads(r), event.at] } : {}),
        failures: r.failures + 1,
        lastFailure: event.failure,
        notBefore: event.notBefore,
      };
    case "waited":
      return { ...r, dueAt: event.dueAt };
    case "halted":
      return { ...r, state: "halted", from: r.state, haltReason: event.reason };
    case "resumed":
      return { ...r, ...CLEAR, state: r.from ?? "planned", from: null, haltReason: null };
    case "cancelled":
      return { ...r, state: "cancelled", former: null, from: r.state === "halted" ? r.from : r.state };
  }
}

/** The reads in a row that did not show the new credential: whatever else happened last has ended them. */
export function missedReads({ missedAt = [], lastFailure }: Rotation): readonly EpochMs[] {
  return lastFailure !== null && lastFailure.at === missedAt.at(-1) ? missedAt : [];
}

/** A part is approved at the instant at which enough different persons have spoken. */
function approvedBy(r: Rotation, { at, what, by }: Of<"approved">): Pick<Rotation, "approvals" | "approvers"> {
  const parts: ApprovedPart[] = what === "both" ? ["issue", "retire"] : [what];
  const approvers = [...(r.approvers ?? [])];
  if (by !== undefined) for (const part of parts) approvers.push({ part, id: by.id, actor: by.actor });
  const enough = (part: ApprovedPart) =>
    parts.includes(part) && (by === undefined || isEnough(approvers, part, by.persons));
  const approvals = {
    issue: enough("issue") ? at : r.approvals.issue,
    retire: enough("retire") ? at : r.approvals.retire,
  };
  return by === undefined ? { approvals } : { approvals, approvers };
}
