/** Gathers what the decision looks at. It only reads; a failed read is an error, never an empty fact. */

import { tenantNamed } from "../core/commands.ts";
import type { HolderRef } from "../core/credentials/credential.ts";
import { parseMarkedName } from "../core/credentials/marker.ts";
import type { Policy } from "../core/policy/policy.ts";
import { longestRule } from "../core/policy/reload.ts";
import { type Binding, bindingOf, type TargetSettings } from "../core/policy/settings.ts";
import { hasProven } from "../core/rotation/leftover.ts";
import { isUnderWay } from "../core/rotation/own-credential.ts";
import { retirement } from "../core/rotation/retirement.ts";
import type { Rotation } from "../core/rotation/rotation.ts";
import type { Facts } from "../core/rotation/verdict.ts";
import { mayRetireEarly, scanTooLossy } from "../core/schedule/blast-radius.ts";
import { forecast } from "../core/schedule/forecast.ts";
import { type EpochMs, latest } from "../core/time.ts";
import type { ScanSummary, SlotRecord, Tally } from "../ports/store.ts";
import type { Deps } from "./deps.ts";

/** A later rotation of a slot that has not proven its successor yet. */
const UNDER_WAY = ["planned", "issued", "accepted", "delivered", "halted"] as const;
const NOTHING_COUNTED: Tally = { issues: [], clean: 0, earlyRetirements: [], retiring: [], recent: [] };

/** The facts about one rotation at `now`; `moved` is its slot's record where it is not stored yet. */
export async function gatherFacts(deps: Deps, rotation: Rotation, now: EpochMs, moved?: SlotRecord): Promise<Facts> {
  const { settings, store } = deps;
  const switches = await store.switches(rotation.tenantId);
  const targets = targetSettings(deps, rotation);
  // asked only where a check looks at them: before a creation, and before a removal whose time has come
  const isPaced = rotation.state === "planned" || isToRetire(deps, rotation, now);
  const scan = isPaced ? await store.lastScan(rotation.tenantId) : null;
  const counted = rotation.state === "planned" ? "issues" : "retirements";
  const tally =
    isPaced && settings.limits !== null ? await store.tally(rotation.tenantId, now, counted) : NOTHING_COUNTED;
  const { kind } = rotation;
  return {
    tenant: tenantNamed(settings),
    mode: settings.mode,
    stopped: switches.stopped !== null || (await deps.brake.pulled()) !== null,
    removalOff: switches.removalOff !== null,
    breakerOpen: switches.breaker !== null,
    // an application that rolls itself is judged by its own reading; nothing is scanned for it
    scanHolds: rotation.self ? null : scanHolds(scan),
    acceptance: settings.acceptance,
    limits: settings.limits,
    timeZone: settings.timeZone,
    ...freezesNow(deps, rotation),
    targets,
    ...addedFacts(deps, rotation),
    ...(await sharedFacts(deps, rotation)),
    asked: asked(deps, rotation),
    forecast: forecastOf(deps, rotation, now),
    tally: countedBeside(rotation, tally),
    succession: await succession(deps, rotation, moved),
    kindFits: kind === "federated" || known(targets).every((one) => one.kinds.includes(kind)),
    earlyDue: isPaced ? await earlyDue(deps, rotation, tally, now) : 0,
    asSelf: deps.self !== undefined && isSame(deps.self, rotation.holder),
    ...(await ownFacts(deps, rotation)),
  };
}

/**
 * When the credential that this rotation replaces must be renewed, at the latest and before; null where it never ends. `start`, where it is
 * known, for a rule of age.
 */
export function forecastOf(
  deps: Deps,
  rotation: Rotation,
  now: EpochMs,
  start: EpochMs | null = null,
): Facts["forecast"] {
  const { replaces, replacesEnd, policy } = rotation;
  const credential = { keyId: replaces, start, end: replacesEnd };
  return forecast(credential, policy, known(targetSettings(deps, rotation)), now);
}

