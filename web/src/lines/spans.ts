/** How much of the time a life line shows: so many days before now and as many after it. */
export const SPANS = [
  [45, "3 months"],
  [91, "6 months"],
  [183, "1 year"],
  [365, "2 years"],
  [913, "5 years"],
] as const;

/** Where nobody has chosen: on a narrow page a year would be a finger's breadth. */
export function usualDays(narrow: boolean): number {
  return narrow ? 91 : 365;
}

/** What an address asks for, where there is such a span; else the usual one. */
export function daysIn(wanted: string | undefined, narrow: boolean): number {
  const days = Number(wanted);
  return SPANS.some(([value]) => value === days) ? days : usualDays(narrow);
}
