/**
 * Which properties `$filter`, `$search` and `$orderby` may name, and how: reference graph-applications §10.2. A use with a star is an
 * advanced query, which needs `ConsistencyLevel: eventual` and `$count=true`.
 */

const FILTERABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  application: {
    id: "eq ne* not* in",
    appId: "eq ne* not* in",
    displayName: "eq ne* not* ge* le* in startswith",
    description: "eq ne* not* ge* le* startswith",
    createdDateTime: "eq* ne* not* ge* le* in*",
    signInAudience: "eq ne* not*",
    publisherDomain: "eq ne* ge* le* startswith",
    uniqueName: "eq",
    serviceManagementReference: "eq startswith",
    identifierUris: "any any.eq any.startswith any.ne* any.ge* any.le* not*",
    tags: "any any.eq any.startswith any.ge* any.le* not*",
    "requiredResourceAccess/resourceAppId": "any any.eq not* any.ge* any.le*",
    "appRoles/id": "any any.eq not*",
    "appRoles/value": "any any.eq not*",
    "keyCredentials/keyId": "any any.eq not*",
    "keyCredentials/type": "any any.eq not*",
    owners: "count*",
    federatedIdentityCredentials: "count*",
  },
  servicePrincipal: {
    id: "eq ne* not* in",
    appId: "eq ne* not* in startswith",
    displayName: "eq ne* not* ge* le* in startswith",
    description: "eq ne* not* ge* le* startswith",
    servicePrincipalType: "eq in",
    accountEnabled: "eq ne* not* in",
    appDisplayName: "eq startswith",
    appOwnerOrganizationId: "eq ne* not*",
    homepage: "eq ne* not* startswith",
    preferredSingleSignOnMode: "eq ne* not* startswith",
    servicePrincipalNames: "any any.eq any.startswith not*",
    alternativeNames: "any any.eq any.startswith not*",
    tags: "any any.eq any.startswith any.ge* any.le* not*",
    "keyCredentials/keyId": "any any.eq not*",
    owners: "count*",
  },
  user: {
    id: "eq ne* not* in",
    accountEnabled: "eq ne* not* in",
    displayName: "eq ne* not* ge* le* in startswith",
    givenName: "eq ne* not* ge* le* in startswith",
    surname: "eq ne* not* ge* le* in startswith",
    jobTitle: "eq ne* not* ge* le* in startswith",
    mail: "eq ne* not* ge* le* in startswith endswith*",
    userPrincipalName: "eq ne* not* ge* le* in startswith endswith*",
    userType: "eq ne* not* in",
  },
  oAuth2PermissionGrant: { clientId: "eq", consentType: "eq", principalId: "eq", resourceId: "eq" },
  appRoleAssignment: {
    appRoleId: "eq",
    principalDisplayName: "eq startswith",
    principalId: "eq",
    principalType: "eq",
    resourceId: "eq",
  },
};

const SEARCHABLE: Readonly<Record<string, readonly string[]>> = {
  application: ["displayName", "description"],
  servicePrincipal: ["displayName", "description"],
  user: ["displayName", "mail", "userPrincipalName", "givenName", "surname"],
};

const SORTABLE: Readonly<Record<string, readonly string[]>> = {
  application: ["displayName", "createdDateTime", "deletedDateTime"],
  servicePrincipal: ["displayName"],
  user: ["displayName", "userPrincipalName"],
};

/** Whether the property of the type may be used so, and whether that is an advanced query; undefined where it may not. */
export function filterUse(type: string, property: string, use: string): "basic" | "advanced" | undefined {
  const uses = FILTERABLE[type]?.[property]?.split(" ") ?? [];
  if (uses.includes(use)) return "basic";
  return uses.includes(`${use}*`) ? "advanced" : undefined;
}

export const isSearchable = (type: string, property: string) => SEARCHABLE[type]?.includes(property) === true;
export const isSortable = (type: string, property: string) => SORTABLE[type]?.includes(property) === true;
