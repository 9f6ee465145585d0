/** `nolapse cancel`: a rotation is given up, and both credentials stay. */
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Deps } from "../deps.ts";
import { amend } from "../rotation/amend.ts";

/** Cancels a rotation; both credentials stay. @throws NolapseError `refused-by-rule` between issue and delivery. */
export async function cancel(deps: Deps, id: string, actor: string, why: string | null = null): Promise<Rotation> {
  return amend(deps, id, actor, (at) => ({ type: "cancelled", at }), why === null ? {} : { why });
}
