/**
 * How long Entra ID may take to show a write everywhere, and when to read again meanwhile (design §4.1, §4.5). Reads flip
 * between seeing and not seeing a fresh change, so one read proves nothing; several, spread over the window, do.
 */
import { DAY, type DurationMs, type EpochMs, HOUR, MINUTE, plus, SECOND } from "../time.ts";

/**
 * The time after which a write counts as seen everywhere. There is no service level for it: 4 to 18 s are typical for a
 * fresh secret, minutes are reported, so this is many times the worst seen.
 */
export const REPLICATION_WINDOW: DurationMs = 10 * MINUTE;

/** When to read after a write, counted from it: five reads, dense at first because most changes show in seconds. */
export const READ_SCHEDULE: readonly DurationMs[] = [0, 30 * SECOND, 2 * MINUTE, 5 * MINUTE, REPLICATION_WINDOW];

/** When to read for an attempt whose answer was lost: as above, then on watch until it is 24 h old (design §4.5). */
export const WATCH_SCHEDULE: readonly DurationMs[] = [...READ_SCHEDULE, HOUR, 6 * HOUR, DAY];

/** Two identical reads of a whole list must lie this far apart before it may be replaced (design §4.8). */
export const LIST_STILL: DurationMs = 30 * SECOND;

/** The service tells its time in whole seconds: two of its times are further apart by up to this than they seem, or nearer. */
export const SERVICE_TIME_GRAIN: DurationMs = 1 * SECOND;

/** When the list is read after it was replaced: for what is missing, and when the audit log has caught up. */
export const LIST_SCHEDULE: readonly DurationMs[] = [30 * SECOND, REPLICATION_WINDOW];

/** The instant of the next read, given how many were made since `since`; null when all of the schedule are made. */
export function nextReadAt(schedule: readonly DurationMs[], since: EpochMs, readsDone: number): EpochMs | null {
  const offset = schedule[readsDone];
  return offset === undefined ? null : plus(since, offset);
}
