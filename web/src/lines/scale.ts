/** Where a moment lies in a drawing. Instants are milliseconds since the epoch, places are pixels. */

export interface Range {
  readonly from: number;
  readonly to: number;
}

export const DAY = 86_400_000;

/** The place of a moment in a drawing that is `width` wide, clipped to it. */
export function placeOf(at: number, { from, to }: Range, width: number): number {
  const place = ((at - from) / (to - from)) * width;
  return Math.min(Math.max(place, 0), width);
}

/** Two decimals are more than a screen can show. */
export function rounded(place: number): number {
  return Math.round(place * 100) / 100;
}

/** Milliseconds of an instant in the API's writing. */
export function momentOf(instant: string): number {
  return Date.parse(instant);
}
