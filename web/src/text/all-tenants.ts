/** What several tenants come to, in one sentence. Pure. */
import type { Answer } from "../api/client.ts";
import { lapsesWords } from "./catalogue.ts";
import { grouped } from "./dates.ts";

type Overview = Answer<"GET /api/v1/t/{tenant}/overview">;
type Sentence = Pick<Overview["sentence"], "code" | "count">;

/** What needs somebody first on top. */
const TROUBLE: readonly Sentence["code"][] = [
  "now",
  "past-last-safe",
  "soon",
  "incomplete",
  "not-scanned",
  "later",
  "nothing",
];

/** Who did not answer, of whom it is undefined, is no better than who has not been scanned. */
export function byTrouble(a: Sentence["code"] | undefined, b: Sentence["code"] | undefined): number {
  const place = (code: Sentence["code"] = "not-scanned") => TROUBLE.indexOf(code);
  return place(a) - place(b);
}

/** Null of a tenant that did not answer: nothing is said of it. */
export function allSentence(sentences: readonly (Sentence | null)[]): string {
  const known = sentences.filter((one) => one !== null);
  const isWhole = sentences.every((one) => one !== null && one.code !== "incomplete" && one.code !== "not-scanned");
  const some = known.filter(
    ({ code, count }) =>
      code === "now" || code === "past-last-safe" || code === "soon" || (code === "incomplete" && count > 0),
  ).length;
  const stops = "applications cannot sign in now, or stop in the next 30 days unless somebody acts.";
  const many = sentences.length;
  if (some > 0 && many === 1) return `In the only tenant ${stops}`;
  if (some > 0) return `${isWhole ? "In" : "In at least"} ${some} of ${grouped(many)} tenants ${stops}`;
  if (isWhole)
    return `Nothing stops in the next 30 days in ${many === 1 ? "the only tenant" : `any of ${grouped(many)} tenants`}.`;
  return "Not all could be read. Of what could, nothing stops in the next 30 days.";
}

type Lapses = { readonly count: number; readonly managed: number };

/** Null of a tenant where nobody has looked for any, or that did not answer. */
export function lapsesOfAll(lapses: readonly (Lapses | null)[]) {
  const known = lapses.filter((one) => one !== null);
  const sum = (of: keyof Lapses) => known.reduce((so, one) => so + one[of], 0);
  const rest = lapses.length - known.length;
  return {
    head: "Lapses",
    count: known.length === 0 ? null : sum("count"),
    words:
      rest === 0
        ? `${lapsesWords({ count: sum("count"), managed: sum("managed") })}, since each tenant is watched`
        : `${grouped(rest)} of ${grouped(lapses.length)} tenants not counted`,
  };
}

/** The first of each tenant that need a person: what has stopped, what stops first, and what stops at no instant that is known. */
export function whatNeeds(overviews: readonly Pick<Overview, "tenant" | "now" | "needsPerson">[]) {
  const all = overviews.flatMap(({ tenant, now, needsPerson }) => needsPerson.map((one) => ({ ...one, tenant, now })));
  const until = ({ signsInUntil, next }: (typeof all)[number]) =>
    signsInUntil === null && next.code === "stops" ? 0 : Date.parse(signsInUntil ?? "9999-12-31");
  return all.toSorted((a, b) => until(a) - until(b));
}
