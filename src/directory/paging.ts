/** Pages of objects, in the directory's order. */
import type { GraphAnswer, GraphCall } from "./graph-call.ts";
import { type Query, skipToken } from "./odata.ts";
import type { Kind, ObjectRecord } from "./state.ts";

const DEFAULT_PAGE = 100;

/** The page a list request asks for, with the link to the next one. */
export function listPage(
  call: GraphCall,
  kind: Kind,
  show: (record: ObjectRecord) => Record<string, unknown>,
): GraphAnswer {
  const { query, caller, services, request } = call;
  const size = query.top ?? DEFAULT_PAGE;
  const page: ObjectRecord[] = [];
  let more = false;
  for (const record of services.store.list(kind, caller.tenantId, query.after)) {
    if (query.filter !== undefined && !query.filter(record.entity)) continue;
    more = page.length === size;
    if (more) break;
    page.push(record);
  }
  const url = new URL(request.target, request.origin);
  const context = `${request.origin}/v1.0/$metadata#${kind}${selection(query)}`;
  const body: Record<string, unknown> = { "@odata.context": context };
  if (query.count && query.after === 0) body["@odata.count"] = countOf(call, kind);
  if (more) {
    url.searchParams.set("$skiptoken", skipToken(page.at(-1)?.seq ?? 0));
    body["@odata.nextLink"] = `${request.origin}${url.pathname}?${readable(url.searchParams)}`;
  }
  body.value = page.map(show);
  return { status: 200, body };
}

export function countOf(call: GraphCall, kind: Kind): number {
  let count = 0;
  for (const record of call.services.store.list(kind, call.caller.tenantId)) {
    if (call.query.filter === undefined || call.query.filter(record.entity)) count += 1;
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
