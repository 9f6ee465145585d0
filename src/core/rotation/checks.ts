/** The checks of the decision, each a small question, and their order in each state (design §4.2). */
import { unapproved } from "../policy/approval.ts";
import { SWEEP_AFTER } from "../policy/policy.ts";
import { frozenAt, openAt } from "../policy/windows.ts";
import { mayIssue, mayRetireEarly } from "../schedule/blast-radius.ts";
import { nextReadAt, READ_SCHEDULE, WATCH_SCHEDULE } from "../schedule/replication.ts";
import { URGENT_CAP } from "../schedule/retry.ts";
import { DAY, type EpochMs, HOUR, plus } from "../time.ts";
import { judgeAcceptance } from "./acceptance.ts";
import { heldBecause, pausedWords } from "./application-pause.ts";
import { ABSENT_READS } from "./apply-event.ts";
import { added, deliver, proof, verify } from "./delivery-checks.ts";
import { awaitSignIn, evidence, giveUp } from "./federation-checks.ts";
import { listWatch, nextListReadAt } from "./list-checks.ts";
import { approvalDetail, needsApproval, ownAlone, ownLast, ownProof } from "./own-credential.ts";
import { retireTime, served, uses } from "./retire-checks.ts";
import { retirement } from "./retirement.ts";
import type { Attempt, Rotation, RotationState } from "./rotation.ts";
import { type Check, doStep, halt, type Situation, type Verdict, wait } from "./verdict.ts";

/** A preflight older than this is made again before anything is created. */
export const PREFLIGHT_LASTS = 1 * HOUR;
/** How often a new credential is created for one rotation; never a third time (design §4.1). */
export const ISSUE_TRIES = 2;

const unsettled = ({ attempts }: Rotation): Attempt[] =>
  attempts.filter((one) => one.outcome === "open" || one.outcome === "unknown");

const stop: Check = { name: "stop", judge: ({ facts }) => (facts.stopped ? wait(null, "stopped") : null) };

const mode: Check = {
  name: "mode",
  judge: ({ facts, rotation }) => {
    if (facts.mode === "observe") return wait(null, "mode-observe");
    // in propose, a person's word on this rotation is what starts it; what was begun by one that counts no more is settled first
    if (facts.mode !== "propose" || rotation.approvals.issue !== null) return null;
    if (rotation.state === "planned" && unsettled(rotation).length > 0) return null;
    return unproposed(rotation);
  },
};

/**
 * One rotation that a person holds, or all of its application: nothing is past it, not even what is urgent, but for a list of certificates
 * that was replaced before. That is watched and mended to the end, or the certificates of others would be missing for as long as the pause lasts.
 */
const paused: Check = {
  name: "paused",
  judge: (situation) => {
    const { rotation, facts } = situation;
    const held = rotation.paused;
    if (held === undefined) return null;
    return mending(situation) ?? wait(null, heldBecause(held), pausedWords(rotation, held, facts.tenant));
  },
};

/** What a list that was replaced still needs; null where none does, or only another look in its time. */
function mending(situation: Situation): Verdict | null {
  const { listWrite, listLosses } = situation.rotation;
  if (listWrite === null && !listLosses.some(({ fate }) => fate === "lost")) return null;
  return self.judge(situation) ?? backoff.judge(situation) ?? listWatch.judge(situation);
}

function unproposed(rotation: Rotation): Verdict {
  if (rotation.refusals?.issue === undefined) return wait(null, "mode-propose");
  return wait(null, "approval-refused", approvalDetail(rotation, "issue"));
}

/** What only signing in as the application can move is left alone by everybody else. */
const self: Check = {
  name: "self",
  judge: ({ rotation, facts }) => (rotation.self && facts.asSelf !== true ? wait(null, "self-only") : null),
};

const isEarly = ({ notBefore }: Rotation, now: EpochMs): boolean => notBefore !== null && now < notBefore;

/** A failure that is dated in the future was seen by a clock that was ahead: its wait would last until then. */
const backoff: Check = {
  name: "backoff",
  judge: ({ rotation, now }) => {
    const { lastFailure, notBefore } = rotation;
    return lastFailure !== null && lastFailure.at <= now && isEarly(rotation, now) ? wait(notBefore, "backoff") : null;
  },
};

