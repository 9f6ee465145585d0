/** What the tenant's timeline says in words. Pure. */

import { counted, grouped, written } from "../text/dates.ts";
import { type Bin, isByMonth } from "./timeline.ts";

type Bins = readonly Bin[];

/** "Mon 8 Mar 2027", or "Mar 2027" of a month. A day of a bin is a date of the tenant's zone, and no instant. */
export function binName(bins: Bins, bin: Pick<Bin, "day"> | undefined): string {
  return written(Date.parse(`${bin?.day}T12:00:00Z`), "UTC", isByMonth(bins) ? "month" : "date");
}

function inBin(bins: Bins, bin: Bin): string {
  return isByMonth(bins) ? `In ${binName(bins, bin)}.` : `Week of ${binName(bins, bin)}.`;
}

/** What one bin comes to. */
export function spoken(bins: Bins, index: number): string {
  const bin = bins[index];
  if (bin === undefined) return "Nothing ends.";
  if (bin.endsLast + bin.endsCovered + bin.renewed + bin.planned + bin.ended === 0)
    return `${inBin(bins, bin)} Nothing ends.`;
  return `${inBin(bins, bin)} ${countsOf([bin])}`;
}

/** What some bins that lie side by side come to. */
export function stretchSentence(bins: Bins, first: number, last: number): string {
  const some = bins.slice(first, last + 1);
  const [from, to] = [binName(bins, some[0]), binName(bins, some.at(-1))];
  const unit = isByMonth(bins) ? "month" : "week";
  if (some.length > 1) {
    const until = unit === "month" ? to : `that of ${to}`;
    return `In the ${some.length} ${unit}s from ${from} to ${until}: ${countsOf(some)}`;
  }
  return `${unit === "month" ? "In" : "In the week of"} ${from}: ${countsOf(some)}`;
}

function countsOf(some: Bins): string {
  const sum = (of: (bin: Bin) => number) => some.reduce((so, bin) => so + of(bin), 0);
  const [last, covered] = [sum(({ endsLast }) => endsLast), sum(({ endsCovered }) => endsCovered)];
  const remains = sum((bin) => bin.remains);
  const ends = counted(last + covered, "credential ends", "credentials end");
  const done = `${grouped(sum(({ renewed }) => renewed))} renewed, ${grouped(sum(({ planned }) => planned))} planned`;
  const over = sum(({ ended }) => ended);
  const ended = over === 0 ? "" : ` ${grouped(over)} ${over === 1 ? "has" : "have"} ended already.`;
  return `${ends}, ${grouped(last)} of them the last of ${last === 1 ? "its" : "their"} application. ${done}; ${remains === 1 ? "1 remains" : `${grouped(remains)} remain`}.${ended}`;
}
