/** Between "it is him" and the answer: may the application have what it asks for? */

import { isAdministrator } from "../graph/delegated-access.ts";
import type { Response } from "../http/message.ts";
import { grantScopes } from "../resources/permission-grants.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord, TenantRecord } from "../state/state.ts";
import { aadsts } from "./aadsts.ts";
import { recordConsent } from "./consent-record.ts";
import { ensurePrincipal } from "./consented-principal.ts";
import { peopleAadsts } from "./people-aadsts.ts";
import { describeScopes, type Requested, unconsented } from "./requested-scopes.ts";
import type { Question } from "./sign-in-state.ts";

export interface ConsentInput {
  readonly user: ObjectRecord;
  readonly tenant: TenantRecord;
  readonly application: ObjectRecord;
  readonly requested: Requested;
  readonly prompt: ReadonlySet<string>;
  /** What is asked even where nothing is left to consent to; it is the person's to confirm. */
  readonly confirm?: { readonly heading: string; readonly note: string };
  finish(): Promise<Response>;
}

/** The answer, where consent is there; else what the person is asked. @throws AadError where he cannot consent. */
export async function askOrFinish(services: Services, input: ConsentInput): Promise<Response | Question> {
  const { user, application, requested, prompt, confirm } = input;
  const principal = services.store.principalByName(user.tenantId, String(application.entity.appId));
  const [appId, name] = [String(application.entity.appId), String(application.entity.displayName)];
  if (principal?.entity.accountEnabled === false || application.entity.isDisabled === true)
    throw aadsts.applicationDisabled(appId, name);
  refuseUnassigned(services, user, principal, appId, name);
  const missing = unconsented(services, user, prompt.has("consent") ? undefined : principal, requested);
  if (principal !== undefined && missing.length === 0 && confirm === undefined) return input.finish();
  if (prompt.has("none")) throw peopleAadsts.consentRequired(appId, name, "consent_required");
  const described = missing.map(({ resource, scopes }) => describeScopes(resource, scopes));
  const administrator = isAdministrator(services.store, user);
  if (described.some(({ admin }) => admin) && !administrator) throw peopleAadsts.adminNeeded(name);
  return {
    heading: confirm?.heading ?? "Permissions requested",
    note: confirm?.note ?? "Accepting these permissions means that you allow this app to use your data as it says.",
    lines: described.flatMap(({ lines }) => lines),
    forEverybody: administrator && missing.length > 0,
    user,
    async accept(forEverybody) {
      // a sign-in that is only confirmed is no consent
      if (principal === undefined || missing.length > 0)
        recordConsent(services, { user, application, forEverybody, appOnly: false }, (recording) => {
          const client = ensurePrincipal(recording, input.tenant, application);
          const [clientId, principalId] = [client.entity.id, forEverybody ? null : user.entity.id];
          for (const { resource, scopes } of missing)
            grantScopes(recording, user.tenantId, { clientId, resourceId: resource.entity.id, principalId, scopes });
          return client;
        });
      return input.finish();
    },
  };
}

/** Where assignment is required, only who was assigned signs in. */
function refuseUnassigned(
  { store }: Services,
  user: ObjectRecord,
  principal: ObjectRecord | undefined,
  appId: string,
  name: string,
): void {
  if (principal?.entity.appRoleAssignmentRequired !== true) return;
  const assigned = store.grantsTo(user.entity.id).some(({ entity }) => entity.resourceId === principal.entity.id);
  if (!assigned) throw peopleAadsts.notAssigned(String(user.entity.userPrincipalName), appId, name);
}
