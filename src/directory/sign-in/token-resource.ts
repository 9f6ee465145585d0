/** Whom a token is asked for: the resource a scope or a v1.0 parameter names. */

import { GRAPH_APP_ID, GRAPH_URI } from "../graph/permissions.ts";
import { isOwnAddress } from "../http/hosts.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord, TenantRecord } from "../state/state.ts";
import { aadsts } from "./aadsts.ts";
import { tokenExchange } from "./managed-identity.ts";

/** The resource of a v2.0 scope; client_credentials takes exactly one `<resource>/.default`. */
export function resourceOfScope(scope: string): string {
  const scopes = scope.split(/\s+/);
  const resources = scopes.filter((one) => one.endsWith("/.default"));
  if (new Set(resources).size > 1) throw aadsts.severalResources(scope);
  const only = resources[0];
  if (only === undefined || scopes.length > 1) throw aadsts.scopeWithoutDefault(scope);
  const resource = only.slice(0, -"/.default".length);
  if (resource === "" || /[<>"'\\]/.test(resource)) throw aadsts.invalidScope(scope);
  return resource;
}

export interface Resource {
  /** The `aud` of a v1.0-shaped token: the resource as it was asked for. */
  audience: string;
  principal: ObjectRecord;
}

export function findResource(services: Services, tenant: TenantRecord, name: string, origin: string): Resource {
  const bare = name.replace(/\/+$/, "");
  const graph = services.store.principalByName(tenant.id, GRAPH_APP_ID);
  if (graph !== undefined && isOwnAddress(bare, origin, services.origins))
    return { audience: GRAPH_URI, principal: graph };
  if (graph !== undefined && bare.toLowerCase() === GRAPH_URI)
    return { audience: name.replace(/\/+$/, "/"), principal: graph };
  const principal =
    services.store.principalByName(tenant.id, name) ??
    services.store.principalByName(tenant.id, bare) ??
    tokenExchange(tenant, bare);
  if (principal === undefined) throw aadsts.resourceNotFound(name, tenant.displayName);
  return { audience: name, principal };
}
