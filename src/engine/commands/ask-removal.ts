/**
 * *Remove now*: a person's word that an old credential shall go without waiting for the rule it would go by. It ends the overlap of the
 * rotation that replaces it; the removal itself is that rotation's own retire step, behind the same guard. A leftover, which none replaces,
 * gets a rotation that makes nothing and rests on what its slot's last one has proven. What protects a declared consumer, the approvals, windows, waves and every switch hold as ever; what the word overrules is told before, and has to be named.
 */

import { NolapseError } from "../../core/errors.ts";
import type { Person } from "../../core/policy/approval.ts";
import { longestRule } from "../../core/policy/reload.ts";
import type { TargetSettings } from "../../core/policy/settings.ts";
import { REASONS, type ReasonCode } from "../../core/reasons.ts";
import { goesOnBy, underPause } from "../../core/rotation/application-pause.ts";
import { applyEvent } from "../../core/rotation/apply-event.ts";
import { decide } from "../../core/rotation/decide.ts";
import { needsApproval } from "../../core/rotation/own-credential.ts";
import { retirement, ruled, useVerdict, wordForbidden, wordStands } from "../../core/rotation/retirement.ts";
import type { Rotation, RotationEvent } from "../../core/rotation/rotation.ts";
import type { Facts } from "../../core/rotation/verdict.ts";
import type { Paused } from "../../core/rotation/words.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { gatherFacts } from "../facts.ts";
import { storeEvents } from "../rotation/amend.ts";
import { type LeftoverPlace, leftoverOf, sharedSlot } from "../rotation/leftover.ts";
import { requireWriting } from "../rotation/may-write.ts";
import { usesOf } from "../rotation/steps/uses.ts";
import { pauseOf } from "../rotation/unpaused.ts";
import { auditLine } from "../trail/audit.ts";
import { UNFINISHED } from "../views/picture.ts";
import { approvedEvent, isPrivileged } from "./approve.ts";
import { requireReason } from "./stated-reason.ts";

/** Which credential of which application. */
export type RemovalPlace = LeftoverPlace;

/** Something that the word overrules. */
export interface Overruled {
  readonly code: ReasonCode;
  readonly detail: string | null;
}

export interface RemovalForeseen {
  readonly rotation: Rotation;
  /** It is opened by the word; else it is under way. */
  readonly opens: boolean;
  /** Why it is not possible at all; null where it is. */
  readonly refusal: NolapseError | null;
  /** It was asked for before, or is gone: nothing would be changed. */
  readonly before: boolean;
  /** Not before this instant; null where it has to wait for its own rule. */
  readonly at: EpochMs | null;
  /** What it would wait for first, beside the time. */
  readonly waits: { readonly because: ReasonCode; readonly detail: string | null } | null;
  readonly overrules: readonly Overruled[];
}

/**
 * What asking would come to; the sign-in log is read for it, nothing is changed.
 * @throws NolapseError `not-found`, and `refused-by-rule` where no verified rotation replaces it.
 */
export async function foreseeRemoval(
  deps: Deps,
  place: RemovalPlace,
  person: Person,
  signal?: AbortSignal,
): Promise<RemovalForeseen> {
  const seen = await look(deps, place, person);
  if (seen.refusal !== null || seen.before) return seen;
  return { ...seen, overrules: each(seen.overrules, await byEvidence(deps, seen.rotation, signal)) };
}

/** The same from the books alone. */
async function look(deps: Deps, place: RemovalPlace, person: Person): Promise<RemovalForeseen> {
  const found = await holding(deps, place);
  const { opens } = found;
  const rotation = underPause(found.rotation, (await pauseOf(deps, place.appId)) ?? undefined);
  const now = await deps.clock.now();
  const facts = await gatherFacts(deps, rotation, now);
  const targets = known(facts.targets);
  const refusal = (await sharedWith(deps, rotation)) ?? refusalOf(rotation, targets, facts, now);
  if (refusal !== null) return { rotation, opens, refusal, before: false, at: null, waits: null, overrules: [] };
  const before = wordStands(rotation, facts.asked) || rotation.removedAt !== null;
  const then = before ? rotation : wordOn(rotation, facts, { person, why: "", now }).reduce(applyEvent, rotation);
  const { at } = retirement(then, targets, facts.asked);
  // as it will stand once the time alone lets it go
  const when = at !== null && at > now ? at : now;
  const verdict = decide(then, await gatherFacts(deps, then, when), when);
  const holds = (verdict.verdict === "wait" || verdict.verdict === "halt") && verdict.because !== "removal-asked";
  const detail = verdict.verdict === "wait" ? (verdict.detail ?? null) : null;
  const waits = holds ? { because: verdict.because, detail } : null;
  const overrules = before ? [] : byRule(rotation, targets, facts, now);
  return { rotation, opens, refusal: null, before, at, waits, overrules };
}

