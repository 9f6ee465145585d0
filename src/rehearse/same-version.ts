/** Whether the store still has what was committed to it: compared by what any later step would decide by. */
import type { Rotation } from "../core/rotation/rotation.ts";

/** Whether two copies of a rotation are the same version of it; the second may be missing altogether. */
export function isSameVersion(one: Rotation, other: Rotation | undefined): boolean {
  return (
    one.state === other?.state &&
    one.dueAt === other.dueAt &&
    one.updatedAt === other.updatedAt &&
    one.failures === other.failures &&
    one.listReadAt === other.listReadAt &&
    isSameText(one.attempts, other.attempts) &&
    isSameText(one.deliveries, other.deliveries) &&
    isSameText(one.listWrite, other.listWrite) &&
    isSameText(one.listLosses, other.listLosses)
  );
}

/** By what is stored of it: what a store leaves out where nothing is there is no difference. */
function isSameText(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
