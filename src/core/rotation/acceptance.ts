/**
 * When a new value counts as accepted by the login authority (design §4.1). One token proves little, because a fresh
 * secret flips between known and unknown while it replicates; so successes must be spread over time, and any refusal
 * starts again. Silence and throttling prove nothing in either direction.
 */

import type { Assurance, Probe } from "../credentials/sign-in.ts";
import type { ProbeRule } from "../policy/policy.ts";
import type { AcceptanceRule } from "../policy/settings.ts";
import { type DurationMs, type EpochMs, epochMs, HOUR, latest, MINUTE, plus, SECOND } from "../time.ts";

export type AcceptanceVerdict =
  | { verdict: "probe"; at: EpochMs }
  | { verdict: "accepted"; assurance: Assurance }
  | { verdict: "refused" };

/** The least time between a refusal or an inconclusive answer and the next probe; first step of the backing off. */
export const PROBE_SPACING: DurationMs = 15 * SECOND;
/** The most time a refusal delays the next probe: replication is what it waits for, and that takes minutes at most. */
const REFUSAL_CAP: DurationMs = 2 * MINUTE;
const INCONCLUSIVE_CAP: DurationMs = 5 * MINUTE;
/** A silence that lasts, as behind a clock that stays wrong, is asked again after this part of it, up to the longest pause after a failure. */
const OF_THE_SILENCE = 1 / 16;
const SILENCE_CAP: DurationMs = 6 * HOUR;
/** Inconclusive answers kept at the end of a list; the backing off is at its cap by then. */
const INCONCLUSIVE_KEPT = 8;
/** The default spread (0 s, 30 s, 2 min, 5 min) as shares of `over`. */
const SPREAD: readonly number[] = [0, 0.1, 0.4, 1];

/**
 * The list of probes with one more. A refusal leaves only itself: earlier successes no longer count, and the judge still
 * sees when it was and that it was one. Inconclusive answers are forgotten once something conclusive follows, and kept
 * in a bounded number before, so that a service that is down for a week does not grow the row.
 */
export function foldProbe(probes: readonly Probe[], probe: Probe): readonly Probe[] {
  if (probe.outcome === "not-authenticated") return [probe];
  const conclusive = probes.filter((one) => one.outcome !== "inconclusive");
  if (probe.outcome !== "inconclusive") return [...conclusive, probe];
  const silence = probes.filter((one) => one.outcome === "inconclusive");
  return [...conclusive, ...[...silence, probe].slice(-INCONCLUSIVE_KEPT)];
}

/**
 * What to do about a new value: try it (again) at an instant, call it accepted, or call it refused.
 *
 * `known` are the answers since the last refusal, oldest first, that refusal included or not (see {@link foldProbe});
 * `begun` is when the first probe of this attempt was made and the window counts from it. "Refused" needs a refusal made
 * after the window, so that a process that slept through it, or a service that was down, tries once more first. What is dated
 * in the future was stamped by a clock that was ahead, and is left out of account: else nothing would be tried until then.
 * `longest` is the most that a silence which lasts puts off the next probe.
 */
export function judgeAcceptance(
  rule: AcceptanceRule,
  probe: ProbeRule,
  known: readonly Probe[],
  begun: EpochMs | null,
  now: EpochMs,
  longest: DurationMs = SILENCE_CAP,
): AcceptanceVerdict {
  if (probe === "none") return { verdict: "accepted", assurance: "receipt" };
  const probes = known.filter(({ at }) => at <= now);
  const since = begun !== null && begun <= now ? begun : null;
  const last = probes.at(-1);
  if (last === undefined) return { verdict: "probe", at: now };

  const windowEnd = plus(since ?? probes[0]?.at ?? now, rule.window);
  if (last.outcome === "not-authenticated") {
    if (last.at >= windowEnd) return { verdict: "refused" };
    return { verdict: "probe", at: afterRefusal(last, since ?? last.at, windowEnd) };
  }

  const run = probes.slice(probes.findLastIndex((one) => one.outcome === "not-authenticated") + 1);
  const successes = successesOf(probes);
  const isBlocked = successes.some((one) => one.outcome === "authenticated-refused");
  const offsets = offsetsOf(rule, probe);
  const first = successes[0];
  const latestSuccess = successes.at(-1);
  const over = offsets.at(-1) ?? 0;
  if (first !== undefined && latestSuccess !== undefined) {
    const spread = latestSuccess.at - first.at;
    if (successes.length >= offsets.length && spread >= over)
      return { verdict: "accepted", assurance: isBlocked ? "authenticated-blocked" : "token" };
  }
  return {
    verdict: "probe",
    at: latest(scheduled(successes, offsets), afterSilence(run, last, since ?? probes[0]?.at ?? now, longest)),
  };
}