/** The hour after a withdrawal; what was begun before it is looked after all the same. */
const secondAttempt: Check = {
  name: "second-attempt",
  judge: ({ rotation, now }) =>
    rotation.lastFailure === null && isEarly(rotation, now) ? wait(rotation.notBefore, "second-attempt") : null,
};

/** Attempts whose answer was lost are read for and, where found, removed, before anything else happens. */
const lostAnswers: Check = {
  name: "lost-answers",
  judge: ({ rotation, facts, now }) => {
    const open = unsettled(rotation);
    for (const attempt of open) {
      if (attempt.orphan !== null) {
        return facts.removalOff
          ? wait(null, "removal-off")
          : doStep({ step: "remove-orphan", attempt: attempt.id }, "unknown-outcome");
      }
      const due = nextReadAt(WATCH_SCHEDULE, attempt.startedAt, attempt.reads.length);
      if (due === null) return doStep({ step: "close-attempt", attempt: attempt.id }, "watched-attempt");
      if (due <= now) return doStep({ step: "read-attempt", attempt: attempt.id }, "unknown-outcome");
    }
    // until the first reads are over the answer may still come to light; after them a new attempt may begin. An application
    // that rolls itself looks by signing in with the sealed key, which a new attempt would replace: it waits the watch out
    const enough = rotation.self ? WATCH_SCHEDULE.length : READ_SCHEDULE.length;
    const reading = open.find((attempt) => attempt.reads.length < enough);
    if (reading === undefined) return null;
    return wait(nextReadAt(WATCH_SCHEDULE, reading.startedAt, reading.reads.length), "unknown-outcome");
  },
};

const kindFits: Check = {
  name: "kind",
  judge: ({ facts }) => (facts.kindFits ? null : halt("target-kind")),
};

const bound: Check = {
  name: "targets-bound",
  judge: ({ facts }) => (facts.targets.some((one) => one === null) ? halt("target-unbound") : null),
};

const soundScan: Check = {
  name: "scan",
  judge: ({ facts }) => (facts.scanHolds === null ? null : wait(null, facts.scanHolds)),
};

const breaker: Check = {
  name: "breaker",
  judge: ({ facts }) => (facts.breakerOpen ? wait(null, "breaker-open") : null),
};

const freeze: Check = {
  name: "freeze",
  judge: ({ rotation, facts, now }) => {
    if (rotation.emergency !== undefined) return null;
    const answer = frozenAt(facts.freeze ?? rotation.policy.freeze, facts.timeZone, now);
    return answer.frozen ? wait(answer.until, "frozen") : null;
  },
};

const window: Check = {
  name: "window",
  judge: ({ rotation, facts, now, urgent }) => {
    if (urgent) return null;
    const answer = openAt(rotation.policy.windows, facts.timeZone, now);
    return answer.open ? null : wait(answer.next, "outside-window");
  },
};

const approvalToIssue: Check = {
  name: "approval",
  judge: ({ rotation, facts }) => {
    if (rotation.approvals.issue !== null) return null;
    if (facts.mode === "propose") return unproposed(rotation);
    if (!needsApproval(rotation, facts, "issue")) return null;
    return wait(null, unapproved(rotation.refusals, "issue"), approvalDetail(rotation, "issue"));
  },
};

const tries: Check = {
  name: "tries",
  judge: ({ rotation }) =>
    rotation.attempts.filter((one) => one.outcome === "withdrawn").length >= ISSUE_TRIES
      ? halt("never-accepted")
      : null,
};

const pace: Check = {
  name: "pace",
  judge: ({ facts, now, urgent }) => {
    const answer = mayIssue(facts.tally, facts.limits, now, urgent);
    return answer.allowed ? null : wait(answer.until, answer.because);
  },
};

