/** What has happened to a credential, what the directory has on record and what is forecast, in the order of time: each is a mark in its row, and a sentence. Pure. */
import { LAST_SAFE, LAST_SAFE_MEANS } from "../text/catalogue.ts";
import { written } from "../text/dates.ts";
import type { LifeLine, LifeRow } from "./life-line.ts";
import { placeOf, type Range } from "./scale.ts";

export interface LifeEvent {
  readonly at: number;
  readonly word: string;
  /** What the word alone does not say. */
  readonly more: string | null;
}

/** The row's own name in the order of rows: the key id of a credential, or this for the successors. */
export const SUCCESSORS = "successors";

const HOUR = 3_600_000;

/** Oldest first. What a range cuts off is no event: it only looks like one at the edge. */
export function rowEvents(row: LifeRow, now: number, range: Range): readonly LifeEvent[] {
  const events = [
    ...proven(row),
    ...beginning(row, now),
    ...gaps(row, now, range),
    ...(row.goesAt === null ? [] : [event(row.goesAt, "Removal", "forecast")]),
    ...deadlines(row),
    ...ending(row, now),
  ];
  return events.toSorted((a, b) => a.at - b.at);
}

/** What follows by the plan. */
export function successorEvents(successors: LifeLine["successors"]): readonly LifeEvent[] {
  const events = successors.flatMap(({ from, to, overlapUntil }) => [
    event(from, "Renewed", "forecast"),
    ...(overlapUntil > from ? [event(overlapUntil, "The one before goes", "forecast")] : []),
    event(to, "Would end", "forecast"),
  ]);
  // where several credentials follow each other at once, it is said once
  const once = new Map(events.map((one) => [`${one.word} ${one.at}`, one]));
  return [...once.values()].toSorted((a, b) => a.at - b.at);
}

/** "Verified, Thu 16 Jul 2026 at 09:14:22, both copies signed in". */
export function eventSentence({ at, word, more }: LifeEvent, zone: string): string {
  return `${word}, ${written(at, zone)} at ${written(at, zone, "time")}${more === null ? "" : `, ${more}`}`;
}

/** As near as a pointer has to be, pixels. */
const NEAR = 12;

/** The event that lies nearest to a place, of several at one place the last; null where none is near, or it is out of sight. */
export function eventNear(events: readonly LifeEvent[], x: number, range: Range, width: number): LifeEvent | null {
  const far = ({ at }: LifeEvent) => Math.abs(placeOf(at, range, width) - x);
  const seen = events.filter((one) => one.at >= range.from && one.at <= range.to && far(one) <= NEAR);
  return seen.reduce<LifeEvent | null>((so, one) => (so === null || far(one) <= far(so) ? one : so), null);
}

function event(instant: string, word: string, more: string | null = null): LifeEvent {
  return { at: Date.parse(instant), word, more };
}

function proven({ proofs, copies, assurance }: LifeRow): LifeEvent[] {
  if (proofs === null) return [];
  const { issued, accepted, delivered, verified, retired } = proofs;
  return [
    ...(issued === null ? [] : [event(issued, "Issued", "by Nolapse")]),
    ...(accepted === null ? [] : [event(accepted, "Accepted", "the token endpoint takes it")]),
    ...(delivered === null ? [] : [event(delivered, "Delivered", `to ${many(copies ?? 1, "target", "both targets")}`)]),
    ...(verified === null ? [] : [event(verified, "Verified", proofWords(copies ?? 1, assurance))]),
    ...(retired === null ? [] : [event(retired, "Retired", "the one it replaces is gone")]),
  ];
}

/** How strong the proof of a verification is, in words that say no more than it. */
function proofWords(copies: number, assurance: LifeRow["assurance"]): string | null {
  const all = many(copies, "copy", "both copies");
  switch (assurance) {
    case "token":
      return `${all} signed in`;
    case "authenticated-blocked":
      return `${all} signed in, and ${copies === 1 ? "was" : "were"} refused a token by the tenant's own rules`;
    case "consumer-evidence":
      return "somebody signed in with it";
    case "receipt":
      return `${copies === 1 ? "its target has" : "its targets have"} a receipt for it`;
    case "person":
      return "a person says so";
    default:
      return null;
  }
}

function many(count: number, one: string, both: string): string {
  if (count === 1) return `its ${one}`;
  return count === 2 ? both : `all ${count} ${one === "copy" ? "copies" : `${one}s`}`;
}

/** Of one that Nolapse issued this is the same moment as its first proof. */
function beginning({ start, proofs }: LifeRow, now: number): LifeEvent[] {
  if (start === null) return [];
  const issued = proofs?.issued ?? null;
  if (issued !== null && Math.abs(Date.parse(issued) - Date.parse(start)) < HOUR) return [];
  return [event(start, Date.parse(start) > now ? "Valid from here" : "Began to work")];
}

function gaps({ segments, goesAt }: LifeRow, now: number, range: Range): LifeEvent[] {
  return segments.flatMap(({ what, tense, from, to }) => {
    const [begins, ends] = [Date.parse(from), Date.parse(to)];
    if (what === "lapse") {
      return [
        ...(begins > range.from ? [event(from, "Nothing signed in any more")] : []),
        ...(ends < Math.min(now, range.to) ? [event(to, "Signed in again")] : []),
      ];
    }
    // where the plan removes it then, that is what is said
    const isForecast = what === "overlap" && tense === "forecast" && ends < range.to && to !== goesAt;
    return isForecast ? [event(to, "The overlap ends", "forecast")] : [];
  });
}

function deadlines({ deadlines: dates, removedAt }: LifeRow): LifeEvent[] {
  if (dates === null || removedAt !== null) return [];
  return [
    event(dates.renew, "Renewal", "forecast"),
    event(dates.urgent, "Urgent from here"),
    event(dates.lastSafe, LAST_SAFE, LAST_SAFE_MEANS),
  ];
}

function ending({ end, removedAt }: LifeRow, now: number): LifeEvent[] {
  const gone = removedAt === null ? [] : [event(removedAt, "Removed")];
  if (end === null) return gone;
  if (removedAt !== null)
    return Date.parse(end) > Date.parse(removedAt) ? [...gone, event(end, "Would have ended")] : gone;
  return [Date.parse(end) <= now ? event(end, "Ended", "still listed") : event(end, "Ends", "as the directory has it")];
}
