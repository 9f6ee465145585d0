/** The one sentence that answers "does anything stop, and when?": the first rule that holds. Pure. */

import { DAY, type EpochMs, plus } from "../time.ts";
import type { Outlook } from "./outlook.ts";
import { isCovered } from "./outlook.ts";

export type OverviewCode = "not-scanned" | "incomplete" | "now" | "past-last-safe" | "soon" | "later" | "nothing";

export interface OverviewSentence {
  readonly code: OverviewCode;
  /** How many applications it is about. */
  readonly count: number;
  /** The first of them, and when. */
  readonly first: { readonly objectId: string; readonly displayName: string; readonly at: EpochMs | null } | null;
  /** Those that stop after the ones it is about. */
  readonly later: number;
}

export interface Judged {
  readonly objectId: string;
  readonly displayName: string;
  readonly outlook: Outlook;
  readonly lastSafeAt: EpochMs | null;
}

/** What "soon" means. */
const SOON = 30 * DAY;

/** `more` of those that stop later than soon may be left out of `all`, as long as the first of them is there: they are only counted. */
export function overviewOf(all: readonly Judged[], complete: boolean, now: EpochMs, more = 0): OverviewSentence {
  const stopping = all
    .filter(({ outlook }) => !isCovered(outlook) && outlook.signsIn && outlook.signsInUntil !== null)
    .sort((a, b) => (a.outlook.signsInUntil ?? 0) - (b.outlook.signsInUntil ?? 0));
  // bound, so somebody relies on it, and nothing signs it in
  const down = all.filter(({ outlook }) => !outlook.signsIn && outlook.next.code === "stops");
  const late = stopping.filter(({ lastSafeAt }) => lastSafeAt !== null && lastSafeAt <= now);
  const soon = stopping.filter(({ outlook }) => (outlook.signsInUntil ?? now) <= plus(now, SOON));
  const say = (code: OverviewCode, about: readonly Judged[]): OverviewSentence => {
    const [first] = about;
    return {
      code,
      count: about.length + (code === "later" ? more : 0),
      first:
        first === undefined
          ? null
          : { objectId: first.objectId, displayName: first.displayName, at: first.outlook.signsInUntil },
      later: code === "later" ? 0 : Math.max(0, stopping.length + more - about.length),
    };
  };
  if (!complete) return say("incomplete", soon);
  if (down.length > 0) return say("now", down);
  if (late.length > 0) return say("past-last-safe", late);
  if (soon.length > 0) return say("soon", soon);
  return stopping.length > 0 ? say("later", stopping) : say("nothing", []);
}
