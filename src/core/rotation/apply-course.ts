/** What holds a rotation up, ends it or lets it go on; part of `applyEvent`. */

import { type ApprovedPart, isEnough, isProven } from "../policy/approval.ts";
import { hardened } from "../policy/privilege.ts";
import { type EpochMs, earliest, HOUR, plus } from "../time.ts";
import { withoutPause } from "./application-pause.ts";
import { CLEAR } from "./apply-delivery.ts";
import type { Rotation, RotationEvent, Tried } from "./rotation.ts";
import type { Paused } from "./words.ts";

type Of<T extends RotationEvent["type"]> = Extract<RotationEvent, { type: T }>;

/** Nothing is known of what it signs in with. */
const UNPROBED = { probes: [], probingSince: null } as const;

export function changeCourse(
  r: Rotation,
  event: Of<
    | "approved"
    | "approval-refused"
    | "approval-withdrawn"
    | "emergency-asked"
    | "privileges-found"
    | "policy-found"
    | "removal-asked"
    | "failed"
    | "retry-asked"
    | "paused"
    | "continued"
    | "waited"
    | "halted"
    | "resumed"
    | "cancelled"
  >,
): Rotation {
  switch (event.type) {
    case "approved":
      return {
        ...r,
        // who asks again has mended something: the next try is now. The hour before a second attempt stays
        notBefore: r.lastFailure === null ? r.notBefore : null,
        ...approvedBy(r, event),
      };
    case "approval-refused":
      return refusedBy(r, event);
    case "approval-withdrawn":
      return withdrawnBy(r, event);
    case "emergency-asked":
      return {
        // whoever paused it before did not know that the value is out; who pauses it now does
        ...unpaused(r.emergency === undefined ? anew(r) : r),
        emergency: { at: event.at, actor: event.actor },
        notBefore: r.lastFailure === null ? r.notBefore : null,
      };
    case "privileges-found":
      return hardenedBy(r, event);
    case "policy-found":
      return { ...r, policy: { ...r.policy, ...event.rules } };
    case "removal-asked":
      return {
        ...anew(r),
        removal: { at: event.at, actor: event.actor, why: event.why, told: event.told },
        notBefore: r.lastFailure === null ? r.notBefore : null,
      };
    case "failed":
      return {
        ...r,
        ...(event.missed === true ? { missedAt: [...missedReads(r), event.at] } : {}),
        ...(event.step === undefined ? {} : { tried: triedAgain(r, event.step) }),
        ...(event.target === undefined ? {} : { deliveries: failedAgain(r, event.target) }),
        ...(event.refused === true ? { retireIntendedAt: null } : {}),
        failures: r.failures + 1,
        lastFailure: event.failure,
        notBefore: event.notBefore,
      };
    case "retry-asked":
      // the hour before a second attempt is no wait after a failure, and stays
      return {
        ...(event.clockWasAhead === true ? setRight(r, event.at) : r),
        // what was in the way of an answer is mended: how long there was none says nothing any more
        ...(r.state === "issued" && r.probes.at(-1)?.outcome === "inconclusive" ? UNPROBED : {}),
        notBefore: r.lastFailure !== null || r.notBefore === null ? null : waitFrom(event, r.notBefore),
      };
    case "paused":
      return { ...r, paused: withoutPause(r).paused ?? pausedBy(event) };
    case "continued":
      // the time in which nobody tried it says nothing against a new credential: its acceptance begins anew
      return { ...unpaused(r), ...(r.state === "issued" ? UNPROBED : {}) };
    case "waited":
      return { ...r, dueAt: event.dueAt };
    case "halted":
      return { ...r, state: "halted", from: r.state, haltReason: event.reason };
    case "resumed":
      return {
        ...untried(r),
        ...CLEAR,
        deliveries: r.deliveries.map((one) => (one.failures === undefined ? one : { ...one, failures: 0 })),
        state: r.from ?? "planned",
        from: null,
        haltReason: null,
      };
    case "cancelled":
      return { ...unpaused(r), state: "cancelled", former: null, from: r.state === "halted" ? r.from : r.state };
  }
}

/** By a clock that was ahead the hour may be a year away. */
function waitFrom({ at, clockWasAhead }: Of<"retry-asked">, notBefore: EpochMs): EpochMs {
  return clockWasAhead === true ? earliest(notBefore, plus(at, HOUR)) : notBefore;
}

/**
 * What happened by a clock that was ahead happened by now at the latest: what is waited for from there is waited for from now, which is late and
 * safe. Proofs stay as they are: one of the future proves nothing, and dated now it would.
 */
