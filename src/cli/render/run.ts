/** What a run did and what it waits for. */

import { command } from "../../core/commands.ts";
import type { Assurance } from "../../core/credentials/sign-in.ts";
import { REASONS, type ReasonCode } from "../../core/reasons.ts";
import type { ListLoss } from "../../core/rotation/list-write.ts";
import type { Rotation, RotationEvent } from "../../core/rotation/rotation.ts";
import type { Verdict } from "../../core/rotation/verdict.ts";
import type { NamedPause } from "../../core/rotation/words.ts";
import type { EpochMs } from "../../core/time.ts";
import type { RunReport } from "../../engine/maintain.ts";
import { count, iso, relative, type Style, table, when } from "../speak.ts";
import { pausedJson, pausedLines } from "./paused.ts";

/** A rotation with what it waits for. */
export interface Waiting {
  readonly rotation: Rotation;
  readonly verdict: Verdict;
}

/** The document of `run --once --json` and `rotate --json` (docs/json/run.schema.json). */
export function runJson(tenant: string, report: RunReport, waiting: readonly Waiting[]) {
  return {
    tenant,
    endedAt: iso(report.endedAt),
    coverage: report.scan?.coverage ?? null,
    opened: report.opened,
    steps: report.steps,
    stopped: report.stopped,
    loss: report.loss,
    removalOff: report.switches.removalOff?.why ?? null,
    breaker: report.switches.breaker?.why ?? null,
    paused: pausedJson(report.switches.paused),
    nextDue: iso(report.nextDue),
    drift: (report.scan?.drift ?? []).map(driftJson),
    rotations: waiting.map(({ rotation, verdict }) => ({
      id: rotation.id,
      appId: rotation.holder.appId,
      displayName: rotation.displayName,
      slot: rotation.slot,
      state: rotation.state,
      replaces: rotation.replaces,
      issued: rotation.issued?.keyId ?? null,
      verdict: verdict.verdict,
      reason: because(rotation, verdict),
      sentence: REASONS[because(rotation, verdict)],
      until: verdict.verdict === "wait" ? iso(verdict.until) : null,
      failures: rotation.failures,
      lastFailure: rotation.lastFailure === null ? null : { ...rotation.lastFailure, at: iso(rotation.lastFailure.at) },
    })),
  };
}

/** `tenant`: as `tenantNamed` gives it; then the first line says whose rotations these are. */
export function runLines(
  report: RunReport,
  waiting: readonly Waiting[],
  tenant: string | undefined,
  style: Style,
): string[] {
  const rows = waiting.map(({ rotation, verdict }) => [
    rotation.displayName,
    rotation.slot,
    rotation.state,
    `${REASONS[because(rotation, verdict)]} [${because(rotation, verdict)}]`,
    rotation.state !== "halted" && verdict.verdict === "wait" && verdict.until !== null
      ? relative(verdict.until, report.endedAt)
      : "–",
    rotation.lastFailure?.message ?? "",
  ]);
  const soonest = nextStep(report, waiting);
  const next =
    soonest === null
      ? "nothing is due by itself"
      : `next at ${when(soonest)} UTC, ${relative(soonest, report.endedAt)}`;
  return [
    style.bold(
      `${tenant === undefined ? "" : `${tenant}: `}${count(report.opened, "rotation")} opened, ${count(report.steps, "step")} taken; ${next}`,
    ),
    ...(rows.length === 0
      ? []
      : ["", ...table(["application", "slot", "state", "because", "next look", "last failure"], rows)]),
    ...heldRows(waiting, report.scan !== null).flatMap((line) => ["", line]),
    ...heldBack(report, tenant).flatMap((line) => ["", line]),
    // what works on named rotations alone says it of those
    ...(report.scan === null
      ? []
      : pausedLines(named(report.switches.paused, report.scan), tenant).flatMap((line) => ["", line])),
    ...(report.scan?.drift ?? []).map((one) => driftLine(one)),
    ...(report.mode === "observe"
      ? ["", "mode observe: nolapse only looks; mode: propose or enforce lets it write"]
      : []),
    ...waiting
      .filter(({ verdict }) => verdict.because === "mode-propose")
      .map(({ rotation }) => `to start it: ${command(tenant, `rotate ${rotation.holder.appId}`)}`),
  ];
}

