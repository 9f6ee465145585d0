/** Faults as data, checked: the only part of them that needs a schema, and is loaded when somebody brings a plan. */
import { isIP } from "node:net";
import { z } from "zod";
import { addDuration } from "../clock.ts";
import { LAGS, RANGE } from "./faults.ts";

const OPERATIONS = [
  "create",
  "addPassword",
  "removePassword",
  "addKey",
  "removeKey",
  "patch",
  "token",
  "read",
  "*",
] as const;
const FAULTS = [
  "token-lag",
  "read-lag",
  "object-lag",
  "lost-response",
  "commit-then-stall",
  "concurrency-violation",
  "throttle",
  "slow",
  "reset",
  "conditional-access",
  "loop",
] as const;

const duration = z.string().refine((text) => isDuration(text), "not an ISO 8601 duration");

/** Faults as data (design §7). */
export const faultPlanSchema = z.strictObject({
  /** Every "by chance" below derives from it. */
  seed: z.int().default(1),
  /** Graph's published limits for a tenant of this size; without it nothing is limited. */
  limits: z.strictObject({ size: z.enum(["S", "M", "L"]) }).optional(),
  /** Smaller quotas than the service's own, so that a test meets them. */
  quotas: z.strictObject({ tenant: z.int().min(0).optional(), principal: z.int().min(0).optional() }).optional(),
  rules: z
    .array(
      z
        .strictObject({
          on: z.enum(OPERATIONS),
          fault: z.enum(FAULTS),
          /** Of each request (of each credential or object for the lags); default 1. */
          probability: z.number().min(0).max(1).optional(),
          /** Lag in directory time, slowness in real time, `Retry-After` of a throttle; ISO 8601. */
          duration: duration.optional(),
          /** Addresses and ranges (`198.51.100.0/24`) that are spared: a Conditional Access policy that trusts some locations. */
          outside: z.array(z.string().refine(isRange, "not an IP address or range")).optional(),
          /** What a concurrency violation is answered with; Graph has been seen to use all three. */
          status: z.literal([400, 409, 503]).optional(),
          /** The rule ends after so many requests (credentials or objects for the lags). */
          times: z.int().min(0).optional(),
        })
        .refine(canMeet, "a token-lag is never met on reads, nor a read-lag on tokens"),
    )
    .default([]),
});

export type FaultPlan = z.infer<typeof faultPlanSchema>;
export type FaultRule = FaultPlan["rules"][number];

function canMeet({ on, fault }: { readonly on: string; readonly fault: string }): boolean {
  if (fault !== "token-lag" && fault !== "read-lag") return true;
  return Object.values(LAGS[fault]).some((operations: readonly string[]) => operations.includes(on));
}

function isRange(text: string): boolean {
  const [, address = "", bits = "0"] = RANGE.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(bits) <= (family === 6 ? 128 : 32);
}

function isDuration(text: string): boolean {
  try {
    return addDuration(0, text) >= 0;
  } catch {
    return false;
  }
}
