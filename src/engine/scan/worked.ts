/** From when to when a credential worked, as the ledger and its rotations know. */
import type { Works } from "../../core/pictures/gaps.ts";
import { hasMade } from "../../core/rotation/leftover.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { earliest } from "../../core/time.ts";
import type { LedgerEntry } from "../../ports/store.ts";

/** When a credential of the ledger worked, as far as its rotations know. */
export function dated(entry: LedgerEntry, rotations: readonly Rotation[]): Works {
  const made = rotations.find((one) => hasMade(one, entry.keyId));
  const { from, to } = datesOf(
    entry,
    made,
    rotations.find(({ replaces }) => replaces === entry.keyId),
  );
  const { removedAt } = entry;
  return { from, to: removedAt === null || to === null ? (to ?? removedAt) : earliest(to, removedAt) };
}

/** By the rotation that made it and the one that replaced it; `null` where nobody knows its end. */
export function datesOf(entry: LedgerEntry, made: Rotation | undefined, took: Rotation | undefined): Works {
  return {
    from: made?.issued?.at ?? took?.replacesCertificate?.start ?? entry.enteredAt,
    to: made?.issued?.end ?? took?.replacesEnd ?? null,
  };
}
