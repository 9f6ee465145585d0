/** The admin consent page, v1 and v2: an application comes into a tenant, with what it asks for (reference token-endpoint §7.1). */

import { isAdministrator } from "../graph/delegated-access.ts";
import type { Request, Response } from "../http/message.ts";
import { formTarget } from "../http/pages.ts";
import { grantScopes } from "../resources/permission-grants.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord, TenantRecord } from "../state/state.ts";
import { AadError, aadsts } from "./aadsts.ts";
import { type Asking, readAsking, readParameters, reply, replyFailure } from "./authorize-request.ts";
import { recordConsent } from "./consent-record.ts";
import { ensurePrincipal, grantAppRole } from "./consented-principal.ts";
import { peopleAadsts } from "./people-aadsts.ts";
import { describeScopes, readScope, staticAccess, staticScopes } from "./requested-scopes.ts";
import { beginFlow, failurePage } from "./sign-in-flow.ts";
import type { Question } from "./sign-in-state.ts";

type Version = "v1" | "v2";

/** What is asked for of one resource. */
interface Wanted {
  readonly resource: ObjectRecord;
  readonly scopes: readonly string[];
  /** Ids of app roles. */
  readonly roles: readonly string[];
}

/** `GET /{tenant}[/v2.0]/adminconsent`. */
export async function answerAdminConsent(
  services: Services,
  request: Request,
  tenantName: string,
  version: Version,
): Promise<Response> {
  try {
    const params = readParameters(request);
    const asking = readAsking(services, tenantName, params);
    if (version === "v2" && (params.get("scope") ?? "") === "") throw peopleAadsts.missing("scope");
    const to = { redirectUri: asking.redirectUri, mode: "query", state: params.get("state") } as const;
    // v2 says admin_consent=True even where there is none: who reads it must look at error first
    const refused = (failure: AadError): Response =>
      version === "v2"
        ? withConsent(replyFailure(services, to, asDeclined(failure, "consent_required")))
        : replyFailure(services, to, asDeclined(failure, "permission_denied"));
    return await beginFlow(services, request, {
      tenant: asking.tenant,
      appId: String(asking.application.entity.appId),
      name: String(asking.application.entity.displayName),
      formTargets: [formTarget(asking.redirectUri)],
      prompt: new Set(),
      loginHint: null,
      signedIn: async (user) => ask(services, request, asking, params, version, user),
      refused,
    });
  } catch (failure) {
    if (!(failure instanceof AadError)) throw failure;
    return failurePage(services, failure);
  }
}

function asDeclined(failure: AadError, error: string): AadError {
  if (failure.code !== 65004) return failure;
  return new AadError(failure.code, failure.status, error, failure.message, failure.hasPage);
}

function withConsent(response: Response): Response {
  const url = new URL(String(response.headers.Location));
  url.searchParams.set("admin_consent", "True");
  return { ...response, headers: { ...response.headers, Location: url.href } };
}

/** @throws AadError for who is no administrator, and for resources that are not there. */
function ask(
  services: Services,
  request: Request,
  { application, redirectUri }: Asking,
  params: URLSearchParams,
  version: Version,
  user: ObjectRecord,
): Question {
  const tenant = services.store.tenants.get(user.tenantId) as TenantRecord;
  if (!isAdministrator(services.store, user)) throw peopleAadsts.adminNeeded(String(application.entity.displayName));
  const scope = params.get("scope") ?? "";
  const wanted =
    version === "v1"
      ? everythingListed(services, tenant, application)
      : [asked(services, request, tenant, application, scope)];
  const state = params.get("state");
  return {
    heading: "Permissions requested",
    note: `If you accept, this app will get access to these resources for all users in ${tenant.displayName}.`,
    lines: wanted.flatMap(linesOf),
    forEverybody: false,
    user,
    async accept() {
      const appOnly = wanted.every(({ scopes }) => scopes.length === 0);
      recordConsent(services, { user, application, forEverybody: true, appOnly }, (recording) => {
        const principal = ensurePrincipal(recording, tenant, application);
        for (const { resource, scopes, roles } of wanted) {
          const ids = { clientId: principal.entity.id, resourceId: resource.entity.id };
          grantScopes(recording, tenant.id, { ...ids, principalId: null, scopes });
          for (const role of roles) grantAppRole(recording, principal, resource, role);
        }
        return principal;
      });
      const granted = { admin_consent: "True", tenant: tenant.id, ...(version === "v2" ? { scope } : {}) };
      return reply({ redirectUri, mode: "query", state }, granted);
    },
  };
}

/** v1: all that the registration lists. */
function everythingListed(services: Services, tenant: TenantRecord, application: ObjectRecord): Wanted[] {
  const listed = (application.entity.requiredResourceAccess ?? []) as { resourceAppId: string }[];
  return listed.map(({ resourceAppId }) => {
    const resource = services.store.principalByName(tenant.id, resourceAppId);
    if (resource === undefined) throw aadsts.resourceNotFound(resourceAppId, tenant.displayName);
    return listedOf(application, resource);
  });
}

/** v2: `<resource>/.default` for what the registration lists of it, else the scopes by name. */
function asked(
  services: Services,
  request: Request,
  tenant: TenantRecord,
  application: ObjectRecord,
  scope: string,
): Wanted {
  const { resource, scopes, openid } = readScope(services, { tenant, application, origin: request.origin }, scope);
  if (scope.split(/\s+/).some((one) => one.endsWith("/.default"))) return listedOf(application, resource);
  return { resource, scopes: [...openid, ...scopes], roles: [] };
}

function listedOf(application: ObjectRecord, resource: ObjectRecord): Wanted {
  const known = (resource.entity.appRoles ?? []) as { id: string }[];
  const roles = staticAccess(application, resource, "Role").filter((id) => known.some((one) => one.id === id));
  return { resource, scopes: staticScopes(application, resource), roles };
}

function linesOf({ resource, scopes, roles }: Wanted): string[] {
  const known = (resource.entity.appRoles ?? []) as { id: string; displayName?: string; value?: string }[];
  const named = roles.map((id) => known.find((one) => one.id === id));
  return [
    ...describeScopes(resource, scopes).lines,
    ...named.map((role) => `${role?.displayName ?? role?.value} (as the application itself)`),
  ];
}
