/** The whole state as a JSON document: what export writes and import takes. */
import { z } from "zod";
import { faultPlanSchema } from "../faults/fault-plan.ts";
import { upgradedRoles } from "../resources/directory-roles.ts";
import { missingFirstParty } from "../scenarios/first-party.ts";
import type { Services } from "../services.ts";
import type { DirectoryState } from "./state.ts";

const recordSchema = z.strictObject({
  seq: z.int(),
  tenantId: z.string(),
  entity: z.looseObject({ id: z.string() }),
  owners: z.array(z.string()),
  secrets: z.record(z.string(), z.strictObject({ verifier: z.string(), createdAt: z.number() })),
  policyId: z.string().optional(),
  keysAt: z.record(z.string(), z.number()).optional(),
  federated: z
    .array(z.looseObject({ id: z.string(), name: z.string(), issuer: z.string(), subject: z.string() }))
    .optional(),
  federatedAt: z.record(z.string(), z.number()).optional(),
  departed: z.array(z.looseObject({ keyId: z.string(), at: z.number() })).optional(),
  extensions: z.array(z.looseObject({ id: z.string() })).optional(),
  logo: z.strictObject({ type: z.string(), base64: z.string() }).optional(),
  createdBy: z.string().optional(),
  directoryRoles: z.array(z.string()).optional(),
  bornAt: z.number().optional(),
  deletedAt: z.number().optional(),
});
export const stateSchema = z.strictObject({
  version: z.literal(1),
  pepper: z.string().min(1),
  seq: z.int(),
  clock: z.strictObject({ now: z.number(), frozen: z.boolean(), machine: z.number() }).nullable(),
  faults: faultPlanSchema,
  tenants: z.array(
    z.strictObject({
      id: z.string(),
      displayName: z.string(),
      domains: z.array(z.strictObject({ name: z.string(), isDefault: z.boolean(), isInitial: z.boolean() })),
    }),
  ),
  applications: z.array(recordSchema),
  servicePrincipals: z.array(recordSchema),
  users: z.array(recordSchema),
  grants: z.array(recordSchema),
  signIns: z.array(z.looseObject({ seq: z.int() })),
  policies: z.array(recordSchema).optional(),
  permissionGrants: z.array(recordSchema).optional(),
  roleAssignments: z.array(recordSchema).optional(),
  audits: z.array(z.looseObject({ seq: z.int() })).optional(),
});

/**
 * Replaces objects and faults; the clock stays where it is, because who waits on it must see a version first. What an older version
 * did not have yet is added.
 */
export function restoreState(services: Services, document: z.output<typeof stateSchema>): DirectoryState {
  const state = document as unknown as DirectoryState;
  services.commit([{ state: { ...state, clock: services.store.clock } }]);
  services.faults.set(state.faults);
  // a session of a person who may not be there any more
  services.signIn.clear();
  const missing = [...missingFirstParty(services.store), ...upgradedRoles(services.store)];
  if (missing.length > 0) services.commit(missing);
  return state;
}
