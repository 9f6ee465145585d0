/** Commands in an answer: where there are several tenants each names the one it is about. */
import { advice } from "../core/commands.ts";
import { REASONS } from "../core/reasons.ts";

/** What to type or do: Nolapse's own in every word. Names out of the directory and what a person wrote stand under other keys. */
const ADVICE: ReadonlySet<string> = new Set(["command", "fix", "mend", "next"]);
/** Where a reason is told in words: only those of the closed list, for a person's may stand under the same key. */
const REASON: ReadonlySet<string> = new Set(["because", "haltWhy", "sentence", "waitsWhy", "why"]);
const SENTENCES: ReadonlySet<string> = new Set(Object.values(REASONS));
/** Kept as they were sealed. */
const KEPT = "details";

/** An answer whose commands name the tenant; what is no plain data stays as it is. */
export function answerOf<A>(one: A, tenant: string): A;
export function answerOf(one: unknown, tenant: string): unknown {
  if (Array.isArray(one)) return one.map((each) => answerOf(each, tenant));
  if (typeof one !== "object" || one === null || Object.getPrototypeOf(one) !== Object.prototype) return one;
  return Object.fromEntries(
    Object.entries(one).map(([key, value]) => {
      if (typeof value !== "string") return [key, key === KEPT ? value : answerOf(value, tenant)];
      const isOurs = ADVICE.has(key) || (REASON.has(key) && SENTENCES.has(value));
      return [key, isOurs ? advice(tenant, value) : value];
    }),
  );
}
