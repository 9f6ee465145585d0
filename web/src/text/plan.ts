/** The sentences above the plan. Pure. */
import type { Answer } from "../api/client.ts";
import { counted, written } from "./dates.ts";

type Plan = Pick<
  Answer<"GET /api/v1/t/{tenant}/plan">,
  "tab" | "total" | "mends" | "decideBy" | "issuedBy" | "retiredBy" | "now"
>;

export function planSentence({ tab, total, mends, decideBy, now }: Plan, zone: string): string {
  const many = counted(total, tab === "cannot" ? "credential" : "rotation");
  if (tab === "next") return `${many} in the next 30 days.`;
  if (tab === "waiting") {
    const waits = `${many} ${total === 1 ? "waits" : "wait"} for a person.`;
    if (decideBy === null) return waits;
    const by = written(Date.parse(decideBy), zone, "dateTime");
    const which = total === 1 ? "It" : "The first";
    return decideBy <= now
      ? `${waits} ${which} should have been decided by ${by}: it is urgent.`
      : `${waits} ${which} must be decided by ${by}.`;
  }
  const reasons = mends.length === 1 ? "" : `, for ${counted(mends.length, "reason")}`;
  return `${many} cannot be renewed as things are${reasons}.`;
}

/** When what is due now is over, by the limits; null where nothing is due. */
export function finishSentence({ tab, issuedBy, retiredBy }: Plan, zone: string): string | null {
  if (tab !== "next" || issuedBy === null) return null;
  const at = (instant: string) => written(Date.parse(instant), zone, "dateTime");
  const gone = retiredBy === null ? "" : ` The last of the old ones goes by ${at(retiredBy)}.`;
  return `What is due now has its new credentials by ${at(issuedBy)}.${gone}`;
}
