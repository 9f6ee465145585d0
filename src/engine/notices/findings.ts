/** What needs a person in one tenant, from the read models that everything else shows. */

import { away, type Finding, noticeStep } from "../../core/pictures/notice.ts";
import { DEFAULT_NOTICE_STEPS } from "../../core/policy/policy.ts";
import { bindingOf } from "../../core/policy/settings.ts";
import { REASONS, type ReasonCode } from "../../core/reasons.ts";
import { goesOnBy } from "../../core/rotation/application-pause.ts";
import { decide } from "../../core/rotation/decide.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Paused } from "../../core/rotation/words.ts";
import { DAY, type DurationMs, type EpochMs, HOUR, plus } from "../../core/time.ts";
import type { Drift } from "../../ports/drift.ts";
import type { ScanSummary, Switches } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { addedTargets, forecastOf, gatherFacts, lossOf } from "../facts.ts";
import type { PlanItem } from "../plan/plan.ts";
import type { BrokenAt } from "../trail/check.ts";
import { WAITS_FOR, waitingReveals } from "../values/reveal-request.ts";

/** A scan older than this is overdue: the loop scans every hour. */
const OVERDUE = 6 * HOUR;
const OLD_KEY = 365 * DAY;
/** How long a pause in overlap lasts before it is told, and again and again after that. */
const PAUSE_TOLD = 7 * DAY;
/** A removal that has failed so often in a row is told: what passes by itself is over by then. */
const FAILURES_TOLD = 5;
/** How long an end is told of that nothing has followed. */
const ENDED_TOLD = 30 * DAY;
/** How long a drift is told of. */
const DRIFT_TOLD = 7 * DAY;
/** So long before the end of a credential that is replaced. */
const OLD_TOLD = 7 * DAY;

/** What is known beside the store. */
export interface Beside {
  readonly sealKeyAge: number | null;
  /** Where the portal is. */
  readonly portal: string | null;
  /** The first entry of the audit trail that is not what was sealed. */
  readonly broken: BrokenAt | null;
}

export async function findingsOf(
  deps: Deps,
  items: readonly PlanItem[],
  now: EpochMs,
  { sealKeyAge, portal, broken }: Beside,
): Promise<readonly Finding[]> {
  const { store, settings } = deps;
  const { tenantId } = settings;
  const [switches, scan] = [await store.switches(tenantId), await store.lastScan(tenantId)];
  const halted = await store.rotations({ tenantId, states: ["halted"] });
  const verified = await store.rotations({ tenantId, states: ["verified"] });
  // of what nobody bound nothing would be renewed without the pause either
  const paused = switches.paused.filter(({ appId }) => bindingOf(settings, appId) !== undefined);
  const drift = await store.drifts(tenantId, null, plus(now, -DRIFT_TOLD));
  return [
    ...items.flatMap((one) => {
      const { rotation } = one;
      if (one.because === "replaced") return oldEnds(one, settings, now);
      if (rotation === null) return endingOf(one, paused, now);
      return rotation.state === "halted" ? haltedEnds(deps, rotation, now) : lateOf(rotation, one.forecast, now);
    }),
    ...halted.map(haltOf),
    ...verified.flatMap((one) => keptOf(one, now)),
    ...[...verified, ...(await keptBoth(deps, now))].flatMap((one) => unservedOf(deps, one, now)),
    ...verified.flatMap(failingOf),
    ...(await wordsAwaited(deps, now, portal)),
    ...drift.map(driftOf),
    ...tenantFindings(switches, scan, now),
    ...(broken === null ? [] : [brokenOf(broken)]),
    ...(sealKeyAge !== null && sealKeyAge > OLD_KEY
      ? [whole("seal-key-old", "seal key", "the seal key is more than a year old", "roll it; old values still open")]
      : []),
  ];
}

/** Whether nothing has been seen of the tenant for so long that somebody should look; true, too, where nothing ever was. */
export function isOverdue(scan: ScanSummary | null, now: EpochMs): boolean {
  return scan === null || now - scan.scannedAt > OVERDUE;
}

function whole(kind: Finding["kind"], key: string, title: string, next: string): Finding {
  return { kind, appId: null, key, title, next };
}

