/** Pages of objects, in the directory's order. */

import { isReplicated } from "../faults/replication.ts";
import { SortedIndex } from "../state/sorted-index.ts";
import type { Kind, ObjectRecord } from "../state/state.ts";
import type { GraphAnswer, GraphCall } from "./graph-call.ts";
import { badRequest } from "./graph-error.ts";
import { type Query, skipToken } from "./odata.ts";

const DEFAULT_PAGE = 100;
/** Kinds that Graph calls otherwise than this directory does. */
const CALLED: Partial<Record<Kind, string>> = {
  grants: "appRoleAssignments",
  permissionGrants: "oauth2PermissionGrants",
  roleAssignments: "roleManagement/directory/roleAssignments",
};

/** The page a list request asks for, with the link to the next one. */
export function listPage(
  call: GraphCall,
  kind: Kind,
  show: (record: ObjectRecord) => Record<string, unknown>,
  textOf = (record: ObjectRecord): string => JSON.stringify(show(record)),
): GraphAnswer {
  const { query, request } = call;
  const size = query.top ?? DEFAULT_PAGE;
  const page: ObjectRecord[] = [];
  let more = false;
  for (const record of inOrder(call, kind)) {
    if (query.filter?.test(record) === false || !isReplicated(call.services, record)) continue;
    more = page.length === size;
    if (more) break;
    page.push(record);
  }
  const context = `${request.origin}/v1.0/$metadata#${CALLED[kind] ?? kind}${selection(query)}`;
  const body: Record<string, unknown> = { "@odata.context": context };
  if (query.count && query.after === 0) body["@odata.count"] = countOf(call, kind);
  const last = page.at(-1);
  if (more && last !== undefined) {
    const text = query.order === undefined ? "" : String(last.entity[query.order.property] ?? "").toLowerCase();
    const url = new URL(request.target, request.origin);
    url.searchParams.set("$skiptoken", skipToken(last.seq, text));
    body["@odata.nextLink"] = `${request.origin}${url.pathname}?${readable(url.searchParams)}`;
  }
  // put together as text: an object's text is most of a page's work, and may be there already
  const head = JSON.stringify(body).slice(0, -1);
  return { status: 200, body: `${head},"value":[${page.map(textOf).join(",")}]}` };
}

/** What the page is taken from, in the order asked for, from the place the last page ended. */
function inOrder(call: GraphCall, kind: Kind): Iterable<ObjectRecord> {
  const { query, caller, services } = call;
  const { order, after, afterText } = query;
  const found = candidates(call, kind);
  if (order === undefined)
    return found?.filter(({ seq }) => seq > after) ?? services.store.list(kind, caller.tenantId, after);
  const position = after === 0 ? undefined : { text: afterText, seq: after };
  const index = found === undefined ? services.store.sorted(kind, caller.tenantId, order.property) : undefined;
  return (index ?? new SortedIndex(order.property, found ?? [])).walk(order.descending, position);
}

/** The few objects a filter can mean, in list order, where an index knows them; undefined for "any". */
function candidates({ query, caller, services }: GraphCall, kind: Kind): ObjectRecord[] | undefined {
  const hint = query.filter?.hint;
  if (hint === undefined) return undefined;
  const { store } = services;
  const { tenantId } = caller;
  const found = hint.values.flatMap((value): (ObjectRecord | undefined)[] => {
    if (hint.property === "displayName") return [...store.sorted(kind, tenantId, "displayName").beginning(value)];
    if (hint.property === "uniqueName" || hint.property === "identifierUris")
      return [...store.named(kind, tenantId, hint.property, value)];
    if (hint.property === "id") return [store.find(kind, tenantId, value)];
    return [kind === "applications" ? store.applicationByAppId(value) : store.principalByName(tenantId, value)];
  });
  const own = found.filter((one) => one !== undefined && one.tenantId === tenantId) as ObjectRecord[];
  return [...new Set(own)].sort((one, other) => one.seq - other.seq);
}

/** `/$count`: a bare number. @throws GraphError without the header. */
export function countPage(call: GraphCall, kind: Kind): GraphAnswer {
  if (call.request.headers.consistencylevel?.toLowerCase() !== "eventual")
    throw badRequest("$count is not currently supported.");
  return { status: 200, body: String(countOf(call, kind)), contentType: "text/plain" };
}

function countOf(call: GraphCall, kind: Kind): number {
  const { filter } = call.query;
  const { store } = call.services;
  if (filter === undefined) return store.count(kind, call.caller.tenantId);
  let count = 0;
  for (const record of candidates(call, kind) ?? store.list(kind, call.caller.tenantId)) {
    if (filter.test(record)) count += 1;
  }
  return count;
}

/** Keeps `$` and the commas of a query readable, as Graph's own links do. */
function readable(params: URLSearchParams): string {
  return params.toString().replaceAll("%24", "$").replaceAll("%2C", ",");
}

export function selection(query: Query): string {
  return query.select === undefined ? "" : `(${query.select.join(",")})`;
}
