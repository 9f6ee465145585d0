/**
 * How long to wait after a failure. Front-loaded, because most failures of a directory or target mend within minutes;
 * capped, because giving up is what lets a credential lapse: there is no last try (design §3, §4.1).
 */
import { type DurationMs, HOUR, MINUTE, SECOND } from "../time.ts";

/** The delay after the first, second, … failure in a row; the last one repeats for ever. */
export const RETRY_TABLE: readonly DurationMs[] = [
  15 * SECOND, // 15 s after the first try
  30 * SECOND, // 45 s
  MINUTE, // 1 min 45 s
  2 * MINUTE, // 3 min 45 s
  5 * MINUTE, // 8 min 45 s
  10 * MINUTE, // 19 min
  20 * MINUTE, // 39 min
  30 * MINUTE, // 1 h 9 min
  HOUR, // 2 h 9 min
  2 * HOUR, // 4 h 9 min
  4 * HOUR, // 8 h 9 min
  6 * HOUR, // 14 h 9 min, and every 6 h from here on
];

/** The longest wait past urgent-at: what is left of the old credential's life is short (design §4.4). */
export const URGENT_CAP: DurationMs = 15 * MINUTE;

/** Jitter shortens a delay by at most this share; it never lengthens one, so that the caps hold. */
const JITTER = 0.2;

/** After a Retry-After everybody comes back at once, so each adds up to a tenth of it, at most this. */
const RETRY_AFTER_SPREAD: DurationMs = 30 * SECOND;

/**
 * A stable number from 0 (included) to 1 (excluded) for a text: FNV-1a, then mixed, because its upper bits alone hardly
 * differ between key ids that differ in the last character. Spreads load only; it is no secret and decides no safety.
 */
export function stableFraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

/**
 * Milliseconds to wait after `failures` failed tries in a row (less than one counts as one). `seed` names who waits, so
 * that the answer is the same on every ask and different between rotations. Never below `retryAfter` (milliseconds).
 */
export function retryDelay(
  failures: number,
  seed: string,
  pace: "normal" | "urgent",
  retryAfter: DurationMs | null,
): DurationMs {
  const step = Math.min(Math.max(Math.trunc(failures), 1), RETRY_TABLE.length);
  const listed = RETRY_TABLE[step - 1] ?? 6 * HOUR;
  const fraction = stableFraction(`${seed}#${failures}`);
  const delay = Math.ceil((pace === "urgent" ? Math.min(listed, URGENT_CAP) : listed) * (1 - JITTER * fraction));
  if (retryAfter === null || retryAfter <= 0) return delay;
  return Math.max(delay, Math.ceil(retryAfter + fraction * Math.min(retryAfter / 10, RETRY_AFTER_SPREAD)));
}
