/** Which adopted credential may go on a person's word alone, and the rotation that lets it go. */
import { removalByHand } from "../../core/credentials/adoption.ts";
import { type Credential, type Holder, isLive } from "../../core/credentials/credential.ts";
import { NolapseError } from "../../core/errors.ts";
import { bindingOf, type SlotSettings } from "../../core/policy/settings.ts";
import { hasProven, leftoverRotation, type Proven } from "../../core/rotation/leftover.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Deps } from "../deps.ts";
import { slotNaming } from "../facts.ts";

export interface LeftoverPlace {
  readonly appId: string;
  readonly keyId: string;
  /** The application's objects as the last scan saw them. */
  readonly holders: readonly Holder[];
  /** What makes it privileged, by the same scan; what its rotations know is added. */
  readonly privileges: readonly string[];
}

/**
 * The rotation that would let it go; nothing of it is stored. The object is read for it.
 * @throws NolapseError `refused-by-rule` where nothing proves another one, `not-found`, and as the directory does.
 */
export async function leftoverOf(deps: Deps, place: LeftoverPlace): Promise<Rotation> {
  const last = await restsOn(deps, place);
  if (last instanceof NolapseError) throw last;
  const { holder } = await deps.entra.read(last.holder);
  const credential = holder.credentials.find((one) => one.keyId === place.keyId);
  if (credential === undefined) {
    throw new NolapseError("not-found", `${last.displayName} has no credential with key id ${place.keyId}`, {
      next: `nolapse explain ${place.appId} lists those it has`,
    });
  }
  const at = await deps.clock.now();
  const newer = await newerThan(deps, last, holder, credential);
  if (newer !== null) throw newer;
  const successor = holder.credentials.find((one) => one.keyId === last.issued.keyId);
  if (last.kind !== "federated" && (successor === undefined || !isLive(successor, at))) {
    throw no(
      `the current credential of slot "${last.slot}" is not valid in the directory, so nothing else signs in`,
      `nolapse explain ${place.appId}`,
    );
  }
  const { tenantId } = deps.settings;
  const known = (await deps.store.rotations({ tenantId, appId: place.appId })).flatMap((one) => one.privileges ?? []);
  const privileges = [...new Set([...known, ...place.privileges])];
  return leftoverRotation(last, credential, { id: deps.random.uuid(), at, privileges });
}

/** Whether asking for it would come to anything, by the books and what a scan saw of it. */
export async function mayGo(deps: Deps, holder: Holder, credential: Credential): Promise<boolean> {
  const last = await restsOn(deps, { appId: holder.appId, keyId: credential.keyId, holders: [holder] });
  return !(last instanceof NolapseError) && (await newerThan(deps, last, holder, credential)) === null;
}

/**
 * The rotation whose successor is the current one of the application's only slot. Which slot's readers hold a leftover is not known where there
 * are several; where Nolapse has made none, nothing proves that anybody has another one.
 */
