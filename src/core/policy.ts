import type { Kind } from "./credential.ts";
import type { DurationMs } from "./time.ts";

/** When the old credential may go (design §4.4). */
export type RetireRule = "at-expiry" | "after-evidence" | "after-overlap" | "never";
export type Approval = "none" | "issue" | "retire" | "both";
export type ProbeRule = "full" | "minimal" | "none";

/** How the consumer of a target takes a new value: at its next start (unbounded), within a time, or told by a hook. */
export type Reload = "start" | "hook" | DurationMs;

/** The rules for one application, every default filled in. Fixed in a rotation when it is planned. */
export interface Policy {
  readonly name: string;
  readonly kind: Kind;
  /** How long an issued credential lasts. At most 730 days. */
  readonly lifetime: DurationMs;
  /** The oldest a credential may grow, whatever its end. */
  readonly maxAge: DurationMs;
  /** How long before its end a credential is due. */
  readonly renewBefore: DurationMs;
  /** How long old and new both work after the new one is verified. */
  readonly overlap: DurationMs;
  readonly retire: RetireRule;
  readonly approval: Approval;
  readonly custody: "none" | "keep";
  readonly probe: ProbeRule;
  /** Higher goes first among rotations with the same deadline. */
  readonly priority: number;
  /** Maintenance windows in the tenant's time zone; empty means always. */
  readonly windows: readonly Window[];
  readonly freeze: readonly Freeze[];
}

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
