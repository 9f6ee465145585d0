/**
 * `nolapse rotate --emergency KEYID`: a value has leaked. Its successor is issued, accepted, delivered and verified as ever,
 * then the leaked credential goes at once: no overlap, window, freeze, wave or evidence holds it. The one announced exception
 * of "every declared consumer's copy signs in" (design §4.3, invariant 2).
 */

import type { Holder } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import type { Person } from "../../core/policy/approval.ts";
import { REASONS } from "../../core/reasons.ts";
import type { Rotation, RotationEvent } from "../../core/rotation/rotation.ts";
import type { Deps } from "../deps.ts";
import { openRotation } from "../plan/open.ts";
import { makePlan, type PlanItem } from "../plan/plan.ts";
import { rotationOf, storeEvents } from "../rotation/amend.ts";
import { byHandOf } from "../rotation/leftover.ts";
import { requireWriting } from "../rotation/may-write.ts";
import { requireUnpaused } from "../rotation/unpaused.ts";
import { discover } from "../scan/discover.ts";
import { applicationNamed } from "../scan/named.ts";
import { requirePrivilegesRead } from "../scan/privileges.ts";
import { approvedEvent, isPrivileged } from "./approve.ts";
import { isFault } from "./rotate.ts";

const ACTIVE = ["planned", "issued", "accepted", "delivered", "verified", "halted"] as const;

export interface EmergencyAsked {
  readonly keyId: string;
  readonly person: Person;
  /** For the trail; null where nobody was asked for it. */
  readonly why: string | null;
}

/** The application as it was just read and planned. */
export interface EmergencyPlace {
  readonly appId: string;
  readonly holders: readonly Holder[];
  readonly items: readonly PlanItem[];
}

/**
 * Opens the rotation that replaces the leaked credential, or hurries the one that is open. Asking is the approval of both
 * ends, but for privileged applications, where two persons must approve all the same.
 * @throws NolapseError `not-found`, `refused-by-…`, `store-busy`.
 */
export async function askEmergency(deps: Deps, named: string, keyId: string, person: Person): Promise<Rotation> {
  await requireWriting(deps);
  const scan = await discover(deps);
  requirePrivilegesRead(scan);
  const appId = applicationNamed(scan, named);
  const { items } = await makePlan(deps, scan);
  const place = { appId, holders: scan.holders, items };
  return (await askEmergencyOf(deps, place, { keyId, person, why: null })).rotation;
}

/** The same for whoever has just looked; whether the rotation was opened by it. @throws NolapseError as {@link askEmergency}. */
export async function askEmergencyOf(
  deps: Deps,
  place: EmergencyPlace,
  { keyId, person, why }: EmergencyAsked,
): Promise<{ readonly rotation: Rotation; readonly opened: boolean }> {
  await requireWriting(deps);
  await requireUnpaused(deps, place.appId);
  const found = await placed(deps, place, keyId);
  if ("rotation" in found) return { rotation: await hurry(deps, found.rotation, person, why), opened: false };
  const opened = await openFor(deps, found.item, person, await deps.clock.now());
  return { rotation: await hurry(deps, opened, person, why), opened: true };
}

export interface EmergencyForeseen {
  /** Why it would be refused; null where it would not be. */
  readonly refusal: NolapseError | null;
  /** The open rotation that would be hurried; null where one would be opened, or nothing would be done. */
  readonly rotation: Rotation | null;
  /** Where the new value goes. */
  readonly targets: readonly string[];
  readonly privileged: boolean;
}

/** What asking would come to. Nothing is changed. @throws NolapseError `unexpected`, `store-…`. */
export async function foreseeEmergency(deps: Deps, place: EmergencyPlace, keyId: string): Promise<EmergencyForeseen> {
  try {
    await requireWriting(deps);
    await requireUnpaused(deps, place.appId);
    const found = await placed(deps, place, keyId);
    if ("item" in found) {
      const { targets, privileges } = found.item;
      return { refusal: null, rotation: null, targets, privileged: privileges.length > 0 };
    }
    const { rotation } = found;
    const targets = rotation.deliveries.map(({ target }) => target);
    return { refusal: refusalOf(rotation), rotation, targets, privileged: isPrivileged(rotation) };
  } catch (thrown) {
    if (!(thrown instanceof NolapseError) || isFault(thrown)) throw thrown;
    return { refusal: thrown, rotation: null, targets: [], privileged: false };
  }
}

