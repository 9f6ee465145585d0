/** Instants as people read them: `Sat 28 Nov 2026, 09:04`, and how far away they are. The pages write theirs alike. */
import { DAY, type DurationMs, dayNumber, type EpochMs, HOUR, MINUTE } from "./time.ts";
import { wallClock } from "./time-zones.ts";

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** `Sat 28 Nov 2026`, in a zone. @throws RangeError for an unknown zone. */
export function dateWords(at: EpochMs, zone: string): string {
  const { date, weekday } = wallClock(at, zone);
  const [year, month, day] = date.split("-");
  return `${WEEKDAYS[weekday]} ${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`;
}

/** `Sat 28 Nov 2026, 09:04`, in a zone. @throws RangeError for an unknown zone. */
export function timeWords(at: EpochMs, zone: string): string {
  const { minute } = wallClock(at, zone);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${dateWords(at, zone)}, ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

const YEAR: DurationMs = 365.25 * DAY;
/** From here on nobody counts days: a certificate to 2123 ends in so many years. */
const LONG: DurationMs = 4 * YEAR;

/** "in 50 days" of the calendar of a zone, "in 31 hours" (rounded down), "in 12 minutes", "now"; "ago" for what is over. */
export function distanceWords(at: EpochMs, now: EpochMs, zone: string): string {
  const apart = Math.abs(at - now);
  if (apart < MINUTE) return "now";
  const words =
    apart >= LONG
      ? countWords(Math.floor(apart / YEAR), "year")
      : apart >= 48 * HOUR
        ? countWords(Math.abs(dayOf(at, zone) - dayOf(now, zone)), "day")
        : apart >= 90 * MINUTE
          ? countWords(Math.floor(apart / HOUR), "hour")
          : countWords(Math.floor(apart / MINUTE), "minute");
  return at >= now ? `in ${words}` : `${words} ago`;
}

function dayOf(at: EpochMs, zone: string): number {
  return dayNumber(wallClock(at, zone).date) ?? 0;
}

/** `6,214`. */
export function groupedWords(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 application", "3 applications". */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${groupedWords(count)} ${count === 1 ? one : many}`;
}
