/** Slots of one application that rest on the same credential: what one of them does to it would be done to the places of the other. */
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Deps } from "../deps.ts";
import type { PlanItem } from "./plan.ts";

const ONE_SLOT = "what several places hold is one slot with all their targets";

/** The items of one application's slots, of which none that rests on another one's credential is begun. */
export async function unshared(
  { store, settings: { tenantId } }: Deps,
  appId: string,
  items: readonly PlanItem[],
): Promise<PlanItem[]> {
  const verified = await store.rotations({ tenantId, appId, states: ["verified"] });
  return items.map((item) => overtaken(sharing(item, items), verified));
}

/** A credential that another slot's rotation has replaced and waits to take away: it has its successor, which only its own places are given. */
function overtaken(item: PlanItem, verified: readonly Rotation[]): PlanItem {
  const keyId = item.rotation === null ? item.credential?.keyId : undefined;
  const other = verified.find((one) => one.replaces === keyId && one.slot !== item.slot && one.leftover !== true);
  if (other === undefined) return item;
  const detail = `slot "${other.slot}" has replaced it already: ${ONE_SLOT}`;
  return { ...item, status: "cannot", because: "which-credential", detail, startsAt: null, retiresAt: null };
}

/**
 * Two slots that rest on one credential: the rotation of one would take it from the places of the other, which it does not know. Neither
 * is begun.
 */
function sharing(item: PlanItem, items: readonly PlanItem[]): PlanItem {
  const restsOn = ({ credential, rotation }: PlanItem) => credential?.keyId ?? rotation?.replaces ?? null;
  const keyId = restsOn(item);
  const other = items.find((one) => one !== item && keyId !== null && restsOn(one) === keyId);
  if (other === undefined || item.rotation !== null) return item;
  const detail = `slots "${item.slot}" and "${other.slot}" name the same one: ${ONE_SLOT}`;
  return { ...item, status: "cannot", because: "which-credential", detail, startsAt: null, retiresAt: null };
}
