/** Pages of objects, in the directory's order. */
import type { GraphAnswer, GraphCall } from "./graph-call.ts";
import { type Query, skipToken } from "./odata.ts";
import type { Kind, ObjectRecord } from "./state.ts";

const DEFAULT_PAGE = 100;
/** Kinds that Graph calls otherwise than this directory does. */
const CALLED: Partial<Record<Kind, string>> = {
  grants: "appRoleAssignments",
  permissionGrants: "oauth2PermissionGrants",
};

/** The page a list request asks for, with the link to the next one. */
export function listPage(
  call: GraphCall,
  kind: Kind,
  show: (record: ObjectRecord) => Record<string, unknown>,
): GraphAnswer {
  const { query, caller, services } = call;
  const size = query.top ?? DEFAULT_PAGE;
  if (query.orderBy !== undefined) {
    const all = [...services.store.list(kind, caller.tenantId)].filter((one) => fits(query, one)).sort(order(query));
    const page = all.slice(query.after, query.after + size);
    const end = query.after + size;
    return shownPage(call, kind, page.map(show), end < all.length ? end : undefined);
  }
  const page: ObjectRecord[] = [];
  let more = false;
  for (const record of services.store.list(kind, caller.tenantId, query.after)) {
    if (!fits(query, record)) continue;
    more = page.length === size;
    if (more) break;
    page.push(record);
  }
  return shownPage(call, kind, page.map(show), more ? (page.at(-1)?.seq ?? 0) : undefined);
}

/** `next` is the place the next page goes on from: an object's own, or in a sorted list how many came before. */
function shownPage(call: GraphCall, kind: Kind, value: unknown[], next: number | undefined): GraphAnswer {
  const { query, request } = call;
  const url = new URL(request.target, request.origin);
  const context = `${request.origin}/v1.0/$metadata#${CALLED[kind] ?? kind}${selection(query)}`;
  const body: Record<string, unknown> = { "@odata.context": context };
  if (query.count && query.after === 0) body["@odata.count"] = countOf(call, kind);
  if (next !== undefined) {
    url.searchParams.set("$skiptoken", skipToken(next));
    body["@odata.nextLink"] = `${request.origin}${url.pathname}?${readable(url.searchParams)}`;
  }
  body.value = value;
  return { status: 200, body };
}

const fits = ({ filter }: Query, record: ObjectRecord) => filter === undefined || filter(record.entity, record);

/** By the property, without regard to case; what is equal stays in the directory's order. */
function order({ orderBy }: Query): (one: ObjectRecord, other: ObjectRecord) => number {
  const key = ({ entity }: ObjectRecord) => String(entity[orderBy?.property ?? ""] ?? "").toLowerCase();
  const sign = orderBy?.descending === true ? -1 : 1;
  return (one, other) => {
    const [a, b] = [key(one), key(other)];
    return a === b ? one.seq - other.seq : sign * (a < b ? -1 : 1);
  };
}

export function countOf(call: GraphCall, kind: Kind): number {
  let count = 0;
  for (const record of call.services.store.list(kind, call.caller.tenantId)) {
    if (fits(call.query, record)) count += 1;
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
