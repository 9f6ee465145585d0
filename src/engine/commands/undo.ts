/** `nolapse undo`: a retired certificate comes back for a time. */

import { NolapseError } from "../../core/errors.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { type DurationMs, type EpochMs, earliest, plus } from "../../core/time.ts";
import type { Deps } from "../deps.ts";
import { amend, rotationOf } from "../rotation/amend.ts";
import { requireUnpaused } from "../rotation/unpaused.ts";
import { isPrivileged } from "./approve.ts";

/**
 * Puts the public part of a retired certificate back for a time, for whoever still holds its key. A client secret cannot come
 * back: nobody has its value; one that has leaked must not, nor one of a privileged application, whose credentials take approvals.
 * The next run adds it. @throws NolapseError `not-found`, `refused-by-rule`.
 */
export async function askUndo(
  deps: Deps,
  id: string,
  { length, actor }: { readonly length: DurationMs; readonly actor: string },
): Promise<Rotation> {
  const rotation = await rotationOf(deps, id);
  const now = await deps.clock.now();
  const why = whyNoUndo(rotation, now);
  if (why !== null) throw new NolapseError("refused-by-rule", why.why, { next: why.next });
  await requireUnpaused(deps, rotation.holder.appId);
  const until = earliest(plus(now, length), rotation.replacesCertificate?.end ?? now);
  return amend(deps, id, actor, (at) => ({ type: "undo-asked", at, until, keyId: deps.random.uuid() }));
}

function whyNoUndo(rotation: Rotation, now: EpochMs): { readonly why: string; readonly next: string } | null {
  const { state, replacesKind, replacesCertificate, holder } = rotation;
  // by its id: owners choose the name, and this is typed into a shell
  const renew = `nolapse rotate ${holder.appId} --now makes a new one`;
  if (replacesKind === "secret")
    return { why: "a client secret cannot be put back: nobody has its value", next: renew };
  if (state !== "retired")
    return { why: `its old certificate is still there: it is ${state}`, next: "nolapse explain" };
  if (rotation.emergency !== undefined)
    return { why: `its old certificate has leaked, as ${rotation.emergency.actor} said`, next: renew };
  if (isPrivileged(rotation))
    return {
      why: `it is privileged by ${rotation.privileges?.join(", ")}, and no certificate comes back to it without the approvals that a new one takes`,
      next: `${renew}, once it is approved`,
    };
  if (replacesCertificate === null) return { why: "the public part of its old certificate is not kept", next: renew };
  return replacesCertificate.end <= now ? { why: "its old certificate has ended by itself", next: renew } : null;
}
