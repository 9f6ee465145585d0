import type { Holder } from "../../src/core/credentials/credential.ts";
import { epochMs } from "../../src/core/time.ts";

/** An object as the directory in memory begins with: an application of our own that nothing is odd about, but for `parts`. */
export function blankHolder(
  parts: Pick<Holder, "objectId" | "appId" | "displayName"> & Partial<Omit<Holder, "credentials">>,
): Holder {
  return {
    type: "application",
    createdAt: epochMs(0),
    signInAudience: "AzureADMyOrg",
    tags: [],
    notes: null,
    serviceManagementReference: null,
    servicePrincipalType: parts.type === "servicePrincipal" ? "Application" : null,
    homeTenantId: null,
    signOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    enabled: true,
    locked: false,
    encryptionKeyId: null,
    ...parts,
    credentials: [],
  };
}
