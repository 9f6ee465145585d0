/**
 * What a consent page leaves in the audit log: what it made and granted, then the consent itself, all under one correlation id and in
 * the name of the person. Names and values are those of recorded entries.
 */

import { isAdministrator } from "../graph/delegated-access.ts";
import { type Author, auditEntry, audited } from "../resources/audit.ts";
import { targetNames } from "../resources/audit-grants.ts";
import type { Services } from "../services.ts";
import type { AuditRecord } from "../state/log-records.ts";
import type { Entity, ObjectRecord } from "../state/state.ts";

/** As the log calls who wrote the entry for the person. */
const TOKEN_SERVICE = "Azure ESTS Service";
const NO_CLIENT = "00000000-0000-0000-0000-000000000000";

export interface Consent {
  readonly user: ObjectRecord;
  readonly application: ObjectRecord;
  readonly forEverybody: boolean;
  /** App roles alone, no delegated permission. */
  readonly appOnly: boolean;
}

/** Grants by `grant`, which gives the service principal that has it now, and writes down that this person consented to it. */
export function recordConsent(services: Services, given: Consent, grant: (recording: Services) => ObjectRecord): void {
  const { user, application } = given;
  const appId = String(application.entity.appId);
  const author: Author = {
    caller: { tenantId: user.tenantId, appId, objectId: user.entity.id, roles: new Set(), user },
    correlationId: services.noise.guid(),
    through: TOKEN_SERVICE,
  };
  const existing = services.store.principalByName(user.tenantId, appId);
  const before = existing === undefined ? [] : grantsOf(services, existing);
  const principal = grant(audited(services, author));
  const modified = consentValues(services, given, principal, before, grantsOf(services, principal));
  const told = { activity: "Consent to application", about: principal, modified };
  services.commit([{ audit: auditEntry(services, author, told, [{ key: "AppId", value: appId }]) }]);
}

function grantsOf({ store }: Services, principal: ObjectRecord): Entity[] {
  const grants = [...store.list("permissionGrants", principal.tenantId)].map(({ entity }) => entity);
  return grants.filter(({ clientId }) => clientId === principal.entity.id);
}

function consentValues(
  { store }: Services,
  { user, forEverybody, appOnly }: Consent,
  principal: ObjectRecord,
  before: readonly Entity[],
  after: readonly Entity[],
): AuditRecord["modified"] {
  const values = {
    "ConsentContext.IsAdminConsent": truth(isAdministrator(store, user)),
    "ConsentContext.IsAppOnly": truth(appOnly),
    "ConsentContext.OnBehalfOfAll": truth(forEverybody),
    "ConsentContext.Tags": ((principal.entity.tags ?? []) as string[]).join(", "),
    "ConsentAction.Permissions": `${listed(before)} => ${listed(after)}; `,
  };
  const modified = Object.entries(values).map(([displayName, value]) => ({
    displayName,
    oldValue: null,
    newValue: JSON.stringify(value),
  }));
  return [...modified, targetNames(principal)];
}

const truth = (is: boolean) => (is ? "True" : "False");

/** Grants as the log writes them, the client's id as zeros. */
function listed(grants: readonly Entity[]): string {
  const texts = grants.map(
    ({ id, principalId, resourceId, consentType, scope }) =>
      `[Id: ${id}, ClientId: ${NO_CLIENT}, PrincipalId: ${principalId ?? ""}, ResourceId: ${resourceId}, ConsentType: ${consentType}, Scope: ${scope}, CreatedDateTime: , LastModifiedDateTime ]`,
  );
  return `[${texts.join(", ")}]`;
}
