/** The plans of several tenants as one, and the sentences above the plan. Pure. */
import type { Answer } from "../api/client.ts";
import { counted, written } from "./dates.ts";

type Answered = Answer<"GET /api/v1/t/{tenant}/plan">;
type Plan = Pick<Answered, "tab" | "total" | "decideBy" | "issuedBy" | "retiredBy" | "now">;

/** What to do about a reason, and in which tenants it is one. */
export type Mend = Answered["mends"][number] & { readonly tenants: readonly string[] };

interface Of {
  readonly tenant: string;
  readonly answer: Pick<Answered, "mends" | "load">;
}

/** What somebody here can mend first, and of that what settles most, as each tenant has it. */
export function mendsOf(plans: readonly Of[]): readonly Mend[] {
  const all = plans.flatMap(({ tenant, answer }) => answer.mends.map((mend) => ({ mend, tenant })));
  const mends = [...Map.groupBy(all, ({ mend }) => mend.reason).values()].flatMap((of) => {
    const [first] = of;
    if (first === undefined) return [];
    const sum = (what: "credentials" | "applications") => of.reduce((so, { mend }) => so + mend[what], 0);
    const tenants = of.map(({ tenant }) => tenant);
    return [{ ...first.mend, credentials: sum("credentials"), applications: sum("applications"), tenants }];
  });
  return mends.toSorted(
    (a, b) =>
      Number(a.by === "others") - Number(b.by === "others") ||
      b.applications - a.applications ||
      (a.reason < b.reason ? -1 : 1),
  );
}

/** How many begin on each day. */
export function loadOf(plans: readonly Of[]): Answered["load"] {
  const days = Map.groupBy(
    plans.flatMap(({ answer }) => answer.load),
    ({ day }) => day,
  );
  return [...days]
    .map(([day, of]) => ({
      day,
      issues: of.reduce((so, { issues }) => so + issues, 0),
      urgent: of.reduce((so, { urgent }) => so + urgent, 0),
    }))
    .toSorted((a, b) => (a.day < b.day ? -1 : 1));
}

export function planSentence(
  {
    tab,
    total,
    mends,
    decideBy,
    now,
  }: Pick<Plan, "tab" | "total" | "decideBy" | "now"> & { readonly mends: readonly unknown[] },
  zone: string,
): string {
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
export function finishSentence(
  { tab, issuedBy, retiredBy }: Pick<Plan, "tab" | "issuedBy" | "retiredBy">,
  zone: string,
): string | null {
  if (tab !== "next" || issuedBy === null) return null;
  const at = (instant: string) => written(Date.parse(instant), zone, "dateTime");
  const gone = retiredBy === null ? "" : ` The last of the old ones goes by ${at(retiredBy)}.`;
  return `What is due now has its new credentials by ${at(issuedBy)}.${gone}`;
}
