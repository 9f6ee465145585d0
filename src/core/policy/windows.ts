/**
 * Maintenance windows and freezes in a tenant's time zone (design §4.4). A window is open while the clock on the wall shows
 * a time inside it. So when clocks go forward, what lies in the missing hour does not happen (a window from 02:30 opens at
 * 03:00, one wholly inside is left out that day); when they go back, what lies in the repeated hour happens twice.
 */

import { addDays, DAY, type EpochMs, earliest, plus } from "../time.ts";
import { clockChange, instantsOf, wallClock } from "../time-zones.ts";
import type { Freeze, Window } from "./policy.ts";

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** A weekly window opens again within a week; within two when clocks jump over it. */
const HORIZON_DAYS = 15;

/**
 * Whether one of the windows is open at `now`, else when the next opens. No windows at all means always open. Where none
 * opens within two weeks (windows without days), `next` is the end of the two weeks: a time to ask again.
 * @throws RangeError for an unknown zone.
 */
export function openAt(
  windows: readonly Window[],
  zone: string,
  now: EpochMs,
): { open: true } | { open: false; next: EpochMs } {
  if (windows.length === 0 || windows.some((window) => isInside(window, zone, now))) return { open: true };
  const today = wallClock(now, zone).date;
  for (let day = 0; day < HORIZON_DAYS; day++) {
    const date = addDays(today, day);
    // A window begins where the wall clock shows its first minute, or where a change of the clocks jumps into it.
    const starts = windows.flatMap((window) => instantsOf(date, minuteOf(window.from), zone));
    const change = changeOn(date, zone);
    const openings = (change === null ? starts : [...starts, change]).filter(
      (at) => at > now && windows.some((window) => isInside(window, zone, at)),
    );
    if (openings.length > 0) return { open: false, next: earliest(...openings) };
  }
  return { open: false, next: plus(now, HORIZON_DAYS * DAY) };
}

/**
 * Whether a freeze is in force at `now`; both its dates are frozen from their first to their last minute. `until` is the
 * first instant that no freeze covers, so that two that touch are one; `reason` is of the freeze in force now.
 * @throws RangeError for an unknown zone, where there is a freeze.
 */
export function frozenAt(
  freezes: readonly Freeze[],
  zone: string,
  now: EpochMs,
): { frozen: false } | { frozen: true; until: EpochMs; reason: string } {
  if (freezes.length === 0) return { frozen: false };
  const covering = (date: string) => freezes.find((freeze) => freeze.from <= date && date <= freeze.to);
  const first = covering(wallClock(now, zone).date);
  if (first === undefined) return { frozen: false };
  let after = addDays(first.to, 1);
  for (let next = covering(after); next !== undefined; next = covering(after)) after = addDays(next.to, 1);
  return { frozen: true, until: startOfDay(after, zone), reason: first.reason };
}

function isInside(window: Window, zone: string, at: EpochMs): boolean {
  const { weekday, minute } = wallClock(at, zone);
  const from = minuteOf(window.from);
  const to = minuteOf(window.to);
  if (from < to) return isOn(window, weekday) && minute >= from && minute < to;
  return (isOn(window, weekday) && minute >= from) || (isOn(window, weekday + 6) && minute < to);
}

function isOn(window: Window, weekday: number): boolean {
  const day = DAYS[weekday % 7];
  return day !== undefined && window.days.includes(day);
}

function minuteOf(time: string): number {
  const [hours, minutes] = time.split(":").map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

/** When the clocks are changed to show a time of this local date; null on every other day. */
function changeOn(date: string, zone: string): EpochMs | null {
  const [noon] = instantsOf(date, 12 * 60, zone);
  const change = noon === undefined ? null : clockChange(plus(noon, -DAY), plus(noon, DAY), zone);
  return change !== null && wallClock(change, zone).date === date ? change : null;
}

/** The first instant of a local date, also where clocks go forward at midnight and the day begins at 01:00. */
function startOfDay(date: string, zone: string): EpochMs {
  const [midnight] = instantsOf(date, 0, zone);
  if (midnight !== undefined) return midnight;
  const change = changeOn(date, zone);
  if (change === null) throw new RangeError(`${date} has no beginning in ${zone}`);
  return change;
}
