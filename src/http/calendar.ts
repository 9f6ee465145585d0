/** iCalendar (RFC 5545) of what stops, one entry for each application that nothing renews. */
import { NEXT } from "../core/pictures/outlook.ts";
import { REASONS } from "../core/reasons.ts";
import { type EpochMs, formatInstant } from "../core/time.ts";
import type { Picture } from "../engine/picture.ts";

/** Entries at most; calendars of people do not hold more. */
const MOST = 5_000;

export function calendar(tenant: string, picture: Picture, now: EpochMs): string {
  const stopping = picture.all.filter(
    ({ outlook: { next, signsInUntil } }) =>
      signsInUntil !== null && signsInUntil > now && (next.code === "stops" || next.code === "not-managed"),
  );
  const events = stopping
    .slice(0, MOST)
    .flatMap(({ appId, displayName, outlook: { next, signsInUntil } }) => [
      "BEGIN:VEVENT",
      `UID:${appId}@${picture.scan.tenantId}.nolapse`,
      `DTSTAMP:${stamp(now)}`,
      `DTSTART:${stamp(signsInUntil as EpochMs)}`,
      `SUMMARY:${text(`${displayName} stops`)}`,
      `DESCRIPTION:${text(`${NEXT[next.code]}: ${next.reason === null ? "" : REASONS[next.reason]} (client id ${appId})`)}`,
      "TRANSP:TRANSPARENT",
      "END:VEVENT",
    ]);
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Nolapse//forecast//EN",
    `X-WR-CALNAME:${text(`Nolapse: ${tenant}`)}`,
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
  return given.replaceAll(/\p{Cc}+/gu, " ").replaceAll(/[\\;,]/g, (one) => `\\${one}`);
}

/** Lines are at most 75 octets; continuations begin with a space. */
function folded(line: string): string[] {
  const parts: string[] = [];
  let part = "";
  for (const char of line) {
    if (Buffer.byteLength(part + char) > 74) {
      parts.push(part);
      part = ` ${char}`;
    } else part += char;
  }
  return [...parts, part];
}
