/** The small life line of a list's row as rectangles: input the API's answer, output what is drawn. Pure. */
import type { Answer } from "../api/client.ts";
import { placeOf, rounded } from "./scale.ts";

export type Line = Answer<"GET /api/v1/t/{tenant}/applications">["items"][number]["line"];

export const SMALL = { width: 120, height: 14 } as const;
const HALF = 365 * 86_400_000;
export interface SmallBar {
  readonly x: number;
  readonly width: number;
  readonly tense: Line[number]["tense"];
  readonly both: boolean;
}

/** Where the bars lie. Pure. */
export function smallBars(line: Line, now: number): readonly SmallBar[] {
  const range = { from: now - HALF, to: now + HALF };
  return line.map(({ from, to, tense, what }) => {
    const [x, right] = [Date.parse(from), Date.parse(to)].map((at) => rounded(placeOf(at, range, SMALL.width)));
    return { x: x ?? 0, width: Math.max(rounded((right ?? 0) - (x ?? 0)), 1), tense, both: what === "overlap" };
  });
}

/** Where nobody signs in any more, past or to come; null where that is not within the line, or nobody ever did. */
export function smallEnd(line: Line, now: number): number | null {
  const last = Math.max(...line.map(({ to }) => Date.parse(to)));
  return line.length === 0 || last >= now + HALF
    ? null
    : rounded(placeOf(last, { from: now - HALF, to: now + HALF }, SMALL.width));
}
