/** What ends when, week by week: as it stands, and with what is planned. Pure; at most a few hundred bins, whatever the tenant's size. */
import { addDays, type EpochMs, plus } from "../time.ts";
import { instantsOf, wallClock } from "../time-zones.ts";
import type { Instants } from "./instants.ts";

export interface Bin {
  /** Its first day in the tenant's zone, `YYYY-MM-DD`: a Monday, or the first of a month. */
  readonly day: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly endsLast: number;
  readonly endsCovered: number;
  readonly renewed: number;
  readonly planned: number;
  /** Ends that stop an application and that no plan covers. */
  readonly remains: number;
  /** Of the one that is under way: what has ended in it already, which is no longer to come and is in no other figure. */
  readonly ended: number;
}

export type BinSize = "week" | "month";

/** Instants of what is counted. */
export interface TimelineFacts {
  /** Ends of credentials that sign in, at which no other one of the application works. */
  readonly endsLast: Instants;
  /** Ends at which another one works. */
  readonly endsCovered: Instants;
  /** Those of the first that no plan and no rotation replaces in time, nor somebody else. */
  readonly remains: Instants;
  /** A successor was verified. */
  readonly renewed: Instants;
  /** One is planned. */
  readonly planned: Instants;
}

/** More than this nobody sees, and a browser should not draw. */
export const MOST_BINS = 160;

export function timeline(
  { endsLast, endsCovered, remains, renewed, planned }: TimelineFacts,
  {
    from,
    to,
    zone,
    size,
    now = null,
  }: {
    readonly from: EpochMs;
    readonly to: EpochMs;
    readonly zone: string;
    readonly size: BinSize;
    /** Tells what is over from what is to come; where it is left out, nothing is told apart. */
    readonly now?: EpochMs | null;
  },
): readonly Bin[] {
  return edges(from, to, zone, size).map((edge) => {
    const present = now !== null && edge.from <= now && now < edge.to ? plus(now, 1) : edge.from;
    const within = (instants: Instants) => instants.between(edge.from, edge.to);
    const toCome = (instants: Instants) => instants.between(present, edge.to);
    const over = (instants: Instants) => instants.between(edge.from, present);
    return {
      ...edge,
      endsLast: toCome(endsLast),
      endsCovered: toCome(endsCovered),
      renewed: within(renewed),
      planned: within(planned),
      remains: toCome(remains),
      ended: over(endsLast) + over(endsCovered),
    };
  });
}

function edges(from: EpochMs, to: EpochMs, zone: string, size: BinSize) {
  const first = wallClock(from, zone);
  let day = size === "week" ? addDays(first.date, -((first.weekday + 6) % 7)) : `${first.date.slice(0, 7)}-01`;
  const found: { day: string; from: EpochMs; to: EpochMs }[] = [];
  for (let start = midnight(day, zone); start < to && found.length < MOST_BINS; ) {
    const next: string = size === "week" ? addDays(day, 7) : `${addDays(day, 31).slice(0, 7)}-01`;
    const end = midnight(next, zone);
    found.push({ day, from: start, to: end });
    [day, start] = [next, end];
  }
  return found;
}

/** Midnights that were looked up, by zone and date: an offset takes as long to find as a hundred thousand ends take to count. */
const midnights = new Map<string, EpochMs>();
const MOST_MIDNIGHTS = 20_000;

/** The first instant of a date; where the clocks are put forward over midnight, the first there is. */
export function midnight(date: string, zone: string): EpochMs {
  const name = `${date} ${zone}`;
  const known = midnights.get(name);
  if (known !== undefined) return known;
  for (let minute = 0; ; minute += 15) {
    const [at] = instantsOf(date, minute, zone);
    if (at === undefined) continue;
    if (midnights.size >= MOST_MIDNIGHTS) midnights.clear();
    midnights.set(name, at);
    return at;
  }
}