/** The open rotation that replaces it, or the slot whose current credential it is. @throws NolapseError where there is neither. */
async function placed(
  { store, settings: { tenantId } }: Deps,
  { appId, holders, items }: EmergencyPlace,
  keyId: string,
): Promise<{ readonly rotation: Rotation } | { readonly item: PlanItem }> {
  const wanted = keyId.trim().toLowerCase();
  const open = await store.rotations({ tenantId, appId, states: ACTIVE });
  const rotation = open.find((one) => one.replaces.toLowerCase() === wanted);
  return rotation === undefined ? { item: replaceable(items, open, holders, appId, wanted) } : { rotation };
}

async function openFor(deps: Deps, item: PlanItem, { actor }: Person, at: Rotation["plannedAt"]): Promise<Rotation> {
  const opened = await openRotation(deps, item, "leaked", at, { actor, approved: true });
  if (opened !== null) return opened;
  throw new NolapseError("store-busy", `a rotation of ${item.displayName} was begun by another process just now`, {
    next: "try again in half a minute",
  });
}

async function hurry(deps: Deps, { id }: Rotation, person: Person, why: string | null): Promise<Rotation> {
  const rotation = await rotationOf(deps, id);
  const refusal = refusalOf(rotation);
  if (refusal !== null) throw refusal;
  if (rotation.removedAt !== null) return rotation;
  const at = await deps.clock.now();
  const events: RotationEvent[] = [{ type: "emergency-asked", at, actor: person.actor }];
  if (!isPrivileged(rotation)) events.push(approvedEvent(at, "both", person, 1));
  const note = why === null ? {} : { why };
  return storeEvents(deps, rotation, [...events, { type: "waited", at, dueAt: at }], person.actor, [], note);
}

/** Why an open rotation cannot be hurried; null where it can. */
function refusalOf(rotation: Rotation): NolapseError | null {
  const { id, displayName, state, kind } = rotation;
  if (state === "halted") {
    return new NolapseError("refused-by-rule", `the rotation of ${displayName} is halted: ${haltOf(rotation)}`, {
      next: "mend that, then nolapse resume, then ask again",
    });
  }
  if (kind !== "federated" || state === "verified") return null;
  return new NolapseError("refused-by-rule", `${displayName} waits for a first sign-in with its federated credential`, {
    next: `nolapse cancel ${id}, then ask again: the secret gets a successor that can be verified now`,
  });
}

function haltOf({ haltReason }: Rotation): string {
  return haltReason === null ? "nobody knows why" : REASONS[haltReason];
}

/** The slot whose current credential it is. @throws NolapseError where there is none, or something is in the way. */
function replaceable(
  items: readonly PlanItem[],
  open: readonly Rotation[],
  holders: readonly Holder[],
  appId: string,
  keyId: string,
): PlanItem {
  const item = items.find(
    (one) => one.appId === appId && one.slot !== null && one.credential?.keyId.toLowerCase() === keyId,
  );
  if (item !== undefined && item.status !== "cannot") return item;
  if (item !== undefined) {
    const why = item.detail === null ? REASONS[item.because] : `${REASONS[item.because]} (${item.detail})`;
    throw new NolapseError("refused-by-rule", `it cannot be replaced: ${why}`, {
      next: `if it must go without a successor: ${byHandOf(holders, appId, keyId)}`,
    });
  }
  const made = open.find((one) => one.issued?.keyId.toLowerCase() === keyId && one.state !== "verified");
  if (made !== undefined) {
    throw new NolapseError("refused-by-rule", `${keyId} is the new credential of a rotation that is ${made.state}`, {
      next: "let nolapse run verify it, then ask again",
    });
  }
  if (holders.some((one) => one.appId === appId && one.credentials.some((two) => two.keyId.toLowerCase() === keyId))) {
    throw new NolapseError("refused-by-rule", `${keyId} is the current credential of no slot in the configuration`, {
      next: `bind its slot, or remove it without a successor: ${byHandOf(holders, appId, keyId)}`,
    });
  }
  throw new NolapseError("not-found", `the application has no credential with key id ${keyId}`, {
    next: `nolapse explain ${appId}`,
  });
}
