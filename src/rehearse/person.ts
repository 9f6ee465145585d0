/**
 * The person who looks at what Nolapse reports, once a day: lets it go on after a halt, an open breaker or a scan that lost too much, approves what
 * waits, gives up what can never go on, and compares the store after a backup was restored.
 */
import { approve } from "../engine/approve.ts";
import { cancel, recover, resume, stop } from "../engine/control.ts";
import type { Deps } from "../engine/deps.ts";
import type { Watch } from "./invariants.ts";

const NAME = "person";

/** What one look comes to; what cannot be done now (somebody works on the rotation) is done at the next one. */
export async function lookAfter(deps: Deps, watch: Watch, isStopped: boolean): Promise<void> {
  const rotations = [...watch.rotations.values()];
  for (const one of rotations) {
    // what a target that is bound no more waits for will never come; a new rotation goes to those that are
    if (one.state === "halted" && one.haltReason === "target-unbound") await tried(cancel(deps, one.id, NAME));
    const { approval } = one.policy;
    if (one.state === "planned" && approval !== "none" && one.approvals.issue === null) {
      await tried(approve(deps, one.id, "both", NAME));
    }
  }
  if (watch.removalOff) await tried(recover(deps, true, NAME));
  if (isStopped) return;
  const halted = [...watch.rotations.values()].some((one) => one.state === "halted");
  if (halted || watch.breakerOpen || watch.stopped || watch.coverage.isLossy) await tried(resume(deps, NAME));
}

/** Cancels whatever rotation of an application is open, in whatever state it is. */
export async function giveUp(deps: Deps, watch: Watch, appId: string): Promise<void> {
  for (const one of watch.rotations.values()) {
    if (one.holder.appId !== appId || one.state === "retired" || one.state === "cancelled") continue;
    await tried(cancel(deps, one.id, NAME));
  }
}

export async function holdBack(deps: Deps): Promise<void> {
  await tried(stop(deps, NAME));
}

/** A refusal is an answer, too: the person reads it and looks again tomorrow. */
async function tried(work: Promise<unknown>): Promise<void> {
  await work.then(
    () => {},
    () => {},
  );
}