/** What waits for another person's word: never a value, nor the reason that somebody gave, which the page has. */
async function wordsAwaited(deps: Deps, now: EpochMs, portal: string | null): Promise<Finding[]> {
  const page = portal === null ? null : `${portal}/t/${encodeURIComponent(deps.settings.name)}/plan`;
  const asked = (await waitingReveals(deps)).filter(({ state }) => state === "asked");
  const reveals = asked.map(({ id, displayName, actor }) => {
    const title = `${displayName}: ${actor} asks to see a value; another Admin must allow it within ${formatHours(WAITS_FOR)}`;
    return whole("reveal-asked", id, title, page ?? "open Plan and approvals in the portal");
  });
  const waiting = await awaitingApproval(deps, now);
  if (waiting.length === 0) return reveals;
  const names = [...new Set(waiting.map(({ displayName }) => displayName))].toSorted();
  const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : "";
  const many = waiting.length === 1 ? "1 rotation waits" : `${waiting.length} rotations wait`;
  const title = `${many} for a person's approval: ${names.slice(0, MOST_NAMED).join(", ")}${more}`;
  const key = waiting.map(({ id }) => id).toSorted();
  return [...reveals, whole("approval", key.join(" "), title, page ?? "nolapse plan")];
}

/** So many applications are named in one line of a digest. */
const MOST_NAMED = 5;

const AWAITS_WORD: ReadonlySet<ReasonCode> = new Set(["approval-issue", "approval-retire", "mode-propose"]);

/** Rotations that nothing but a person's yes moves now; what one has refused waits for nobody. */
async function awaitingApproval(deps: Deps, now: EpochMs): Promise<readonly Rotation[]> {
  const { store, settings } = deps;
  const open = await store.rotations({ tenantId: settings.tenantId, states: ["planned", "verified"] });
  const found: Rotation[] = [];
  for (const rotation of open) {
    const { approvals, policy } = rotation;
    const part = rotation.state === "planned" ? "issue" : "retire";
    const asks = settings.mode === "propose" || policy.approval !== "none" || rotation.holder.appId === deps.own?.appId;
    if (!asks || approvals[part] !== null || rotation.paused !== undefined) continue;
    const verdict = decide(rotation, await gatherFacts(deps, rotation, now), now);
    if (verdict.verdict === "wait" && AWAITS_WORD.has(verdict.because)) found.push(rotation);
  }
  return found;
}

function formatHours(length: DurationMs): string {
  return `${Math.round(length / HOUR)} hours`;
}

/** A rotation that is under way while what it replaces is past its urgent time. */
function lateOf(rotation: Rotation, ends: PlanItem["forecast"], now: EpochMs): Finding[] {
  const { displayName, replaces, replacesEnd: end, state, holder } = rotation;
  if (end === null || ends === null) return [];
  if (now < ends.urgentAt) return pausedOf(rotation, end, now);
  const title = `${displayName}: ${rotation.replacesKind} ${rotation.replacesName ?? replaces} ends ${away(end, now)}, its successor is ${state}`;
  const key = `${replaces} ${state}`;
  const next = `nolapse explain ${holder.appId}`;
  return [{ kind: "urgent", appId: holder.appId, key, title, next, ...heldBy(rotation, { key, title }, end <= now) }];
}

/**
 * What a halted rotation leaves to end: the old one, unless its new one was proven, and the new one as soon as there is one, which its places
 * may sign in with. That it is halted is told as such; this says until when, at the steps and when it is late, as if nothing were under way.
 */
function haltedEnds(deps: Deps, rotation: Rotation, now: EpochMs): Finding[] {
  const { displayName, from, haltReason, holder, issued, kind, replaces, replacesKind, replacesEnd } = rotation;
  const isProven = from === "verified" && haltReason !== "issued-gone";
  const old = { keyId: replaces, name: rotation.replacesName ?? replaces, kind: replacesKind, end: replacesEnd };
  const made = issued === null ? [] : [{ keyId: issued.keyId, name: issued.keyId, kind, end: issued.end }];
  return [...(isProven ? [] : [old]), ...made].flatMap(({ keyId, name, kind: its, end }): Finding[] => {
    const ends = end === null ? null : forecastOf(deps, { ...rotation, replaces: keyId, replacesEnd: end }, now);
    if (end === null || ends === null || end <= plus(now, -ENDED_TOLD)) return [];
    const step = noticeStep(end, now, rotation.policy.notify ?? DEFAULT_NOTICE_STEPS);
    const isLate = now >= ends.urgentAt;
    if (!isLate && step === null) return [];
    const title = `${displayName}: ${its} ${name} ${end > now ? "ends" : "ended"} ${away(end, now)}, and its rotation is halted`;
    const key = `${keyId} halted ${end <= now ? "ended" : isLate ? "urgent" : step}`;
    const next = `nolapse explain ${holder.appId}`;
    const held = heldBy(rotation, { key, title }, end <= now);
    return [{ kind: isLate ? "urgent" : "ending", appId: holder.appId, key, title, next, ...held }];
  });
}

