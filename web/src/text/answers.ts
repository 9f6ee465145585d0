/** The sentences that Targets, Policies, Health and Enterprise applications open with: a page's question answered with a number and a time. */
import type { Answer } from "../api/client.ts";
import { counted, distance, grouped, written } from "./dates.ts";

interface At {
  /** Time zone of the dates, IANA. */
  readonly zone: string;
}

const momentIn = (at: string, zone: string) => written(Date.parse(at), zone, "dateTime");

interface Written {
  readonly carriedBy: string | null;
  readonly lastVerified: string | null;
  readonly lastPreflight: { readonly at: string; readonly failed: string | null } | null;
}

/** Can Nolapse write where it must? */
export function targetsSentence(targets: readonly Written[], { zone }: At): string {
  const failed = targets.flatMap(({ lastPreflight }) => (lastPreflight?.failed == null ? [] : [lastPreflight.at]));
  const latest = failed.toSorted().at(-1);
  if (latest !== undefined) {
    const when = failed.length === 1 ? "it was tried last," : "they were tried last, the latest";
    const many = `${grouped(failed.length)} of ${counted(targets.length, "target")}`;
    return `${many} could not be written when ${when} ${momentIn(latest, zone)}.`;
  }
  const carried = targets.filter(({ carriedBy }) => carriedBy !== null).length;
  const seen = targets.flatMap(({ lastVerified }) => (lastVerified === null ? [] : [lastVerified])).toSorted();
  const unseen = targets.length - seen.length;
  return [
    `Nolapse writes to ${counted(targets.length - carried, "target")}.`,
    ...(carried === 0 ? [] : [`To ${grouped(carried)} a person carries the value.`]),
    ...(seen[0] === undefined ? [] : [`${verifiedWords(seen.length, targets.length)} ${momentIn(seen[0], zone)}.`]),
    ...(unseen === 0
      ? []
      : [`${grouped(unseen)} ${unseen === 1 ? "has" : "have"} not been verified by a rotation yet.`]),
  ].join(" ");
}

function verifiedWords(seen: number, all: number): string {
  if (seen === 1) return `${all === 1 ? "It" : "1"} was verified last`;
  return `${seen === all ? "All" : grouped(seen)} were verified, none longer ago than`;
}

/** Which rules hold for whom? */
export function policiesSentence(
  { items, coverage }: Pick<Answer<"GET /api/v1/t/{tenant}/policies">, "items" | "coverage">,
  { zone }: At,
): string {
  const many = counted(items.length, "policy", "policies");
  if (coverage.scannedAt === null) return `${many}; each application has exactly one.`;
  const sum = (of: "applications" | "managed") => items.reduce((so, one) => so + one[of], 0);
  const seen = `${coverage.complete ? "" : "at least "}${counted(sum("applications"), "application")}`;
  const managed = `${grouped(sum("managed"))} ${sum("managed") === 1 ? "is" : "are"} managed`;
  const hold = items.length === 1 ? "holds" : "hold";
  return `${many} ${hold} for ${seen}, exactly one for each; ${managed}, by the scan of ${momentIn(coverage.scannedAt, zone)}.`;
}

/** Can it work? */
export function healthSentence(
  { checks, now }: Pick<Answer<"GET /api/v1/t/{tenant}/health">, "checks" | "now">,
  { zone }: At,
): string {
  const bad = checks.filter(({ state }) => state !== "ok").length;
  const looked = `Looked at on ${momentIn(now, zone)}.`;
  const all = counted(checks.length, "check");
  if (bad === 0) return `Everything Nolapse needs is there, by ${all}. ${looked}`;
  return `${grouped(bad)} of ${all} ${bad === 1 ? "wants" : "want"} something. ${looked}`;
}

/** Who is here by consent, and what of it can end here? Of the one that ends first, whatever is searched for. */
export function enterpriseSentence(
  {
    total,
    facets,
    items,
    coverage,
    now,
  }: Pick<Answer<"GET /api/v1/t/{tenant}/applications">, "total" | "facets" | "coverage" | "now"> & {
    readonly items: readonly { readonly signsInUntil: string | null }[];
  },
  { zone }: At,
): string | null {
  if (total === 0) return null;
  const own = total - (facets.kind.none ?? 0);
  const least = coverage.complete ? "" : "at least ";
  const has = `${grouped(own)} of ${least}${counted(total, "enterprise application")} ${own === 1 ? "has" : "have"} a credential here`;
  const end = items[0]?.signsInUntil ?? null;
  if (own === 0 || end === null) return `${has}.`;
  const at = Date.parse(end);
  const verb = at < Date.parse(now) ? "ended" : "ends";
  const which = own === 1 ? "it" : "the first";
  return `${has}; ${which} ${verb} ${written(at, zone)}, ${distance(at, Date.parse(now), zone)}.`;
}
