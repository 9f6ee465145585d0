/** Microsoft's own service principals, which are in every tenant: the resources that tokens are asked for. */

import { APP_ROLES, GRAPH_APP_ID, GRAPH_URI, MICROSOFT_TENANT } from "../graph/permissions.ts";
import { guidOf } from "../random.ts";
import { newServicePrincipal } from "../resources/shapes.ts";
import type { Change, Entity, Store, TenantRecord } from "../state/state.ts";
import { GRAPH_SCOPES, shownScope } from "./delegated-scopes.ts";

/** "Windows Azure Service Management API": what `az login` asks a token for (reference clients §4.5). */
export const ARM_APP_ID = "797f4846-ba00-4fd7-ba43-dac1f8f63013";
const ARM_NAMES = [
  "https://management.azure.com/",
  "https://management.azure.com",
  "https://management.core.windows.net/",
  "https://management.core.windows.net",
];

/** The service principals of Microsoft Graph and of Azure's management API, as they stand in this tenant. */
export function firstPartyPrincipals(tenant: Pick<TenantRecord, "displayName">): Entity[] {
  const common = { appOwnerOrganizationId: MICROSOFT_TENANT, signInAudience: "AzureADMultipleOrgs" };
  return [
    newServicePrincipal({
      ...common,
      id: guidOf(`${tenant.displayName}/Microsoft Graph`),
      appId: GRAPH_APP_ID,
      appDisplayName: "Microsoft Graph",
      displayName: "Microsoft Graph",
      appRoles: graphRoles(),
      oauth2PermissionScopes: GRAPH_SCOPES.map(shownScope),
      servicePrincipalNames: [`${GRAPH_URI}/`, GRAPH_URI, GRAPH_APP_ID],
    }),
    newServicePrincipal({
      ...common,
      id: guidOf(`${tenant.displayName}/Windows Azure Service Management API`),
      appId: ARM_APP_ID,
      appDisplayName: "Windows Azure Service Management API",
      displayName: "Windows Azure Service Management API",
      oauth2PermissionScopes: [
        shownScope({
          id: "41094075-9dad-400e-a0bd-54e686782033",
          value: "user_impersonation",
          type: "User",
          says: "Access Azure Resource Manager as organization users",
        }),
      ],
      servicePrincipalNames: [...ARM_NAMES, ARM_APP_ID],
    }),
  ];
}

function graphRoles(): object[] {
  return Object.entries(APP_ROLES).map(([value, id]) => ({
    allowedMemberTypes: ["Application"],
    description: value,
    displayName: value,
    id,
    isEnabled: true,
    origin: "Application",
    value,
  }));
}

/** What a state of an older version lacks of them: absent principals, and scopes and roles that came later. */
export function missingFirstParty(store: Store): Change[] {
  return [...store.tenants.values()].flatMap((tenant) =>
    firstPartyPrincipals(tenant).flatMap((entity): Change[] => {
      const found = store.principalByName(tenant.id, String(entity.appId));
      if (found === undefined) {
        const record = { seq: store.nextSeq(), tenantId: tenant.id, entity, owners: [], secrets: {} };
        return [{ put: "servicePrincipals", record }];
      }
      const { appRoles, oauth2PermissionScopes } = entity;
      const now = { ...found.entity, appRoles, oauth2PermissionScopes };
      if (JSON.stringify(now) === JSON.stringify(found.entity)) return [];
      return [{ put: "servicePrincipals", record: { ...found, entity: now } }];
    }),
  );
}
