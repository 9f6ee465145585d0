/** What a clock on the wall of a zone shows, as fields for a date with a time take it, and the instant that it means. */

const MINUTE = 60_000;

/** `2026-11-28T09:04` in a zone. */
export function wallOf(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}`;
}

/**
 * When the wall shows `2026-11-28T09:04`; null for what is no such text. Of the hour that comes twice it is the first, and for one that
 * is left out the instant as far after it as it would have been.
 */
export function instantOf(wall: string, zone: string): number | null {
  const asUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(wall) ? Date.parse(`${wall}:00Z`) : Number.NaN;
  if (Number.isNaN(asUtc)) return null;
  // the offset before any change of that day, and the one after it
  const offsets = [asUtc - 24 * 60 * MINUTE, asUtc + 24 * 60 * MINUTE].map((at) => offsetAt(at, zone));
  const found = offsets.map((offset) => asUtc - offset);
  const [before, after] = found as [number, number];
  return found.find((at) => wallOf(at, zone) === wall) ?? Math.max(before, after);
}

function offsetAt(at: number, zone: string): number {
  return Date.parse(`${wallOf(at, zone)}:00Z`) - Math.floor(at / MINUTE) * MINUTE;
}

/** `Europe/Amsterdam, UTC+01:00`, as it is at an instant. */
export function zoneWords(at: number, zone: string): string {
  const minutes = Math.round(offsetAt(at, zone) / MINUTE);
  const two = (count: number) => String(count).padStart(2, "0");
  const far = Math.abs(minutes);
  return `${zone}, UTC${minutes < 0 ? "−" : "+"}${two(Math.floor(far / 60))}:${two(far % 60)}`;
}
