/** What the directory writes down of sign-ins and changes. */

/** One request at the token endpoint that named a known application. */
export interface SignInRecord {
  seq: number;
  id: string;
  /** ISO 8601, directory time. */
  createdDateTime: string;
  tenantId: string;
  appId: string;
  servicePrincipalId: string | null;
  /** The person who signed in through it; absent where the application signed in by itself. */
  userId?: string;
  /** The credential that matched, also when it had expired; null when none did. */
  keyId: string | null;
  /** How the client proved itself, as Graph names it. */
  clientCredentialType?: "clientSecret" | "certificate" | "federatedIdentityCredential" | "none";
  federatedCredentialId?: string | null;
  resourceId: string | null;
  /** 0 or the number of the AADSTS code. */
  errorCode: number;
  correlationId: string;
  userAgent: string | null;
  ipAddress?: string;
}

/** One entry of the audit log. Times in epoch milliseconds, directory time. */
export interface AuditRecord {
  seq: number;
  id: string;
  at: number;
  tenantId: string;
  activity: string;
  correlationId: string;
  /** Who did it. */
  appId: string;
  servicePrincipalId: string;
  /** The person, where one did it through the application. */
  userId?: string;
  /** The service that wrote it in the person's name, as the log calls it. */
  through?: string;
  /** Where it is not "ApplicationManagement". */
  category?: "UserManagement";
  details?: { key: string; value: string }[];
  target: { id: string; displayName: string; type: "Application" | "ServicePrincipal" };
  modified: { displayName: string; oldValue: string | null; newValue: string | null }[];
}
