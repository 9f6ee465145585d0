/**
 * What became of every entry, by a truth of its own: the directory's audit log in the order of its writes, and what each
 * writer meant by each. Nothing here asks the engine what happened; its words are compared with it at the end.
 */

import type { ListLoss } from "../../src/core/rotation/list-write.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import type { OwnWrite, Settled, Way } from "./application.ts";
import type { ForeignWrite } from "./foreign-tool.ts";

/** One write of the list as the directory logged it. */
export interface Logged {
  readonly at: number;
  readonly by: string;
  readonly correlationId: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface Counts {
  /** Writes of ours, each with the foreign tool beside it. */
  readonly rounds: number;
  readonly rotations: number;
  /** Rotations that did not come to their end: the foreign tool had lost our new certificate, or kept undoing our work. */
  readonly disturbed: number;
  readonly foreignWrites: number;
  /** Writes of the foreign tool whose list was read before one of ours and sent after it, and the other way round. */
  readonly overlaps: number;
  /** Entries that a write of the foreign tool took away without meaning to. */
  readonly lostByForeign: number;
  /** Of these, while a replacement of ours was watched and of what it had on its list. */
  readonly overlapping: number;
  readonly restored: number;
  /** Back by the foreign tool's own next stale list before we had to do it. */
  readonly cameBack: number;
  readonly judgedMeant: number;
  readonly givenUp: number;
  /** Our new certificate, lost before a read had shown it: its acceptance failed, and it was made anew. */
  readonly reissued: number;
  readonly undetected: number;
  readonly removedOnPurpose: number;
  /** What our writes took away without meaning to; on the way by addKey there is none. */
  readonly lostByUs: number;
  readonly namedUnseen: number;
  /** Back by the foreign tool's own next list before anybody could have missed it. */
  readonly unseenBack: number;
  /** What the foreign tool had taken away and a list of ours, older than that, put back. */
  readonly revivedByUs: number;
  readonly namedRevived: number;
}

export interface Evidence {
  readonly way: Way;
  readonly ours: string;
  readonly log: readonly Logged[];
  readonly foreign: readonly ForeignWrite[];
  readonly own: readonly OwnWrite[];
  readonly settled: readonly Settled[];
  readonly rotations: readonly Rotation[];
  readonly changed: readonly string[];
}

type Tally = { -readonly [name in keyof Counts]: number };

/** Problems are told in full: a loss that nobody detected is what this is here to find. */
export interface Judgement {
  readonly counts: Counts;
  readonly problems: readonly string[];
}

interface Step {
  readonly logged: Logged;
  readonly gone: readonly string[];
  readonly come: readonly string[];
  readonly own: OwnWrite | null;
  readonly foreign: ForeignWrite | null;
}

export function judge(evidence: Evidence): Judgement {
  const steps = stepsOf(evidence);
  const counts = blank(evidence);
  const problems: string[] = [];
  for (const [index, step] of steps.entries()) {
    if (step.foreign !== null) judgeForeign({ evidence, steps, index, counts, problems }, step, step.foreign);
    if (step.own !== null) judgeOwn({ evidence, steps, index, counts, problems }, step, step.own);
  }
  for (const keyId of evidence.changed) problems.push(`${keyId} was sent back otherwise than as it was read`);
  return { counts, problems };
}

interface Case {
  readonly evidence: Evidence;
  readonly steps: readonly Step[];
  readonly index: number;
  readonly counts: Tally;
  readonly problems: string[];
}

/** What a foreign write took away: meant, or lost; and if lost while we watched, what we made of it. */
function judgeForeign(one: Case, step: Step, write: ForeignWrite): void {
  const { evidence, counts } = one;
  counts.overlaps += evidence.own.some(({ at }) => at >= write.readAt && at <= write.at) ? 1 : 0;
  if (write.removed !== null && step.gone.includes(write.removed)) counts.removedOnPurpose += 1;
  for (const keyId of step.gone.filter((gone) => gone !== write.removed)) {
    counts.lostByForeign += 1;
    const watching = watchedAt(evidence, step.logged);
    if (watching === null) continue;
    if (watching.write.added === keyId) judgeOwnLost(one, keyId, watching);
    else if (watching.write.kept.includes(keyId)) judgeKeptLost(one, keyId, watching);
  }
}

interface Watching {
  readonly write: OwnWrite;
  readonly until: number;
  readonly rotation: Rotation | null;
}

/** The replacement of ours that was being watched when something was written; null when none was. */
function watchedAt({ own, settled, rotations }: Evidence, { at }: Logged): Watching | null {
  const write = own.findLast((one) => one.way === "patch" && one.at <= at) ?? null;
  if (write === null) return null;
  const end = settled.find((one) => one.rotation === write.rotation && one.at >= write.at);
  if (end === undefined || end.at < at) return null;
  return { write, until: end.at, rotation: rotations.find(({ id }) => id === write.rotation) ?? null };
}

/** An entry of our list is missing: at the end of the watch it is there again, or it has a line that says where it went. */
function judgeKeptLost({ steps, index, counts, problems }: Case, keyId: string, watching: Watching): void {
  counts.overlapping += 1;
  const fate = fateOf(watching.rotation, keyId);
  if (fate === "restored") counts.restored += 1;
  else if (fate === "removed") counts.judgedMeant += 1;
  else if (fate === "given-up") counts.givenUp += 1;
  else if (isThere(steps, index, keyId, watching.until)) counts.cameBack += 1;
  else {
    counts.undetected += 1;
    problems.push(`${keyId} of our list was lost at ${text(steps[index]?.logged.at)}, and nothing says so: ${fate}`);
  }
}

function judgeOwnLost({ steps, index, counts, problems }: Case, keyId: string, watching: Watching): void {
  counts.overlapping += 1;
  const fate = fateOf(watching.rotation, keyId);
  const isWithdrawn = watching.rotation?.attempts.some(
    (one) => one.outcome === "withdrawn" && one.certificate?.keyId === keyId,
  );
  if (fate === "restored") counts.restored += 1;
  else if (fate === "given-up") counts.givenUp += 1;
  else if (fate === "removed") counts.judgedMeant += 1;
  else if (isThere(steps, index, keyId, watching.until)) counts.cameBack += 1;
  else if (isWithdrawn === true) counts.reissued += 1;
  else {
    counts.undetected += 1;
    problems.push(`our new ${keyId} was lost at ${text(steps[index]?.logged.at)}, and nothing says so: ${fate}`);
  }
}

/** A write of ours: it takes away what it means to, and what it could not have seen is named, or back when the watch ends. */
function judgeOwn({ evidence, steps, index, counts, problems }: Case, step: Step, write: OwnWrite): void {
  const rotation = evidence.rotations.find(({ id }) => id === write.rotation) ?? null;
  const mine = madeByUs(evidence);
  const until = watchedAt(evidence, step.logged)?.until ?? step.logged.at;
  for (const keyId of step.gone.filter((gone) => gone !== write.removed && !mine.has(gone))) {
    counts.lostByUs += 1;
    if (fateOf(rotation, keyId) !== null) counts.namedUnseen += 1;
    else if (isThere(steps, index, keyId, until)) counts.unseenBack += 1;
    else problems.push(`our ${write.way} at ${text(write.at)} dropped ${keyId}, and nothing says so`);
    if (write.way !== "patch") problems.push(`our ${write.way} at ${text(write.at)} dropped ${keyId}`);
  }
  for (const keyId of step.come.filter((come) => !write.restored.includes(come) && !mine.has(come))) {
    // what the tool had lost without meaning to is as good as restored
    const taken = steps.slice(0, index).findLast(({ gone }) => gone.includes(keyId));
    if (taken?.foreign?.removed !== keyId) continue;
    counts.revivedByUs += 1;
    if (fateOf(rotation, keyId) !== null) counts.namedRevived += 1;
    else problems.push(`our list at ${text(write.at)} put ${keyId} back, and nothing says so`);
  }
}

/** Certificates that we have made: taking one away, or putting it back, is ours to do. */
function madeByUs({ rotations }: Evidence): ReadonlySet<string> {
  return new Set(rotations.flatMap(({ attempts }) => attempts.flatMap((one) => one.certificate?.keyId ?? [])));
}

/** Whether the entry is on the list at an instant, by the last write until then. */
function isThere(steps: readonly Step[], from: number, keyId: string, at: number): boolean {
  const last = steps.slice(from).findLast(({ logged }) => logged.at <= at);
  const after = last?.logged.after ?? [];
  if (after.includes(keyId)) return true;
  // gone once more, but this time somebody meant it
  const gone = steps.slice(from + 1).findLast((step) => step.logged.at <= at && step.gone.includes(keyId));
  return gone?.foreign?.removed === keyId || gone?.own?.removed === keyId;
}

function fateOf(rotation: Rotation | null, keyId: string): ListLoss["fate"] | null {
  return rotation?.listLosses.find((one) => one.keyId === keyId)?.fate ?? null;
}

/** Each logged write with what its writer meant by it. A write without a writer would be a fault of this judge. */
function stepsOf({ log, foreign, own, ours }: Evidence): Step[] {
  const left = [...own];
  return log.map((logged) => {
    const gone = logged.before.filter((keyId) => !logged.after.includes(keyId));
    const come = logged.after.filter((keyId) => !logged.before.includes(keyId));
    const write = foreign.find(({ id }) => id === logged.correlationId) ?? null;
    if (write !== null || logged.by !== ours) return { logged, gone, come, own: null, foreign: write };
    const mine = left.find((one) => one.at === logged.at) ?? null;
    if (mine !== null) left.splice(left.indexOf(mine), 1);
    return { logged, gone, come, own: mine, foreign: null };
  });
}

function text(at: number | undefined): string {
  return at === undefined ? "?" : new Date(at).toISOString();
}

function blank({ way, own, foreign, rotations }: Evidence): Tally {
  const done = way === "addKey" ? "retired" : "verified";
  return {
    ...ZERO,
    rounds: own.length,
    rotations: rotations.length,
    disturbed: rotations.filter(({ state }) => state !== done).length,
    foreignWrites: foreign.filter(({ status }) => status === 204).length,
  };
}

export const ZERO: Counts = {
  rounds: 0,
  rotations: 0,
  disturbed: 0,
  foreignWrites: 0,
  overlaps: 0,
  lostByForeign: 0,
  overlapping: 0,
  restored: 0,
  cameBack: 0,
  judgedMeant: 0,
  givenUp: 0,
  reissued: 0,
  undetected: 0,
  removedOnPurpose: 0,
  lostByUs: 0,
  namedUnseen: 0,
  unseenBack: 0,
  revivedByUs: 0,
  namedRevived: 0,
};

/** Two tallies as one. */
export function plusCounts(one: Counts, other: Counts): Counts {
  const sums = Object.keys(ZERO).map((name) => [name, one[name as keyof Counts] + other[name as keyof Counts]]);
  return Object.fromEntries(sums) as unknown as Counts;
}