function named(
  paused: RunReport["switches"]["paused"],
  { holders }: NonNullable<RunReport["scan"]>,
): readonly NamedPause[] {
  if (paused.length === 0) return [];
  // an application comes before its service principal, and its own name is the one that counts
  const names = new Map(holders.toReversed().map(({ appId, displayName }) => [appId, displayName]));
  return paused.map((one) => {
    const displayName = names.get(one.appId);
    return displayName === undefined ? one : { ...one, displayName };
  });
}

/** Whose word a rotation waits for, since when and why; of an application that is held as a whole its own line says it, where there is one. */
function heldRows(waiting: readonly Waiting[], isWhole: boolean): string[] {
  const told: readonly ReasonCode[] = isWhole
    ? ["paused", "approval-refused"]
    : ["paused", "approval-refused", "application-paused"];
  return waiting.flatMap(({ rotation: { displayName, slot, state }, verdict }) =>
    verdict.verdict === "wait" && verdict.detail !== undefined && state !== "halted" && told.includes(verdict.because)
      ? [`${displayName}, slot ${slot}: ${verdict.because === "approval-refused" ? "" : "paused "}${verdict.detail}`]
      : [],
  );
}

type Drift = NonNullable<NonNullable<RunReport["scan"]>["drift"]>[number];

export function driftJson({ appId, displayName, what, keyId, target, at, by }: Drift) {
  return { appId, displayName, reason: what, sentence: REASONS[what], keyId, target, at: iso(at), by };
}

export function driftLine({ at, displayName, what, keyId, target, by }: Drift): string {
  const where = target === null ? "" : ` in ${target}`;
  const who = what === "drift-target" ? "" : `, by ${by ?? "unknown"}`;
  return `${when(at)} ${displayName}: ${REASONS[what]}${who}: key id ${keyId}${where} [${what}]`;
}

/** When something happens by itself; a look at what only a person can move is nothing to wait for. */
function nextStep({ stopped, endedAt, nextDue }: RunReport, waiting: readonly Waiting[]): EpochMs | null {
  if (stopped !== null) return null;
  const untils = waiting.flatMap(({ rotation, verdict }) => {
    if (rotation.state === "halted") return [];
    if (verdict.verdict === "wait") return verdict.until === null ? [] : [verdict.until];
    return [endedAt];
  });
  if (untils.length === 0) return waiting.length === 0 ? nextDue : null;
  return Math.min(...untils) as EpochMs;
}

/** What keeps Nolapse from writing, and what to type. */
export function heldBack(
  { stopped, loss, switches: { removalOff, breaker } }: Pick<RunReport, "stopped" | "loss" | "switches">,
  tenant: string | undefined,
): string[] {
  const resume = command(tenant, "resume");
  return [
    ...(stopped === null ? [] : [`everything stands still: ${stopped}`]),
    ...(loss === null ? [] : [`${loss}; where they are really gone: ${resume}`]),
    ...(removalOff === null ? [] : [`removal is off: ${removalOff.why}; ${command(tenant, "recover")} shows them`]),
    ...(breaker === null ? [] : [`the breaker is open: ${breaker.why}; once that is mended: ${resume}`]),
  ];
}

/** A safety rule holds writing back. */
export function isHeldBack(report: RunReport): boolean {
  return heldBack(report, undefined).length > 0;
}

/** Why it is where it is: of a halted one the reason of the halt, whatever is still being looked for. */
function because(rotation: Rotation, verdict: Verdict): ReasonCode {
  return (rotation.state === "halted" ? rotation.haltReason : null) ?? verdict.because;
}

/** What a person is told about an event: what has just been proven, or why not and what to do. Nothing for mere noise. */
export function eventLines(rotation: Rotation, event: RotationEvent, detail: "short" | "whole" = "short"): string[] {
  if (event.type === "list-compared") return lossLines(rotation, event.at);
  const line = eventLine(rotation, event) ?? (detail === "whole" ? probeLine(rotation, event) : null);
  if (line === null) return [];
  const next = "failure" in event ? (event.failure?.next ?? null) : null;
  return next === null ? [line] : [line, `hint: ${next}`];
}

/** What somebody else's writing cost while a list of certificates was replaced, as it is found. */
function lossLines(rotation: Rotation, at: EpochMs): string[] {
  const about = `${when(at)} ${rotation.displayName}`;
  return rotation.listLosses
    .filter((one) => one.at === at)
    .map(
      ({ keyId, name, fate }) => `${about}: certificate ${keyId}${name === null ? "" : ` (${name})`} ${FATES[fate]}`,
    );
}

