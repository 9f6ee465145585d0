/** How long something new shall last: a length of the list, or an end of one's own that lies where the server says that it may. */
import type { Answer } from "../api/client.ts";
import { written } from "../text/dates.ts";
import { instantOf, wallOf } from "../text/wall-clock.ts";

/** What the server says of it for something that begins now. */
export interface EndRange {
  readonly earliest: string;
  readonly latest: string;
  /** Who forbids a later one; null: nothing lasts longer than 24 months. */
  readonly why: string | null;
}

export interface CustomEnd {
  /** Null: at once. */
  readonly start: number | null;
  /** Null where none is given yet. */
  readonly end: number | null;
  readonly latest: number;
  /** What is wrong with either; null: nothing. */
  readonly startFault: string | null;
  readonly endFault: string | null;
}

/** `start` and `end` as a wall clock of the zone shows them; empty where they are not given. */
export function customEnd(
  { start, end }: { readonly start: string; readonly end: string },
  { earliest, latest, why }: EndRange,
  now: string,
  zone: string,
): CustomEnd {
  const present = Date.parse(now);
  const [begins, ends] = [instantOf(start, zone), instantOf(end, zone)];
  // who begins later may end later
  const later = Math.max(0, (begins ?? present) - present);
  const [from, until] = [Date.parse(earliest) + later, Date.parse(latest) + later];
  const say = (at: number) => written(at, zone, "dateTime");
  const tooLate = why === null ? "At most 24 months (730 days)" : `Not allowed: ${why}`;
  const endFault =
    ends === null
      ? null
      : ends > until
        ? `${tooLate}: until ${say(until)}.`
        : ends < from
          ? `Too soon: not before ${say(from)}.`
          : null;
  const startFault = begins !== null && begins <= present ? "It begins in the past: leave it out to begin now." : null;
  return { start: begins, end: ends, latest: until, startFault, endFault };
}

export type Preset = Answer<"GET /api/v1/t/{tenant}/applications/{id}/secret-options">["shown"]["presets"][number];

/** A length of the list, or `custom`; instants as the wall clock of the tenant's zone shows them, `2026-11-28T09:04`. */
export interface Lasting {
  readonly choice: string;
  readonly start: string;
  readonly end: string;
}

/** What the server offers, and the present it said it at. */
export interface Offered {
  readonly presets: readonly Preset[];
  readonly custom: EndRange;
  readonly now: string;
  /** Whether it may begin later. */
  readonly withStart: boolean;
}

export function firstLasting(presets: readonly Preset[]): Lasting {
  const allowed = presets.filter((one) => one.allowed);
  const best = allowed.find((one) => one.recommended) ?? allowed.at(-1) ?? presets[0];
  return { choice: String(best?.days ?? "custom"), start: "", end: "" };
}

const HOUR = 3_600_000;

/** To end when something else was to: the length that comes to it, where it is allowed, and else that very minute. */
export function lastingUntil(end: string, presets: readonly Preset[], zone: string): Lasting {
  const at = Date.parse(end);
  // a length runs from when it is asked for, and a while has gone by since
  const same = presets.find((one) => one.allowed && Math.abs(Date.parse(one.end) - at) < HOUR);
  return same === undefined
    ? { choice: "custom", start: "", end: wallOf(at, zone) }
    : { choice: String(same.days), start: "", end: "" };
}

export interface Asked {
  readonly days?: number;
  readonly start?: string;
  readonly end?: string;
}

/** What the server is asked for; null where something is missing or not allowed. */
export function askedFor(lasting: Lasting, { presets, custom, now, withStart }: Offered, zone: string): Asked | null {
  const { choice } = lasting;
  if (choice !== "custom") {
    const preset = presets.find(({ days }) => String(days) === choice);
    return preset?.allowed ? { days: preset.days } : null;
  }
  const { start, end, startFault, endFault } = customEnd(
    withStart ? lasting : { ...lasting, start: "" },
    custom,
    now,
    zone,
  );
  if (end === null || startFault !== null || endFault !== null) return null;
  const iso = (at: number) => new Date(at).toISOString();
  return { end: iso(end), ...(start === null ? {} : { start: iso(start) }) };
}