export interface RemovalAsked {
  /** Codes of what the person was told that his word overrules; it is refused where there is more. */
  readonly accepts: readonly ReasonCode[];
  readonly why: string;
  readonly person: Person;
}

/**
 * Notes the word; asking is the approval of the removal, but for privileged applications, where two persons must approve all the same.
 * Asked again, or where it is gone already, it changes nothing. @throws NolapseError as {@link foreseeRemoval}, `usage` for a reason that
 * is none, `refused-by-rule` for what it says is not possible and for what was not named, `refused-by-…`, `store-busy`.
 */
export async function askRemoval(
  deps: Deps,
  place: RemovalPlace,
  { accepts, why, person }: RemovalAsked,
  signal?: AbortSignal,
): Promise<Rotation> {
  requireReason(why);
  await requireWriting(deps);
  const { rotation, opens, refusal, before, overrules } = await look(deps, place, person);
  if (refusal !== null) throw refusal;
  if (before) return rotation;
  requireNamed(overrules, accepts);
  // who accepts that it is in use has been told the worst; Graph allows few looks into its logs
  if (!accepts.includes("old-in-use")) requireNamed(await byEvidence(deps, rotation, signal), accepts);
  const now = await deps.clock.now();
  const facts = await gatherFacts(deps, rotation, now);
  const events: readonly RotationEvent[] = [
    ...wordOn(rotation, facts, { person, why: why.trim(), now }),
    { type: "waited", at: now, dueAt: now },
  ];
  return opens ? begin(deps, rotation, events, person) : storeEvents(deps, rotation, events, person.actor);
}

/** Stores the rotation of a leftover together with the word that it rests on. @throws NolapseError `store-busy`. */
async function begin(
  { store }: Deps,
  planned: Rotation,
  events: readonly RotationEvent[],
  { actor }: Person,
): Promise<Rotation> {
  let rotation = planned;
  const lines = events.flatMap((event) => {
    const before = rotation;
    rotation = applyEvent(before, event);
    return auditLine(before, event, rotation, {}) ?? [];
  });
  if (await store.open(rotation, [], ...lines.map((one) => ({ ...one, actor })))) return rotation;
  throw new NolapseError("store-busy", "somebody else has just asked for the same", { next: "look again" });
}

/** @throws NolapseError `refused-by-rule` where the word would overrule more than the person said he knows of. */
function requireNamed(overrules: readonly Overruled[], accepts: readonly ReasonCode[]): void {
  const untold = overrules.filter(({ code }) => !accepts.includes(code));
  if (untold.length === 0) return;
  const more = untold.map(({ code, detail }) => `${detail ?? REASONS[code]} [${code}]`).join("; ");
  throw no(`more speaks against it than was named: ${more}; nothing was done`, "look again, and name what you accept");
}

interface Word {
  readonly person: Person;
  readonly why: string;
  readonly now: EpochMs;
}

function wordOn(rotation: Rotation, facts: Facts, { person, why, now }: Word): RotationEvent[] {
  const asks = needsApproval(rotation, facts, "retire") && rotation.approvals.retire === null;
  const retire = longestRule(rotation.policy.retire, facts.asked.retire);
  const told = { retire, complete: rotation.consumersComplete && facts.asked.complete };
  return [
    { type: "removal-asked", at: now, actor: person.actor, why, told },
    ...(asks && !isPrivileged(rotation) ? [approvedEvent(now, "retire", person, 1)] : []),
  ];
}

