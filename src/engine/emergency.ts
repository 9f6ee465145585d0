/**
 * `nolapse rotate --emergency KEYID`: a value has leaked. Its successor is issued, accepted, delivered and verified as ever,
 * then the leaked credential goes at once: no overlap, window, freeze, wave or evidence holds it. The one announced exception
 * of "every declared consumer's copy signs in" (design §4.3, invariant 2).
 */

import { NolapseError } from "../core/errors.ts";
import type { Person } from "../core/policy/approval.ts";
import { REASONS } from "../core/reasons.ts";
import type { Rotation, RotationEvent } from "../core/rotation/rotation.ts";
import { rotationOf, storeEvents } from "./amend.ts";
import { approvedEvent, isPrivileged } from "./approve.ts";
import type { Deps } from "./deps.ts";
import { discover, type Scan } from "./discover.ts";
import { requireWriting } from "./may-write.ts";
import { applicationNamed } from "./named.ts";
import { openRotation } from "./open.ts";
import { makePlan, type PlanItem } from "./plan.ts";
import { requirePrivilegesRead } from "./privileges.ts";

const ACTIVE = ["planned", "issued", "accepted", "delivered", "verified", "halted"] as const;

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
  const wanted = keyId.trim().toLowerCase();
  const { tenantId } = deps.settings;
  const open = await deps.store.rotations({ tenantId, appId, states: ACTIVE });
  const plan = await makePlan(deps, scan);
  const rotation =
    open.find((one) => one.replaces.toLowerCase() === wanted) ??
    (await openFor(deps, replaceable(plan.items, open, scan, appId, wanted), person, plan.madeAt));
  return hurry(deps, rotation, person);
}

async function openFor(deps: Deps, item: PlanItem, { actor }: Person, at: Rotation["plannedAt"]): Promise<Rotation> {
  const opened = await openRotation(deps, item, "leaked", at, { actor, approved: true });
  if (opened !== null) return opened;
  throw new NolapseError("store-busy", `a rotation of ${item.displayName} was begun by another process just now`, {
    next: "try again in half a minute",
  });
}

async function hurry(deps: Deps, { id }: Rotation, person: Person): Promise<Rotation> {
  const rotation = await rotationOf(deps, id);
  const { displayName, state, kind, removedAt } = rotation;
  if (state === "halted") {
    throw new NolapseError("refused-by-rule", `the rotation of ${displayName} is halted: ${haltOf(rotation)}`, {
      next: "mend that, then nolapse resume, then ask again",
    });
  }
  if (kind === "federated" && state !== "verified") {
    throw new NolapseError(
      "refused-by-rule",
      `${displayName} waits for a first sign-in with its federated credential`,
      {
        next: `nolapse cancel ${id}, then ask again: the secret gets a successor that can be verified now`,
      },
    );
  }
  if (removedAt !== null) return rotation;
  const at = await deps.clock.now();
  const events: RotationEvent[] = [{ type: "emergency-asked", at, actor: person.actor }];
  if (!isPrivileged(rotation)) events.push(approvedEvent(at, "both", person, 1));
  return storeEvents(deps, rotation, [...events, { type: "waited", at, dueAt: at }], person.actor);
}

function haltOf({ haltReason }: Rotation): string {
  return haltReason === null ? "nobody knows why" : REASONS[haltReason];
}

/** The slot whose current credential it is. @throws NolapseError where there is none, or something is in the way. */
function replaceable(
  items: readonly PlanItem[],
  open: readonly Rotation[],
  { holders }: Scan,
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
      next: `if it must go without a successor: az ad app credential delete --id ${appId} --key-id ${keyId}`,
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
      next: `bind its slot, or remove it without a successor: az ad app credential delete --id ${appId} --key-id ${keyId}`,
    });
  }
  throw new NolapseError("not-found", `the application has no credential with key id ${keyId}`, {
    next: `nolapse explain ${appId}`,
  });
}
