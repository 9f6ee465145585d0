/** The one sentence that answers "does anything stop, and when?": the first rule that holds. Pure. */

import { plainName } from "../names.ts";
import { DAY, type DurationMs, type EpochMs, plus } from "../time.ts";
import { countWords, distanceWords, groupedWords } from "../time-words.ts";
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

/** What ends within this from now ends soon: in the sentence, its figures and the view of the lists. */
export const SOON: DurationMs = 30 * DAY;

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

interface Circumstances {
  /** The last look at the tenant failed. */
  readonly missed: boolean;
  readonly now: EpochMs;
  /** The tenant's. */
  readonly zone: string;
}

/** The sentence in words, for the first page and for reports. */
export function overviewWords(
  { code, count, later, first }: OverviewSentence,
  { missed, now, zone }: Circumstances,
): string {
  const many = countWords(count, "application");
  const stop = count === 1 ? "stops" : "stop";
  switch (code) {
    case "not-scanned":
      return missed
        ? "Nothing is known yet: the first scan failed, and is tried again."
        : "Nothing is known yet. The first scan is running.";
    case "incomplete":
      if (count === 0) return "Not all could be read. Of what could, nothing stops in the next 30 days.";
      return `At least ${many} ${stop} in the next 30 days; not all could be read.`;
    case "now":
      return `${many} cannot sign in now.`;
    case "past-last-safe":
      return first === null || first.at === null
        ? `${many} ${stop} soon, and somebody must act.`
        : `${plainName(first.displayName)} stops ${distanceWords(first.at, now, zone)}. Somebody must act.`;
    case "soon":
      return `In the next 30 days ${many} ${stop} unless somebody acts.`;
    case "later":
      return `Nothing stops in the next 30 days. ${many} ${stop} later unless somebody acts.`;
    case "nothing":
      return `Nothing stops.${later > 0 ? ` ${groupedWords(later)} end later.` : " Every credential that ends is renewed in time."}`;
  }
}
