import type { KeySize } from "../credentials/certificate.ts";
import type { Kind } from "../credentials/credential.ts";
import { NolapseError } from "../errors.ts";
import { DAY, type DurationMs, formatDuration, isDate, MINUTE } from "../time.ts";

/** When the old credential may go (design §4.4). */
export type RetireRule = "at-expiry" | "after-evidence" | "after-overlap" | "never";
export type Approval = "none" | "issue" | "retire" | "both";
export type ProbeRule = "full" | "minimal" | "none";

/** How the consumer of a target takes a new value: at its next start (unbounded), within a time, or told by a hook. */
export type Reload = "start" | "hook" | DurationMs;

/** The rules for one application, every default filled in. Fixed in a rotation when it is planned. */
export interface Policy {
  readonly name: string;
  /** What a successor is; null: what the credential was. */
  readonly kind: Kind | null;
  /** Who makes certificates: a name under `issuers`, or `self-signed`. */
  readonly issuer: string;
  /** Of the keys of certificates. */
  readonly keySize: KeySize;
  /** How long an issued credential lasts. At most 730 days. */
  readonly lifetime: DurationMs;
  /** The oldest a credential may grow, whatever its end. */
  readonly maxAge: DurationMs;
  /** How long before its end a credential is due. */
  readonly renewBefore: DurationMs;
  /** How long old and new both work after the new one is verified. */
  readonly overlap: DurationMs;
  readonly retire: RetireRule;
  /** With `after-evidence`: how long nobody may have been seen with the old credential; absent in older rotations. */
  readonly evidenceWindow?: DurationMs;
  readonly approval: Approval;
  readonly custody: "none" | "keep";
  readonly probe: ProbeRule;
  /** Higher goes first among rotations with the same deadline. */
  readonly priority: number;
  /** Maintenance windows in the tenant's time zone; empty means always. */
  readonly windows: readonly Window[];
  readonly freeze: readonly Freeze[];
  /** How long before an end its people are told; undefined: {@link DEFAULT_NOTICE_STEPS}. */
  readonly notify?: readonly DurationMs[] | undefined;
}

/** Notices before an end (design §4.4). */
export const DEFAULT_NOTICE_STEPS: readonly DurationMs[] = [60, 30, 14, 7, 3, 1].map((days) => days * DAY);

/** A weekly maintenance window. `to` may be earlier than `from`: then it ends on the next day. */
export interface Window {
  readonly days: readonly ("mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun")[];
  /** Local wall-clock time, `HH:MM`. */
  readonly from: string;
  readonly to: string;
}

/** A stretch in which nothing is written, whatever is due: local dates, both included. */
export interface Freeze {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** What a policy in the configuration may leave out. */
export type PolicyInput = { readonly [K in Exclude<keyof Policy, "name">]?: Policy[K] | undefined };

/** The longest an issued credential may last (design §4.3, invariant 9). */
export const MAX_LIFETIME: DurationMs = 730 * DAY;

/** The issuer that is always there. */
export const SELF_SIGNED = "self-signed";

/** Below this an old and a new credential hardly overlap; the rotation halts `lifetime-too-short` (design §4.4). */
export const MIN_LIFETIME: DurationMs = 14 * DAY;

const DEFAULT_LIFETIME: DurationMs = 180 * DAY;
/** Longer than a month, so that what runs monthly is seen. */
export const EVIDENCE_WINDOW: DurationMs = 35 * DAY;
/** A credential that lived out its own end is swept this much later (design §4.4). */
export const SWEEP_AFTER: DurationMs = 7 * DAY;
const DEFAULT_OVERLAP: DurationMs = 7 * DAY;
const LEAST_RENEW_BEFORE: DurationMs = 30 * DAY;

/** How long a token issued just before a reload may still be used: 60 to 90 minutes (design §4.4). */
export const TOKEN_LIFE: DurationMs = 90 * MINUTE;

/**
 * A policy with every default of design §4.4 filled in. `renewBefore` comes back as the effective one: at most half of
 * what the lifetime leaves beside the overlap, so that a new credential is never due at once. An overlap left out is at
 * most half of a short lifetime, so that only a written one can be wrong.
 * @throws NolapseError `config-invalid` that names the policy and the field.
 */
export function completePolicy(name: string, input: PolicyInput): Policy {
  const lifetime = length(name, "lifetime", input.lifetime ?? DEFAULT_LIFETIME);
  if (lifetime > MAX_LIFETIME) throw wrong(name, "lifetime", `is longer than ${formatDuration(MAX_LIFETIME)}`);

  const overlap = length(name, "overlap", input.overlap ?? Math.min(DEFAULT_OVERLAP, lifetime / 2), "or-zero");
  if (overlap >= lifetime) throw wrong(name, "overlap", "is not shorter than the lifetime");

  const maxAge = length(name, "maxAge", input.maxAge ?? MAX_LIFETIME);
  if (maxAge <= overlap) throw wrong(name, "maxAge", "is not longer than the overlap");

  const asked = length(name, "renewBefore", input.renewBefore ?? Math.max(lifetime / 3, LEAST_RENEW_BEFORE));
  const priority = input.priority ?? 0;
  if (!Number.isFinite(priority)) throw wrong(name, "priority", "is not a number");

  return {
    name,
    kind: input.kind ?? null,
    ...(input.notify === undefined ? {} : { notify: input.notify }),
    issuer: input.issuer ?? SELF_SIGNED,
    keySize: input.keySize ?? 2048,
    lifetime,
    maxAge,
    renewBefore: Math.min(asked, (lifetime - overlap) / 2),
    overlap,
    retire: input.retire ?? "at-expiry",
    evidenceWindow: length(name, "evidenceWindow", input.evidenceWindow ?? EVIDENCE_WINDOW),
    approval: input.approval ?? "none",
    custody: input.custody ?? "none",
    probe: input.probe ?? "full",
    priority,
    windows: (input.windows ?? []).map((window) => checkedWindow(name, window)),
    freeze: (input.freeze ?? []).map((freeze) => checkedFreeze(name, freeze)),
  };
}

function length(policy: string, field: string, value: DurationMs, zero: "or-zero" | "never" = "never"): DurationMs {
  if (!Number.isFinite(value)) throw wrong(policy, field, "is not a length of time");
  if (value < 0) throw wrong(policy, field, "is negative");
  if (value === 0 && zero === "never") throw wrong(policy, field, "is zero");
  return value;
}

const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

function checkedWindow(policy: string, window: Window): Window {
  if (window.days.length === 0) throw wrong(policy, "windows", "has a window without days");
  if (!TIME_OF_DAY.test(window.from)) throw wrong(policy, "windows", `has "${window.from}" where HH:MM is expected`);
  if (!TIME_OF_DAY.test(window.to) && window.to !== "24:00") {
    throw wrong(policy, "windows", `has "${window.to}" where HH:MM is expected`);
  }
  if (window.from === window.to) throw wrong(policy, "windows", "has a window that ends when it begins");
  return window;
}

function checkedFreeze(policy: string, freeze: Freeze): Freeze {
  for (const date of [freeze.from, freeze.to]) {
    if (!isDate(date)) throw wrong(policy, "freeze", `has "${date}" where a date (YYYY-MM-DD) is expected`);
  }
  if (freeze.to < freeze.from) throw wrong(policy, "freeze", "has a freeze that ends before it begins");
  return freeze;
}

function wrong(policy: string, field: string, why: string): NolapseError {
  return new NolapseError("config-invalid", `policy "${policy}": ${field} ${why}`, {
    next: `correct policies.${policy}.${field} in the configuration`,
  });
}
