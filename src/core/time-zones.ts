/**
 * What the clocks on the walls show. The only file of core, ports and engine with a date library, for the rules of time zones; always
 * with an explicit zone, never its now. Apart from time.ts, because whoever only counts need not load it.
 */
import { IANAZone } from "luxon";
import { DAY, type DurationMs, dateOfDay, dayNumber, type EpochMs, epochMs, MINUTE, SECOND } from "./time.ts";

/** What a clock on the wall of a time zone shows. */
export interface WallClock {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** Minutes since the wall clock showed 00:00, 0 to 1439. */
  readonly minute: number;
}

/** Whether `name` is an IANA time zone (`Europe/Amsterdam`, `UTC`) that this runtime has the rules of. */
export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/** What the wall clock of `zone` shows at `at`. @throws RangeError for an unknown zone. */
export function wallClock(at: EpochMs, zone: string): WallClock {
  const local = at + offsetAt(at, zone);
  const day = Math.floor(local / DAY);
  return {
    date: dateOfDay(day),
    weekday: (((day + 4) % 7) + 7) % 7, // 1970-01-01 was a Thursday
    minute: Math.floor((local - day * DAY) / MINUTE),
  };
}

/**
 * The instants at which the wall clock of `zone` shows `minute` minutes past 00:00 (0 to 1440) on a local date, earliest
 * first: one as a rule, none when the clock is put forward over it, two when it is put back over it.
 * @throws RangeError for an unknown zone or a date that does not exist.
 */
export function instantsOf(date: string, minute: number, zone: string): readonly EpochMs[] {
  const day = dayNumber(date);
  if (day === null) throw new RangeError(`${date} is not a date`);
  const asUtc = day * DAY + minute * MINUTE;
  // No zone changes its offset twice within these two days, so one of the two offsets around them is the right one.
  const offsets = new Set([offsetAt(epochMs(asUtc - DAY), zone), offsetAt(epochMs(asUtc + DAY), zone)]);
  return [...offsets]
    .map((offset) => epochMs(asUtc - offset))
    .filter((at) => at + offsetAt(at, zone) === asUtc)
    .sort((a, b) => a - b);
}

/** The instant between two others at which the clocks of `zone` are changed, to the second; null when they are not. */
export function clockChange(from: EpochMs, to: EpochMs, zone: string): EpochMs | null {
  const before = offsetAt(from, zone);
  if (offsetAt(to, zone) === before) return null;
  let low = Math.floor(from / SECOND);
  let high = Math.ceil(to / SECOND);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(epochMs(middle * SECOND), zone) === before) low = middle;
    else high = middle;
  }
  return epochMs(high * SECOND);
}

/** How far the wall clock of `zone` is ahead of UTC at `at`, milliseconds. */
function offsetAt(at: EpochMs, zone: string): DurationMs {
  const minutes = IANAZone.create(zone).offset(at);
  if (Number.isNaN(minutes)) throw new RangeError(`${zone} is not a time zone`);
  return minutes * MINUTE;
}
