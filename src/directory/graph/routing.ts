import { GraphError, notEmulated } from "./graph-error.ts";

export const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `{…}` in a route's path: an object id, or an alternate key such as `(appId='…')`. */
export type Key = string | Record<string, string>;

/** A path as Graph reads it: `/v1.0/applications(appId='x')/addPassword` is applications, a key, addPassword. */
export type Segment = { name: string } | { key: Record<string, string> };

interface Routable {
  method: string;
  path: string;
}

export interface Matched<R> {
  route: R;
  keys: Key[];
}

/** Splits the path after `/v1.0` of a request target. */
export function parsePath(target: string): Segment[] {
  const path = (target.split("?")[0] ?? "").replace(/^\/(v1\.0|beta)\/?/, "");
  const segments: Segment[] = [];
  for (const part of path.split("/").filter((one) => one !== "")) {
    const text = decode(part);
    const keyed = /^([^(]+)\((.*)\)$/.exec(text);
    segments.push({ name: keyed?.[1] ?? text });
    if (keyed !== null) segments.push({ key: parseKey(keyed[2] ?? "") });
  }
  return segments;
}

function parseKey(text: string): Record<string, string> {
  const named = /^\s*(\w+)\s*=\s*'((?:[^']|'')*)'\s*$/.exec(text);
  if (named !== null) return { [named[1] ?? ""]: (named[2] ?? "").replaceAll("''", "'") };
  const bare = /^\s*'([^']*)'\s*$/.exec(text);
  return { id: bare?.[1] ?? text };
}

/** Finds the route; fails as Graph does for an unknown segment or verb, or as not emulated for what Graph has and we do not. */
export function matchRoute<R extends Routable>(
  routes: readonly R[],
  method: string,
  segments: readonly Segment[],
): Matched<R> {
  const matching: Matched<R>[] = [];
  for (const route of routesOf(routes, segments)) {
    const keys = keysOf(route.path, segments);
    if (keys !== undefined) matching.push({ route, keys });
  }
  const found = matching.find(({ route }) => route.method === method);
  if (found !== undefined) return found;
  if (matching.length > 0) {
    throw new GraphError(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.");
  }
  throw unknownPath(segments);
}

/** Of each list of routes, those with so many segments and this first one; every list's first segments are names. */
const sorted = new WeakMap<readonly Routable[], Map<string, Routable[]>>();

function routesOf<R extends Routable>(routes: readonly R[], segments: readonly Segment[]): readonly R[] {
  let groups = sorted.get(routes);
  if (groups === undefined) {
    groups = Map.groupBy(routes, ({ path }) => {
      const parts = partsOf(path);
      return `${parts.length} ${parts[0]?.toLowerCase() ?? ""}`;
    });
    sorted.set(routes, groups);
  }
  const [first] = segments;
  const name = first !== undefined && "name" in first ? first.name.toLowerCase() : "";
  return (groups.get(`${segments.length} ${name}`) ?? []) as unknown as readonly R[];
}

const split = new Map<string, readonly string[]>();

/** The segments of a route's path; routes are few and each request looks at all of them. */
function partsOf(path: string): readonly string[] {
  const known = split.get(path);
  if (known !== undefined) return known;
  const parts = path.split("/").filter((part) => part !== "");
  split.set(path, parts);
  return parts;
}

function keysOf(path: string, segments: readonly Segment[]): Key[] | undefined {
  const parts = partsOf(path);
  if (parts.length !== segments.length) return undefined;
  const keys: Key[] = [];
  for (const [index, part] of parts.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if (part.startsWith("{")) {
      const key = "key" in segment ? (segment.key.id ?? segment.key) : segment.name;
      // `$count`, `$ref`, `delta` are segments of their own, never ids.
      if (typeof key === "string" && RESERVED.has(key)) return undefined;
      keys.push(key);
    } else if (!("name" in segment) || segment.name.toLowerCase() !== part.toLowerCase()) return undefined;
  }
  return keys;
}

const RESERVED = new Set(["$count", "$ref", "$value", "delta", "delta()", "getByIds", "validateProperties"]);

/** What the real Graph v1.0 offers around applications and this directory does not, by first segment. */
const GRAPH_SEGMENTS = new Set(
  "$batch $metadata applicationTemplates appCatalogs auditLogs contracts deviceAppManagement deviceManagement devices directory directoryObjects directoryRoles directoryRoleTemplates domains groups identity identityGovernance identityProtection me oauth2PermissionGrants permissionGrants policies reports roleManagement security servicePrincipals applications sites subscribedSkus subscriptions tenantRelationships users organization".split(
    " ",
  ),
);

/** What stands behind one application or service principal in Graph v1.0. */
const OBJECT_SEGMENTS = new Set(
  "addKey removeKey addTokenSigningCertificate appManagementPolicies checkMemberGroups checkMemberObjects claimsMappingPolicies createdObjects createdOnBehalfOf delegatedPermissionClassifications delta endpoints extensionProperties federatedIdentityCredentials getMemberGroups getMemberObjects homeRealmDiscoveryPolicies logo memberOf oauth2PermissionGrants ownedObjects restore setVerifiedPublisher synchronization tokenIssuancePolicies tokenLifetimePolicies transitiveMemberOf unsetVerifiedPublisher owners appRoleAssignments appRoleAssignedTo addPassword removePassword".split(
    " ",
  ),
);

function unknownPath(segments: readonly Segment[]): GraphError {
  const names = segments.map((segment) => ("name" in segment ? segment.name : ""));
  const first = names[0] ?? "";
  if (!GRAPH_SEGMENTS.has(first))
    return new GraphError(400, "BadRequest", `Resource not found for the segment '${first}'.`);
  const odd = ["applications", "servicePrincipals"].includes(first)
    ? names.slice(2).find((name) => name !== "" && isUnknown(name))
    : undefined;
  if (odd !== undefined) return new GraphError(400, "BadRequest", `Resource not found for the segment '${odd}'.`);
  return notEmulated(
    `/${names
      .filter((name) => name !== "")
      .map((name) => (guid.test(name) ? "{id}" : name))
      .join("/")}`,
  );
}

function isUnknown(name: string): boolean {
  return !guid.test(name) && !name.startsWith("$") && !OBJECT_SEGMENTS.has(name.replace("microsoft.graph.", ""));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
