/**
 * The only function that turns an event into a new rotation, and the table of the transitions it may make
 * (docs/state-machine.md draws the same table; a test compares them).
 */
import { isEnough } from "../policy/approval.ts";
import type { EpochMs } from "../time.ts";
import { foldProbe } from "./acceptance.ts";
import { changeCourse, missedReads, triedAgain, untried } from "./apply-course.ts";
import { CLEAR, changeDelivery } from "./apply-delivery.ts";
import { changeFederated, succeededBy } from "./apply-succession.ts";
import type { ListLoss } from "./list-write.ts";
import { undelivered } from "./planned-rotation.ts";
import type { Attempt, Rotation, RotationEvent, RotationState } from "./rotation.ts";

/** How many reads without the old key id make it retired (design §4.1). */
export const ABSENT_READS = 5;

type EventType = RotationEvent["type"];

const ANYWHERE: readonly EventType[] = [
  "attempt-read",
  "orphan-confirmed",
  "orphan-removed",
  "attempt-closed",
  "list-read",
  "list-intended",
  "list-refused",
  "list-compared",
  "failed",
  "retry-asked",
  "waited",
  "privileges-found",
];
const ACTIVE: readonly EventType[] = [
  ...ANYWHERE,
  "approved",
  "approval-refused",
  "approval-withdrawn",
  "emergency-asked",
  "policy-found",
  "paused",
  "continued",
];

/** From each state, which events may come and the states they may lead to; staying in the state is not listed. */
export const TRANSITIONS: Readonly<Record<RotationState, Partial<Record<EventType, readonly RotationState[]>>>> = {
  planned: {
    preflighted: [],
    made: [],
    "issue-intended": [],
    "issue-refused": [],
    "issue-unknown": [],
    issued: ["issued"],
    halted: ["halted"],
    cancelled: ["cancelled"],
  },
  issued: {
    probed: [],
    accepted: ["accepted"],
    passed: ["delivered"],
    "withdraw-intended": [],
    withdrawn: ["planned"],
    halted: ["halted"],
  },
  // of several copies that one look has found to be others
  accepted: { "delivery-intended": [], delivered: ["delivered"], drifted: [], halted: ["halted"] },
  delivered: {
    // a place that was bound since has it not yet
    preflighted: ["accepted"],
    verified: ["verified"],
    "sign-ins-read": ["verified"],
    "not-used-yet": [],
    drifted: ["accepted"],
    halted: ["halted"],
    cancelled: ["cancelled"],
  },
  verified: {
    verified: [],
    "sign-ins-read": [],
    "not-used-yet": [],
    "uses-read": [],
    drifted: ["accepted"],
    succeeded: [],
    "own-tried": [],
    "removal-asked": [],
    "retire-intended": [],
    removed: [],
    "absent-read": ["retired"],
    reappeared: [],
    halted: ["halted"],
    cancelled: ["cancelled"],
  },
  retired: { "undo-asked": [], undone: [], "undo-swept": [] },
  halted: { resumed: ["planned", "issued", "accepted", "delivered", "verified"], cancelled: ["cancelled"] },
  cancelled: {},
};

const ENDED: readonly RotationState[] = ["retired", "cancelled", "halted"];

/** Whether the table lets an event of this type come in this state. */
export function mayCome(state: RotationState, type: EventType): boolean {
  return TRANSITIONS[state][type] !== undefined || (ENDED.includes(state) ? ANYWHERE : ACTIVE).includes(type);
}

/**
 * The rotation after the event. Pure; the result shares what did not change.
 * @throws TypeError when the event may not come in this state, or speaks of an attempt or target that is not there:
 * always a fault of the caller, never of the world.
 */
export function applyEvent(rotation: Rotation, event: RotationEvent): Rotation {
  if (!mayCome(rotation.state, event.type)) {
    throw new TypeError(`event ${event.type} cannot come in state ${rotation.state}`);
  }
  const after = { ...change(rotation, event), updatedAt: event.at };
  const allowed = TRANSITIONS[rotation.state][event.type] ?? [];
  if (after.state !== rotation.state && !allowed.includes(after.state)) {
    throw new TypeError(`event ${event.type} may not lead from ${rotation.state} to ${after.state}`);
  }
  return after;
}

