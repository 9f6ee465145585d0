import type { AppManagement } from "../core/policy/app-policy.ts";

/**
 * The tenant's app management policies, which need `Policy.Read.All`. Throws as the port Entra does: without the permission it
 * is `directory-forbidden`, never "no policies".
 */
export interface AppPolicies {
  /** All of them with what they are assigned to: two requests, and one more for each policy, never one for each object. */
  read(signal?: AbortSignal): Promise<AppManagement>;
}