export interface AcceptanceProgress {
  /** Sign-ins since the last refusal that show that the value works. */
  readonly good: number;
  /** So many are needed, spread over time. */
  readonly needed: number;
  /** The last of them is due no earlier than this; null before the first. */
  readonly endsAt: EpochMs | null;
}

/** How far the acceptance of a value is; null where the policy asks for no sign-in. `probes`: as for {@link judgeAcceptance}. */
export function acceptanceProgress(
  rule: AcceptanceRule,
  probe: ProbeRule,
  probes: readonly Probe[],
): AcceptanceProgress | null {
  if (probe === "none") return null;
  const successes = successesOf(probes);
  const offsets = offsetsOf(rule, probe);
  const [first] = successes;
  return {
    good: successes.length,
    needed: offsets.length,
    endsAt: first === undefined ? null : plus(first.at, offsets.at(-1) ?? 0),
  };
}

/** What has shown that the value works since it was refused last. */
function successesOf(probes: readonly Probe[]): readonly Probe[] {
  const run = probes.slice(probes.findLastIndex((one) => one.outcome === "not-authenticated") + 1);
  // who is refused after proving itself is honoured as much as who is issued a token, and while a value replicates as little:
  // a policy of the tenant that strikes one of several sign-ins is no shorter way
  return run.filter((one) => one.outcome === "issued" || one.outcome === "authenticated-refused");
}

function offsetsOf(rule: AcceptanceRule, probe: ProbeRule): readonly DurationMs[] {
  return probe === "minimal" ? [0] : successOffsets(rule);
}

/** When the successes are due, counted from the first one: the first at 0, the last at `over`, milliseconds. */
export function successOffsets(rule: AcceptanceRule): readonly DurationMs[] {
  // One success cannot be spread: whoever asks for a spread gets at least both its ends.
  const count = Math.max(Math.ceil(rule.successes), rule.over > 0 ? 2 : 1);
  return Array.from({ length: count }, (_, index) => {
    if (index === count - 1) return count === 1 ? 0 : rule.over;
    const place = (index / (count - 1)) * (SPREAD.length - 1);
    const lower = SPREAD[Math.floor(place)] ?? 0;
    const upper = SPREAD[Math.ceil(place)] ?? 1;
    return Math.floor(rule.over * (lower + (upper - lower) * (place - Math.floor(place))));
  });
}

/** When the next success is due by the spread; a late one does not let the rest come in a bunch. */
function scheduled(successes: readonly Probe[], offsets: readonly DurationMs[]): EpochMs {
  const first = successes[0];
  const last = successes.at(-1);
  if (first === undefined || last === undefined) return epochMs(0);
  const due = plus(first.at, offsets[Math.min(successes.length, offsets.length - 1)] ?? 0);
  return latest(due, plus(last.at, Math.min(PROBE_SPACING, offsets[1] ?? 0)));
}

/**
 * A refusal waits half of the time spent so far, 15 s to 2 min: quick while seconds matter, and far from the rate at which
 * the service calls a client a loop (50196). One probe falls on the end of the window.
 */
function afterRefusal(last: Probe, since: EpochMs, windowEnd: EpochMs): EpochMs {
  const spaced = Math.min(Math.max(PROBE_SPACING, (last.at - since) / 2), REFUSAL_CAP);
  const toEnd = Math.max(PROBE_SPACING, windowEnd - last.at);
  return plus(last.at, Math.max(Math.min(spaced, toEnd), last.retryAfter ?? 0));
}

/**
 * The end of the backing off after the inconclusive answers at the end of `run`, before which the last answer that proved something, or the
 * first probe (`begun`), stands; the beginning of time without any.
 */
function afterSilence(run: readonly Probe[], last: Probe, begun: EpochMs, longest: DurationMs): EpochMs {
  const spoken = run.findLastIndex((one) => one.outcome !== "inconclusive");
  const silent = run.length - 1 - spoken;
  if (silent === 0) return epochMs(0);
  const doubled = Math.min(PROBE_SPACING * 2 ** Math.min(silent - 1, 10), INCONCLUSIVE_CAP);
  const share = Math.min((last.at - (run[spoken]?.at ?? begun)) * OF_THE_SILENCE, longest);
  return plus(last.at, Math.max(doubled, Math.floor(share), last.retryAfter ?? 0));
}
