/**
 * What a rehearsal knows of applications that the configuration excludes: nothing is created for them and nothing taken away, whatever was
 * begun before. Told from what reaches the directory, and from the configuration that the process was started with.
 */
import type { TenantSettings } from "../../core/policy/settings.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { Call, Outcome } from "../stage/story.ts";
import type { Committed } from "./committed.ts";
import type { Forbidden } from "./rule-books.ts";
import { type Write, writeOf } from "./writes.ts";

/** Right after an effect: what was done although its application is to be left alone. */
export function doneToExcluded(
  call: Call,
  outcome: Outcome,
  rotations: Committed,
  { exclude }: Pick<TenantSettings, "exclude">,
): readonly Forbidden[] {
  if (exclude.length === 0) return [];
  const write = writeOf(call, outcome, rotations);
  const rotation = write?.rotation ?? null;
  if (write === null || rotation === null || !isOurs(write, rotation)) return [];
  const { id, displayName, holder } = rotation;
  if (!exclude.some((one) => one.displayName === displayName)) return [];
  return [
    { what: `rotation ${id} ${write.what} although the configuration excludes ${displayName}`, about: holder.appId },
  ];
}

/** By our own plan: a person's word about this very credential stands, and what we made and nobody reads is taken back. */
function isOurs({ what }: Write, { state, emergency, removal, undo }: Rotation): boolean {
  if (emergency !== undefined) return false;
  if (what === "creates") return state === "planned" && undo === null;
  return what === "removes" && state === "verified" && removal === undefined;
}