/** One that a person holds is told at the steps at which it would be if nothing were under way: nothing is. */
function pausedOf(rotation: Rotation, end: EpochMs, now: EpochMs): Finding[] {
  const { displayName, replaces, replacesKind, replacesName, state, policy, holder } = rotation;
  const step = noticeStep(end, now, policy.notify ?? DEFAULT_NOTICE_STEPS);
  // what is verified has nothing that ends
  if (rotation.paused === undefined || step === null || state === "verified") return [];
  const title = `${displayName}: ${replacesKind} ${replacesName ?? replaces} ends ${away(end, now)}, its successor is ${state}`;
  const key = `${replaces} ${step}`;
  return [{ kind: "ending", appId: holder.appId, key, title, next: "", ...heldBy(rotation, { key, title }) }];
}

/** In overlap nothing ends that is not followed, but the old credential that should go stays for as long as somebody holds it. */
function keptOf(rotation: Rotation, now: EpochMs): Finding[] {
  const { id, displayName, replacesKind, replaces, replacesName, paused, holder } = rotation;
  const times = paused === undefined ? 0 : Math.floor((now - paused.at) / PAUSE_TOLD);
  if (times === 0) return [];
  const title = `${displayName}: the old ${replacesKind} ${replacesName ?? replaces} is not removed until its rotation goes on`;
  const told = { key: `${id} ${times}`, title };
  return [{ kind: "paused", appId: holder.appId, next: "", ...told, ...heldBy(rotation, told) }];
}

/** Its removal is tried for as long as it fails, every few hours; a person may know what it fails on. */
function failingOf({ displayName, replacesKind, replaces, replacesName, holder, ...its }: Rotation): Finding[] {
  const { id, lastFailure, failures, tried } = its;
  const times = Math.max(failures, tried?.step === "retire" ? tried.failures : 0);
  if (lastFailure === null || times < FAILURES_TOLD) return [];
  const title = `${displayName}: the old ${replacesKind} ${replacesName ?? replaces} is not removed: ${lastFailure.message}`;
  const next = lastFailure.next ?? `nolapse explain ${holder.appId}`;
  return [{ kind: "not-removed", appId: holder.appId, key: `${id} ${lastFailure.code}`, title, next }];
}

/** Rotations that were given up once the new credential was proven, where it is still the slot's and the old one has an end to come. */
async function keptBoth({ store, settings: { tenantId } }: Deps, now: EpochMs): Promise<readonly Rotation[]> {
  const over = await store.rotations({ tenantId, states: ["cancelled"] });
  const ending = over.filter(
    ({ verifiedAt, replacesEnd }) => verifiedAt !== null && replacesEnd !== null && replacesEnd > now,
  );
  if (ending.length === 0) return [];
  const slots = await store.slots(tenantId, null);
  return ending.filter(({ holder, slot, issued }) =>
    slots.some((one) => one.appId === holder.appId && one.slot === slot && one.keyId === issued?.keyId),
  );
}

/** A place that was bound when the new credential was out already: what it holds ends with the old one. */
function unservedOf(deps: Deps, rotation: Rotation, now: EpochMs): Finding[] {
  const { displayName, replacesKind, replaces, replacesName, replacesEnd, holder } = rotation;
  const added = addedTargets(deps, rotation);
  if (added.length === 0 || (replacesEnd !== null && replacesEnd <= now)) return [];
  const places = added.join(", ");
  // without an end it waits for the next rotation for ever
  const then = replacesEnd === null ? "which stays" : `which ends ${away(replacesEnd, now)}`;
  const title = `${displayName}: ${places} was bound later and may hold the old ${replacesKind} ${replacesName ?? replaces}, ${then}`;
  const next = `nolapse rotate ${holder.appId} --now delivers to all places of the slot`;
  return [{ kind: "not-served", appId: holder.appId, key: `${replaces} ${places}`, title, next }];
}

/** What a pause adds to what is told of a rotation; nothing where nobody holds it. */
function heldBy(rotation: Rotation, told: Pick<Finding, "key" | "title">, isPast = false): Partial<Finding> {
  const { paused } = rotation;
  return paused === undefined ? {} : pausedTold(paused, goesOnBy(rotation, paused), told, isPast);
}