function change(r: Rotation, event: RotationEvent): Rotation {
  switch (event.type) {
    case "preflighted":
      return preflighted(r, event);
    case "made":
    case "issue-intended":
    case "issued":
    case "issue-refused":
    case "issue-unknown":
    case "withdraw-intended":
    case "withdrawn":
      return changeIssue(r, event);
    case "attempt-read":
    case "orphan-confirmed":
    case "orphan-removed":
    case "attempt-closed":
      return changeAttempt(r, event);
    case "list-read":
    case "list-intended":
    case "list-refused":
    case "list-compared":
      return changeList(r, event);
    case "probed":
      return probedBy(r, event);
    case "accepted":
      return { ...r, ...CLEAR, state: "accepted", acceptedAt: event.at, assurance: event.assurance };
    case "delivery-intended":
    case "delivered":
    case "verified":
    case "not-used-yet":
    case "drifted":
      return changeDelivery(r, event);
    case "passed":
    case "sign-ins-read":
      return changeFederated({ ...r, ...CLEAR }, event);
    case "succeeded":
      return succeededBy(r, event);
    case "uses-read":
    case "own-tried":
    case "retire-intended":
    case "removed":
    case "absent-read":
    case "reappeared":
      return changeRetirement(r, event);
    case "undo-asked":
    case "undone":
    case "undo-swept":
      return changeUndo(r, event);
    // all that is left: the compiler refuses what changeCourse does not know
    default:
      return changeCourse(r, event);
  }
}

type Of<T extends EventType> = Extract<RotationEvent, { type: T }>;

function probedBy(r: Rotation, { at, probe }: Of<"probed">): Rotation {
  const ownRequests = probe.requestId === null ? r.ownRequests : [...r.ownRequests, probe.requestId];
  return { ...r, probes: foldProbe(r.probes, probe), ownRequests, probingSince: r.probingSince ?? at };
}

function preflighted(r: Rotation, { at, requests, former, added = [] }: Of<"preflighted">): Rotation {
  const ownRequests = [...r.ownRequests, ...requests];
  const deliveries = [...r.deliveries, ...added.map(undelivered)];
  const state = r.state === "planned" || added.length === 0 ? r.state : "accepted";
  return { ...r, ...CLEAR, state, preflightAt: at, ownRequests, deliveries, former: former ?? r.former };
}

function changeIssue(
  r: Rotation,
  event: Of<
    "made" | "issue-intended" | "issued" | "issue-refused" | "issue-unknown" | "withdraw-intended" | "withdrawn"
  >,
): Rotation {
  switch (event.type) {
    case "made": {
      const earlier = r.attempts.map((one): Attempt => (one.outcome === "made" ? { ...one, outcome: "dropped" } : one));
      const blank = { keyIdsBefore: [], startedAt: event.at, reads: [], orphan: null };
      return { ...r, ...CLEAR, attempts: [...earlier, { ...event.attempt, ...blank, outcome: "made" }] };
    }
    case "issue-intended": {
      // a certificate's attempt is there since it was made
      const blank = { certificate: null, reads: [], orphan: null };
      const made = r.attempts.find((one) => one.id === event.attempt.id);
      const attempt: Attempt = { ...blank, ...made, ...event.attempt, startedAt: event.at, outcome: "open" };
      return { ...r, attempts: [...r.attempts.filter((one) => one !== made), attempt] };
    }
    case "issued":
      return {
        ...untried(r),
        ...CLEAR,
        state: "issued",
        issued: event.issued,
        attempts: settle(r, event.issued.attempt, { outcome: "issued" }),
        probes: [],
        probingSince: null,
      };
    case "issue-refused": {
      const last = r.attempts.at(-1);
      if (last === undefined) throw new TypeError("nothing was attempted");
      return {
        ...r,
        attempts: settle(r, last.id, { outcome: "refused" }),
        tried: triedAgain(r, "issue"),
        failures: r.failures + 1,
        lastFailure: event.failure,
        notBefore: event.notBefore,
      };
    }
    case "issue-unknown": {
      const last = r.attempts.at(-1);
      if (last === undefined) throw new TypeError("nothing was attempted");
      return { ...r, attempts: settle(r, last.id, { outcome: "unknown" }), lastFailure: event.failure };
    }
    case "withdraw-intended":
      return { ...r, withdrawIntendedAt: event.at };
    case "withdrawn":
      return {
        ...r,
        ...CLEAR,
        state: "planned",
        attempts: r.issued === null ? r.attempts : settle(r, r.issued.attempt, { outcome: "withdrawn" }),
        issued: null,
        approvals: { ...r.approvals, issue: approvedAgain(r) },
        probes: [],
        probingSince: null,
        withdrawIntendedAt: null,
        preflightAt: null,
        notBefore: event.notBefore,
      };
  }
}

/** A word from before it was privileged is enough for what it let begin, and not for a second creation. */
function approvedAgain({ approvals, approvers = [], persons = 0 }: Rotation): EpochMs | null {
  return isEnough(approvers, "issue", persons) ? approvals.issue : null;
}

