/** iCalendar (RFC 5545) of what stops and of what must be decided. Pure. */
import { plainName } from "../names.ts";
import { type EpochMs, formatInstant } from "../time.ts";

/** One entry of it. */
export interface Dated {
  /** The same for the same thing whenever the calendar is made; unique in the tenant. */
  readonly uid: string;
  readonly at: EpochMs;
  readonly summary: string;
  readonly description: string;
}

/** Entries at most: calendars of people do not hold more. */
export const MOST_DATED = 5_000;

interface CalendarOf {
  readonly tenant: string;
  readonly tenantId: string;
  readonly now: EpochMs;
  /** What was not seen of the tenant, a sentence each: the calendar has at least what it holds. */
  readonly short: readonly string[];
}

/** The first of them by their time; before them, as entries of the whole day, what it falls short of. */
export function calendar(dated: readonly Dated[], { tenant, tenantId, now, short }: CalendarOf): string {
  const notes = short.flatMap((one, place) => [
    "BEGIN:VEVENT",
    `UID:short-${place}@${tenantId}.nolapse`,
    `DTSTAMP:${stamp(now)}`,
    `DTSTART;VALUE=DATE:${stamp(now).slice(0, 8)}`,
    `SUMMARY:${text(`Nolapse has at least these dates of ${tenant}, not all`)}`,
    `DESCRIPTION:${text(one)}`,
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
  ]);
  const events = dated
    .toSorted((a, b) => a.at - b.at)
    .slice(0, MOST_DATED)
    .flatMap(({ uid, at, summary, description }) => [
      "BEGIN:VEVENT",
      `UID:${text(uid)}@${tenantId}.nolapse`,
      `DTSTAMP:${stamp(now)}`,
      `DTSTART:${stamp(at)}`,
      `SUMMARY:${text(summary)}`,
      `DESCRIPTION:${text(description)}`,
      "TRANSP:TRANSPARENT",
      "END:VEVENT",
    ]);
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Nolapse//forecast//EN",
    `X-WR-CALNAME:${text(`Nolapse: ${tenant}`)}`,
    ...notes,
    ...events,
    "END:VCALENDAR",
  ];
  return `${lines.flatMap(folded).join("\r\n")}\r\n`;
}

/** `20260301T120000Z`. */
function stamp(at: EpochMs): string {
  return formatInstant(at).replaceAll(/[-:]|\.\d+/g, "");
}

/** Names come from the directory: whoever writes one must not write lines of a calendar. */
function text(given: string): string {
  return plainName(given).replaceAll(/[\\;,]/g, (one) => `\\${one}`);
}

/** Octets of a line at most, without its end. */
const LINE = 75;

/** Continuations begin with a space. No character is cut. */
function folded(line: string): string[] {
  const parts: string[] = [];
  let [part, size] = ["", 0];
  for (const char of line) {
    const more = octets(char);
    if (size + more > LINE) {
      parts.push(part);
      [part, size] = [" ", 1];
    }
    part += char;
    size += more;
  }
  return [...parts, part];
}

/** Of a character in UTF-8. */
function octets(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}