/** The verified rotation whose old credential it is, or that of a leftover. @throws NolapseError where there is none, with what can be done instead. */
async function holding(deps: Deps, place: RemovalPlace): Promise<Pick<RemovalForeseen, "rotation" | "opens">> {
  const { store, settings } = deps;
  const { appId, keyId } = place;
  const { tenantId } = settings;
  const open = await store.rotations({ tenantId, appId, states: UNFINISHED });
  const replaces = open.find((one) => one.replaces === keyId);
  if (replaces?.state === "verified") return { rotation: replaces, opens: false };
  if (replaces?.state === "halted")
    throw no("the rotation that replaces it is halted", "mend what halted it, then Try now, or nolapse resume");
  if (replaces !== undefined)
    throw no(`its successor is not verified yet: the rotation is ${replaces.state}`, `wait for it, or ${LEAKED}`);
  const isCurrent = (await store.slots(tenantId, appId)).some((one) => one.keyId === keyId);
  if (isCurrent || open.some(({ issued }) => issued?.keyId === keyId))
    throw no("it is the current credential of its slot", `nolapse rotate ${appId} --now makes its successor first`);
  const entry = (await store.ledger(tenantId, appId)).find((one) => one.keyId === keyId);
  if (entry !== undefined && entry.removedAt !== null)
    throw new NolapseError("not-found", `${keyId} is removed already`, { next: `nolapse explain ${appId}` });
  return { rotation: await leftoverOf(deps, place), opens: true };
}

async function sharedWith(deps: Deps, rotation: Rotation): Promise<NolapseError | null> {
  const shared = await sharedSlot(deps, rotation);
  if (shared === null) return null;
  return no(shared, "one credential for several places is one slot with all their targets");
}

const LEAKED = "Leaked… (nolapse rotate --emergency) takes it away as soon as the new one is verified";

function refusalOf(
  rotation: Rotation,
  targets: readonly TargetSettings[],
  { asked, removalOff }: Facts,
  now: EpochMs,
): NolapseError | null {
  if (rotation.paused !== undefined) return heldNo(rotation, rotation.paused);
  if (removalOff) return no(REASONS["removal-off"], "nolapse recover compares store and directory");
  if (rotation.removedAt !== null || (rotation.replacesEnd !== null && rotation.replacesEnd <= now)) return null;
  const because = wordForbidden(rotation, targets, asked);
  if (because === null) return null;
  return no(
    `${REASONS[because]} [${because}]`,
    `it goes by its rule: nolapse explain ${rotation.holder.appId}; ${LEAKED}`,
  );
}

/** The rule it would go by, the declaration of consumers, and somebody's no. */
function byRule(
  rotation: Rotation,
  targets: readonly TargetSettings[],
  { asked }: Facts,
  now: EpochMs,
): readonly Overruled[] {
  const { because, detail, at } = ruled(rotation, targets, asked);
  const refused = rotation.refusals?.retire;
  const isDeclared = rotation.consumersComplete && asked.complete;
  return each(
    at === null || at > now ? [{ code: because, detail }] : [],
    isDeclared ? [] : [{ code: "consumers-unknown", detail: null }],
    refused === undefined ? [] : [{ code: "approval-refused", detail: `refused by ${refused.actor}: ${refused.why}` }],
  );
}

/** What log and report show of who signs in, read now; nothing of one that has ended. */
async function byEvidence(deps: Deps, rotation: Rotation, signal?: AbortSignal): Promise<readonly Overruled[]> {
  const { replacesEnd, verifiedAt, policy } = rotation;
  const now = await deps.clock.now();
  if (verifiedAt === null || (replacesEnd !== null && replacesEnd <= now)) return [];
  const { uses } = await usesOf(deps, rotation, now, undefined, signal);
  const said = useVerdict(policy, uses, verifiedAt);
  return said.enough ? [] : [{ code: said.because, detail: said.detail }];
}

/** Each code once, the later word for it counting. */
function each(...parts: readonly (readonly Overruled[])[]): readonly Overruled[] {
  return [...new Map(parts.flat().map((one) => [one.code, one])).values()];
}

/** What a person holds is not hurried past him: whoever lets it go on knows why it was held. */
function heldNo(rotation: Rotation, held: Paused): NolapseError {
  const why = held.reason === undefined ? "" : ` (${held.reason})`;
  const what = held.application === true ? rotation.displayName : `the rotation of ${rotation.displayName}`;
  return no(`${what} is paused by ${held.by}${why}`, `nolapse ${goesOnBy(rotation, held)}, then ask again`);
}

function known(targets: Facts["targets"]): TargetSettings[] {
  return targets.filter((one) => one !== null);
}

function no(why: string, next: string): NolapseError {
  return new NolapseError("refused-by-rule", why, { next });
}
