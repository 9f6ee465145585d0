/** What the plan comes to day by day, as rectangles: input the API's answer, output what is drawn. Pure. */
import type { Answer } from "../api/client.ts";
import { grouped, written } from "../text/dates.ts";
import { DAY, rounded } from "./scale.ts";

export type Load = Answer<"GET /api/v1/t/{tenant}/plan">["load"];

export interface LoadBar {
  readonly day: string;
  readonly x: number;
  readonly width: number;
  /** From the ground up; of it, what is urgent stands at the bottom. */
  readonly height: number;
  readonly urgent: number;
  readonly count: number;
}

const LEAST_BAR = 3;
const WIDEST = 24;

/** One bar for each day that has any, at its place between the first day and the last. */
export function loadBars(load: Load, width: number, height: number): readonly LoadBar[] {
  const [first, last] = [load[0], load.at(-1)].map((one) => Date.parse(one?.day ?? ""));
  if (first === undefined || last === undefined || load.length === 0) return [];
  const pitch = Math.min(width / ((last - first) / DAY + 1), WIDEST);
  const most = Math.max(...load.map(({ issues }) => issues));
  const tall = (count: number) => (count === 0 ? 0 : Math.max(rounded((count / most) * height), LEAST_BAR));
  return load.map(({ day, issues, urgent }) => ({
    day,
    x: rounded(((Date.parse(day) - first) / DAY) * pitch),
    width: rounded(Math.max(pitch - 2, 1)),
    height: tall(issues),
    urgent: tall(urgent),
    count: issues,
  }));
}

/** The same in words, in place of the drawing. */
export function loadSentence(load: Load): string {
  const days = load.map(({ day, issues, urgent }) => {
    const on = `${grouped(issues)} on ${written(Date.parse(day), "UTC")}`;
    return urgent === 0 ? on : `${on}, ${grouped(urgent)} of them urgent`;
  });
  return `By day (UTC): ${days.join("; ")}.`;
}
