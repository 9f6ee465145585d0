/** The commands that people are told to type: where several tenants are configured each names the one it is about, and works as it is typed. */
import { NolapseError } from "./errors.ts";

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

/** The name that commands must give; undefined where the tenant is the only one. */
export function tenantNamed(settings: { readonly name: string; readonly sharesEntries?: boolean }): string | undefined {
  return settings.sharesEntries === true ? settings.name : undefined;
}

/** A command of one tenant: its words, and what `tenantNamed` gives. For sentences that quote somebody, where nothing may be put in later. */
export function command(tenant: string | undefined, words: string): string {
  return tenant === undefined ? `nolapse ${words}` : `nolapse --tenant ${tenant} ${words}`;
}

/** What to type next, its commands naming the tenant. Only for advice, which is Nolapse's own in every word. */
export function advice<T extends string | null>(tenant: string | undefined, text: T): T | string {
  return tenant === undefined || text === null ? text : text.replaceAll(COMMAND, command(tenant, ""));
}

/** A refusal whose advice names the tenant; anything else that is thrown stays as it is. */
export function advised(tenant: string | undefined, thrown: unknown): unknown {
  if (tenant === undefined || !(thrown instanceof NolapseError) || thrown.next === null) return thrown;
  const { code, message, retryAfter } = thrown;
  const next = advice(tenant, thrown.next);
  return next === thrown.next ? thrown : new NolapseError(code, message, { next, cause: thrown, retryAfter });
}
