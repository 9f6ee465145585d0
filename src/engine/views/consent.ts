/** What one application was granted in the tenant, as the directory says at this moment. */
import { asNolapseError, type NolapseError } from "../../core/errors.ts";
import { GRAPH_APP_ID, privilegedAppRole } from "../../core/policy/privilege.ts";
import type { ConsentPage, Consents, Principal, Resource, ScopeGrant } from "../../ports/consent.ts";

export type { Consents } from "../../ports/consent.ts";

/** Pages of one list at most: who was asked person by person may have tens of thousands of grants. */
const MOST_PAGES = 10;
/** Resources whose names are asked for at most: each is a request. */
const MOST_RESOURCES = 20;
/** Resources whose names are kept of a tenant; a few serve nearly all applications. */
const MOST_KEPT = 100;
/** Who is told to slow down, or gets no answer, gets none to the next request either. */
const ENOUGH: ReadonlySet<string> = new Set(["directory-throttled", "directory-unreachable"]);

/** The id of the access everybody has who is assigned at all: no role of the resource's own. */
const DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000";

interface Granted {
  readonly resourceId: string;
  /** Null where the directory does not say. */
  readonly resource: string | null;
  readonly value: string | null;
  readonly displayName: string | null;
}

export interface ApplicationPermission extends Granted {
  readonly roleId: string;
  /** Whether it makes the application privileged. */
  readonly privileged: boolean;
}

export interface DelegatedPermission extends Granted {
  readonly value: string;
  readonly everybody: boolean;
  /** How many persons it was granted for, each by himself. */
  readonly persons: number;
  /** The one, where it is one. */
  readonly person: string | null;
}

export type Part = "servicePrincipal" | "application" | "delegated" | "names";

export interface Consent {
  /** Null where there is none, and where it could not be read. */
  readonly principal: Principal | null;
  /** Null where they could not be read. */
  readonly application: readonly ApplicationPermission[] | null;
  readonly delegated: readonly DelegatedPermission[] | null;
  /** What could not be read; never said as none. */
  readonly unread: readonly { readonly part: Part; readonly error: NolapseError }[];
  /** Lists that are longer than what was read of them. */
  readonly cut: readonly Part[];
}

/** The same directory, whose resources are asked for once in the life of the process: what permissions are called hardly ever changes. */
export function keepingResources(consents: Consents): Consents {
  const kept = new Map<string, Resource>();
  return {
    principal: (...of) => consents.principal(...of),
    appRoles: (...of) => consents.appRoles(...of),
    scopes: (...of) => consents.scopes(...of),
    resource: async (objectId, signal) => {
      const known = kept.get(objectId);
      if (known !== undefined) return known;
      const found = await consents.resource(objectId, signal);
      const [oldest] = kept.keys();
      if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      kept.set(objectId, found);
      return found;
    },
  };
}

/**
 * Reads it, part by part: one that may not be read leaves the others. Where the directory does not answer, or asks to slow down, nothing
 * more is asked of it: what is left is said to be unread for the same reason.
 */
export async function readConsent(consents: Consents, appId: string, signal?: AbortSignal): Promise<Consent> {
  const unread: { part: Part; error: NolapseError }[] = [];
  const cut: Part[] = [];
  let enough: NolapseError | null = null;
  const attempt = async <T>(part: Part, read: () => Promise<T>): Promise<T | null> => {
    try {
      if (enough !== null) throw enough;
      return await read();
    } catch (thrown) {
      signal?.throwIfAborted();
      const error = asNolapseError(thrown);
      if (ENOUGH.has(error.code)) enough = error;
      unread.push({ part, error });
      return null;
    }
  };
  const all = <T>(part: Part, page: (cursor: string | null) => Promise<ConsentPage<T>>) =>
    attempt(part, async () => {
      const { items, whole } = await pages(page);
      if (!whole) cut.push(part);
      return items;
    });

  const principal = await attempt("servicePrincipal", () => consents.principal(appId, signal));
  if (principal === null) {
    const isAbsent = unread[0]?.error.code === "directory-absent";
    // nothing can be granted to what is not there
    return isAbsent
      ? { principal, application: [], delegated: [], unread: [], cut }
      : { principal, application: null, delegated: null, unread, cut };
  }
  const roles = await all("application", (cursor) => consents.appRoles(principal.objectId, cursor, signal));
  const scopes = await all("delegated", (cursor) => consents.scopes(principal.objectId, cursor, signal));
  const resources = new Map<string, Resource>();
  const ids = [...new Set([...(roles ?? []), ...(scopes ?? [])].map(({ resourceId }) => resourceId))];
  if (ids.length > MOST_RESOURCES) cut.push("names");
  for (const id of ids.slice(0, MOST_RESOURCES)) {
    const found = await attempt("names", () => consents.resource(id, signal));
    if (found !== null) resources.set(id, found);
    else if (enough !== null) break;
  }
  return {
    principal,
    application: roles?.map((one) => applicationPermission(one, resources.get(one.resourceId))) ?? null,
    delegated: scopes === null ? null : delegatedPermissions(scopes, resources),
    unread,
    cut,
  };
}

async function pages<T>(page: (cursor: string | null) => Promise<ConsentPage<T>>) {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let read = 0; read < MOST_PAGES; read++) {
    const { items: more, next }: ConsentPage<T> = await page(cursor);
    items.push(...more);
    if (next === null) return { items, whole: true };
    cursor = next;
  }
  return { items, whole: false };
}

function applicationPermission(
  { roleId, resourceId, resourceName }: { roleId: string; resourceId: string; resourceName: string | null },
  resource: Resource | undefined,
): ApplicationPermission {
  const role = resource?.roles.find(({ id }) => id === roleId);
  const known = privilegedAppRole(roleId);
  return {
    resourceId,
    resource: resource?.displayName ?? resourceName,
    roleId,
    value: role?.value ?? known,
    displayName: role?.displayName ?? (roleId === DEFAULT_ACCESS ? "Default access" : null),
    // a resource that could not be read is taken for Graph: these ids are Graph's own
    privileged: known !== null && (resource === undefined || resource.appId === GRAPH_APP_ID),
  };
}

/** One line for each scope, for whomever it was granted. */
function delegatedPermissions(grants: readonly ScopeGrant[], resources: ReadonlyMap<string, Resource>) {
  const lines = new Map<string, { resourceId: string; value: string; everybody: boolean; people: Set<string> }>();
  for (const { resourceId, scopes, personId } of grants) {
    for (const value of scopes) {
      const key = `${resourceId} ${value}`;
      const line = lines.get(key) ?? { resourceId, value, everybody: false, people: new Set<string>() };
      if (personId === null) line.everybody = true;
      else line.people.add(personId);
      lines.set(key, line);
    }
  }
  return [...lines.values()].map(({ resourceId, value, everybody, people }): DelegatedPermission => {
    const resource = resources.get(resourceId);
    const [first] = people;
    return {
      resourceId,
      resource: resource?.displayName ?? null,
      value,
      displayName: resource?.scopes.find((one) => one.value === value)?.displayName ?? null,
      everybody,
      persons: people.size,
      person: people.size === 1 ? (first ?? null) : null,
    };
  });
}
