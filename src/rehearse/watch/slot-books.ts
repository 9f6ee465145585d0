/**
 * What a rehearsal knows of slots that rest on one credential: each of them must have its own successor in every place before it goes. Told
 * from the places themselves, and from the configuration that the process was started with.
 */
import type { TenantSettings } from "../../core/policy/settings.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Call, Outcome } from "../stage/story.ts";
import type { Committed } from "./committed.ts";
import type { Forbidden } from "./rule-books.ts";
import { writeOf } from "./writes.ts";

export interface SlotsAround {
  /** As committed. */
  readonly rotations: Committed;
  /** The key id of the copy that a place gives now; null where somebody else's hand has put it there, of which nobody was told. */
  copyIn(target: string): string | null;
}

/** Right after an effect: what was taken away, and not as leaked, while a place of another slot held it. */
export function takenFromOtherSlots(
  call: Call,
  outcome: Outcome,
  { rotations, copyIn }: SlotsAround,
  { bindings }: Pick<TenantSettings, "bindings">,
  now: EpochMs,
): readonly Forbidden[] {
  // hardly any application has several
  if (bindings.every(({ slots }) => slots.length < 2)) return [];
  const write = writeOf(call, outcome, rotations);
  const rotation = write?.what === "removes" ? write.rotation : null;
  if (rotation?.state !== "verified" || rotation.emergency !== undefined) return [];
  const { replaces, replacesEnd, slot: own, holder } = rotation;
  if (replacesEnd !== null && replacesEnd <= now) return [];
  const slots = bindings.find(({ appId }) => appId === holder.appId)?.slots ?? [];
  const others = slots.filter(({ slot }) => slot !== own).flatMap(({ targets }) => targets);
  return others
    .filter((target) => copyIn(target) === replaces)
    .map((target) => ({
      what: `key id ${replaces} was removed although ${target} of another slot holds it`,
      about: holder.appId,
    }));
}
