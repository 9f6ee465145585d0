/**
 * The life line of an application as small as a row of a list: when something signs it in, when two do, and what its renewal adds. From a
 * year before the present to a year after it. Pure.
 */
import { DAY, type EpochMs, plus } from "../time.ts";
import type { Segment } from "./life-line.ts";

export interface SmallFacts {
  /** From when until when each credential that signs in does. */
  readonly spans: readonly { readonly from: EpochMs | null; readonly to: EpochMs | null }[];
  /** Whether what ends is replaced in time. */
  readonly covered: boolean;
}

/** Half of the line, milliseconds. */
export const SMALL_HALF: number = 365 * DAY;

export function smallLine({ spans, covered }: SmallFacts, now: EpochMs): readonly Segment[] {
  const [first, last] = [plus(now, -SMALL_HALF), plus(now, SMALL_HALF)];
  const clipped = spans.flatMap(({ from, to }) => {
    const [a, b] = [Math.max(from ?? first, first) as EpochMs, Math.min(to ?? last, last) as EpochMs];
    return b > a ? [{ from: a, to: b }] : [];
  });
  const edges = [...new Set([now, ...clipped.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b);
  const segments: Segment[] = [];
  for (const [index, from] of edges.entries()) {
    const to = edges[index + 1];
    if (to === undefined) break;
    const working = clipped.filter((one) => one.from <= from && one.to >= to).length;
    if (working === 0) continue;
    const past = to <= now;
    const what = working > 1 ? "overlap" : past ? "worked" : "valid";
    const before = segments.at(-1);
    if (before?.to === from && before.what === what && before.tense === (past ? "happened" : "recorded")) {
      segments[segments.length - 1] = { ...before, to };
    } else segments.push({ from, to, tense: past ? "happened" : "recorded", what });
  }
  const until = Math.max(now, ...clipped.map(({ to }) => to)) as EpochMs;
  if (covered && until < last) segments.push({ from: until, to: last, tense: "forecast", what: "valid" });
  return segments;
}

/**
 * Between these two instants, both left out, the line differs from the one now in nothing but its edges at the present and a year before
 * and after it; where something changes at this very instant, there is nothing between them.
 */
export function sameLineBetween(
  { spans }: SmallFacts,
  now: EpochMs,
): { readonly after: EpochMs; readonly before: EpochMs } {
  let [after, before] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { from, to } of spans) {
    for (const edge of [from, to]) {
      if (edge === null) continue;
      // when the present, its year before or its year after is there
      for (const turn of [edge - SMALL_HALF, edge, edge + SMALL_HALF]) {
        if (turn <= now) after = Math.max(after, turn);
        if (turn >= now) before = Math.min(before, turn);
      }
    }
  }
  return { after: after as EpochMs, before: before as EpochMs };
}
