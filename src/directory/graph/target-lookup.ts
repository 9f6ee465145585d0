/** The object a path names: by object id, or by one of its alternate keys (reference graph-applications §2.1). */

import { requireReplicated } from "../faults/replication.ts";
import type { Request } from "../http/message.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord } from "../state/state.ts";
import type { Caller } from "./graph-call.ts";
import { GraphError, notEmulated, notFound } from "./graph-error.ts";
import type { GraphRoute } from "./graph-route.ts";
import { guid, type Key } from "./routing.ts";

/**
 * Undefined only where the request would create what is not there: a route that can, an alternate key, and
 * `Prefer: create-if-missing`.
 * @throws GraphError 404 in every other case.
 */
export function findTarget(
  services: Services,
  request: Request,
  caller: Caller,
  route: GraphRoute,
  key: Key | undefined,
): ObjectRecord | undefined {
  const kind = route.target;
  if (kind === undefined) return undefined;
  if (typeof key === "string") {
    // users are also known by their names
    if (!guid.test(key) && kind !== "users")
      throw new GraphError(400, "Request_BadRequest", `Invalid object identifier '${key}'.`);
    const found = guid.test(key)
      ? services.store.find(kind, caller.tenantId, key)
      : userByName(services, caller.tenantId, key);
    if (found === undefined) throw notFound(key);
    requireReplicated(services, found, key);
    return found;
  }
  const [name, value] = Object.entries(key ?? {})[0] ?? ["", ""];
  const found = byAlternateKey(services, caller.tenantId, kind, name, value);
  if (found !== undefined) {
    requireReplicated(services, found, value);
    return found;
  }
  if (route.upsert === true && createsIfMissing(request)) return undefined;
  throw notFound(value);
}

/** `Prefer: create-if-missing`. */
export function createsIfMissing({ headers }: Request): boolean {
  const preferences = (headers.prefer ?? "").toLowerCase().split(",");
  return preferences.some((one) => one.trim() === "create-if-missing");
}

function byAlternateKey(
  { store }: Services,
  tenantId: string,
  kind: NonNullable<GraphRoute["target"]>,
  name: string,
  value: string,
): ObjectRecord | undefined {
  if (kind === "servicePrincipals" && name === "appId") {
    const found = store.principalByName(tenantId, value);
    // a principal is also found by its other names, but those are no key
    return String(found?.entity.appId).toLowerCase() === value.toLowerCase() ? found : undefined;
  }
  if (kind === "applications" && name === "appId") {
    const found = store.applicationByAppId(value);
    return found?.tenantId === tenantId ? found : undefined;
  }
  if (kind === "applications" && name === "uniqueName") return byUniqueName(store, tenantId, value);
  throw notEmulated(`The key (${name}=…)`);
}

/** The application with this `uniqueName`, in any case of it. */
export function byUniqueName(store: Services["store"], tenantId: string, name: string): ObjectRecord | undefined {
  return store.named("applications", tenantId, "uniqueName", name)[0];
}

function userByName({ store }: Services, tenantId: string, name: string): ObjectRecord | undefined {
  return store.named("users", tenantId, "userPrincipalName", name)[0];
}
