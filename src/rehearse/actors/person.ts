/**
 * The persons who look at what Nolapse reports, once a day: let it go on after a halt, an open breaker or a scan that lost too much, approve what
 * waits, give up what can never go on, and compare the store after a backup was restored.
 */
import type { ApprovedPart, Person } from "../../core/policy/approval.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { approve } from "../../engine/commands/approve.ts";
import { cancel } from "../../engine/commands/cancel.ts";
import { recover } from "../../engine/commands/recover.ts";
import { ask } from "../../engine/commands/rotate.ts";
import { resume, stop } from "../../engine/commands/stop.ts";
import type { Deps } from "../../engine/deps.ts";
import type { ApprovalBooks } from "../watch/approval-books.ts";
import type { Watch } from "../watch/invariants.ts";

/** A name that only the machine vouches for. */
const NAME = "person";
/** Two whom the directory itself has confirmed, as `az login` has it. */
export const FIRST: Person = { actor: "entra:ann@rehearsal.invalid", objectId: "a0000000-0000-4000-8000-000000000001" };
export const SECOND: Person = {
  actor: "entra:ben@rehearsal.invalid",
  objectId: "b0000000-0000-4000-8000-000000000002",
};

export interface People {
  readonly watch: Watch;
  readonly approvals: ApprovalBooks;
  /** Somebody has told Nolapse to stop, and means it. */
  readonly isStopped: boolean;
  /** The second of two who must approve is there, and says yes. */
  readonly hasSecond: boolean;
}

/** What one look comes to; what cannot be done now (somebody works on the rotation) is done at the next one. */
export async function lookAfter(deps: Deps, people: People): Promise<void> {
  const { watch, isStopped } = people;
  for (const one of watch.rotations.open()) {
    // what a target that is bound no more waits for will never come; a new rotation goes to those that are
    if (one.state === "halted" && one.haltReason === "target-unbound") await tried(cancel(deps, one.id, NAME));
    if (one.state === "halted" && isPastMending(one)) await tried(issueAnew(deps, one, people));
    const part = askedFor(deps, one);
    if (part !== null) await say(deps, people, one, part);
  }
  if (watch.removalOff) await tried(recover(deps, true, NAME));
  if (isStopped) return;
  const halted = watch.rotations.open().some((one) => one.state === "halted");
  if (halted || watch.breakerOpen || watch.stopped || watch.coverage.isLossy) await tried(resume(deps, NAME));
}

/** Nothing brings back a value that nobody has, or a credential that somebody removed. */
function isPastMending({ haltReason }: Rotation): boolean {
  return haltReason === "value-lost" || haltReason === "issued-gone";
}

/** What Nolapse itself advises there: the rotation is cancelled and the next one begun. */
async function issueAnew(deps: Deps, { id, holder }: Rotation, { approvals }: People): Promise<void> {
  await cancel(deps, id, NAME);
  approvals.asks(holder.appId);
  await ask(deps, [holder.appId], { now: true, actor: NAME });
}

/**
 * What of the rotation waits for somebody's word: all of it by its policy before it begins, in mode propose wherever it stands; its end
 * where the application has become privileged since, or the old one shall go before its time. Null: nothing.
 */
function askedFor({ settings }: Deps, { state, policy, approvals }: Rotation): ApprovedPart | "both" | null {
  if (approvals.issue === null && (settings.mode === "propose" || (state === "planned" && policy.approval !== "none")))
    return "both";
  const isAtEnd = state === "verified" && approvals.retire === null;
  return isAtEnd && (policy.approval === "both" || policy.approval === "retire") ? "retire" : null;
}

/** One word a look: who must approve beside another one comes a day later. A mere name and a second word of the first are tried, too. */
async function say(
  deps: Deps,
  { approvals, hasSecond }: People,
  { id, privileges = [] }: Rotation,
  part: ApprovedPart | "both",
): Promise<void> {
  const isSecondsTurn = hasSecond && approvals.count(id, part === "both" ? "issue" : part) > 0;
  const persons = privileges.length === 0 ? [NAME] : [NAME, isSecondsTurn ? SECOND : FIRST];
  for (const person of persons) {
    approvals.approves(id, person, part);
    await tried(approve(deps, id, part, person).then(() => approvals.approves(id, person, part)));
  }
}

/** Cancels whatever rotation of an application is open, in whatever state it is. */
export async function giveUp(deps: Deps, watch: Watch, appId: string): Promise<void> {
  for (const one of watch.rotations.values()) {
    if (one.holder.appId !== appId || one.state === "retired" || one.state === "cancelled") continue;
    await tried(cancel(deps, one.id, NAME));
  }
}

export async function holdBack(deps: Deps): Promise<void> {
  await tried(stop(deps, NAME));
}

/** A refusal is an answer, too: the person reads it and looks again tomorrow. */
async function tried(work: Promise<unknown>): Promise<void> {
  await work.then(
    () => {},
    () => {},
  );
}
