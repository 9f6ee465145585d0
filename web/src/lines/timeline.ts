/** The tenant timeline as rectangles: what ends if nobody acts above, renewals below, what remains at the bottom. Pure. */
import type { Answer } from "../api/client.ts";
import { DAY, placeOf, rounded } from "./scale.ts";

export type Timeline = Pick<
  Answer<"GET /api/v1/t/{tenant}/timeline">,
  "now" | "from" | "to" | "zone" | "bins" | "totals"
>;
export type Bin = Timeline["bins"][number];

export interface Column {
  readonly x: number;
  readonly width: number;
  /** Heights from the axis up: solid for an application's last credential, hollow on top where another one works. */
  readonly last: number;
  readonly covered: number;
  /** Heights from the axis down: solid what was done, pale what is planned. */
  readonly renewed: number;
  readonly planned: number;
  readonly remains: number;
  /** The same in figures, where there is room for them. */
  readonly remainsCount: number | null;
  /** The exact number, on the few highest. */
  readonly peak: number | null;
}

export interface TimelineDrawing {
  readonly columns: readonly Column[];
  readonly ticks: readonly { readonly count: number; readonly up: number; readonly down: number }[];
  readonly today: number;
  /** The line of today would go through the name of a month. */
  readonly isOverMonth: boolean;
  readonly months: readonly { readonly at: number; readonly x: number }[];
}

export interface Frame {
  readonly width: number;
  /** Of the half above the axis and of the one below it. */
  readonly up: number;
  readonly down: number;
}

const LEAST_BAR = 3;
/** As far as "Nov 2026" reaches. */
const MONTH_WIDTH = 56;
const PEAKS = 6;
/** Room for the number on a peak, and for one in the lane of what remains. */
const PEAK_WIDTH = 22;
const COUNT_WIDTH = 10;
const TICKS = [1, 5, 25, 100, 400, 1_600, 6_400, 25_600, 102_400];

/** One square-root scale for both halves, so that 3 and 750 are both to be read. */
export function timelineDrawing(timeline: Timeline, frame: Frame): TimelineDrawing {
  const { bins } = timeline;
  const ends = ({ endsLast, endsCovered }: Bin) => endsLast + endsCovered;
  const renewals = ({ renewed, planned }: Bin) => renewed + planned;
  const highest = Math.max(1, ...bins.map(ends));
  const lowest = Math.max(1, ...bins.map(renewals));
  const unit = Math.min(frame.up / Math.sqrt(highest), frame.down / Math.sqrt(lowest));
  const height = (count: number) => (count === 0 ? 0 : Math.max(rounded(Math.sqrt(count) * unit), LEAST_BAR));
  const pitch = frame.width / Math.max(1, bins.length);
  const peaks = apart(peaksOf(bins.map(ends)), pitch, PEAK_WIDTH);
  const left = bins.flatMap(({ remains }, index) => (remains > 0 ? [index] : []));
  const counts = apart(left, pitch, COUNT_WIDTH);
  const columns = bins.map((bin, index): Column => {
    const [last, done] = [height(bin.endsLast), height(bin.renewed)];
    return {
      x: rounded(index * pitch),
      width: rounded(Math.max(pitch - Math.min(2, pitch / 4), 1)),
      last,
      covered: rounded(Math.max(height(ends(bin)) - last, bin.endsCovered > 0 ? LEAST_BAR : 0)),
      renewed: done,
      planned: rounded(Math.max(height(renewals(bin)) - done, bin.planned > 0 ? LEAST_BAR : 0)),
      remains: bin.remains,
      remainsCount: counts.has(index) ? bin.remains : null,
      peak: peaks.has(index) ? ends(bin) : null,
    };
  });
  const [today, months] = [todayIn(timeline, pitch), monthsIn(bins, pitch, frame.width)];
  const isOverMonth = months.some(({ x }) => today > x && today < x + MONTH_WIDTH);
  return { columns, ticks: ticksOf(unit, frame), today, isOverMonth, months };
}

