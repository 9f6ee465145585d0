/**
 * Applications that have become privileged since their rotations were opened: those are held to it, too. Two persons approve what has not
 * begun, and what is sealed is shown on nobody's word alone (design §4.7). A privilege that is gone softens nothing: the next rotation is
 * without it.
 */
import { APPROVALS, type ApprovalRule } from "../core/policy/approval.ts";
import type { Privileges } from "../core/policy/privilege.ts";
import type { Rotation, RotationEvent, RotationState } from "../core/rotation/rotation.ts";
import { tryStore } from "./amend.ts";
import { NOLAPSE } from "./audit.ts";
import type { Deps } from "./deps.ts";

const ENDED: ReadonlySet<RotationState> = new Set(["retired", "cancelled", "halted"]);

/** Stores what a scan has found on every rotation that does not know it. One that is being worked on is left to the next scan. */
export async function hardenOpened(deps: Deps, held: Privileges["held"]): Promise<void> {
  const { tenantId, approvals = APPROVALS } = deps.settings;
  // those that the configuration no longer names, too: what it issued for them may be sealed still
  for (const [appId, found] of held) {
    for (const rotation of await deps.store.rotations({ tenantId, appId })) {
      const privileges = [...new Set([...(rotation.privileges ?? []), ...found])];
      if (privileges.length === (rotation.privileges ?? []).length) continue;
      await tryStore(deps, rotation, events(rotation, privileges, approvals, await deps.clock.now()), NOLAPSE);
    }
  }
}

/** One that is under way is decided anew at once. */
function events({ state }: Rotation, privileges: readonly string[], rule: ApprovalRule, at: Rotation["plannedAt"]) {
  const found: RotationEvent = { type: "privileges-found", at, privileges, ...rule };
  const waited: RotationEvent = { type: "waited", at, dueAt: at };
  return ENDED.has(state) ? [found] : [found, waited];
}
