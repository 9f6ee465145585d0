/** The sentence over the audit trail: how much of it there is, since when, and whether it is as it was written. */
import type { Answer } from "../api/client.ts";
import { counted, distance, grouped, written } from "./dates.ts";

type Check = Answer<"GET /api/v1/t/{tenant}/audit/check">;

/** Of a trail in which nothing broken was found. */
export function trailSentence(
  { now, total, underWay, last }: Pick<Check, "now" | "total" | "underWay" | "last">,
  zone: string,
): { readonly strong: string; readonly rest: string } {
  if (total === 0) return { strong: "No entry yet.", rest: "" };
  const progress = underWay === null ? "" : `${grouped(underWay)} so far.`;
  if (last === null || last.since === null) {
    return { strong: `${entries(total)}.`, rest: `They are being checked: ${progress || "nothing so far."}` };
  }
  const [whole, since] = [last.wholeAt, last.checkedAt].map((at) => distance(Date.parse(at), Date.parse(now), zone));
  return {
    strong: `${entries(last.entries)}, unbroken since ${written(Date.parse(last.since), zone)}.`,
    rest: [
      whole === since ? `Checked ${whole}.` : `Checked ${whole}, and what came since ${since}.`,
      ...(progress === "" ? [] : [`They are being checked again: ${progress}`]),
    ].join(" "),
  };
}

const entries = (count: number) => counted(count, "entry", "entries");

const NOT_SIGNED: readonly string[] = ["signature", "key"] satisfies NonNullable<Check["broken"]>["what"][];

/** Which entry it is, by its number in the chain, and what is wrong with it. */
export function brokenSentence({ what, position, sequence }: NonNullable<Check["broken"]>): string {
  const entry = `Entry ${grouped(position)}`;
  const isGone = what === "removed";
  const wrong = isGone
    ? "is gone"
    : NOT_SIGNED.includes(what)
      ? "is not signed by the key of this server"
      : "is not what was sealed";
  const place = sequence === null ? "" : ` It ${isGone ? "was" : "is"} number ${grouped(sequence)} in the list.`;
  return `${entry} ${wrong}.${place}`;
}
