/** What an object may hold, and who may change what it holds. */
import type { GraphCall } from "./graph-call.ts";
import { badRequest, GraphError } from "./graph-error.ts";

/** Credentials of all kinds on one object before it is too large (reference limits, open point 6). */
const OBJECT_LIMIT = 600;

/** Refuses one more credential beside `count`. */
export function requireRoom(count: number): void {
  if (count < OBJECT_LIMIT) return;
  throw new GraphError(
    403,
    "Directory_ResourceSizeExceeded",
    "The size of the object has exceeded its limit. Please reduce the number of values and retry your request.",
  );
}

/** Refuses parameters that an action does not have. */
export function requireOnly(body: Record<string, unknown>, ...parameters: readonly string[]): void {
  const odd = Object.keys(body).find((name) => !parameters.includes(name) && !name.includes("@"));
  if (odd !== undefined) throw badRequest(`Invalid property '${odd}'.`);
}

interface Lock {
  isEnabled?: boolean;
  allProperties?: boolean;
  credentialsWithUsageVerify?: boolean;
  credentialsWithUsageSign?: boolean;
}

/** Secrets count as of usage Verify. The application may lock what its service principals hold (`servicePrincipalLockConfiguration`). */
export function refuseLocked(
  { services, record }: GraphCall,
  kind: "applications" | "servicePrincipals",
  property: "passwordCredentials" | "keyCredentials",
  usage = "Verify",
): void {
  if (kind !== "servicePrincipals" || record === undefined) return;
  const application = services.store.applicationByAppId(String(record.entity.appId));
  const lock = application?.entity.servicePrincipalLockConfiguration as Lock | null | undefined;
  if (lock?.isEnabled !== true) return;
  const locked = usage === "Sign" ? lock.credentialsWithUsageSign : lock.credentialsWithUsageVerify;
  if (lock.allProperties !== true && locked !== true) return;
  throw new GraphError(
    400,
    "CannotUpdateLockedServicePrincipalProperty",
    `Property ${property} on the service principal is locked.`,
  );
}