/** Why the last scan, null where there was none, holds writing back; null when it does not. */
export function scanHolds(scan: ScanSummary | null): Facts["scanHolds"] {
  if (scan?.complete !== true) return "scan-incomplete";
  return scanTooLossy(scan.lost) ? "scan-lossy" : null;
}

/** What the last scan has lost where that holds writing back, as a sentence; null where it does not. */
export function lossOf(scan: ScanSummary | null): string | null {
  if (scan === null || scanHolds(scan) !== "scan-lossy") return null;
  return `the last scan no longer saw ${Math.round(scan.lost * 100)} % of the known objects, so nothing is written`;
}

/** What the limits count beside this rotation: what others have begun to retire may be gone at any moment. */
export function countedBeside({ id }: Rotation, { issues, clean, earlyRetirements, retiring }: Tally): Facts["tally"] {
  const others = retiring.flatMap(({ rotation, at }) => (rotation === id ? [] : [at]));
  return { issues, clean, earlyRetirements: [...earlyRetirements, ...others].sort((a, b) => a - b) };
}

/** Whether the old credential may go by now, as far as time says; until then nothing else is asked about it. */
function isToRetire(deps: Deps, rotation: Rotation, now: EpochMs): boolean {
  if (rotation.state !== "verified" || rotation.removedAt !== null) return false;
  const at = retiresAt(deps, rotation);
  return at !== null && at <= now;
}

/** When the old credential of a verified rotation goes by itself; null where it does not. */
export function retiresAt(deps: Deps, rotation: Rotation): EpochMs | null {
  return retirement(rotation, known(targetSettings(deps, rotation)), asked(deps, rotation)).at;
}

/** The same of each of these that is verified, by its id; one that a person holds removes nothing. */
export function retirements(deps: Deps, rotations: readonly Rotation[]): ReadonlyMap<string, EpochMs | null> {
  const verified = rotations.filter(({ state }) => state === "verified");
  return new Map(verified.map((one) => [one.id, one.paused === undefined ? unlessUnserved(deps, one) : null]));
}

/** A place that was never given its successor keeps the old one to its end. */
function unlessUnserved(deps: Deps, rotation: Rotation): EpochMs | null {
  const at = retiresAt(deps, rotation);
  if (at === null || rotation.emergency !== undefined || addedTargets(deps, rotation).length === 0) return at;
  return rotation.replacesEnd === null ? null : latest(at, rotation.replacesEnd);
}

function isSame(one: HolderRef, other: HolderRef): boolean {
  return one.type === other.type && one.objectId === other.objectId;
}

/** How the rotation stands to Nolapse's own credential; asked only where a rotation of it could be. */
async function ownFacts({ own, store, settings }: Deps, rotation: Rotation): Promise<Pick<Facts, "own">> {
  const { tenantId, holder, id, state } = rotation;
  if (own === undefined || !["planned", "verified"].includes(state)) return {};
  const isThis = holder.appId === own.appId;
  if (!isThis && bindingOf(settings, own.appId) === undefined) return {};
  const states = ["planned", "issued", "accepted", "delivered"] as const;
  // only a rotation of Nolapse's own waits for all others; every other one waits for that one alone, and reads no more
  const found = await store.rotations({ tenantId, states, ...(isThis ? {} : { appId: own.appId }) });
  // what a person holds, perhaps for months, is waited for by nobody
  const others = found.filter(
    (one) => one.id !== id && one.paused === undefined && (one.holder.appId === own.appId) !== isThis,
  );
  const isOtherBusy = isThis
    ? others.some((one) => isUnderWay(one, settings.mode))
    : others.some((one) => one.state !== "planned");
  return { own: { isThis, isOtherBusy, source: own.source } };
}

/** Why everything must stand still in this tenant, or null: the outside brake, or somebody's `nolapse stop`. */
export async function stopped(deps: Deps, tenantId: string): Promise<string | null> {
  const brake = await deps.brake.pulled();
  if (brake !== null) return brake;
  const { stopped } = await deps.store.switches(tenantId);
  return stopped === null ? null : `nolapse was told to stop by ${stopped.by}`;
}

