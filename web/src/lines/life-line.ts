/** The life line of an application as rectangles: input the API's answer, output what is drawn. Pure. */
import type { Answer } from "../api/client.ts";
import { isLocked } from "./life-words.ts";
import { chainOf, type Event } from "./proofs.ts";
import { DAY, momentOf, placeOf, type Range, rounded } from "./scale.ts";

export type LifeLine = Pick<
  Answer<"GET /api/v1/t/{tenant}/applications/{id}/life-line">,
  "now" | "from" | "to" | "zone" | "rows" | "successors"
>;
export type LifeRow = LifeLine["rows"][number];
type Segment = LifeRow["segments"][number];

/** How a part of a bar looks: its tense, or the stripes of an overlap, done or forecast. */
export type Look = "happened" | "recorded" | "forecast" | "overlap" | "overlap-forecast" | "inert";

export interface Bar {
  readonly x: number;
  readonly width: number;
  readonly look: Look;
}

export interface Stroke {
  readonly from: number;
  readonly to: number;
  /** Dotted: removed before its end. Grey: ended, another one works. Red: nothing signed in. */
  readonly kind: "removed" | "ended" | "lapse";
}

export interface Ruler {
  readonly renew: number;
  readonly urgent: number;
  readonly lastSafe: number;
  readonly end: number;
  readonly dueAtOnce: boolean;
}

export interface RowDrawing {
  readonly bars: readonly Bar[];
  readonly strokes: readonly Stroke[];
  /** Begins before the range; goes on after it. */
  readonly torn: { readonly left: boolean; readonly right: boolean };
  readonly caps: readonly { readonly x: number; readonly kind: "removed" | "goes" | "starts" }[];
  readonly cross: { readonly x: number; readonly kind: "ended" | "lapse" } | null;
  readonly chain: readonly Event[];
  readonly ruler: Ruler | null;
}

/** An overlap is never narrower than this, or nobody sees it. */
const LEAST_OVERLAP = 7;

export function rowDrawing(row: LifeRow, range: Range, now: number, width: number): RowDrawing {
  const place = (at: number) => rounded(placeOf(at, range, width));
  const visible = row.segments.filter((one) => momentOf(one.to) > range.from && momentOf(one.from) < range.to);
  const solid = visible.filter(({ what }) => what === "worked" || what === "valid");
  const bars = [...solid, ...visible.filter(({ what }) => what === "overlap")].map((one) => barOf(one, row, place));
  const strokes = visible.flatMap((one): Stroke[] =>
    one.what === "removed" || one.what === "ended" || one.what === "lapse"
      ? [{ from: place(momentOf(one.from)), to: place(momentOf(one.to)), kind: one.what }]
      : [],
  );
  const start = row.start === null ? Number.NEGATIVE_INFINITY : momentOf(row.start);
  const end = row.end === null ? Number.POSITIVE_INFINITY : momentOf(row.end);
  const removed = row.removedAt === null ? null : momentOf(row.removedAt);
  const goes = row.goesAt === null ? null : momentOf(row.goesAt);
  const isInside = (at: number) => at >= range.from && at <= range.to;
  const lapse = strokes.find(({ kind }) => kind === "lapse");
  const ended = strokes.find(({ kind }) => kind === "ended");
  return {
    bars,
    strokes,
    torn: { left: start < range.from && bars.length > 0, right: removed === null && (goes ?? end) > range.to },
    caps: [
      ...(removed !== null && isInside(removed) ? [{ x: place(removed), kind: "removed" as const }] : []),
      ...(goes !== null && isInside(goes) ? [{ x: place(goes), kind: "goes" as const }] : []),
      ...(start > now && isInside(start) ? [{ x: place(start), kind: "starts" as const }] : []),
    ],
    cross: isInside(end) && end <= now ? crossOf(place(end), lapse ?? ended) : null,
    chain: row.proofs === null ? [] : chainOf(row.proofs, range, width),
    ruler: rulerOf(row, start, place),
  };
}

function crossOf(x: number, after: Stroke | undefined): RowDrawing["cross"] {
  return after === undefined || after.kind === "removed" ? null : { x, kind: after.kind };
}

function barOf({ from, to, tense, what }: Segment, row: LifeRow, place: (at: number) => number): Bar {
  const [x, right] = [place(momentOf(from)), place(momentOf(to))];
  if (what === "overlap") {
    const width = Math.max(right - x, LEAST_OVERLAP);
    return { x: rounded(x), width: rounded(width), look: tense === "forecast" ? "overlap-forecast" : "overlap" };
  }
  return { x, width: rounded(right - x), look: row.signsIn && !isLocked(row) ? tense : "inert" };
}