async function restsOn(
  { store, settings }: Deps,
  { appId, keyId, holders }: Omit<LeftoverPlace, "privileges">,
): Promise<Proven | NolapseError> {
  const { tenantId } = settings;
  const byHand = `if it must go: ${byHandOf(holders, appId, keyId)}`;
  const slot = onlySlot(settings, appId);
  if (typeof slot === "string") {
    return no(`no rotation replaces it, and ${slot}: nothing proves that whoever reads it has another one`, byHand);
  }
  const record = (await store.slots(tenantId, appId)).find((one) => one.slot === slot.slot);
  const all = record === undefined ? [] : await store.rotations({ tenantId, appId });
  const last = all.find((one): one is Proven => one.slot === slot.slot && hasProven(one, record?.keyId ?? ""));
  if (last === undefined) {
    return no(
      "no rotation replaces it, and Nolapse has made no other credential of the application: nothing proves that whoever reads it has another one",
      `nolapse rotate ${appId} --now makes and proves one, then ask again; ${byHand}`,
    );
  }
  const unproven = undeliveredTo(slot, last);
  if (unproven !== null)
    return no(unproven, `nolapse rotate ${appId} --now delivers to all of them first, then ask again`);
  if (last.self) return no("its application rolls its own certificate, and nobody else can prove what stays", byHand);
  const entry = (await store.ledger(tenantId, appId)).find((one) => one.keyId === keyId);
  if (entry === undefined) {
    const next = `nolapse adopt ${appId} ${keyId} --reason WHY, then ask again; or by hand: ${byHandOf(holders, appId, keyId)}`;
    return no("somebody else made it, no rotation replaces it, and nobody has had Nolapse adopt it", next);
  }
  if (entry.origin !== "adopted") return no("Nolapse made it, and its rotation was given up or is over", byHand);
  // the slot's own first credential is adopted by its rotation, and not by a person
  if (all.some((one) => one.replaces === keyId && one.state === "cancelled" && one.leftover !== true))
    return no("the rotation that was to take it away was cancelled, so somebody may sign in with it still", byHand);
  if (last.holder.objectId !== entry.holder.objectId)
    return no("it is on another object of the application than the credential that would stay", byHand);
  return last;
}

/** The one slot whose readers alone can hold a leftover; else why nobody knows who holds it. */
function onlySlot(settings: Deps["settings"], appId: string): SlotSettings | string {
  const [only, another] = bindingOf(settings, appId)?.slots ?? [];
  if (only === undefined) return "its application is bound to no slot";
  return another === undefined ? only : "its application has several slots, any of which may read it";
}

/** Places of the slot that the credential in question never went to: they may hold any other one. Null where there are none. */
function undeliveredTo({ targets }: SlotSettings, { deliveries }: Pick<Rotation, "deliveries">): string | null {
  const missing = targets.filter((target) => !deliveries.some((one) => one.target === target));
  return missing.length === 0
    ? null
    : `${missing.join(", ")} of its slot was never given the credential that would stay, and may hold this one still`;
}

/** How a person removes it himself, as far as a scan saw what it is. */
export function byHandOf(holders: readonly Holder[], appId: string, keyId: string): string {
  const wanted = keyId.toLowerCase();
  for (const holder of holders) {
    const found = holder.credentials.find((one) => one.keyId.toLowerCase() === wanted);
    if (holder.appId === appId && found !== undefined) return removalByHand(holder, found);
  }
  return `az ad app credential list --id ${appId} shows what there is`;
}

/**
 * What was made after the one that would stay is somebody's newest, whatever the slot says. A certificate may be older than the day on which
 * somebody added it.
 */
async function newerThan(
  { store, settings: { tenantId } }: Deps,
  { issued, slot, holder: { appId } }: Proven,
  holder: Holder,
  one: Credential,
): Promise<NolapseError | null> {
  const drifts = await store.drifts(tenantId, appId, issued.at);
  const isAdded = drifts.some(({ what, keyId }) => what === "drift-added" && keyId === one.keyId);
  const isOlder = one.start !== null && one.start < issued.at;
  if (isOlder && !isAdded) return null;
  const when = isOlder ? "was added after" : one.start === null ? "may be newer than" : "is newer than";
  return no(
    `it ${when} the current credential of slot "${slot}": somebody may be about to use it`,
    `nolapse rotate ${appId} --now makes a newer one first; or by hand: ${removalByHand(holder, one)}`,
  );
}

/** Why a slot's places may hold it still. Of a leftover the configuration is judged anew as when its removal was asked for. */
export async function sharedSlot(deps: Deps, rotation: Rotation): Promise<string | null> {
  if (rotation.leftover === true) {
    const only = onlySlot(deps.settings, rotation.holder.appId);
    if (typeof only === "string") return only;
    const unproven = undeliveredTo(only, rotation);
    if (unproven !== null) return unproven;
  }
  return slotNaming(deps, rotation);
}

function no(why: string, next: string): NolapseError {
  return new NolapseError("refused-by-rule", why, { next });
}
