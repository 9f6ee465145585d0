/** *Forget*: a person has the values erased that custody keeps of an application; its credentials stay, and so do the copies at their targets. */
import { NolapseError } from "../../core/errors.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Deps } from "../deps.ts";
import { isKeptForNobody } from "../rotation/harden.ts";
import { rotationsNamed } from "../scan/named.ts";

export interface Forgotten {
  /** Those whose value is erased now. */
  readonly forgotten: readonly Rotation[];
  /** Those that still need theirs. */
  readonly needed: readonly Rotation[];
  /** Those that another process is working on. */
  readonly busy: readonly Rotation[];
}

/**
 * Erases each sealed value of an application that no step needs any more, with its line of the trail. @throws NolapseError `not-found`
 * where none is kept, `refused-by-rule` where all that are kept are needed, `store-busy`, `usage` where several applications have the name.
 */
export async function forgetValues(deps: Deps, named: string, reason: string, actor: string): Promise<Forgotten> {
  const { store, clock } = deps;
  const forgotten: Rotation[] = [];
  const needed: Rotation[] = [];
  const busy: Rotation[] = [];
  for (const rotation of await rotationsNamed(deps, named)) {
    const kept = await store.sealed(rotation.id);
    if (kept === null) continue;
    if (!isDone(deps, rotation)) {
      needed.push(rotation);
      continue;
    }
    const { tenantId, id, holder } = rotation;
    const about = { tenantId, rotation: id, appId: holder.appId, keyId: kept.keyId, reason: null };
    const line = { ...about, at: await clock.now(), actor, action: "value-forgotten", details: { why: reason } };
    const isErased = await store.amend(rotation, { rotation, audit: [line], erase: true });
    (isErased ? forgotten : busy).push(rotation);
  }
  const [first] = needed;
  const [held] = busy;
  if (forgotten.length > 0) return { forgotten, needed, busy };
  if (held !== undefined) throw isBusy(held);
  if (first !== undefined) throw stillNeeded(first);
  throw new NolapseError("not-found", `no value of ${named} is kept`, {
    next: "values are kept from issue to delivery only, or with custody: keep in the policy",
  });
}

/** Whether nothing is done with its value any more: the same values go by themselves where the policy keeps none. */
function isDone({ targets }: Deps, rotation: Rotation): boolean {
  const { state, attempts } = rotation;
  const isWatched = attempts.some(({ outcome }) => outcome === "open" || outcome === "unknown");
  // cancelled before it was proven, it may tell whose a lost answer's credential is; that is over with the watch
  if (isKeptForNobody(rotation) || (state === "cancelled" && !isWatched)) return true;
  const isReadBack = rotation.deliveries.every(({ target }) => targets.get(target)?.readBack !== undefined);
  return state === "verified" && !rotation.self && isReadBack;
}

function stillNeeded({ id, displayName, state, holder }: Rotation): NolapseError {
  const next =
    state === "halted"
      ? `nolapse explain ${holder.appId}, then nolapse resume once it is mended, or nolapse cancel ${id}`
      : `let nolapse run finish it; nolapse explain ${holder.appId} says what it waits for`;
  return new NolapseError("refused-by-rule", `the value of ${displayName} is needed: rotation ${id} is ${state}`, {
    next,
  });
}

function isBusy({ id }: Rotation): NolapseError {
  return new NolapseError("store-busy", `rotation ${id} is being worked on by another process`, {
    next: "try again in half a minute",
  });
}
