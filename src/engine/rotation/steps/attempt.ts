/** What every attempt at a successor has: a marked name of its own, and an end. */
import {
  ATTEMPT_LENGTH,
  formatMarkedName,
  INSTANCE_LENGTH,
  parseMarkedName,
} from "../../../core/credentials/marker.ts";
import { MAX_LIFETIME, MIN_LIFETIME } from "../../../core/policy/policy.ts";
import type { Rotation } from "../../../core/rotation/rotation.ts";
import { type EpochMs, epochMs, HOUR, SECOND } from "../../../core/time.ts";
import type { Claimed } from "../claimed.ts";

/** A new attempt id, and the display name that carries it behind the human's own words. */
export async function attemptName({ rotation, deps }: Claimed): Promise<{ id: string; displayName: string }> {
  const instance = await deps.store.instance(deps.random.base32(INSTANCE_LENGTH));
  const id = deps.random.base32(ATTEMPT_LENGTH);
  const words = rotation.wish?.description ?? parseMarkedName(rotation.replacesName ?? "").description;
  return { id, displayName: formatMarkedName(words, { instance, attempt: id }) };
}

/**
 * Invariant 9: the service's own time + lifetime − 1 h, never over 730 days; whole seconds, so that it compares equal. An end that a
 * person has chosen comes earlier, unless what it waited for has left less of it than any credential needs.
 */
export function endOf(
  serviceTime: EpochMs,
  { policy: { lifetime }, wish }: Pick<Rotation, "policy" | "wish">,
): EpochMs {
  const end = serviceTime + Math.min(lifetime, MAX_LIFETIME) - HOUR;
  const chosen = wish?.end === undefined ? end : Math.max(wish.end, serviceTime + Math.min(lifetime, MIN_LIFETIME));
  return epochMs(Math.floor(Math.min(end, chosen) / SECOND) * SECOND);
}
