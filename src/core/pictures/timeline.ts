/** What ends when, week by week: as it stands, and with what is planned. Pure; at most a few hundred bins, whatever the tenant's size. */
import { addDays, type EpochMs } from "../time.ts";
import { instantsOf, wallClock } from "../time-zones.ts";

/** One end of a credential that signs in. */
export interface Ending {
  readonly at: EpochMs;
  /** No other credential of the application works then. */
  readonly last: boolean;
  /** A plan or a rotation replaces it in time, or somebody else does. */
  readonly covered: boolean;
}

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
}

export type BinSize = "week" | "month";

export interface TimelineFacts {
  readonly endings: readonly Ending[];
  /** Instants at which a successor was verified. */
  readonly renewed: readonly EpochMs[];
  /** Instants at which one is planned. */
  readonly planned: readonly EpochMs[];
}

/** More than this nobody sees, and a browser should not draw. */
export const MOST_BINS = 160;

export function timeline(
  { endings, renewed, planned }: TimelineFacts,
  {
    from,
    to,
    zone,
    size,
  }: { readonly from: EpochMs; readonly to: EpochMs; readonly zone: string; readonly size: BinSize },
): readonly Bin[] {
  const bins = edges(from, to, zone, size).map((edge) => ({
    ...edge,
    endsLast: 0,
    endsCovered: 0,
    renewed: 0,
    planned: 0,
    remains: 0,
  }));
  const at = (instant: EpochMs) => bins[indexOf(bins, instant)];
  for (const { at: end, last, covered } of endings) {
    const bin = at(end);
    if (bin === undefined) continue;
    if (last) bin.endsLast += 1;
    else bin.endsCovered += 1;
    if (last && !covered) bin.remains += 1;
  }
  for (const instant of renewed) {
    const bin = at(instant);
    if (bin !== undefined) bin.renewed += 1;
  }
  for (const instant of planned) {
    const bin = at(instant);
    if (bin !== undefined) bin.planned += 1;
  }
  return bins;
}

/** The bin an instant lies in, by halving; -1 outside. */
function indexOf(bins: readonly { readonly from: EpochMs; readonly to: EpochMs }[], at: EpochMs): number {
  let [low, high] = [0, bins.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const bin = bins[middle];
    if (bin === undefined) return -1;
    if (at < bin.from) high = middle - 1;
    else if (at >= bin.to) low = middle + 1;
    else return middle;
  }
  return -1;
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

/** The first instant of a date; where the clocks are put forward over midnight, the first there is. */
function midnight(date: string, zone: string): EpochMs {
  for (let minute = 0; ; minute += 15) {
    const [at] = instantsOf(date, minute, zone);
    if (at !== undefined) return at;
  }
}