function changeAttempt(
  r: Rotation,
  event: Of<"attempt-read" | "orphan-confirmed" | "orphan-removed" | "attempt-closed">,
): Rotation {
  const attempt = r.attempts.find((one) => one.id === event.attempt);
  if (attempt === undefined) throw new TypeError(`no attempt ${event.attempt}`);
  switch (event.type) {
    case "attempt-read": {
      const reads = [...attempt.reads, { at: event.at, keyIds: event.keyIds }];
      const outcome = attempt.outcome === "open" ? "unknown" : attempt.outcome;
      return { ...r, ...CLEAR, attempts: settle(r, attempt.id, { reads, outcome }) };
    }
    case "orphan-confirmed":
      return { ...r, attempts: settle(r, attempt.id, { orphan: event.keyId }) };
    case "orphan-removed":
      return { ...r, ...CLEAR, attempts: settle(r, attempt.id, { outcome: "orphan-removed" }) };
    case "attempt-closed":
      return { ...r, attempts: settle(r, attempt.id, { outcome: wasSeen(attempt) ? "left" : "never-arrived" }) };
  }
}

function changeList(
  r: Rotation,
  event: Of<"list-read" | "list-intended" | "list-refused" | "list-compared">,
): Rotation {
  switch (event.type) {
    case "list-read":
      return { ...r, listReadAt: event.seen, listAgainAt: event.again };
    case "list-intended": {
      const { at, added, removed, restored } = event;
      const earlier = restored.length === 0 ? null : r.listWrite;
      const round = restored.length === 0 ? 0 : (r.listWrite?.round ?? 0) + 1;
      const { since = at, began = { added, removed } } = earlier ?? {};
      const listLosses = r.listLosses.map(
        (one): ListLoss => (restored.includes(one.keyId) ? { ...one, fate: "restoring" } : one),
      );
      return {
        ...r,
        // what was honoured before says nothing of the list as it is from now on
        ...(restored.length === 0 ? {} : { probes: [], probingSince: null }),
        listReadAt: null,
        listAgainAt: null,
        listLosses,
        listWrite: { at, added, removed, restored, round, since, began, reads: [] },
      };
    }
    case "list-refused":
      return { ...r, listReadAt: null, listAgainAt: null, listWrite: null };
    case "list-compared": {
      if (r.listWrite === null) throw new TypeError("no list was written");
      const { listWrite: write } = r;
      const watched =
        event.anew === true
          ? { ...write, at: event.at, round: write.round + 1, reads: [] }
          : { ...write, reads: [...write.reads, event.at] };
      return { ...r, listWrite: event.settled ? null : watched, listLosses: event.losses };
    }
  }
}

/** Whether a read found credentials with its marker, and none of them could be removed for certain. */
function wasSeen({ reads }: Attempt): boolean {
  return reads.some((read) => read.keyIds.length > 0);
}

function settle(r: Rotation, id: string, changes: Partial<Attempt>): Attempt[] {
  return r.attempts.map((attempt) => (attempt.id === id ? { ...attempt, ...changes } : attempt));
}

function changeRetirement(
  r: Rotation,
  event: Of<"uses-read" | "own-tried" | "retire-intended" | "removed" | "absent-read" | "reappeared">,
): Rotation {
  switch (event.type) {
    case "uses-read":
      // who signs in with the old one says nothing of a new one that reads no longer show: that series goes on
      if (missedReads(r).length > 0) return { ...r, uses: event.uses };
      return { ...r, ...CLEAR, lastFailure: event.failure, uses: event.uses };
    case "own-tried":
      return { ...r, ...CLEAR, ownProof: { at: event.at, proven: event.proven } };
    case "retire-intended":
      return { ...r, retireIntendedAt: event.at, replacesCertificate: event.certificate };
    case "removed":
      return { ...untried(r), ...CLEAR, removedAt: event.at, absentReads: [] };
    case "absent-read": {
      const absentReads = [...r.absentReads, event.at];
      if (absentReads.length < ABSENT_READS) return { ...r, ...CLEAR, absentReads };
      return { ...r, ...CLEAR, absentReads, state: "retired", retiredAt: event.at, former: null };
    }
    case "reappeared":
      // a read still showed it: replication flips, or the removal was lost; the removal is proven and sent again
      return { ...r, removedAt: null, absentReads: [] };
  }
}

function changeUndo(r: Rotation, event: Of<"undo-asked" | "undone" | "undo-swept">): Rotation {
  if (event.type === "undo-asked")
    return { ...r, ...CLEAR, undo: { until: event.until, keyId: event.keyId, addedAt: null, removedAt: null } };
  if (r.undo === null) throw new TypeError("nothing was asked to be put back");
  const undo =
    event.type === "undone" ? { ...r.undo, keyId: event.keyId, addedAt: event.at } : { ...r.undo, removedAt: event.at };
  return { ...r, ...CLEAR, undo };
}
