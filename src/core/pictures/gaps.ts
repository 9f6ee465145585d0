/** The times in which nothing signed an application in, by the dates of its credentials. Pure. */
import { type EpochMs, latest } from "../time.ts";

/** When a credential works; null has no beginning, or no end. */
export interface Works {
  readonly from: EpochMs | null;
  readonly to: EpochMs | null;
}

export interface Gap {
  /** The end of the last one that worked. */
  readonly from: EpochMs;
  /** The start of the next one; null where there was none up to now. */
  readonly to: EpochMs | null;
}

/** From each end at which no other one works to the next start, oldest first, as far as it began by now. */
export function gapsOf(works: readonly Works[], now: EpochMs): Gap[] {
  const spans = works
    .map(({ from, to }) => ({ from: from ?? Number.NEGATIVE_INFINITY, to: to ?? Number.POSITIVE_INFINITY }))
    .filter(({ from, to }) => from <= now && to > from)
    .sort((a, b) => a.from - b.from);
  const gaps: Gap[] = [];
  let until = spans[0]?.to ?? Number.POSITIVE_INFINITY;
  for (const { from, to } of spans) {
    if (from > until) gaps.push({ from: until as EpochMs, to: from as EpochMs });
    until = Math.max(until, to);
  }
  return until <= now ? [...gaps, { from: until as EpochMs, to: null }] : gaps;
}

/** Why a lapse ended although no credential of the application works again. */
export const OVER = ["federated", "switched-off", "gone"] as const;
export type Over = (typeof OVER)[number];

/** When an application could not sign in, as scans noted it: from the end of the last credential to when another one worked; null while none does. */
export interface Lapsed extends Gap {
  /** Where it ended without: then `to` is until when that was seen. */
  readonly over?: Over;
}

export interface Lapse extends Lapsed {
  readonly appId: string;
}

/** When it worked for the first time after an instant, up to now; null where it did not. */
export function worksAfter({ from, to }: Works, after: EpochMs, now: EpochMs): EpochMs | null {
  const at = from === null ? after : latest(from, after);
  return at <= now && (to === null || to > at) ? at : null;
}
