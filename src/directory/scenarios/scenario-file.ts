import { z } from "zod";
import { addDuration, parseInstant } from "../clock.ts";
import { roleNames } from "../resources/directory-roles.ts";
import type { Scenario } from "./scenario.ts";

const instant = z.string().refine(isInstant, "not an ISO 8601 instant, nor a duration from now such as P30D or -P6M");
const texts = z.array(z.string());

const secret = z.strictObject({
  name: z.string().nullable().optional(),
  start: instant.optional(),
  end: instant,
  value: z.string().optional(),
  legacyDescription: z.string().optional(),
});

const certificate = z.strictObject({
  name: z.string(),
  start: instant.optional(),
  end: instant,
  use: z.enum(["verify", "saml"]).optional(),
});

const roles = z.array(z.enum(roleNames)).optional();

const principal = z.strictObject({
  type: z.enum(["Application", "ManagedIdentity", "Legacy"]).optional(),
  ownerTenant: z.guid().optional(),
  enabled: z.boolean().optional(),
  tags: texts.optional(),
  alternativeNames: texts.optional(),
  secrets: z.array(secret).optional(),
  certificates: z.array(certificate).optional(),
});

const application = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  appId: z.guid().optional(),
  audience: z.string().optional(),
  notes: z.string().optional(),
  tags: texts.optional(),
  serviceManagementReference: z.string().optional(),
  identifierUris: texts.optional(),
  redirectUris: texts.optional(),
  owners: texts.optional(),
  secrets: z.array(secret).optional(),
  certificates: z.array(certificate).optional(),
  permissions: texts.optional(),
  roles,
  locked: z.boolean().optional(),
  disabled: z.boolean().optional(),
  created: instant.optional(),
  registered: z.boolean().optional(),
  principal: z.union([z.literal(false), principal]).optional(),
});

/** What `--scenario FILE` holds: the same shape that `createDirectory` takes, as JSON. */
export const scenarioSchema = z.strictObject({
  tenants: z
    .array(
      z.strictObject({
        name: z.string(),
        id: z.guid().optional(),
        domains: texts.min(1),
        users: z.array(z.strictObject({ name: z.string(), upn: z.string(), roles })).optional(),
        applications: z.array(application).default([]),
        consented: texts.optional(),
      }),
    )
    .min(1),
});

/** Checks a scenario that was read from a file. @throws ZodError that names the wrong entry. */
export function parseScenario(given: unknown): Scenario {
  // zod says `T | undefined` of what may be absent, and a JSON document has no undefined
  return scenarioSchema.parse(given) as Scenario;
}

function isInstant(text: string): boolean {
  try {
    if (/^-?P/.test(text)) addDuration(0, text);
    else parseInstant(text);
    return true;
  } catch {
    return false;
  }
}
