/** What consent leaves behind in a tenant: the service principal, and its app roles (reference token-endpoint §7.1). */

import { copiedFromApplication, newServicePrincipal } from "../resources/shapes.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord, TenantRecord } from "../state/state.ts";

/** The application's service principal in this tenant, made where there is none. */
export function ensurePrincipal(services: Services, tenant: TenantRecord, application: ObjectRecord): ObjectRecord {
  const appId = String(application.entity.appId);
  const found = services.store.principalByName(tenant.id, appId);
  if (found !== undefined && String(found.entity.appId).toLowerCase() === appId.toLowerCase()) return found;
  const entity = newServicePrincipal({
    ...copiedFromApplication(application.entity),
    id: services.random.guid(),
    appId,
    appOwnerOrganizationId: application.tenantId,
    tags: ["WindowsAzureActiveDirectoryIntegratedApp"],
  });
  const record = { seq: services.store.nextSeq(), tenantId: tenant.id, entity, owners: [], secrets: {} };
  services.commit([{ put: "servicePrincipals", record }]);
  return record;
}

/** Grants an app role of a resource to a service principal, unless it has it. */
export function grantAppRole(
  services: Services,
  principal: ObjectRecord,
  resource: ObjectRecord,
  appRoleId: string,
): void {
  const { store } = services;
  const granted = store
    .grantsTo(principal.entity.id)
    .some(({ entity }) => entity.resourceId === resource.entity.id && entity.appRoleId === appRoleId);
  if (granted) return;
  const entity = {
    id: services.random.bytes(32).toString("base64url"),
    deletedDateTime: null,
    appRoleId,
    createdDateTime: new Date(services.clock.now()).toISOString(),
    principalDisplayName: principal.entity.displayName,
    principalId: principal.entity.id,
    principalType: "ServicePrincipal",
    resourceDisplayName: resource.entity.displayName,
    resourceId: resource.entity.id,
  };
  const record = { seq: store.nextSeq(), tenantId: principal.tenantId, entity, owners: [], secrets: {} };
  services.commit([{ put: "grants", record }]);
}