/** What became of an entry of the list that was missing. */
export const FATES: Readonly<Record<ListLoss["fate"], string>> = {
  lost: "was lost by somebody else's write and will be put back",
  restoring: "was lost by somebody else's write and has been sent back",
  restored: "is there again",
  removed: "was removed by somebody else meanwhile, on purpose as the audit log has it",
  "given-up": "was lost and cannot be put back, because somebody else keeps undoing it; a person must add it again",
  unseen: "was added by somebody else in the moment of our write, which dropped it; a person must add it again",
  revived:
    "had just been removed by somebody else, which no read had shown, and our write put it back; a person must remove it again",
};

/** What one try at the token endpoint said; for somebody who waits for it. */
function probeLine(rotation: Rotation, event: RotationEvent): string | null {
  if (event.type !== "probed") return null;
  const about = `${when(event.at as EpochMs)} ${rotation.displayName}`;
  const { outcome, code } = event.probe;
  const successes = rotation.probes.filter((one) => one.outcome === "issued").length;
  if (outcome === "issued") return `${about}: tried at the token endpoint, it works (${successes})`;
  return `${about}: tried at the token endpoint, ${outcome === "inconclusive" ? "no clear answer" : "not yet"}${code === null ? "" : ` (AADSTS${code})`}`;
}

/** A certificate that came without its list being replaced was added by a signature of one that was there. */
function howAdded({ kind, listWrite }: Rotation): string {
  return kind === "certificate" && listWrite === null ? " by proof of possession" : "";
}

/** What stands behind the state `verified`. */
const PROOF: Readonly<Record<Assurance, string>> = {
  token: "the copy read back signs in",
  "authenticated-blocked": "the copy read back is right, and Conditional Access keeps it from signing in here",
  "consumer-evidence": "somebody else has signed in with it",
  receipt: "the target has given its receipt",
  person: "by a person's word, as the sign-in log does not say more",
};

function eventLine(rotation: Rotation, event: RotationEvent): string | null {
  const about = `${when(event.at as EpochMs)} ${rotation.displayName}`;
  switch (event.type) {
    case "issued":
      return rotation.federated === undefined
        ? `${about}: issued ${event.issued.keyId}${howAdded(rotation)}, ends ${when(event.issued.end)}`
        : `${about}: federated credential ${rotation.federated.name} (${event.issued.keyId}) is on the application`;
    case "sign-ins-read":
      return signInLine(about, rotation, event);
    case "cancelled":
      return rotation.kind === "federated"
        ? `${about}: federation given up; its ${rotation.replacesKind} is renewed as before`
        : null;
    case "accepted":
      return `${about}: accepted by the login authority`;
    case "delivered":
      return `${about}: delivered to ${event.target}`;
    case "verified":
      return rotation.verifiedAt === event.at ? `${about}: verified, ${PROOF[event.assurance]}` : null;
    case "removed":
      return `${about}: old ${rotation.replacesKind} ${rotation.replaces} removed`;
    case "own-tried":
      return event.proven
        ? `${about}: a fresh process read the directory with the new credential`
        : `${about}: a fresh process does not sign in with the new credential yet; the old one stays`;
    case "made":
      return `${about}: made a certificate and its key, sealed before anything is asked of the directory`;
    case "list-intended":
      return `${about}: replacing the list of certificates, every other entry sent back as it was read`;
    case "failed":
    case "issue-refused":
    case "issue-unknown":
      return `${about}: ${event.failure.message} [${event.failure.code}]`;
    case "halted":
      return `${about}: halted, ${REASONS[event.reason]} [${event.reason}]`;
    case "orphan-removed":
      return `${about}: removed the orphan of a lost answer`;
    case "absent-read":
      return rotation.retiredAt === event.at ? `${about}: retired` : null;
    default:
      return null;
  }
}

/** What a look at the sign-in log has brought; a look that brought nothing is not told. */
function signInLine(
  about: string,
  rotation: Rotation,
  { at, evidence, failure }: Extract<RotationEvent, { type: "sign-ins-read" }>,
): string | null {
  if (failure !== null) return `${about}: ${failure.message} [${failure.code}]`;
  if (rotation.verifiedAt !== at) return null;
  return `${about}: verified, signed in with the federated credential at ${when(evidence.lastUse)}`;
}
