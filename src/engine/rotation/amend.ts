/** How a person's word on a rotation is stored: at once, with its audit line and what he says to it, unless somebody works on it. */

import { NolapseError } from "../../core/errors.ts";
import { applyEvent, mayCome } from "../../core/rotation/apply-event.ts";
import type { Rotation, RotationEvent } from "../../core/rotation/rotation.ts";
import type { EpochMs } from "../../core/time.ts";
import type { AuditEntry, Change } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { auditLine } from "../trail/audit.ts";

/**
 * Somebody does a step of what a person's word is about: nothing of the word was stored, and it can be said again when the step is over.
 * Not so where another process keeps the whole store locked, which has the same code.
 */
export class StepUnderWay extends NolapseError {
  constructor(message: string) {
    super("store-busy", message, { next: "try again in half a minute" });
  }
}

const NOT_IN_THIS_STATE: Partial<Record<RotationEvent["type"], (id: string) => string>> = {
  cancelled: (id) =>
    `between issue and delivery it cannot be; nolapse pause ${id} holds it, and once delivered it can be cancelled`,
  "approval-refused": () => "nothing is left to refuse; nolapse plan shows what is",
  "approval-withdrawn": (id) => `it has begun; nolapse cancel ${id} or nolapse pause ${id} holds it`,
  approved: () => "nothing is left to approve; nolapse plan shows what is",
};

/** What to type where the state does not allow it. */
function insteadOf({ type }: RotationEvent, { id, state }: Rotation): string {
  if (state === "halted") return "nolapse resume takes it up again";
  if (state === "retired" || state === "cancelled") return "it is over; nolapse plan shows what goes on";
  return NOT_IN_THIS_STATE[type]?.(id) ?? "nolapse plan";
}

/** @throws NolapseError `not-found`. */
export async function rotationOf(deps: Deps, id: string): Promise<Rotation> {
  const rotation = await deps.store.rotation(id);
  if (rotation !== null && rotation.tenantId === deps.settings.tenantId) return rotation;
  throw new NolapseError("not-found", `there is no rotation ${id}`, { next: "nolapse plan" });
}

/** @throws NolapseError `not-found`, `refused-by-rule` for what its state does not allow, `store-busy`. */
export async function amend(
  deps: Deps,
  id: string,
  actor: string,
  make: (at: EpochMs) => RotationEvent,
  note: AuditEntry["details"] = {},
): Promise<Rotation> {
  const rotation = await rotationOf(deps, id);
  const at = await deps.clock.now();
  const event = make(at);
  if (!mayCome(rotation.state, event.type)) {
    throw new NolapseError("refused-by-rule", `a rotation that is ${rotation.state} cannot be ${event.type}`, {
      next: insteadOf(event, rotation),
    });
  }
  return storeEvents(
    deps,
    rotation,
    [event, { type: "waited", at, dueAt: event.type === "cancelled" ? null : at }],
    actor,
    [],
    note,
  );
}

/** Stores events on a person's word, and further lines of the trail with them. @throws NolapseError `store-busy`. */
export async function storeEvents(
  deps: Deps,
  before: Rotation,
  events: readonly RotationEvent[],
  actor: string,
  lines: readonly AuditEntry[] = [],
  note: AuditEntry["details"] = {},
): Promise<Rotation> {
  const rotation = await tryStore(deps, before, events, actor, lines, note);
  if (rotation !== null) return rotation;
  throw new StepUnderWay(`rotation ${before.id} is being worked on by another process`);
}

/** Null when another process holds the rotation or has just changed it: then nothing was stored. */
export async function tryStore(
  deps: Deps,
  before: Rotation,
  events: readonly RotationEvent[],
  actor: string,
  lines: readonly AuditEntry[] = [],
  note: AuditEntry["details"] = {},
  more: Pick<Change, "erase"> = {},
): Promise<Rotation | null> {
  let rotation = before;
  const audit: AuditEntry[] = [...lines];
  for (const event of events) {
    const last = rotation;
    rotation = applyEvent(last, event);
    const entry = auditLine(last, event, rotation, note);
    if (entry !== null) audit.push({ ...entry, actor });
  }
  return (await deps.store.amend(before, { ...more, rotation, audit })) ? rotation : null;
}