/** The settings of a rotation's targets, null where the configuration no longer binds one to this slot. */
export function targetSettings(deps: Deps, rotation: Rotation): readonly (TargetSettings | null)[] {
  const binding = bindingOf(deps.settings, rotation.holder.appId);
  const slot = binding?.slots.find((one) => one.slot === rotation.slot);
  return rotation.deliveries.map(({ target }) =>
    slot?.targets.includes(target) === true ? (deps.settings.targets[target] ?? null) : null,
  );
}

/**
 * Places that the configuration has bound to the slot since the rotation was opened. What no place holds, and what rests on another rotation's
 * proof, has none; nor has one that is still to begin and that a person has approved: who did so knew of its own places, and of no other.
 */
export function addedTargets({ settings }: Pick<Deps, "settings">, rotation: Rotation): readonly string[] {
  const { holder, kind, leftover, deliveries, state, approvals } = rotation;
  if (kind === "federated" || leftover === true || (state === "planned" && approvals.issue !== null)) return [];
  const slot = bindingOf(settings, holder.appId)?.slots.find((one) => one.slot === rotation.slot);
  return (slot?.targets ?? []).filter((target) => !deliveries.some((one) => one.target === target));
}

/** Those of them that the value which is out already may be written to; the others wait for the next rotation. */
export function servableTargets(deps: Pick<Deps, "settings">, rotation: Rotation): readonly string[] {
  const { kind, privileges = [], approvals } = rotation;
  // who approved it knew of its other places alone
  if (approvals.issue !== null) return [];
  return addedTargets(deps, rotation).filter((name) => {
    const target = deps.settings.targets[name];
    const isByHand = (target?.carriedBy ?? null) !== null;
    return target?.kinds.some((one) => one === kind) === true && !(isByHand && privileges.length > 0);
  });
}

function addedFacts(deps: Deps, rotation: Rotation): Pick<Facts, "added"> {
  const { state } = rotation;
  const isOpen = state === "planned" || state === "verified";
  const added = state === "delivered" ? servableTargets(deps, rotation) : isOpen ? addedTargets(deps, rotation) : [];
  return added.length === 0 ? {} : { added };
}

/**
 * A slot that names what is replaced as its current credential and has not moved on: its places hold it still, and nothing proves another one
 * there. Of a leftover its own slot may be the one. Null where there is none.
 */
export async function slotNaming({ store, settings }: Deps, rotation: Rotation): Promise<string | null> {
  const { tenantId, holder, slot, replaces, replacesName, leftover } = rotation;
  const { description } = parseMarkedName(replacesName ?? "");
  const isIt = (current: string) =>
    current.trim().toLowerCase() === replaces.toLowerCase() ||
    [replacesName?.trim(), description.trim()].includes(current.trim());
  const naming = (bindingOf(settings, holder.appId)?.slots ?? []).filter(
    (one) => (leftover === true || one.slot !== slot) && one.current !== null && isIt(one.current),
  );
  if (naming.length === 0) return null;
  const records = await store.slots(tenantId, holder.appId);
  const found = naming.find((one) => !records.some((at) => at.slot === one.slot && at.keyId !== replaces));
  return found === undefined
    ? null
    : `slot "${found.slot}" names it as its current credential, too, and ${found.targets.join(", ")} may hold it still`;
}

async function sharedFacts(deps: Deps, rotation: Rotation): Promise<Pick<Facts, "shared">> {
  // of a leftover the guard asks, and a person looks
  const isAsked = rotation.state === "verified" && rotation.leftover !== true;
  const shared = isAsked ? await slotNaming(deps, rotation) : null;
  return shared === null ? {} : { shared };
}

