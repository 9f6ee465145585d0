/** The rotations that are not finished, with what each waits for. */

import { explain } from "../../core/rotation/decide.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Verdict } from "../../core/rotation/verdict.ts";
import type { Deps } from "../deps.ts";
import { gatherFacts } from "../facts.ts";

/** The rotations that are not finished, by name, with what each waits for now. */
export async function waitingOf(deps: Deps): Promise<{ readonly rotation: Rotation; readonly verdict: Verdict }[]> {
  const now = await deps.clock.now();
  const states = ["planned", "issued", "accepted", "delivered", "verified", "halted"] as const;
  const open = await deps.store.rotations({ tenantId: deps.settings.tenantId, states });
  const waiting = [];
  for (const rotation of open) {
    const { verdict } = explain(rotation, await gatherFacts(deps, rotation, now), now);
    waiting.push({ rotation, verdict });
  }
  const name = ({ rotation }: { rotation: Rotation }) => `${rotation.displayName} ${rotation.slot}`;
  return waiting.toSorted((a, b) => (name(a) < name(b) ? -1 : 1));
}
