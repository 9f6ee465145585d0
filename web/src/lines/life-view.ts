/** Which part of the time a life line shows: so many days before and after a day, which is today until somebody moves it. Pure. */
import { type LifeLine, spanAround } from "./life-line.ts";
import { DAY, momentOf, type Range } from "./scale.ts";

/** What is seen. Instants are milliseconds since the epoch. */
export interface View {
  /** So many before the middle, and as many after it. */
  readonly days: number;
  /** The beginning of the day (UTC) in the middle. */
  readonly middle: number;
}

/** As far from today as one may look. */
const FAR = 3_650 * DAY;

export function wholeDay(at: number): number {
  return Math.floor(at / DAY) * DAY;
}

/** The day an address names; today where it names none, or one too far away. */
export function dayIn(wanted: string | undefined, today: number): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(wanted ?? "") ? Date.parse(`${wanted}T00:00:00Z`) : Number.NaN;
  return Math.abs(at - today) <= FAR ? at : today;
}

/** How an address names it; nothing for today. */
export function dayText(middle: number, today: number): string | undefined {
  return middle === today ? undefined : new Date(middle).toISOString().slice(0, 10);
}

/** The same, so many days on or back, no farther from today than one may look. */
export function panned({ days, middle }: View, by: number, today: number): View {
  const [least, most] = [today - FAR, today + FAR];
  return { days, middle: Math.min(Math.max(middle + by * DAY, least), most) };
}

/** What is asked for: as much again on both sides, so that there is something to drag into sight. */
export function askedRange({ days, middle }: View): Range {
  return spanAround(middle, 3 * days);
}

/** What is drawn of an answer: the view, or where the answer is still of another one, what that was asked for. */
export function shownRange({ from, to }: Pick<LifeLine, "from" | "to">, { days, middle }: View): Range {
  const [least, most] = [momentOf(from), momentOf(to)];
  const wanted = spanAround(middle, days);
  if (wanted.from >= least && wanted.to <= most) return wanted;
  const side = (most - least) / 3;
  return { from: least + side, to: most - side };
}

/** The answer as if no more had been asked for than is drawn. */
export function lifeWithin(line: LifeLine, range: Range): LifeLine {
  const iso = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
  const [from, to] = [iso(range.from), iso(range.to)];
  const rows = line.rows.map((row) => ({
    ...row,
    segments: row.segments
      .filter((one) => momentOf(one.to) > range.from && momentOf(one.from) < range.to)
      .map((one) => ({
        ...one,
        from: momentOf(one.from) < range.from ? from : one.from,
        to: momentOf(one.to) > range.to ? to : one.to,
      })),
  }));
  return { ...line, from, to, rows, successors: line.successors.filter((one) => momentOf(one.from) < range.to) };
}