const preflight: Check = {
  name: "preflight",
  judge: ({ rotation, facts, now }) =>
    rotation.preflightAt === null || Math.abs(now - rotation.preflightAt) > PREFLIGHT_LASTS || facts.added !== undefined
      ? doStep({ step: "preflight" }, "preflight-due")
      : null,
};

/** A made certificate that has waited longer than this is made anew, so that its time is not spent before it is asked for. */
const MADE_LASTS = DAY;

/** A certificate is made and sealed before anything is asked of the directory, so no lost answer can lose it. */
const make: Check = {
  name: "make",
  judge: ({ rotation, now }) => {
    if (rotation.kind !== "certificate") return null;
    const made = rotation.attempts.find((one) => one.outcome === "made");
    return made === undefined || now - made.startedAt > MADE_LASTS ? doStep({ step: "make" }, "make-due") : null;
  },
};

const issue: Check = { name: "issue", judge: () => doStep({ step: "issue" }, "issue-due") };

const passing: Check = {
  name: "nothing-to-deliver",
  judge: ({ rotation }) => (rotation.kind === "federated" ? doStep({ step: "pass" }, "federated") : null),
};

const withdrawal: Check = {
  name: "withdrawal",
  judge: ({ rotation, facts }) => {
    if (rotation.withdrawIntendedAt === null) return null;
    return facts.removalOff ? wait(null, "removal-off") : doStep({ step: "withdraw" }, "never-accepted");
  },
};

const acceptance: Check = {
  name: "acceptance",
  judge: ({ rotation, facts, now, urgent }) => {
    const { policy, probes, probingSince } = rotation;
    const longest = urgent ? URGENT_CAP : undefined;
    const answer = judgeAcceptance(facts.acceptance, policy.probe, probes, probingSince, now, longest);
    if (answer.verdict === "accepted") return doStep({ step: "accept" }, "probe-due");
    if (answer.verdict === "probe") {
      if (answer.at <= now) return doStep({ step: "probe" }, "probe-due");
      const isSilent = probes.at(-1)?.outcome === "inconclusive";
      return wait(answer.at, isSilent ? "acceptance-silent" : "acceptance-spread");
    }
    return facts.removalOff ? wait(null, "removal-off") : doStep({ step: "withdraw" }, "never-accepted");
  },
};

const removalUnderWay: Check = {
  name: "absence",
  judge: ({ rotation, now }) => {
    if (rotation.removedAt === null) return null;
    if (rotation.absentReads.length >= ABSENT_READS) return null;
    const due = nextReadAt(READ_SCHEDULE, rotation.removedAt, rotation.absentReads.length);
    return due === null || due <= now ? doStep({ step: "read-absent" }, "absence-reads") : wait(due, "absence-reads");
  },
};

/** The slot may have moved on: then the newest proven credential is what the old one's removal must rest on. */
const succession: Check = {
  name: "succession",
  judge: ({ facts }) => {
    if (facts.succession.underWay) return wait(null, "successor-under-way");
    return facts.succession.by === null ? null : doStep({ step: "succeed" }, "successor-under-way");
  },
};

const watchedAttempts: Check = {
  name: "watched-attempts",
  judge: ({ rotation }) => {
    const watched = unsettled(rotation)[0];
    if (watched === undefined || rotation.emergency !== undefined) return null;
    return wait(nextReadAt(WATCH_SCHEDULE, watched.startedAt, watched.reads.length), "watched-attempt");
  },
};

const removalOn: Check = {
  name: "removal",
  judge: ({ facts }) => (facts.removalOff ? wait(null, "removal-off") : null),
};

const approvalToRetire: Check = {
  name: "approval",
  judge: ({ rotation, facts }) =>
    needsApproval(rotation, facts, "retire") && rotation.approvals.retire === null
      ? wait(null, unapproved(rotation.refusals, "retire"), approvalDetail(rotation, "retire"))
      : null,
};

const wave: Check = {
  name: "wave",
  judge: ({ rotation, facts, now }) => {
    // Nolapse's own goes by its own approved step, in no wave
    if (facts.own?.isThis === true || rotation.emergency !== undefined) return null;
    const targets = facts.targets.filter((one) => one !== null);
    if (!retirement(rotation, targets, facts.asked).early) return null;
    const answer = mayRetireEarly(facts.tally.earlyRetirements, facts.earlyDue, facts.limits, now);
    return answer.allowed ? null : wait(answer.until, "retire-wave");
  },
};

