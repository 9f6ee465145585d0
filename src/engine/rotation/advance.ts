/**
 * Exactly one step of one rotation: lease → reload → decide → intent → effect → outcome. The claim hands out the rotation
 * as it is in the store under the lease, so nothing is decided on an old copy; every step is idempotent all the same,
 * because a rare double holder must do no harm (design §4.3, invariant 6).
 */

import { asNolapseError } from "../../core/errors.ts";
import type { ReasonCode } from "../../core/reasons.ts";
import { mayCome } from "../../core/rotation/apply-event.ts";
import { decide } from "../../core/rotation/decide.ts";
import { nextListReadAt } from "../../core/rotation/list-checks.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { rulesFound } from "../../core/rotation/rules-now.ts";
import type { Facts, Step, Verdict } from "../../core/rotation/verdict.ts";
import { type DurationMs, type EpochMs, earliest, MINUTE, plus } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { countedBeside, forecastOf, gatherFacts, policyNow } from "../facts.ts";
import { type Claimed, NoRoom } from "./claimed.ts";
import { closeAttempt, readAttempt, removeOrphan } from "./reconcile.ts";
import { accept, probe, withdraw } from "./steps/accept.ts";
import { compareList, restoreList } from "./steps/certificate-list.ts";
import { deliver } from "./steps/deliver.ts";
import { issueSecret } from "./steps/issue.ts";
import { issueCertificate } from "./steps/issue-certificate.ts";
import { issueFederated } from "./steps/issue-federated.ts";
import { make } from "./steps/make.ts";
import { proveOwn } from "./steps/own-credential.ts";
import { isExcludedNow, leftAlone, preflight } from "./steps/preflight.ts";
import { readAbsent, retire, succeed } from "./steps/retire.ts";
import { awaitSignIn, giveUp, pass } from "./steps/sign-ins.ts";
import { sweepUndo, undo } from "./steps/undo.ts";
import { readUses } from "./steps/uses.ts";
import { verify } from "./steps/verify.ts";
import { LONGEST_LOOK } from "./waiting.ts";

/** A wait that only a change in the tenant ends is looked at again this often. */
const LOOK_AGAIN = 15 * MINUTE;
/** And where it has been urgent for long without anybody doing anything, after this part of that time. */
const OF_THE_WAIT = 1 / 16;
/** Waits that somebody's word ends, and makes due. */
const ENDED_BY_COMMAND: ReadonlySet<ReasonCode> = new Set([
  "stopped",
  "paused",
  "application-paused",
  "approval-issue",
  "approval-retire",
  "approval-refused",
  "breaker-open",
]);
/**
 * Waits that may last for months while the old credential lives on as was meant; where that one leaked or ends soon, they are looked at
 * more often. A mode is that of the process that looks: another one may have read a newer configuration.
 */
const LASTING: ReadonlySet<ReasonCode> = new Set([
  "mode-observe",
  "mode-propose",
  "successor-under-way",
  "target-added",
  "slot-shared",
]);
/** A new object is missing from reads for seconds; after so many tries with growing pauses it is gone. */
const ABSENCES_BEFORE_HALT = 5;

/** What is to be done, and what that was decided by. */
export interface Judged {
  readonly verdict: Verdict;
  readonly facts: Facts;
}

/** What became of one step. */
export interface Advanced {
  readonly rotation: Rotation;
  readonly verdict: Verdict;
  /** What the same holder can do at once, as decided after the step; null where the rotation now waits or is done. */
  readonly next: Judged | null;
  /** The lease was given back with the last commit. */
  readonly released: boolean;
}

/** Steps that do nothing outside before they store something themselves, and what was left for later with it. */
const STORES_FIRST: ReadonlySet<Step["step"]> = new Set(["issue", "accept", "deliver", "retire"]);

/**
 * Takes one step of the claimed rotation and, where nothing can follow at once, stores when it is due again. `decided` is what
 * the step before under the same lease came to, so that it is not asked twice. Failures of the outside world are stored with
 * the rotation, not thrown; what a step has proven may be left to the next one to be stored with it.
 * @throws NolapseError `lease-lost` and `store-…`: then nothing more was stored.
 */
