/** Where a new client secret of an application can be delivered to, and what is said where there is no such place. */
import type { Answer } from "../api/client.ts";
import { ended } from "../text/rotation.ts";

export type Slot = Answer<"GET /api/v1/t/{tenant}/applications/{id}/secret-options">["slots"][number];

export const NO_TARGET = "No target is known. Name one in nolapse.yaml, under applications.";

export interface Deliverable {
  /** Why not, as a sentence; null: it can be. */
  readonly blocked: string | null;
  /** Names of targets, as words of a sentence. */
  readonly targets: string;
}

/** The slot that a new one is for unless another one is chosen: the first that takes one. */
export function firstSlot<S extends Pick<Slot, "blocked">>(slots: readonly S[]): S | undefined {
  return slots.find(({ blocked }) => blocked === null) ?? slots[0];
}

export function targetNames({ targets }: Pick<Slot, "targets">): string {
  return targets.map(({ name }) => name).join(" and ");
}

/** Null while the slots are not known. */
export function deliverable(slots: readonly Pick<Slot, "blocked" | "targets">[] | undefined): Deliverable | null {
  if (slots === undefined) return null;
  const slot = firstSlot(slots);
  if (slot === undefined) return { blocked: NO_TARGET, targets: "" };
  return {
    blocked: slot.blocked === null ? null : ended(`Not possible now: ${slot.blocked.why}`),
    targets: targetNames(slot),
  };
}
