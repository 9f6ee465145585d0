/**
 * Applications that have become privileged since their rotations were opened: those are held to it, too. Two persons approve what has not
 * begun, and what is sealed is shown on nobody's word alone (design §4.7). A privilege that is gone softens nothing: the next rotation is
 * without it.
 */
import { APPROVALS, type ApprovalRule } from "../../core/policy/approval.ts";
import type { Privileges } from "../../core/policy/privilege.ts";
import type { Rotation, RotationEvent, RotationState } from "../../core/rotation/rotation.ts";
import type { Deps } from "../deps.ts";
import { NOLAPSE } from "../trail/audit.ts";
import { tryStore } from "./amend.ts";

const ENDED: ReadonlySet<RotationState> = new Set(["retired", "cancelled", "halted"]);

/** So many applications in one question to the store. */
const ASKED_AT_ONCE = 500;

/**
 * Stores what a scan has found on every rotation that does not know it; of one that is over the kept value is erased, which nothing else
 * would come to do any more. One that is being worked on is left to the next scan.
 */
export async function hardenOpened(deps: Deps, held: Privileges["held"]): Promise<void> {
  const { tenantId, approvals = APPROVALS } = deps.settings;
  // those that the configuration no longer names, too: what it issued for them may be sealed still
  const all = [...held.keys()];
  for (let from = 0; from < all.length; from += ASKED_AT_ONCE) {
    const appIds = all.slice(from, from + ASKED_AT_ONCE);
    for (const rotation of await deps.store.rotations({ tenantId, appIds })) {
      const known = rotation.privileges ?? [];
      const privileges = [...new Set([...known, ...(held.get(rotation.holder.appId) ?? [])])];
      if (privileges.length === known.length) continue;
      const found = events(rotation, privileges, approvals, await deps.clock.now());
      const more = isKeptForNobody(rotation) ? { erase: true } : {};
      await tryStore(deps, rotation, found, NOLAPSE, [], {}, more);
    }
  }
}

/** Whether no step of it would erase its value any more; before it is proven, what was sealed may be needed to tell whose a credential is. */
export function isKeptForNobody({ state, verifiedAt }: Rotation): boolean {
  return state === "retired" || (state === "cancelled" && verifiedAt !== null);
}

/** One that is under way is decided anew at once. */
function events({ state }: Rotation, privileges: readonly string[], rule: ApprovalRule, at: Rotation["plannedAt"]) {
  const found: RotationEvent = { type: "privileges-found", at, privileges, ...rule };
  const waited: RotationEvent = { type: "waited", at, dueAt: at };
  return ENDED.has(state) ? [found] : [found, waited];
}
