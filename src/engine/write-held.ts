/**
 * A value that is still sealed here goes to one more place of its application, so that nobody has to see it to bring it there: a target that
 * the configuration names for its slot, and that the rotation which made the value did not know.
 */
import { CertificateValue } from "../core/credentials/certificate-value.ts";
import { NolapseError } from "../core/errors.ts";
import { bindingOf } from "../core/policy/settings.ts";
import type { Rotation } from "../core/rotation/rotation.ts";
import type { AuditEntry } from "../ports/store.ts";
import type { Target } from "../ports/target.ts";
import { rotationOf } from "./amend.ts";
import { isPrivileged } from "./approve.ts";
import type { Deps } from "./deps.ts";
import { requireWriting } from "./may-write.ts";
import { UNFINISHED } from "./picture.ts";

/** Where the value is now. */
export interface WrittenHeld {
  readonly rotation: Rotation;
  readonly target: string;
  /** The target's own name for it, where it has one. */
  readonly version: string | null;
  /** The copy read back is the same; false where the place cannot be read, and its receipt has to do. */
  readonly readBack: boolean;
}

/** The targets that the value of a rotation could be written to beside those that it wrote itself; none before it has verified those. */
export function furtherTargets(
  { settings, targets, own }: Pick<Deps, "settings" | "targets" | "own">,
  rotation: Rotation,
): readonly string[] {
  const { state, leftover, self, kind, holder, deliveries, issued, paused } = rotation;
  const isOurs = leftover !== true && !self && holder.appId !== own?.appId && issued !== null && issued.end !== null;
  if (!isOurs || paused !== undefined || isPrivileged(rotation)) return [];
  if (kind === "federated" || (state !== "verified" && state !== "retired")) return [];
  const slot = bindingOf(settings, holder.appId)?.slots.find((one) => one.slot === rotation.slot);
  return (slot?.targets ?? []).filter((name) => {
    const target = targets.get(name);
    if (target === null || target.carried !== undefined || !target.kinds.includes(kind)) return false;
    return !deliveries.some((one) => one.target === name);
  });
}

/** The same of a value that is still sealed here; else there is nothing to write. */
export async function furtherFor(deps: Deps, rotation: Rotation): Promise<readonly string[]> {
  const names = furtherTargets(deps, rotation);
  return names.length > 0 && (await deps.store.sealed(rotation.id)) !== null ? names : [];
}

/**
 * Writes it there, and reads it back where the place can be read; twice is the same as once. Nobody signs in with that copy: it is the same
 * value as those that did. @throws NolapseError `not-found` where no such value is held, `refused-by-rule` for a target that
 * {@link furtherTargets} does not name and for a value that is not the current one of its slot any more, `refused-by-mode`,
 * `refused-by-stop`, and as the target does.
 */
export async function writeHeld(
  deps: Deps,
  id: string,
  asked: { readonly target: string; readonly reason: string; readonly actor: string },
  signal?: AbortSignal,
): Promise<WrittenHeld> {
  await requireWriting(deps);
  const rotation = await rotationOf(deps, id);
  const target = furtherTargets(deps, rotation).includes(asked.target) ? deps.targets.get(asked.target) : null;
  const { issued, holder, tenantId } = rotation;
  if (target === null || issued === null || issued.end === null) throw notFurther(rotation, asked.target);
  await refuseReplaced(deps, rotation);
  const kept = await deps.store.sealed(id);
  if (kept === null) {
    throw new NolapseError("not-found", "nolapse does not hold this value: it was delivered and erased", {
      next: `nolapse rotate ${holder.appId} --now makes another one and writes it to every target of its slot`,
    });
  }
  const opened = await deps.sealer.open(kept.sealed, { tenantId, appId: holder.appId, keyId: kept.keyId });
  const value = rotation.kind === "certificate" ? CertificateValue.from(opened) : opened;
  await target.preflight(signal);
  const note = async (action: string, details: AuditEntry["details"]) => {
    const about = { rotation: id, appId: holder.appId, keyId: issued.keyId, reason: null };
    await deps.store.audit({ tenantId, at: await deps.clock.now(), actor: asked.actor, action, ...about, details });
  };
  // noted first: what was written and not noted would be a copy that nobody knows of
  await note("held-write-intended", { target: asked.target, why: asked.reason });
  const about = { tenantId, appId: holder.appId, keyId: issued.keyId, end: issued.end };
  const { version } = await target.deliver({ idempotencyKey: `${id}:${issued.keyId}`, ...about, value }, signal);
  const readBack = await isThere(deps, target, issued.fingerprint, signal);
  await note("held-written", { target: asked.target, version, readBack });
  await target.reloadConsumer?.(signal);
  return { rotation, target: asked.target, version, readBack };
}

/** An older value would be put over what the application has to read, or is about to be given. */
async function refuseReplaced({ store, clock }: Deps, rotation: Rotation): Promise<void> {
  const { id, tenantId, holder, slot, issued } = rotation;
  const current = (await store.slots(tenantId, holder.appId)).find((one) => one.slot === slot)?.keyId;
  const open = await store.rotations({ tenantId, appId: holder.appId, states: UNFINISHED });
  const newer = open.find((one) => one.id !== id && one.slot === slot && one.leftover !== true);
  const isOver = issued?.end != null && issued.end <= (await clock.now());
  if (current === issued?.keyId && newer === undefined && !isOver) return;
  throw new NolapseError("refused-by-rule", "it is not the current credential of its slot, or about to be replaced", {
    next: newer === undefined ? `nolapse rotate ${holder.appId} --now` : `wait for rotation ${newer.id}`,
  });
}

/** @throws NolapseError `target-failed` where something else is there than what was written. */
async function isThere(deps: Deps, target: Target, fingerprint: string, signal?: AbortSignal): Promise<boolean> {
  if (target.readBack === undefined) return false;
  const copy = await target.readBack(signal);
  if (copy.state === "present" && (await deps.sealer.fingerprint(copy.value)) === fingerprint) return true;
  throw new NolapseError("target-failed", `the copy read back from ${target.name} is not the one that was written`, {
    next: `see who writes to ${target.name}, and try again`,
  });
}

function notFurther(rotation: Rotation, target: string): NolapseError {
  const { id, holder, state, deliveries } = rotation;
  const isOpen = state !== "verified" && state !== "retired";
  const why = isPrivileged(rotation)
    ? "its application is privileged, and what it signs in with takes two persons"
    : isOpen
      ? `rotation ${id} is ${state}, and writes it itself to its own targets first`
      : deliveries.some((one) => one.target === target)
        ? "the rotation has written it there already"
        : "the configuration does not name it among the targets of this slot that nolapse can write this to";
  return new NolapseError("refused-by-rule", `the value is not written to ${target}: ${why}`, {
    next: `name ${target} in the slot's targets, or nolapse rotate ${holder.appId} --now`,
  });
}
