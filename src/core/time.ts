/**
 * Instants and lengths of time. Core counts in epoch milliseconds; ISO 8601 UTC is for the edges. This is the only file
 * of core, ports and engine that may name `Date`, and it never asks it for the present: `now` is always an argument.
 */

declare const epoch: unique symbol;

/** An instant: milliseconds since 1970-01-01T00:00:00Z, on the clock of the domain. */
export type EpochMs = number & { readonly [epoch]: true };

/** A length of time in milliseconds. */
export type DurationMs = number;

export const SECOND: DurationMs = 1_000;
export const MINUTE: DurationMs = 60 * SECOND;
export const HOUR: DurationMs = 60 * MINUTE;
export const DAY: DurationMs = 24 * HOUR;

/** Brands a number of milliseconds as an instant; fractions are cut. */
export function epochMs(ms: number): EpochMs {
  return Math.trunc(ms) as EpochMs;
}

/** `at` moved by `by` milliseconds. */
export function plus(at: EpochMs, by: DurationMs): EpochMs {
  return epochMs(at + by);
}

/** The earliest of the instants given. */
export function earliest(...instants: EpochMs[]): EpochMs {
  return Math.min(...instants) as EpochMs;
}

/** The latest of the instants given. */
export function latest(...instants: EpochMs[]): EpochMs {
  return Math.max(...instants) as EpochMs;
}

/**
 * Reads an ISO 8601 instant with an offset, with any number of fractional digits (Graph sends up to seven; all after the
 * third are cut). Returns null for anything else, so that the caller decides what an unreadable date means.
 */
export function parseInstant(text: string): EpochMs | null {
  const match = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  // The platform reads February 30 as March 2; an end that nobody wrote must not look like one.
  if (match?.[1] === undefined || dayNumber(match[1]) === null) return null;
  const ms = Date.parse(`${match[1]}${match[2]}${(match[3] ?? ".000").slice(0, 4).padEnd(4, "0")}${match[4]}`);
  return Number.isNaN(ms) ? null : epochMs(ms);
}

/** ISO 8601 UTC, without fractions when they are zero: `2026-03-01T09:12:44Z`. @throws RangeError for what no date can be. */
export function formatInstant(at: EpochMs): string {
  if (!(Math.abs(at) <= LATEST)) throw new RangeError(`no date can be ${at} ms from 1970`);
  const day = Math.floor(at / DAY);
  const rest = at - day * DAY;
  const ms = rest % SECOND;
  const clock = `${two(rest / HOUR)}:${two((rest % HOUR) / MINUTE)}:${two((rest % MINUTE) / SECOND)}`;
  return `${dayText(day)}T${clock}${ms === 0 ? "" : `.${String(ms).padStart(3, "0")}`}Z`;
}

/** The last instant a date can be (ECMA-262, time values), and its opposite is the first. */
const LATEST = 8.64e15;
const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
const two = (number: number) => TWO[Math.floor(number)];

/** Days that were written lately: a list writes hundreds of instants, and its days are few. */
const DAYS = new Map<number, string>();
const MOST_DAYS = 4_096;

function dayText(day: number): string {
  const known = DAYS.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * DAY).toISOString();
  const written = text.slice(0, text.indexOf("T"));
  if (DAYS.size === MOST_DAYS) DAYS.clear();
  DAYS.set(day, written);
  return written;
}

const UNITS: Record<string, DurationMs> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** Reads `90s`, `30m`, `12h`, `180d`, or an ISO 8601 duration of weeks, days, hours, minutes, seconds (`P30D`, `PT10S`). */
export function parseDuration(text: string): DurationMs | null {
  const short = /^(\d+)([smhd])$/.exec(text);
  if (short !== null) return Number(short[1]) * (UNITS[short[2] ?? ""] ?? Number.NaN);
  const iso = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
  if (iso === null || text === "P") return null;
  const [weeks, days, hours, minutes, seconds] = iso.slice(1).map((part) => Number(part ?? 0));
  return (
    ((weeks ?? 0) * 7 + (days ?? 0)) * DAY + (hours ?? 0) * HOUR + (minutes ?? 0) * MINUTE + (seconds ?? 0) * SECOND
  );
}

/** The shortest exact spelling in one unit (`90m`, `7d`), for sentences and config output. */
export function formatDuration(length: DurationMs): string {
  for (const [unit, size] of [
    ["d", DAY],
    ["h", HOUR],
    ["m", MINUTE],
  ] as const) {
    if (length >= size && length % size === 0) return `${length / size}${unit}`;
  }
  return `${Math.round(length / SECOND)}s`;
}

/** Whole days from `now` to `at`, rounded down; negative when past. */
export function daysBetween(now: EpochMs, at: EpochMs): number {
  return Math.floor((at - now) / DAY);
}

/** The date `days` days after a date, both `YYYY-MM-DD`. @throws RangeError for a date that does not exist. */
export function addDays(date: string, days: number): string {
  const day = dayNumber(date);
  if (day === null) throw new RangeError(`${date} is not a date`);
  return dateOfDay(day + days);
}

/** Whether `text` is a date of the calendar written `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return dayNumber(text) !== null;
}

/** Of the months by their number, February as in a common year. */
const DAYS_OF_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Days from 1970-01-01 to a date, null when the calendar has no such date. */
export function dayNumber(date: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return null;
  const [year, month, day] = [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8))];
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 1 : 0;
  // the platform reads February 30 as March 2
  if (day < 1 || day > (DAYS_OF_MONTH[month] ?? 0) + leap) return null;
  return Date.parse(`${date}T00:00:00Z`) / DAY;
}

/** The date, `YYYY-MM-DD`, so many days from 1970-01-01. */
export function dateOfDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}