function pausedTold(
  { by, reason, application }: Paused,
  goesOn: string,
  { key, title }: Pick<Finding, "key" | "title">,
  isPast: boolean,
): Pick<Finding, "key" | "title" | "next"> {
  const why = reason === undefined ? "" : ` (${reason})`;
  const what = application === true ? "the application is paused" : "paused";
  return {
    key: `${key} ${isPast ? "ended" : "paused"}`,
    title: `${title}; ${what} by ${by}${why}`,
    next: `nolapse ${goesOn}`,
  };
}

function haltOf({ id, displayName, slot, haltReason, reason, holder: { appId } }: Rotation): Finding {
  const why = haltReason ?? reason;
  const title = `${displayName} (${slot}): ${REASONS[why]} [${why}]`;
  return { kind: "halted", appId, key: `${id} ${why}`, title, next: `nolapse explain ${appId}` };
}

function driftOf({ displayName, what, by, keyId, target, appId }: Drift): Finding {
  const title = `${displayName}: ${REASONS[what]}, by ${by ?? "unknown"} (key id ${keyId})`;
  return { kind: "drift", appId, key: `${what} ${keyId} ${target ?? ""}`, title, next: `nolapse explain ${appId}` };
}

function brokenOf({ what, position }: BrokenAt): Finding {
  const title = `the audit trail is not what was sealed, from entry ${position} on (${what})`;
  return whole("trail-broken", String(position), title, "keep a copy of the store, then nolapse audit verify");
}

function tenantFindings({ breaker, removalOff }: Switches, scan: ScanSummary | null, now: EpochMs): Finding[] {
  const findings: Finding[] = [];
  if (breaker !== null) {
    findings.push(whole("breaker-open", String(breaker.at), breaker.why, "mend it, then nolapse resume"));
  }
  if (removalOff !== null)
    findings.push(whole("removal-off", String(removalOff.at), removalOff.why, "nolapse recover"));
  if (scan !== null && !scan.complete) {
    const title = "the last scan could not read everything, so nothing new is written";
    findings.push(whole("scan-incomplete", "scan", title, "nolapse doctor"));
  }
  const loss = lossOf(scan);
  if (loss !== null) findings.push(whole("scan-lossy", "scan", loss, "where they are really gone: nolapse resume"));
  if (isOverdue(scan, now)) {
    const title = scan === null ? "no scan has succeeded yet" : `the last scan was ${away(scan.scannedAt, now)}`;
    findings.push(whole("scan-overdue", "scan", title, "nolapse doctor"));
  }
  return findings;
}

/**
 * What is replaced ends by itself or is removed, and nothing is to be done about it; but where the binding does not say that it names all who
 * have a copy, somebody may still sign in with his own.
 */
function oldEnds({ appId, displayName, credential }: PlanItem, settings: Deps["settings"], now: EpochMs): Finding[] {
  const end = credential?.end ?? null;
  const isComplete = bindingOf(settings, appId)?.consumers === "complete";
  if (credential === null || end === null || end <= now || end > plus(now, OLD_TOLD) || isComplete) return [];
  const title = `${displayName}: the old ${credential.kind} ${credential.name ?? credential.keyId} ends ${away(end, now)}; its successor is in place`;
  const next = `whoever has a copy of his own takes the new one: nolapse explain ${appId}`;
  return [{ kind: "ending", appId, key: `${credential.keyId} replaced`, title, next }];
}

/** A credential past its urgent time, or at a step of its policy's notices; nothing of what has been replaced already. */
function endingOf(item: PlanItem, paused: Switches["paused"], now: EpochMs): Finding[] {
  const { appId, displayName, credential, forecast, policy, slot } = item;
  if (credential?.end == null || credential.end <= plus(now, -ENDED_TOLD)) return [];
  const { end, keyId } = credential;
  const name = credential.name ?? keyId;
  const title = `${displayName}: ${credential.kind} ${name} ${end > now ? "ends" : "ended"} ${away(end, now)}`;
  const next =
    slot === null
      ? `bind it to its targets, or renew it by hand: nolapse explain ${appId}`
      : `nolapse explain ${appId}`;
  const pause = paused.find((one) => one.appId === appId);
  const told = (kind: "urgent" | "ending", key: string): Finding[] => {
    const held =
      pause === undefined
        ? {}
        : pausedTold({ ...pause, application: true }, `continue ${appId}`, { key, title }, end <= now);
    return [{ kind, appId, key, title, next, ...held }];
  };
  if (forecast !== null && now >= forecast.urgentAt)
    return told("urgent", `${keyId} ${end > now ? "urgent" : "ended"}`);
  const step = noticeStep(end, now, policy?.notify ?? DEFAULT_NOTICE_STEPS);
  return step === null ? [] : told("ending", `${keyId} ${step}`);
}
