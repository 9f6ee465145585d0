/**
 * When a credential must be replaced: three nested deadlines, so that a mistake in one of them is not yet an outage
 * (design §4.4). Pure: the same credential, policy, targets and now always give the same answer.
 */
import { type Credential, endOf } from "../credentials/credential.ts";
import { MIN_LIFETIME, type Policy } from "../policy/policy.ts";
import { reloadBound } from "../policy/reload.ts";
import type { TargetSettings } from "../policy/settings.ts";
import type { ReasonCode } from "../reasons.ts";
import { DAY, type DurationMs, type EpochMs, earliest, HOUR, plus } from "../time.ts";
import { REPLICATION_WINDOW } from "./replication.ts";
import { stableFraction } from "./retry.ts";

export interface Forecast {
  /** From here on a successor is due, inside windows, ramp and limits. */
  rotateAt: EpochMs;
  /** From here on windows, ramp, hourly limits and waves no longer hold it back. */
  urgentAt: EpochMs;
  /** After this a successor may come too late: everything else yields and a person is called. */
  lastSafeAt: EpochMs;
  /** Why it is due at `now`; null when it is not. The strongest reason wins. */
  dueBecause: "lead-time-reached" | "age-reached" | "urgent" | "last-safe-passed" | null;
  warnings: ReasonCode[];
}

/** At most this share of renewBefore is drawn off rotate-at, so that a batch made on one day does not renew in one hour. */
const JITTER_SHARE = 0.1;
/** What urgency leaves at least, where renewBefore allows it: a week has a working day in it. */
const URGENT_LEAST: DurationMs = 7 * DAY;
/** Margin of last-safe-at for the work itself: acceptance, delivery, verification and a failed try. */
const LAST_SAFE_MARGIN: DurationMs = HOUR;

/** Milliseconds by which the rotation of this key id comes early: stable, so that asking again never moves it. */
function jitterOf(keyId: string, renewBefore: DurationMs): DurationMs {
  return Math.floor(stableFraction(keyId.toLowerCase()) * renewBefore * JITTER_SHARE);
}

/**
 * The deadlines of one credential under a policy and the targets of its slot. Null when the directory gives no end: then
 * nothing can be forecast. Without a start its age is unknown and only the end counts. No field of the policy moves
 * `lastSafeAt` (invariant 7); an unbounded reload counts as none there, with the warning `unbounded-reload`.
 */
export function forecast(
  credential: Pick<Credential, "keyId" | "start" | "end"> & Partial<Pick<Credential, "certificate">>,
  policy: Policy,
  targets: readonly TargetSettings[],
  now: EpochMs,
): Forecast | null {
  const { start, keyId } = credential;
  const end = endOf({ end: credential.end, certificate: credential.certificate ?? null });
  if (end === null) return null;
  const { renewBefore } = policy;
  const reload = reloadBound(targets);

  const early = jitterOf(keyId, renewBefore);
  const leadAt = plus(end, -renewBefore - early);
  const rotateAt = start === null ? leadAt : earliest(leadAt, plus(start, policy.maxAge - early));
  const urgentAt = plus(end, -Math.min(renewBefore / 2, Math.max(renewBefore / 4, URGENT_LEAST)));
  const lastSafeAt = plus(end, -(REPLICATION_WINDOW + reload.slowest + LAST_SAFE_MARGIN));

  let dueBecause: Forecast["dueBecause"] = null;
  if (now >= lastSafeAt) dueBecause = "last-safe-passed";
  else if (now >= urgentAt) dueBecause = "urgent";
  else if (now >= leadAt) dueBecause = "lead-time-reached";
  else if (now >= rotateAt) dueBecause = "age-reached";

  const warnings: ReasonCode[] = [];
  if (reload.unbounded) warnings.push("unbounded-reload");
  if (policy.lifetime < MIN_LIFETIME) warnings.push("lifetime-too-short");
  return { rotateAt, urgentAt, lastSafeAt, dueBecause, warnings };
}