/** From renewal to end, below the bar of what a plan renews. A renewal time before the start is due at once. */
function rulerOf({ deadlines, end }: LifeRow, start: number, place: (at: number) => number): Ruler | null {
  if (deadlines === null || end === null) return null;
  const renew = momentOf(deadlines.renew);
  return {
    renew: place(Math.max(renew, start)),
    urgent: place(momentOf(deadlines.urgent)),
    lastSafe: place(momentOf(deadlines.lastSafe)),
    end: place(momentOf(end)),
    dueAtOnce: renew < start,
  };
}

export interface SuccessorDrawing {
  readonly bars: readonly Bar[];
  readonly starts: readonly { readonly x: number; readonly at: number }[];
}

/** All successors in one row: dashed bars, stripes where two overlap; the first one's overlap is in the row it replaces, too. */
export function successorDrawing(successors: LifeLine["successors"], range: Range, width: number): SuccessorDrawing {
  const place = (at: string) => rounded(placeOf(momentOf(at), range, width));
  const shown = successors.filter(({ from, to }) => momentOf(to) > range.from && momentOf(from) < range.to);
  const bars = shown.flatMap(({ from, to, overlapUntil }): Bar[] => {
    const [x, both, right] = [place(from), place(overlapUntil), place(to)];
    const whole: Bar = { x, width: rounded(right - x), look: "forecast" };
    if (both <= x) return [whole];
    return [whole, { x, width: rounded(Math.max(both - x, LEAST_OVERLAP)), look: "overlap-forecast" }];
  });
  return { bars, starts: apart(shown.map(({ from }) => ({ x: place(from), at: momentOf(from) }))) };
}

/** Dates under bars keep their distance: one that would stand on another is left out. */
function apart<T extends { readonly x: number }>(marks: readonly T[]): readonly T[] {
  const kept: T[] = [];
  for (const one of marks) if (one.x - (kept.at(-1)?.x ?? Number.NEGATIVE_INFINITY) >= 72) kept.push(one);
  return kept;
}

/** Beginnings of months (UTC is close enough for a grid line) at which the grid stands, at most about ten. */
export function monthsOf({ from, to }: Range): readonly number[] {
  const every = [1, 3, 6, 12, 24].find((months) => (to - from) / DAY / 30.4 / months <= 10) ?? 60;
  const first = new Date(from);
  const marks: number[] = [];
  for (let month = Math.ceil(monthIndex(first) / every) * every; ; month += every) {
    const at = Date.UTC(Math.floor(month / 12), month % 12, 1);
    if (at > to) return marks;
    if (at >= from) marks.push(at);
  }
}

/** As wide as "Nov 2026" is with room around it, pixels. */
const MONTH_WIDTH = 58;

/** Of these those whose name has room beside the one before it, and before the end. */
export function namedMonths(range: Range, width: number): readonly { readonly at: number; readonly x: number }[] {
  let last = Number.NEGATIVE_INFINITY;
  return monthsOf(range).flatMap((at) => {
    const x = rounded(placeOf(at, range, width));
    if (x - last < MONTH_WIDTH || x + MONTH_WIDTH > width) return [];
    last = x;
    return [{ at, x }];
  });
}

function monthIndex(date: Date): number {
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** The close-up's own range: from two days before today or the renewal, to eight days after the end. */
export function closeUpRange(row: LifeRow, now: number): Range | null {
  if (row.deadlines === null || row.end === null) return null;
  const from = Math.min(now, momentOf(row.deadlines.renew)) - 2 * DAY;
  return { from, to: momentOf(row.end) + 8 * DAY };
}

/**
 * The row as a whole: what lies outside of the range that was asked for is cut off its segments, and the close-up, which has a range of
 * its own, would end it there.
 */
export function wholeRow(row: LifeRow): LifeRow {
  const { end, removedAt, goesAt } = row;
  const stops = removedAt ?? goesAt ?? end;
  if (stops === null) return row;
  const last = row.segments.findLastIndex(({ what }) => what === "valid");
  const segments = row.segments.map((one, index) =>
    index === last && momentOf(one.to) < momentOf(stops) ? { ...one, to: stops } : one,
  );
  return { ...row, segments };
}

export interface Label {
  readonly name: "renew" | "urgent" | "lastSafe";
  readonly at: number;
  readonly x: number;
  /** 0, or more where one nearer than 104 px stands before it. */
  readonly line: number;
}

export function deadlineLabels(row: LifeRow, range: Range, width: number): readonly Label[] {
  if (row.deadlines === null) return [];
  const { renew, urgent, lastSafe } = row.deadlines;
  let last: { x: number; line: number } | null = null;
  return Object.entries({ renew, urgent, lastSafe }).map(([name, instant]) => {
    const at = momentOf(instant);
    const x = rounded(placeOf(at, range, width));
    const line: number = last !== null && x - last.x < 104 ? last.line + 1 : 0;
    last = { x, line };
    return { name: name as Label["name"], at, x, line };
  });
}

/** The range that is shown: so many days before and after now. */
export function spanAround(now: number, days: number): Range {
  return { from: now - days * DAY, to: now + days * DAY };
}
