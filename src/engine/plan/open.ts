import type { Credential, HolderRef } from "../../core/credentials/credential.ts";
import type { Policy } from "../../core/policy/policy.ts";
import type { ReasonCode } from "../../core/reasons.ts";
import { applyEvent } from "../../core/rotation/apply-event.ts";
import { plannedRotation } from "../../core/rotation/planned-rotation.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { type EpochMs, MINUTE, plus } from "../../core/time.ts";
import type { LedgerEntry } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { auditLine, NOLAPSE } from "../trail/audit.ts";
import type { Plan, PlanItem } from "./plan.ts";

/** Opens a rotation for each item that is due; the number opened. Nothing in mode observe. */
export async function openDue(deps: Deps, plan: Plan): Promise<number> {
  if (deps.settings.mode === "observe") return 0;
  let opened = 0;
  for (const item of plan.items) {
    if (item.status === "due" && (await openRotation(deps, item, item.because, plan.madeAt)) !== null) opened += 1;
  }
  return opened;
}

/**
 * Opens a rotation for a planned item: policy, targets and reason are fixed from here on. The current credential of a
 * bound slot counts as adopted (design §5). Null when one is open for it already.
 */
export async function openRotation(
  deps: Deps,
  item: PlanItem,
  reason: ReasonCode,
  at: EpochMs,
  by: { readonly actor: string; readonly approved: boolean } = { actor: NOLAPSE, approved: false },
): Promise<Rotation | null> {
  const { holder, credential, policy, slot } = item;
  if (holder === null || credential === null || policy === null || slot === null) return null;
  if (item.overtakes !== undefined && !(await makeWay(deps, item.overtakes, at))) return null;
  const rotation = planned(deps, item, { holder, credential, policy, slot }, reason, at, by.approved);
  const known = await deps.store.ledger(rotation.tenantId, holder.appId);
  const isKnown = known.some((one) => one.keyId === credential.keyId);
  const opened = await deps.store.open(rotation, isKnown ? [] : [adoptedEntry(rotation, at)], {
    tenantId: rotation.tenantId,
    at,
    actor: by.actor,
    action: "planned",
    rotation: rotation.id,
    appId: holder.appId,
    keyId: credential.keyId,
    reason,
    details: { slot, policy: policy.name },
  });
  return opened ? rotation : null;
}

/** Where the next one is not opened after all, what was taken up is looked at after this, and halts anew. */
const LOOK_AGAIN = 15 * MINUTE;

/** Verified again, it waits for the next one, and rests on that once it is proven. False while another process holds it. */
async function makeWay(deps: Deps, halted: Rotation, at: EpochMs): Promise<boolean> {
  const event = { type: "resumed", at } as const;
  const resumed = applyEvent(halted, event);
  const line = auditLine(halted, event, resumed, { why: "its new credential is due itself" });
  const rotation = applyEvent(resumed, { type: "waited", at, dueAt: plus(at, LOOK_AGAIN) });
  return deps.store.amend(halted, { rotation, audit: line === null ? [] : [line] });
}

interface Fixed {
  readonly holder: HolderRef;
  readonly credential: Credential;
  readonly policy: Policy;
  readonly slot: string;
}

function planned(
  deps: Deps,
  item: PlanItem,
  { holder, credential, policy, slot }: Fixed,
  reason: ReasonCode,
  at: EpochMs,
  approved: boolean,
): Rotation {
  return plannedRotation({
    id: deps.random.uuid(),
    tenant: deps.settings.name,
    tenantId: deps.settings.tenantId,
    holder: { type: holder.type, objectId: holder.objectId, appId: holder.appId },
    displayName: item.displayName,
    slot,
    kind: policy.kind ?? credential.kind,
    replaces: credential.keyId,
    replacesKind: credential.kind,
    replacesName: credential.name,
    replacesEnd: credential.end,
    reason,
    policy,
    consumersComplete: item.consumersComplete,
    privileges: item.privileges,
    ...(item.wish === undefined ? {} : { wish: item.wish }),
    targets: item.targets,
    at,
    // who asks for it has not approved it, where two persons must
    approved: approved && item.privileges.length === 0,
    self: deps.self !== undefined,
  });
}

/** The ledger's line for the current credential of a slot: naming the slot is the consent to retire it. */
export function adoptedEntry(rotation: Rotation, at: EpochMs): LedgerEntry {
  return {
    tenantId: rotation.tenantId,
    holder: rotation.holder,
    keyId: rotation.replaces,
    origin: "adopted",
    rotation: rotation.id,
    enteredAt: at,
    removedAt: null,
  };
}
