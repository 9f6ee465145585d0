/** The rotations that are not finished, with what each waits for. */

import { explain } from "../../core/rotation/decide.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Verdict } from "../../core/rotation/verdict.ts";
import type { Deps } from "../deps.ts";
import { gatherFacts } from "../facts.ts";

const OPEN = ["planned", "issued", "accepted", "delivered", "verified"] as const;

/** The rotations that persons hold, by themselves or with their application, by name; what has halted is taken up again before that. */
export async function heldOf({ store, settings }: Deps): Promise<Rotation[]> {
  const open = await store.rotations({ tenantId: settings.tenantId, states: OPEN });
  return open.filter(({ paused }) => paused !== undefined).toSorted((a, b) => (named(a) < named(b) ? -1 : 1));
}

function named({ displayName, slot }: Rotation): string {
  return `${displayName} ${slot}`;
}

/** The rotations that are not finished, by name, with what each waits for now. */
export async function waitingOf(deps: Deps): Promise<{ readonly rotation: Rotation; readonly verdict: Verdict }[]> {
  const now = await deps.clock.now();
  const open = await deps.store.rotations({ tenantId: deps.settings.tenantId, states: [...OPEN, "halted"] });
  const waiting = [];
  for (const rotation of open) {
    const { verdict } = explain(rotation, await gatherFacts(deps, rotation, now), now);
    waiting.push({ rotation, verdict });
  }
  return waiting.toSorted((a, b) => (named(a.rotation) < named(b.rotation) ? -1 : 1));
}
