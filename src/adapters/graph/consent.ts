/** What an application was granted, through Graph: its service principal, app roles and delegated permissions. Reads only. */
import type {
  AppRole,
  AppRoleGrant,
  ConsentPage,
  Consents,
  Principal,
  Resource,
  ScopeGrant,
} from "../../ports/consent.ts";
import type { GraphCalls } from "./calls.ts";
import { type JsonObject, textAt } from "./json.ts";
import { list, optionalText, requiredText, unreadable } from "./map.ts";

const PAGE_SIZE = 999;
/** Delegated grants are the one list that the right to read applications does not open. */
const GRANTS = [{ name: "Directory.Read.All", id: "7ab1d382-f21e-4acd-a863-ba3e13f7da61" }] as const;

export class GraphConsents implements Consents {
  readonly #calls: GraphCalls;

  constructor(calls: GraphCalls) {
    this.#calls = calls;
  }

  async principal(appId: string, signal?: AbortSignal): Promise<Principal> {
    // no $select: the default carries both credential lists, and selecting them is throttled
    const url = this.#calls.url(`servicePrincipals(appId='${encodeURIComponent(appId)}')`);
    const { body } = await this.#calls.read(url, { what: `reading the service principal of ${appId}` }, signal);
    if (requiredText(body, "appId").toLowerCase() !== appId.toLowerCase())
      throw unreadable("it is about another object");
    return {
      objectId: requiredText(body, "id"),
      // null counts as enabled, as sign-in takes it
      enabled: body.accountEnabled !== false,
      assignmentRequired: body.appRoleAssignmentRequired === true,
      secrets: list(body, "passwordCredentials").length,
      certificates: certificatesIn(list(body, "keyCredentials")),
    };
  }

  async appRoles(principalId: string, cursor: string | null, signal?: AbortSignal): Promise<ConsentPage<AppRoleGrant>> {
    const what = `listing the app roles of service principal ${principalId}`;
    const body = await this.#page(`${principalPath(principalId)}/appRoleAssignments`, cursor, { what }, signal);
    const items = list(body, "value").map((one) => ({
      principalId: requiredText(one, "principalId"),
      roleId: requiredText(one, "appRoleId").toLowerCase(),
      resourceId: requiredText(one, "resourceId"),
      resourceName: textAt(one, "resourceDisplayName"),
    }));
    return { items, next: this.#calls.next(body) };
  }

  async scopes(principalId: string, cursor: string | null, signal?: AbortSignal): Promise<ConsentPage<ScopeGrant>> {
    const reading = { what: `listing the delegated permissions of service principal ${principalId}`, needs: GRANTS };
    const body = await this.#page(`${principalPath(principalId)}/oauth2PermissionGrants`, cursor, reading, signal);
    const items = list(body, "value").map((one) => ({
      resourceId: requiredText(one, "resourceId"),
      scopes: (optionalText(one, "scope") ?? "").split(/\s+/).filter((scope) => scope !== ""),
      personId: requiredText(one, "consentType") === "AllPrincipals" ? null : requiredText(one, "principalId"),
    }));
    return { items, next: this.#calls.next(body) };
  }

  async resource(objectId: string, signal?: AbortSignal): Promise<Resource> {
    const select = "id,appId,displayName,appRoles,oauth2PermissionScopes";
    const url = this.#calls.url(`${principalPath(objectId)}?$select=${select}`);
    const { body } = await this.#calls.read(url, { what: `reading the permissions of resource ${objectId}` }, signal);
    return {
      appId: requiredText(body, "appId").toLowerCase(),
      displayName: textAt(body, "displayName"),
      roles: list(body, "appRoles").map(roleOf),
      scopes: list(body, "oauth2PermissionScopes").map((one) => ({
        value: textAt(one, "value"),
        displayName: textAt(one, "adminConsentDisplayName"),
      })),
    };
  }

  async #page(path: string, cursor: string | null, reading: Parameters<GraphCalls["read"]>[1], signal?: AbortSignal) {
    const url = cursor === null ? this.#calls.url(`${path}?$top=${PAGE_SIZE}`) : this.#calls.sameOrigin(cursor);
    return (await this.#calls.read(url, reading, signal)).body;
  }
}

function principalPath(objectId: string): string {
  return `servicePrincipals/${encodeURIComponent(objectId)}`;
}

function roleOf(one: JsonObject): AppRole {
  return {
    id: requiredText(one, "id").toLowerCase(),
    value: textAt(one, "value"),
    displayName: textAt(one, "displayName"),
  };
}

/** A certificate for signing is two entries, one to sign and one to verify, with one customKeyIdentifier. */
function certificatesIn(keys: readonly JsonObject[]): number {
  return new Set(keys.map((one) => textAt(one, "customKeyIdentifier") ?? requiredText(one, "keyId"))).size;
}
