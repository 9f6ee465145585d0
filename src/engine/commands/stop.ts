/** `nolapse stop` and `nolapse resume`: a tenant's writing stands still, and goes on, on a person's word. */

import type { Rotation, RotationEvent } from "../../core/rotation/rotation.ts";
import type { Deps } from "../deps.ts";
import { tryStore } from "../rotation/amend.ts";
import { waitingOrHalted } from "../rotation/waiting.ts";
import { askedLine, turnSwitch } from "./noted.ts";

/** Stops all writing in the tenant; reading goes on. */
export async function stop(deps: Deps, actor: string): Promise<void> {
  const at = await deps.clock.now();
  await turnSwitch(deps, "stopped", { at, by: actor }, actor, "stop", at);
}

/** What a person's word to go on has come to. */
export interface Resumed {
  /** Halted rotations that were taken up again. */
  readonly resumed: number;
  /** Objects that scans no longer saw, and that are not known any more. */
  readonly forgotten: number;
  /**
   * Those that another process holds at this moment: they keep nobody else from going on, and halted ones among them must be
   * resumed again.
   */
  readonly busy: readonly Rotation[];
  readonly stillStopped: string | null;
}

/**
 * Lets writing go on after a stop, an open breaker or a scan that lost too much, and takes halted rotations up again: on a
 * person's word what that scan no longer saw is really gone.
 */
export async function resume(deps: Deps, actor: string): Promise<Resumed> {
  const at = await deps.clock.now();
  await turnSwitch(deps, "stopped", null, actor, "resume", at);
  await turnSwitch(deps, "breaker", null, actor, "breaker-closed", at);
  const forgotten = await deps.store.forgetMissing(
    deps.settings.tenantId,
    askedLine(deps, actor, "loss-accepted", at, {}, {}),
  );
  let resumed = 0;
  const busy: Rotation[] = [];
  for (const rotation of await waitingOrHalted(deps, at)) {
    const due: RotationEvent = { type: "waited", at, dueAt: at };
    const events: RotationEvent[] = rotation.state === "halted" ? [{ type: "resumed", at }, due] : [due];
    if ((await tryStore(deps, rotation, events, actor)) === null) busy.push(rotation);
    else if (rotation.state === "halted") resumed += 1;
  }
  return { resumed, forgotten, busy, stillStopped: await deps.brake.pulled() };
}