export async function advance(claimed: Claimed, decided: Judged | null = null): Promise<Advanced> {
  const { deps } = claimed;
  if (decided === null) await holdToRules(claimed);
  const { verdict, facts } = decided ?? (await judge(claimed));
  if (verdict.verdict === "halt") await claimed.halt(verdict.because);
  if (verdict.verdict === "do") {
    if (!STORES_FIRST.has(verdict.step.step)) await claimed.flush();
    if (isCounted(deps, verdict.step)) await attemptWhileRoom(claimed, verdict.step, facts);
    else await attempt(claimed, verdict.step);
  }
  // nothing was done, so nothing is asked again
  const after = verdict.verdict === "wait" || verdict.verdict === "done" ? { verdict, facts } : await judge(claimed);
  const next = after.verdict;
  const now = await claimed.now();
  // a stop from outside, by a file or a variable, ends without a word to us
  const braked = next.because === "stopped" && (await deps.brake.pulled()) !== null;
  const dueAt = braked ? plus(now, LOOK_AGAIN) : dueAfter(next, claimed, now);
  const goesOn = next.verdict === "do" || next.verdict === "halt";
  const isDue = claimed.rotation.dueAt !== null && claimed.rotation.dueAt <= now;
  const waits = dueAt !== claimed.rotation.dueAt && !(goesOn && isDue);
  if (waits) await claimed.record([{ type: "waited", at: now, dueAt }], { release: !goesOn });
  return { rotation: claimed.rotation, verdict, next: goesOn ? after : null, released: waits && !goesOn };
}

/** What the configuration says since it was opened; which policy a pattern gives, a scan finds. */
async function holdToRules(claimed: Claimed): Promise<void> {
  const { rotation, deps } = claimed;
  const now = policyNow(deps.settings, rotation);
  const rules = now === null || !mayCome(rotation.state, "policy-found") ? null : rulesFound(rotation, now);
  if (rules !== null) claimed.later([{ type: "policy-found", at: await claimed.now(), rules }]);
}

/** What ramp, hourly limit and waves count. */
function isCounted({ settings }: Deps, { step }: Step): boolean {
  return settings.limits !== null && (step === "issue" || step === "retire");
}

/**
 * The step, which takes its place among what is counted in the very transaction that counts: several at once, here or in another
 * process, would each find room for one. Where the place is gone nothing was done, and the next look says until when.
 */
async function attemptWhileRoom(claimed: Claimed, step: Step, facts: Facts): Promise<void> {
  const { rotation } = claimed;
  const now = await claimed.now();
  claimed.countedWhile((tally) => {
    const then = decide(rotation, { ...facts, tally: countedBeside(rotation, tally) }, now);
    return then.verdict === "do" && then.step.step === step.step;
  });
  try {
    await attempt(claimed, step);
  } catch (thrown) {
    if (!(thrown instanceof NoRoom)) throw thrown;
  } finally {
    claimed.countedWhile(null);
  }
}

async function judge(claimed: Claimed): Promise<Judged> {
  const now = await claimed.now();
  const facts = await gatherFacts(claimed.deps, claimed.rotation, now, claimed.slotMoved);
  return { verdict: decide(claimed.rotation, facts, now), facts };
}

async function attempt(claimed: Claimed, step: Step): Promise<void> {
  claimed.takes(step);
  try {
    await take(claimed, step);
  } catch (thrown) {
    if (thrown instanceof NoRoom) throw thrown;
    const error = asNolapseError(thrown);
    // without a lease or a store nothing can be stored; the next claim starts from what was
    if (error.code === "lease-lost" || error.code.startsWith("store-") || claimed.signal?.aborted === true) throw error;
    await claimed.fail(error, { verifying: step.step === "verify" });
    if (error.code === "seal-key-wrong") await claimed.halt("value-lost");
    if (error.code === "issuer-refused") await claimed.halt("issuer-refused");
    if (error.code === "directory-absent" && claimed.rotation.failures >= ABSENCES_BEFORE_HALT) {
      await claimed.halt("holder-gone");
    }
  }
}

