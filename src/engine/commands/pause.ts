/**
 * *Pause* and *Continue* of one rotation: on a person's word nothing more of it is begun outside until somebody lets it go on. One thing
 * goes on: a list of certificates that it has replaced is watched to the end of its watch, and what that cost others is put back. Half done
 * it would be worse than done, and no pause shall keep somebody else's certificate away.
 */
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Deps } from "../deps.ts";
import { amend, rotationOf } from "../rotation/amend.ts";
import { requireUnpaused } from "../rotation/unpaused.ts";
import { requireReason } from "./stated-reason.ts";

/** Who speaks, and why, where he says so. */
export interface Said {
  readonly actor: string;
  readonly why: string | null;
}

/**
 * Holds one rotation; all credentials stay as they are. One that is paused already stays as whoever paused it first left it.
 * @throws NolapseError `usage` for a reason that is none, `not-found`, `refused-by-rule` where it is over or halted, `store-busy`.
 */
export async function pauseRotation(deps: Deps, id: string, said: Said): Promise<Rotation> {
  const { actor, why } = stated(said);
  const rotation = await rotationOf(deps, id);
  // held with its application alone, it would go on with that
  if (rotation.paused !== undefined && rotation.paused.application !== true) return rotation;
  const reason = why === null ? {} : { reason: why };
  return amend(deps, id, actor, (at) => ({ type: "paused", at, by: actor, ...reason }), noteOf(why));
}

/**
 * Lets a paused rotation go on at once; one that is not paused stays as it is.
 * @throws NolapseError `usage` for a reason that is none, `not-found`, `refused-by-rule` where it has halted or all of its application is
 * paused, `store-busy`.
 */
export async function continueRotation(deps: Deps, id: string, said: Said): Promise<Rotation> {
  const { actor, why } = stated(said);
  const rotation = await rotationOf(deps, id);
  await requireUnpaused(deps, rotation.holder.appId);
  if (rotation.paused === undefined) return rotation;
  return amend(deps, id, actor, (at) => ({ type: "continued", at }), noteOf(why));
}

/** Nobody has to say why; what is said must tell somebody else. */
function stated({ actor, why }: Said): Said {
  if (why !== null) requireReason(why);
  return { actor, why: why?.trim() ?? null };
}

function noteOf(why: string | null): { readonly why?: string } {
  return why === null ? {} : { why };
}
