/** What a rehearsal says, in a sentence, and what it asks people to mend. */
import type { Answer } from "../api/client.ts";
import { counted } from "./dates.ts";

type One = Answer<"GET /api/v1/t/{tenant}/rehearsals/{id}">;
type Report = NonNullable<One["report"]>;

type Now = NonNullable<One["progress"]["now"]>;

const DAY = 86_400_000;

/** One more has stopped at each of these, in the order of time. */
export function steps(stops: readonly { readonly at: string }[]) {
  return stops.map(({ at }, index) => ({ at, count: index + 1 }));
}

/** How many had stopped at the end of each week of one that goes on; the last week ends now. */
export function byWeeks({ from, at, stopped }: Pick<Now, "from" | "at" | "stopped">) {
  const endOf = (index: number) => Math.min(Date.parse(from) + (index + 1) * 7 * DAY, Date.parse(at));
  const of = (which: "without" | "with") =>
    stopped.map((week, index) => ({ at: new Date(endOf(index)).toISOString(), count: week[which] }));
  return { without: of("without"), withIt: of("with") };
}

/** For how much of the time a fault could be met. */
export function shareWords(rate: number): string {
  const percent = Math.round(rate * 100);
  if (percent === 100) return "all the time";
  return percent === 0 ? "under 1 % of the time" : `${percent} % of the time`;
}

/** `bad` where Nolapse itself let something stop, or broke a rule of its own. */
export function verdictOf(
  { complete }: Pick<One, "complete">,
  report: Pick<Report, "from" | "until" | "with" | "findings">,
): { readonly sentence: string; readonly bad: boolean } {
  const days = daysOf(report);
  const within = `in ${counted(days, "day")}${complete ? "" : " of what could be read"}`;
  const lapses = report.with.filter(({ because }) => because === null);
  const [first] = lapses;
  if (first !== undefined)
    return { sentence: `${counted(lapses.length, "lapse")} ${within}: ${first.displayName} is the first.`, bad: true };
  if (report.findings.length > 0)
    return { sentence: `${counted(report.findings.length, "fault")} of Nolapse ${within}, and no lapse.`, bad: true };
  const left = report.with.length;
  if (left === 0) return { sentence: `No lapse ${within}.`, bad: false };
  const many = `${counted(left, "application")} ${left === 1 ? "needs" : "need"}`;
  return { sentence: `No lapse ${within}, but ${many} you first.`, bad: false };
}

/** How long it was lived through, which is less than asked where somebody stopped it, and with how much against it. */
export function leadOf(tenant: string, report: Pick<Report, "from" | "until" | "faults">): string {
  const kinds = report.faults.length;
  const against = kinds === 0 ? "no faults" : counted(kinds, "kind of fault", "kinds of faults");
  return `A copy of ${tenant} lived through ${counted(daysOf(report), "day")} with ${against} on. Nothing was written to the tenant.`;
}

function daysOf({ from, until }: Pick<Report, "from" | "until">): number {
  return Math.round((Date.parse(until) - Date.parse(from)) / DAY);
}

/** One line for each reason, the most frequent first. */
export function groupedNeeds(
  people: Report["people"],
): readonly { readonly reason: string; readonly sentence: string; readonly count: number }[] {
  const counts = new Map<string, { reason: string; sentence: string; count: number }>();
  for (const { reason, sentence } of people) {
    const known = counts.get(reason) ?? { reason, sentence, count: 0 };
    counts.set(reason, { ...known, count: known.count + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}
