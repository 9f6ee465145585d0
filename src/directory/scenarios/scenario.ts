/** What a scenario says of tenants and applications, in plain data; `planter.ts` makes the objects. */
/** A client secret to begin with. Times are ISO 8601 durations from the clock's now (`P12D`, `-P6M`) or instants. */
export interface ScenarioSecret {
  /** `displayName`; null as in old portals. */
  name?: string | null;
  /** Default: two years before the end. */
  start?: string;
  end: string;
  /** The value, where a test wants to know it beforehand; else made like Entra's. */
  value?: string;
  /** Kept as the portal of old did: displayName and hint null, this text as base64 of UTF-16LE in `customKeyIdentifier`. */
  legacyDescription?: string;
}

/** A certificate to begin with; a real self-signed one. */
export interface ScenarioCertificate {
  name: string;
  start?: string;
  end: string;
  /** `saml` makes the pair Sign and Verify, and the password that belongs to them, named as people's own are. */
  use?: "verify" | "saml";
}

/** One application with its service principal; `registered: false` leaves only the service principal. */
export interface ScenarioApplication {
  name: string;
  description?: string;
  appId?: string;
  audience?: string;
  notes?: string;
  tags?: string[];
  serviceManagementReference?: string;
  identifierUris?: string[];
  redirectUris?: string[];
  /** Display names of users. */
  owners?: string[];
  secrets?: ScenarioSecret[];
  certificates?: ScenarioCertificate[];
  /** Names of Microsoft Graph application permissions, granted. */
  permissions?: string[];
  /** Names of directory roles its service principal holds over the whole directory. */
  roles?: string[];
  /** servicePrincipalLockConfiguration on. */
  locked?: boolean;
  disabled?: boolean;
  /** ISO 8601 duration or instant. */
  created?: string;
  registered?: boolean;
  principal?: false | ScenarioPrincipal;
}

export interface ScenarioPrincipal {
  type?: "Application" | "ManagedIdentity" | "Legacy";
  /** The tenant the application belongs to, where that is not this one. */
  ownerTenant?: string;
  enabled?: boolean;
  tags?: string[];
  alternativeNames?: string[];
  secrets?: ScenarioSecret[];
  certificates?: ScenarioCertificate[];
}

export interface ScenarioTenant {
  name: string;
  id?: string;
  domains: string[];
  /** Where nobody has a role, the first one administers the tenant. */
  users?: { name: string; upn: string; roles?: string[] }[];
  applications: ScenarioApplication[];
  /** appIds of other tenants' multi-tenant applications that were consented to here. */
  consented?: string[];
}

export interface Scenario {
  tenants: ScenarioTenant[];
}

/** What planting an application made. */
export interface SeededApplication {
  name: string;
  appId: string;
  /** Object id of the application; undefined where only a service principal was made. */
  id: string | undefined;
  servicePrincipalId: string | undefined;
  secrets: { keyId: string; value: string; endDateTime: string; on: "application" | "servicePrincipal" }[];
}