function setRight(r: Rotation, now: EpochMs): Rotation {
  const by = (at: EpochMs | null) => (at === null ? null : earliest(at, now));
  const isTried = r.probes.every(({ at }) => at <= now) && (r.probingSince ?? now) <= now;
  return {
    ...r,
    ...(isTried ? {} : UNPROBED),
    attempts: r.attempts.map((one) => ({ ...one, startedAt: earliest(one.startedAt, now) })),
    deliveries: r.deliveries.map((one) =>
      one.lookedAt === undefined ? one : { ...one, lookedAt: earliest(one.lookedAt, now) },
    ),
    verifiedAt: by(r.verifiedAt),
    removedAt: by(r.removedAt),
    listAgainAt: by(r.listAgainAt ?? null),
    listWrite: r.listWrite === null ? null : { ...r.listWrite, at: earliest(r.listWrite.at, now) },
    uses: r.uses != null && r.uses.readAt > now ? null : (r.uses ?? null),
  };
}

function pausedBy({ by, at, reason }: Of<"paused">): Paused {
  return { by, at, ...(reason === undefined ? {} : { reason }) };
}

function unpaused({ paused: _, ...r }: Rotation): Rotation {
  return r;
}

/** One failed try more of one place; what works elsewhere does not begin its count anew. */
function failedAgain({ deliveries }: Rotation, target: string): Rotation["deliveries"] {
  return deliveries.map((one) => (one.target === target ? { ...one, failures: (one.failures ?? 0) + 1 } : one));
}

/** One failed try more of a step whose preparations work. */
export function triedAgain({ tried }: Rotation, step: Tried["step"]): Tried {
  return { step, failures: tried?.step === step ? tried.failures + 1 : 1 };
}

/** The step has worked, or a person has mended something. */
export function untried({ tried: _, ...r }: Rotation): Rotation {
  return r;
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
  const refusals = withoutParts(r.refusals, parts);
  return { approvals, ...(by === undefined ? {} : { approvers }), ...(refusals === undefined ? {} : { refusals }) };
}

function withoutParts(refusals: Rotation["refusals"], parts: readonly ApprovedPart[]): Rotation["refusals"] {
  if (refusals === undefined) return undefined;
  return Object.fromEntries(Object.entries(refusals).filter(([part]) => !parts.includes(part as ApprovedPart)));
}

/** A no takes every yes to the same part with it. */
function refusedBy(r: Rotation, { at, what, actor, why }: Of<"approval-refused">): Rotation {
  const approvers = (r.approvers ?? []).filter(({ part }) => part !== what);
  return {
    ...r,
    approvals: { ...r.approvals, [what]: null },
    ...(r.approvers === undefined ? {} : { approvers }),
    refusals: { ...r.refusals, [what]: { at, actor, why } },
  };
}

/**
 * From here on it is what it would be if it were opened now; what fewer persons have approved waits for the others. What is done goes on:
 * in mode propose nothing but the approval moves an issued one, and its successor would never arrive. A second creation is approved anew.
 */
function hardenedBy(r: Rotation, { privileges, persons, unproven }: Of<"privileges-found">): Rotation {
  // a name that only a machine vouches for was one person's word while one was enough, and is none beside another's
  const approvers = (r.approvers ?? []).filter((one) => unproven || isProven(one));
  const approved = (part: ApprovedPart) => (isEnough(approvers, part, persons) ? r.approvals[part] : null);
  return {
    ...r,
    privileges,
    persons,
    ...(r.approvers === undefined ? {} : { approvers }),
    policy: hardened(r.policy, privileges),
    approvals: {
      issue: r.issued === null ? approved("issue") : r.approvals.issue,
      retire: r.removedAt === null ? approved("retire") : r.approvals.retire,
    },
  };
}

/** Two persons who let the old one of a privileged application go in its time have not said that it goes before, as one now does. */
function anew(r: Rotation): Rotation {
  if ((r.privileges ?? []).length === 0) return r;
  const approvers = (r.approvers ?? []).filter(({ part }) => part !== "retire");
  return { ...r, approvals: { ...r.approvals, retire: null }, ...(r.approvers === undefined ? {} : { approvers }) };
}

/** The person's own words no longer count; a part stays approved where enough others have spoken for it. */
function withdrawnBy(r: Rotation, { what, by }: Of<"approval-withdrawn">): Rotation {
  const approvers = (r.approvers ?? []).filter(({ part, id }) => part !== what || id !== by.id);
  const isStill = r.approvals[what] !== null && isEnough(approvers, what, by.persons);
  const approvals = { ...r.approvals, [what]: isStill ? r.approvals[what] : null };
  return { ...r, approvals, ...(r.approvers === undefined ? {} : { approvers }) };
}
