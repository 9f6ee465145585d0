/** Whether the store still has what was committed to it: compared by what any later step would decide by. */
import type { Rotation } from "../../core/rotation/rotation.ts";

/** Whether two copies of a rotation are the same version of it; the second may be missing altogether. */
export function isSameVersion(one: Rotation, other: Rotation | undefined): boolean {
  return (
    one.state === other?.state &&
    one.dueAt === other.dueAt &&
    one.updatedAt === other.updatedAt &&
    one.failures === other.failures &&
    one.listReadAt === other.listReadAt &&
    isSameData(one.attempts, other.attempts) &&
    isSameData(one.deliveries, other.deliveries) &&
    isSameData(one.listWrite, other.listWrite) &&
    isSameData(one.listLosses, other.listLosses)
  );
}

/** Whether two pieces of data would be stored alike: what JSON leaves out where nothing is there is no difference. */
function isSameData(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) {
    if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
    for (let index = 0; index < one.length; index += 1) if (!isSameData(one[index], other[index])) return false;
    return true;
  }
  const these = one as Record<string, unknown>;
  const those = other as Record<string, unknown>;
  let there = 0;
  for (const name in these) {
    if (these[name] === undefined) continue;
    if (!isSameData(these[name], those[name])) return false;
    there += 1;
  }
  for (const name in those) if (those[name] !== undefined) there -= 1;
  return there === 0;
}
