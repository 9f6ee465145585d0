/** Credentials with a marker of ours that nobody knows any more (design §4.3, invariant 3). */
import { parseMarkedName } from "../../core/credentials/marker.ts";
import { DAY, type DurationMs, type EpochMs } from "../../core/time.ts";
import type { TrueCredential } from "../stage/ground.ts";
import type { Committed } from "./committed.ts";

/** After a lost answer the directory is read for a day; with crashes and pauses in between it takes longer. */
export const WATCHED: DurationMs = 3 * DAY;

export interface OrphanFacts {
  readonly truth: readonly TrueCredential[];
  readonly rotations: Committed;
  isKnown(keyId: string): boolean;
  /** Nothing may be written or removed at the moment. */
  readonly isHeld: boolean;
  readonly now: EpochMs;
}

export function orphansIn({ truth, rotations, isKnown, isHeld, now }: OrphanFacts) {
  return truth.flatMap(({ keyId, name }) => {
    if (isKnown(keyId)) return [];
    const { marker } = parseMarkedName(name ?? "");
    if (marker === null) return [];
    const owner = rotations.naming(marker.attempt).find((one) => one.attempts.some(({ id }) => id === marker.attempt));
    const attempt = owner?.attempts.find(({ id }) => id === marker.attempt);
    const outcome = attempt?.outcome;
    const isWatched = outcome === "open" || outcome === "unknown";
    if (isWatched && (isHeld || owner?.paused !== undefined || now - (attempt?.startedAt ?? now) < WATCHED)) return [];
    // reported: by a halt, or left to a person after one
    if (outcome === "left" || owner?.state === "halted") return [];
    const why = outcome === undefined ? "no attempt of that name is known" : `its attempt is ${outcome}`;
    return [{ what: `nobody knows key id ${keyId} (${name}): ${why}`, about: owner?.holder.appId ?? null }];
  });
}
