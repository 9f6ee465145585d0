/** What several tenants come to, in one sentence. Pure. */
import type { Answer } from "../api/client.ts";

type Sentence = Pick<Answer<"GET /api/v1/t/{tenant}/overview">["sentence"], "code" | "count">;

/** What needs somebody first on top. */
export const TROUBLE: readonly Sentence["code"][] = [
  "now",
  "past-last-safe",
  "soon",
  "incomplete",
  "not-scanned",
  "later",
  "nothing",
];

/** Null of a tenant that did not answer: nothing is said of it. */
export function allSentence(sentences: readonly (Sentence | null)[]): string {
  const known = sentences.filter((one) => one !== null);
  const isWhole = sentences.every((one) => one !== null && one.code !== "incomplete" && one.code !== "not-scanned");
  const some = known.filter(
    ({ code, count }) =>
      code === "now" || code === "past-last-safe" || code === "soon" || (code === "incomplete" && count > 0),
  ).length;
  const stops = "applications cannot sign in now, or stop in the next 30 days unless somebody acts.";
  if (some > 0) return `${isWhole ? "In" : "In at least"} ${some} of ${sentences.length} tenants ${stops}`;
  if (isWhole) return `Nothing stops in the next 30 days in any of ${sentences.length} tenants.`;
  return "Not all could be read. Of what could, nothing stops in the next 30 days.";
}