/** The six highest above two and a half times the median carry their number. */
function peaksOf(counts: readonly number[]): readonly number[] {
  const sorted = counts.filter((count) => count > 0).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const found = counts
    .map((count, index) => ({ count, index }))
    .filter(({ count }) => count > 2.5 * median)
    .sort((a, b) => b.count - a.count);
  return found.slice(0, PEAKS).map(({ index }) => index);
}

/** Of columns in the order of their weight those whose figures do not stand in each other's way. */
function apart(indexes: readonly number[], pitch: number, room: number): ReadonlySet<number> {
  const kept = new Set<number>();
  for (const one of indexes) {
    if ([...kept].every((other) => Math.abs(other - one) * pitch >= room)) kept.add(one);
  }
  return kept;
}

function ticksOf(unit: number, frame: Frame): TimelineDrawing["ticks"] {
  const fits = TICKS.map((count) => ({ count, up: rounded(Math.sqrt(count) * unit) })).filter(
    ({ up }) => up >= 14 && up <= Math.max(frame.up, frame.down),
  );
  let last = 0;
  return fits.flatMap(({ count, up }) => {
    if (up - last < 16) return [];
    last = up;
    return [{ count, up: up <= frame.up ? up : 0, down: up <= frame.down ? up : 0 }];
  });
}

function todayIn({ bins, now }: Timeline, pitch: number): number {
  const at = Date.parse(now);
  const index = bins.findLastIndex(({ day }) => Date.parse(day) <= at);
  const from = Date.parse(bins[index]?.day ?? now);
  const next = bins[index + 1]?.day;
  const to = next === undefined ? endOf(bins) : Date.parse(next);
  return rounded(Math.max(index, 0) * pitch + placeOf(at, { from, to }, pitch));
}

/** Names of months stand at least 72 px apart. */
function monthsIn(bins: readonly Bin[], pitch: number, width: number): TimelineDrawing["months"] {
  let last = Number.NEGATIVE_INFINITY;
  return bins.flatMap(({ day }, index) => {
    const isFirst = index > 0 && bins[index - 1]?.day.slice(0, 7) !== day.slice(0, 7);
    const x = index * pitch;
    const isQuarter = (Number(day.slice(5, 7)) - 1) % 3 === 0;
    if (!isFirst || x - last < 72 || x + MONTH_WIDTH > width || (bins.length > 40 && !isQuarter)) return [];
    last = x;
    return [{ at: Date.parse(day), x: rounded(x) }];
  });
}

/** The bin whose middle is nearest to a place. */
export function binAt(x: number, count: number, width: number): number {
  return Math.min(Math.max(Math.floor((x / width) * count), 0), count - 1);
}

/** The bin that a day lies in; the first or the last one where it lies before or after all. */
export function binOfDay(bins: readonly Bin[], day: string): number {
  return Math.max(
    0,
    bins.findLastIndex((bin) => bin.day <= day),
  );
}

/** Whether these are months: two weeks are never further apart than their days. */
export function isByMonth(bins: readonly Pick<Bin, "day">[]): boolean {
  const [first, second] = bins;
  return second !== undefined && Date.parse(second.day) - Date.parse(first?.day ?? "") > 7 * DAY;
}

/** Where the last bin ends. */
function endOf(bins: readonly Bin[]): number {
  const last = new Date(bins.at(-1)?.day ?? "");
  return isByMonth(bins) ? Date.UTC(last.getUTCFullYear(), last.getUTCMonth() + 1, 1) : last.getTime() + 7 * DAY;
}

/** The days of some bins, from and to (both of them included), as dates. */
export function daysOf(
  bins: readonly Bin[],
  first: number,
  last: number,
): { readonly from: string; readonly to: string } {
  const next = bins[last + 1]?.day;
  const end = (next === undefined ? endOf(bins) : Date.parse(next)) - DAY;
  return { from: bins[first]?.day ?? "", to: new Date(end).toISOString().slice(0, 10) };
}
