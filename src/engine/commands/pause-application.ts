/**
 * *Pause* and *Continue* of a whole application: on a person's word nothing begins on it, and nothing more is done of what has begun, until
 * somebody lets it go on. It holds whatever the state of its rotations, and those that are opened later; a rotation that a person holds by
 * itself stays held.
 */
import { applyEvent, mayCome } from "../../core/rotation/apply-event.ts";
import type { Rotation, RotationEvent } from "../../core/rotation/rotation.ts";
import type { ApplicationPause } from "../../core/rotation/words.ts";
import type { EpochMs } from "../../core/time.ts";
import type { AuditEntry, Change } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { StepUnderWay } from "../rotation/amend.ts";
import { pauseOf } from "../rotation/unpaused.ts";
import { auditLine } from "../trail/audit.ts";
import { askedLine } from "./noted.ts";
import type { Said } from "./pause.ts";
import { requireReason } from "./stated-reason.ts";

/**
 * Holds an application, named by its client id; one that is paused already stays as whoever paused it first left it.
 * @throws NolapseError `usage` without a reason that tells somebody else why, `store-busy` while a step of it is being done.
 */
export async function pauseApplication(deps: Deps, appId: string, { actor, why }: Said): Promise<ApplicationPause> {
  const reason = why?.trim() ?? "";
  requireReason(reason);
  const { store, settings } = deps;
  const at = await deps.clock.now();
  const line = askedLine(deps, actor, "application-paused", at, { appId }, { why: reason });
  const held = await store.pauseApplication(settings.tenantId, { appId, by: actor, at, reason }, line);
  if (held !== null) return held;
  throw busy("is not paused yet");
}

/**
 * Lets it go on at once; one that is not paused stays as it is, and is null.
 * @throws NolapseError `usage` for a reason that is none, `store-busy` while one of its rotations is looked at.
 */
export async function continueApplication(
  deps: Deps,
  appId: string,
  { actor, why }: Said,
): Promise<ApplicationPause | null> {
  if (why !== null) requireReason(why);
  const { store, settings } = deps;
  const { tenantId } = settings;
  const held = await pauseOf(deps, appId);
  if (held === null) return null;
  const note = why === null ? {} : { why: why.trim() };
  const at = await deps.clock.now();
  const rotations = await store.rotations({ tenantId, appId });
  const changes = rotations.flatMap((expected) => {
    // what waits for nothing has nothing to go on with
    if (expected.dueAt === null) return [];
    return [{ expected, change: goingOn(expected, at, actor, note) }];
  });
  const line = askedLine(deps, actor, "application-continued", at, { appId }, note);
  if (await store.continueApplication(tenantId, held, changes, line)) return held;
  // somebody else was faster
  if ((await pauseOf(deps, appId)) === null) return null;
  throw busy("is still paused");
}

/** It is looked at now, as one is that was paused by itself: with every check before each step. */
function goingOn(expected: Rotation, at: EpochMs, actor: string, note: AuditEntry["details"]): Change {
  const isHeld = expected.paused?.application === true && mayCome(expected.state, "continued");
  const events: readonly RotationEvent[] = [
    ...(isHeld ? [{ type: "continued", at } as const] : []),
    { type: "waited", at, dueAt: at },
  ];
  let rotation = expected;
  const audit: AuditEntry[] = [];
  for (const event of events) {
    const last = rotation;
    rotation = applyEvent(last, event);
    const entry = auditLine(last, event, rotation, note);
    if (entry !== null) audit.push({ ...entry, actor });
  }
  return { rotation, audit };
}

function busy(so: string): StepUnderWay {
  return new StepUnderWay(`a step of it is being done at this moment, so the application ${so}`);
}
