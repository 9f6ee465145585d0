/**
 * Microsoft Graph's published limits for applications, service principals, policies and reports
 * (learn.microsoft.com/graph/throttling-limits, "Identity and access service limits"), as far as Nolapse meets them. Where the
 * pages disagree or say nothing, the smaller number stands, under a name of its own.
 */
import { MINUTE, SECOND } from "../time.ts";

/** Who shares a limit: one application in one tenant, one application in all tenants, or one tenant with all its applications. */
export type Sharers = "application-and-tenant" | "application" | "tenant";

export interface Limit {
  readonly name: "requests" | "units" | "writes" | "personal-writes" | "key-reads" | "reports";
  readonly sharers: Sharers;
  readonly most: number;
  /** Milliseconds. */
  readonly window: number;
}

/**
 * Resource units of one application in one tenant in 10 s, by the tenant's size: below 50 users, up to 500, above. Nobody tells
 * Nolapse the size, and counting users takes a right it has no other use for, so the smallest is planned with.
 */
export const RESOURCE_UNITS = { S: 3_500, M: 5_000, L: 8_000 } as const;
/** Open: newer pages say 35,000 in five minutes, older ones 70,000. */
const WRITES_OF_AN_APPLICATION = 35_000;

export const REQUESTS: Limit = { name: "requests", sharers: "application", most: 130_000, window: 10 * SECOND };
export const UNITS: readonly Limit[] = [
  { name: "units", sharers: "application-and-tenant", most: RESOURCE_UNITS.S, window: 10 * SECOND },
  { name: "units", sharers: "application", most: 150_000, window: 20 * SECOND },
];
export const WRITES: readonly Limit[] = [
  { name: "writes", sharers: "application-and-tenant", most: 3_000, window: 150 * SECOND },
  { name: "writes", sharers: "application", most: WRITES_OF_AN_APPLICATION, window: 5 * MINUTE },
  { name: "writes", sharers: "tenant", most: 18_000, window: 5 * MINUTE },
];
/** Writes to applications that take personal accounts. */
export const PERSONAL_WRITES: Limit = { name: "personal-writes", sharers: "application", most: 60, window: MINUTE };
/** Open: whether a list that selects keyCredentials counts as such a read; the wording covers it, so it does here. */
export const KEY_READS: Limit = { name: "key-reads", sharers: "tenant", most: 150, window: MINUTE };
export const REPORTS: readonly Limit[] = [
  { name: "reports", sharers: "application-and-tenant", most: 5, window: 10 * SECOND },
  { name: "reports", sharers: "application", most: 122, window: 10 * SECOND },
];

/** What a request costs in resource units before its options: lists of applications and what is asked by relation cost two. */
export const COSTLY_READS: readonly RegExp[] = [
  /^\/applications$/,
  /^\/applications\/[^/]+\/extensionProperties$/,
  /^\/oauth2PermissionGrants(?:\/|$)/,
  /^\/servicePrincipals\/[^/]+\/appRoleAssignments$/,
  /^\/users$/,
  // open: the cost of delta pages is nowhere listed; they are lists
  /^\/applications\/delta/,
];

/** The share of every limit that Nolapse takes where nobody says otherwise: other tools use the same quotas. */
export const DEFAULT_SHARE = 0.5;

/**
 * Limits are spent in slices of this length, each with its part: a window of minutes that is spent at its beginning would leave
 * later work with an earlier deadline waiting for minutes; so nobody waits longer than this for a limit of ours.
 */
export const SLICE = 10 * SECOND;

/** How much of a limit may be spent in one slice, whole; at least one. `share` is from 0 to 1. */
export function perSlice({ most, window }: Limit, share: number): number {
  return Math.max(1, Math.floor((most * share * SLICE) / window + 1e-9));
}