/** What the configuration asks for now; the rotation's policy was fixed when it was opened. */
export function asked({ settings, own }: Deps, { holder, policy }: Rotation): Facts["asked"] {
  const binding = bindingOf(settings, holder.appId);
  const now = policiesNow(settings, policy.name, binding);
  const rules = now.map((one) => one.retire);
  // half of a lifetime at most, as where the tenant's own policies have shortened it
  const overlap = Math.max(policy.overlap, ...now.map((one) => Math.min(one.overlap, policy.lifetime / 2)));
  // a variable stays what it was in every process that runs: the old value must stay good until its own end
  const keeps = own?.appId === holder.appId && own.source === "environment";
  if (keeps) rules.push("at-expiry");
  const retire = longestRule(policy.retire, ...rules);
  const complete = binding?.consumers === "complete";
  return { retire, complete, ...(overlap > policy.overlap ? { overlap } : {}), ...(keeps ? { keeps } : {}) };
}

/** The policy that the rotation was opened with, as it is configured now, and the one that its application's entry names. */
function policiesNow({ policies }: Deps["settings"], name: string, binding: Binding | undefined): readonly Policy[] {
  const names = new Set([name, binding?.policy ?? name]);
  return [...names].flatMap((one) => (Object.hasOwn(policies, one) ? (policies[one] ?? []) : []));
}

/** The policy of its application as it is configured now, as far as names tell; null where there is none of that name any more. */
export function policyNow({ policies, ...settings }: Deps["settings"], { policy, holder }: Rotation): Policy | null {
  const name = bindingOf(settings, holder.appId)?.policy ?? policy.name;
  return Object.hasOwn(policies, name) ? (policies[name] ?? null) : null;
}

function freezesNow({ settings }: Deps, { holder, policy: { name } }: Rotation): Pick<Facts, "freeze"> {
  if (!Object.hasOwn(settings.policies, name)) return {};
  return { freeze: policiesNow(settings, name, bindingOf(settings, holder.appId)).flatMap((one) => one.freeze) };
}

/** What later rotations of the slot have come to; only asked of a verified rotation. */
export async function succession(deps: Deps, rotation: Rotation, moved?: SlotRecord): Promise<Facts["succession"]> {
  if (rotation.state !== "verified") return { underWay: false, by: null };
  const { tenantId, holder, slot, issued } = rotation;
  const { appId } = holder;
  const open = await deps.store.rotations({ tenantId, appId, states: UNDER_WAY });
  const underWay = open.some((one) => one.slot === slot && one.id !== rotation.id && one.leftover !== true);
  const current = moved ?? (await deps.store.slots(tenantId, holder.appId)).find((one) => one.slot === slot);
  if (current === undefined || current.keyId === issued?.keyId) return { underWay, by: null };
  const all = await deps.store.rotations({ tenantId, appId });
  const others = all.filter((one) => one.slot === slot && one.id !== rotation.id);
  const later = others.find((one) => hasProven(one, current.keyId));
  if (later === undefined) return { underWay, by: null };
  const { kind, federated, assurance, verifiedAt } = later;
  const by = { rotation: later.id, kind, issued: later.issued, assurance, verifiedAt };
  const targets = later.deliveries.map((one) => one.target);
  return { underWay, by: { ...by, targets, ...(federated === undefined ? {} : { federated }) } };
}

/** How many early retirements are due, without those that a person holds: counted only where the number decides, in a later wave that is not finished. */
async function earlyDue(deps: Deps, rotation: Rotation, tally: Tally, now: EpochMs): Promise<number> {
  const { limits } = deps.settings;
  const { earlyRetirements } = countedBeside(rotation, tally);
  const allows = (due: number) => mayRetireEarly(earlyRetirements, due, limits, now).allowed;
  const isBegun = ({ id }: Rotation) => id !== rotation.id && tally.retiring.some((one) => one.rotation === id);
  if (rotation.state !== "verified" || allows(0) || !allows(Number.MAX_SAFE_INTEGER)) return 0;
  const waiting = await deps.store.rotations({ tenantId: rotation.tenantId, states: ["verified"] });
  return waiting.filter((one) => {
    const { at, early } = retirement(one, known(targetSettings(deps, one)), asked(deps, one));
    return early && at !== null && at <= now && one.removedAt === null && one.paused === undefined && !isBegun(one);
  }).length;
}

function known(targets: readonly (TargetSettings | null)[]): TargetSettings[] {
  return targets.filter((one) => one !== null);
}
