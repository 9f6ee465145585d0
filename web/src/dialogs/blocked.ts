/** Whether the tenant's policies leave no way at all to a new client secret. Pure. */
import type { Answer } from "../api/client.ts";

type Options = Pick<Answer<"GET /api/v1/t/{tenant}/applications/{id}/secret-options">, "shown"> & {
  readonly slots: readonly { readonly blocked: { readonly reason: string; readonly why: string } | null }[];
};

/** By which policy, where neither a slot nor a secret by hand may have one; null where a form is of use. */
export function policyBlock({ slots, shown }: Options): string | null {
  const [first] = slots;
  if (shown.blocked === null) return null;
  if (first === undefined) return shown.privileged ? null : shown.blocked;
  return slots.every(({ blocked }) => blocked?.reason === "policy-forbids") ? (first.blocked?.why ?? null) : null;
}