const retire: Check = { name: "retire", judge: () => doStep({ step: "retire" }, "retire-due") };

/** A retired certificate that a person wants back is added, and swept once its time is over. */
const undone: Check = {
  name: "undo",
  judge: (situation) => {
    const { rotation, facts, now } = situation;
    const { undo } = rotation;
    if (undo === null || undo.removedAt !== null) return null;
    const held = paused.judge(situation);
    if (held !== null) return held;
    if (undo.addedAt === null) return doStep({ step: "undo" }, "asked-for");
    const swept = plus(undo.until, SWEEP_AFTER);
    if (now < swept) return wait(swept, "until-expiry");
    return facts.removalOff ? wait(null, "removal-off") : doStep({ step: "sweep-undo" }, "until-expiry");
  },
};

/** What follows a retirement is writing, too: entries that a list has lost, a certificate that a person wants back. */
const lookingOnly: Check = {
  name: "mode",
  judge: ({ rotation: { listWrite, listLosses, undo }, facts }) => {
    const isPending = listWrite !== null || listLosses.some(({ fate }) => fate === "lost") || undo?.removedAt === null;
    return facts.mode === "observe" && isPending ? wait(null, "mode-observe") : null;
  },
};

const ended: Check = {
  name: "ended",
  judge: ({ rotation }) => {
    if (rotation.state === "halted") return wait(null, rotation.haltReason ?? "done");
    return { verdict: "done", because: rotation.state === "cancelled" ? "cancelled" : "done" };
  },
};

const START = [stop, mode, paused, self, backoff, lostAnswers, listWatch, secondAttempt];
const WRITE = [bound, freeze, window];

const CHECKS: Readonly<Record<RotationState, readonly Check[]>> = {
  planned: [
    ...START,
    giveUp,
    tries,
    bound,
    kindFits,
    soundScan,
    breaker,
    freeze,
    approvalToIssue,
    window,
    ownLast,
    ownAlone,
    pace,
    preflight,
    make,
    issue,
  ],
  issued: [...START, passing, withdrawal, acceptance],
  accepted: [...START, ...WRITE, deliver],
  delivered: [...START, giveUp, awaitSignIn, bound, added, verify],
  verified: [
    ...START,
    removalUnderWay,
    succession,
    bound,
    served,
    retireTime,
    watchedAttempts,
    removalOn,
    soundScan,
    breaker,
    freeze,
    approvalToRetire,
    window,
    ownLast,
    wave,
    ownProof,
    evidence,
    uses,
    proof,
    retire,
  ],
  // an attempt with a lost answer stays on the watch list whatever becomes of the rotation
  halted: [...START, ended],
  cancelled: [...START, ended],
  retired: [lookingOnly, backoff, listWatch, undone, ended],
};

/** What may replace the list of certificates once more. */
const LIST_STEPS: ReadonlySet<string> = new Set(["issue", "withdraw", "remove-orphan", "retire", "undo", "sweep-undo"]);

/** One replacement of a list is watched to its end before the next is begun, or what the first one cost would be forgotten. */
function afterWatch({ name, judge }: Check): Check {
  return {
    name,
    judge(situation) {
      const verdict = judge(situation);
      const { rotation } = situation;
      if (verdict?.verdict !== "do" || rotation.listWrite === null || !LIST_STEPS.has(verdict.step.step))
        return verdict;
      const due = nextListReadAt(rotation);
      return listWatch.judge(situation) ?? (due === null ? verdict : wait(due, "list-compare"));
    },
  };
}

const WATCHED = Object.fromEntries(
  Object.entries(CHECKS).map(([state, checks]) => [state, checks.map(afterWatch)]),
) as unknown as typeof CHECKS;

/** The checks asked of a rotation in this state, in order. */
export function checksFor(state: RotationState): readonly Check[] {
  return WATCHED[state];
}
