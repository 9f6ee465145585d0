/** Commands inside the sentences of an answer: where there are several tenants each names the one it is about, so that it works as it is typed. */
import { NolapseError } from "../core/errors.ts";

/** What works on one tenant; the others work on none, or on all of them. */
export const OF_TENANT = [
  "adopt",
  "approve",
  "audit",
  "cancel",
  "continue",
  "deliver",
  "delivered",
  "doctor",
  "explain",
  "federate",
  "notify",
  "pause",
  "plan",
  "recover",
  "rehearse",
  "remove",
  "resume",
  "rotate",
  "saml",
  "scan",
  "secret",
  "stop",
  "undo",
] as const;

const COMMAND = new RegExp(`\\bnolapse (?=(?:${OF_TENANT.join("|")})(?![\\w-]))`, "g");

/** Sentences that tell what to type, also where a person's reason is quoted in one. Names out of the directory stand under other keys. */
const TOLD: ReadonlySet<string> = new Set(
  "because command detail fix haltWhy mend message next says sentence waitsWhy why".split(" "),
);
/** Kept as they were sealed. */
const KEPT = "details";

/** A sentence whose commands name the tenant. */
export function tellingTenant(text: string, tenant: string): string {
  return text.replaceAll(COMMAND, `nolapse --tenant ${tenant} `);
}

/** The same of every such sentence in an answer; what is no plain data stays as it is. */
export function answerOf<A>(one: A, tenant: string): A;
export function answerOf(one: unknown, tenant: string): unknown {
  if (Array.isArray(one)) return one.map((each) => answerOf(each, tenant));
  if (typeof one !== "object" || one === null || Object.getPrototypeOf(one) !== Object.prototype) return one;
  return Object.fromEntries(
    Object.entries(one).map(([key, value]) => {
      if (typeof value === "string") return [key, TOLD.has(key) ? tellingTenant(value, tenant) : value];
      return [key, key === KEPT ? value : answerOf(value, tenant)];
    }),
  );
}

/** A refusal whose commands name the tenant; anything else that is thrown stays as it is. */
export function thrownOf(thrown: unknown, tenant: string): unknown {
  if (!(thrown instanceof NolapseError)) return thrown;
  const { code, message, next, retryAfter } = thrown;
  const [said, then] = [tellingTenant(message, tenant), next === null ? null : tellingTenant(next, tenant)];
  if (said === message && then === next) return thrown;
  return new NolapseError(code, said, { ...(then === null ? {} : { next: then }), cause: thrown, retryAfter });
}