function take(claimed: Claimed, step: Step): Promise<void> {
  switch (step.step) {
    case "preflight":
      return preflight(claimed);
    case "make":
      return make(claimed);
    case "issue":
      return issue(claimed);
    case "compare-list":
      return compareList(claimed);
    case "restore-list":
      return restoreList(claimed);
    case "undo":
      return undo(claimed);
    case "sweep-undo":
      return sweepUndo(claimed);
    case "read-attempt":
      return readAttempt(claimed, step.attempt);
    case "remove-orphan":
      return removeOrphan(claimed, step.attempt);
    case "close-attempt":
      return closeAttempt(claimed, step.attempt);
    case "probe":
      return probe(claimed);
    case "accept":
      return accept(claimed);
    case "withdraw":
      return withdraw(claimed);
    case "deliver":
      return deliver(claimed, step.target);
    case "verify":
      return verify(claimed, step.target);
    case "retire":
      return retire(claimed);
    case "succeed":
      return succeed(claimed);
    case "prove-own":
      return proveOwn(claimed);
    case "read-absent":
      return readAbsent(claimed);
    case "pass":
      return pass(claimed);
    case "await-sign-in":
      return awaitSignIn(claimed);
    case "read-uses":
      return readUses(claimed);
    case "give-up":
      return giveUp(claimed);
  }
}

/** A creation may be tried again long after its places were checked, by a configuration that was read since. */
async function issue(claimed: Claimed): Promise<void> {
  if (await isExcludedNow(claimed)) throw leftAlone(claimed.rotation);
  switch (claimed.rotation.kind) {
    case "secret":
      return issueSecret(claimed);
    case "certificate":
      return issueCertificate(claimed);
    case "federated":
      return issueFederated(claimed);
  }
}

/** When the store hands it out again: when the decision says so, or when a replaced list must be looked at. */
function dueAfter(verdict: Verdict, claimed: Claimed, now: EpochMs): EpochMs | null {
  const due = decidedDue(verdict, claimed, now);
  const look = nextListReadAt(claimed.rotation);
  // a look whose time has come and that was not taken is held back by what the decision waits for
  if (look === null || look <= now) return due;
  return due === null ? look : earliest(due, look);
}

/** At once, at the end of a wait, now and then, or never by itself. */
function decidedDue(verdict: Verdict, { rotation, deps }: Claimed, now: EpochMs): EpochMs | null {
  switch (verdict.verdict) {
    case "do":
    case "halt":
      return now;
    case "done":
      return null;
    case "wait":
      // a freeze can be taken back by a configuration that is read anew
      if (verdict.because === "frozen" && verdict.until !== null)
        return earliest(verdict.until, plus(now, LONGEST_LOOK));
      if (verdict.until !== null) return verdict.until;
      if (verdict.because === rotation.haltReason || verdict.because === "retire-never") return null;
      return plus(now, pauseOf(verdict.because, rotation, deps, now));
  }
}

function pauseOf(because: ReasonCode, rotation: Rotation, deps: Deps, now: EpochMs): DurationMs {
  if (ENDED_BY_COMMAND.has(because)) return LONGEST_LOOK;
  if (!LASTING.has(because)) return LOOK_AGAIN;
  const urgentAt = urgentSince(rotation, deps, now);
  if (urgentAt === null || now < urgentAt) return LONGEST_LOOK;
  return Math.min(Math.max(LOOK_AGAIN, Math.floor((now - urgentAt) * OF_THE_WAIT)), LONGEST_LOOK);
}

/** From when on the old credential makes haste; null where it never does. */
function urgentSince(rotation: Rotation, deps: Deps, now: EpochMs): EpochMs | null {
  if (rotation.emergency !== undefined) return rotation.emergency.at;
  // what is verified has nothing that ends
  return rotation.state === "verified" ? null : (forecastOf(deps, rotation, now)?.urgentAt ?? null);
}
