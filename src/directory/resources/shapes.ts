import type { Entity } from "../state/state.ts";

/** The default shape of a new application: absent values are null, empty or default objects (reference graph-applications §3). */
export function newApplication(
  given: Record<string, unknown> & { id: string; appId: string; createdDateTime: string; publisherDomain: string },
): Entity {
  const defaults: Entity = {
    id: given.id,
    deletedDateTime: null,
    addIns: [],
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      requestedAccessTokenVersion: null,
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
    },
    appId: given.appId,
    applicationTemplateId: null,
    appRoles: [],
    certification: null,
    createdByAppId: null,
    createdDateTime: given.createdDateTime,
    defaultRedirectUri: null,
    description: null,
    disabledByMicrosoftStatus: null,
    displayName: null,
    groupMembershipClaims: null,
    identifierUris: [],
    info: { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
    isDeviceOnlyAuthSupported: null,
    isDisabled: null,
    isFallbackPublicClient: null,
    keyCredentials: [],
    nativeAuthenticationApisEnabled: null,
    notes: null,
    oauth2RequirePostResponse: false,
    optionalClaims: null,
    parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: "Allow" },
    passwordCredentials: [],
    publicClient: { redirectUris: [] },
    publisherDomain: given.publisherDomain,
    requestSignatureVerification: null,
    requiredResourceAccess: [],
    samlMetadataUrl: null,
    serviceManagementReference: null,
    servicePrincipalLockConfiguration: null,
    signInAudience: "AzureADMyOrg",
    spa: { redirectUris: [] },
    tags: [],
    tokenEncryptionKeyId: null,
    uniqueName: null,
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
    web: {
      homePageUrl: null,
      logoutUrl: null,
      redirectUris: [],
      redirectUriSettings: [],
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    },
  };
  return merge(defaults, given);
}

/** The default shape of a new service principal, before what it copies from its application. */
export function newServicePrincipal(given: Record<string, unknown> & { id: string; appId: string }): Entity {
  const defaults: Entity = {
    id: given.id,
    deletedDateTime: null,
    accountEnabled: true,
    addIns: [],
    alternativeNames: [],
    appDescription: null,
    appDisplayName: null,
    appId: given.appId,
    applicationTemplateId: null,
    appOwnerOrganizationId: null,
    appRoleAssignmentRequired: false,
    appRoles: [],
    createdByAppId: null,
    description: null,
    disabledByMicrosoftStatus: null,
    displayName: null,
    homepage: null,
    info: { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
    isDisabled: null,
    keyCredentials: [],
    loginUrl: null,
    logoutUrl: null,
    notes: null,
    notificationEmailAddresses: [],
    oauth2PermissionScopes: [],
    passwordCredentials: [],
    preferredSingleSignOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    replyUrls: [],
    resourceSpecificApplicationPermissions: [],
    samlSingleSignOnSettings: null,
    servicePrincipalNames: [given.appId],
    servicePrincipalType: "Application",
    signInAudience: "AzureADMyOrg",
    tags: [],
    tokenEncryptionKeyId: null,
    verifiedPublisher: { displayName: null, verifiedPublisherId: null, addedDateTime: null },
  };
  return merge(defaults, given);
}

/** What a service principal shows of its application, and follows when that changes. */
export function copiedFromApplication(application: Entity): Record<string, unknown> {
  const web = (application.web ?? {}) as { homePageUrl?: string; logoutUrl?: string; redirectUris?: string[] };
  const api = (application.api ?? {}) as { oauth2PermissionScopes?: unknown[] };
  return {
    appDisplayName: application.displayName,
    displayName: application.displayName,
    appDescription: application.description,
    appRoles: application.appRoles,
    oauth2PermissionScopes: api.oauth2PermissionScopes ?? [],
    homepage: web.homePageUrl ?? null,
    logoutUrl: web.logoutUrl ?? null,
    replyUrls: web.redirectUris ?? [],
    info: application.info,
    signInAudience: application.signInAudience,
    verifiedPublisher: application.verifiedPublisher,
    servicePrincipalNames: [application.appId, ...((application.identifierUris ?? []) as string[])],
  };
}

/** Sets members; members of complex objects one by one, as a PATCH of a complex property does. Collections are replaced. */
export function merge(entity: Entity, changes: Record<string, unknown>): Entity {
  const merged: Record<string, unknown> = { ...entity };
  for (const [name, value] of Object.entries(changes)) {
    const before = merged[name];
    merged[name] = isComplex(before) && isComplex(value) ? merge(before as Entity, value) : value;
  }
  return merged as Entity;
}

function isComplex(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Like `2026-03-01T09:12:44.0123456Z`: Graph prints instants it made itself with up to seven digits. The last four come from `digits`. */
export function graphInstant(ms: number, digits: string): string {
  const iso = new Date(ms).toISOString();
  return `${`${iso.slice(0, -1)}${digits}`.replace(/\.?0+$/, "")}Z`;
}

/** An instant a client sent, in UTC, its own fraction kept (seven digits at most, trailing zeros dropped). */
export function normalisedInstant(text: string): string {
  const ms = Date.parse(text);
  const fraction = (/\.(\d+)/.exec(text)?.[1] ?? "").slice(0, 7).replace(/0+$/, "");
  return `${new Date(ms).toISOString().slice(0, 19)}${fraction === "" ? "" : `.${fraction}`}Z`;
}
