import type { SortKey } from "../state/object-index.ts";
import type { Entity } from "../state/state.ts";
import { both, type Filter, parseFilter } from "./filter.ts";
import { sortKey } from "./filterable.ts";
import { badRequest, notEmulated, unsupportedQuery } from "./graph-error.ts";
import { structuredType } from "./schema.ts";
import { parseSearch } from "./search.ts";

/** The query options of one request. */
export interface Query {
  select: string[] | undefined;
  /** `$filter` and `$search` together. */
  filter: Filter | undefined;
  searches: boolean;
  order: Order | undefined;
  top: number | undefined;
  /** Place to go on from: by seq, and where the list is sorted by the sorted text as well. */
  after: number;
  afterText: string;
  count: boolean;
  expandOwners: boolean;
}

/** Which options a route takes. */
export type Option = "$select" | "$filter" | "$top" | "$skiptoken" | "$count" | "$expand" | "$search" | "$orderby";

const KNOWN_OPTIONS = new Set([
  "$select",
  "$filter",
  "$top",
  "$skiptoken",
  "$count",
  "$expand",
  "$orderby",
  "$search",
  "$skip",
  "$format",
  "$apply",
]);

/**
 * Parses query options, strictly: what Graph does not know fails as Graph's, what only we do not know as not emulated.
 * @param eventual the header `ConsistencyLevel: eventual` is there
 * @param counting the path ends with `/$count`, which asks for the count as `$count=true` does
 */
export function parseQuery(
  params: URLSearchParams,
  typeName: string,
  allowed: readonly Option[],
  eventual: boolean,
  counting = false,
): Query {
  for (const name of params.keys()) {
    if (!name.startsWith("$")) throw notEmulated(`The query option '${name}'`);
    if (!KNOWN_OPTIONS.has(name)) throw badRequest(`The query parameter '${name}' is not supported.`);
    if (name === "$skip") throw badRequest("'$skip' is not supported by the service.");
    if (!allowed.includes(name as Option)) throw notEmulated(`The query option '${name}' here`);
    if (params.getAll(name).length > 1)
      throw badRequest(`Query option '${name}' was specified more than once, but it must be specified at most once.`);
  }
  const filter = params.get("$filter");
  const top = params.get("$top");
  const count = params.get("$count");
  const after = parseSkipToken(params.get("$skiptoken"));
  if (count !== null && count !== "true" && count !== "false")
    throw badRequest(`Invalid value '${count}' for $count query option found.`);
  // Without the header, $count=true is silently ignored (reference graph-applications §10.1).
  const counts = (counting || count === "true") && eventual;
  const search = params.get("$search");
  return {
    select: parseSelect(params.get("$select"), typeName),
    filter: both(
      filter === null ? undefined : parseFilter(filter, typeName, counts),
      search === null ? undefined : parseSearch(search, typeName, eventual),
    ),
    searches: search !== null,
    order: parseOrder(params.get("$orderby"), typeName, counts),
    top: top === null ? undefined : parseTop(top),
    after: after.seq,
    afterText: after.text,
    count: counts,
    expandOwners: parseExpand(params.get("$expand")),
  };
}

function parseTop(text: string): number {
  const top = Number(text);
  if (!/^\d+$/.test(text) || top < 1 || top > 999) {
    throw badRequest(`Invalid page size specified: '${text}'. Must be between 1 and 999 inclusive.`);
  }
  return top;
}

/** The opaque token of a nextLink. */
export function skipToken(seq: number, text = ""): string {
  return Buffer.from(`RFNwdAIAAQAAAB:${seq}:${text}`).toString("base64url");
}

function parseSkipToken(token: string | null): { seq: number; text: string } {
  if (token === null) return { seq: 0, text: "" };
  const match = /^RFNwdAIAAQAAAB:(\d{1,15}):(.*)$/s.exec(Buffer.from(token, "base64url").toString("utf8"));
  if (match === null) throw badRequest("The specified $skiptoken is invalid.");
  return { seq: Number(match[1]), text: match[2] ?? "" };
}

/** How a sorted list is sorted. */
export interface Order {
  property: SortKey;
  descending: boolean;
}

/** One property and its direction; on directory objects an advanced query, and by the properties the reference grades for it (§10.1). */
function parseOrder(text: string | null, typeName: string, advanced: boolean): Order | undefined {
  if (text === null) return undefined;
  const [, name = "", direction = "asc"] = /^\s*([\w/]+)(?:\s+(asc|desc))?\s*$/i.exec(text) ?? [];
  if (name === "") throw badRequest(`Invalid $orderby clause '${text}'.`);
  if (!structuredType(typeName).properties.has(name))
    throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.${typeName}'.`);
  const property = sortKey(typeName, name);
  if (!advanced || property === undefined) throw unsupportedQuery("Sorting not supported for current query.");
  return { property, descending: direction.toLowerCase() === "desc" };
}

function parseSelect(text: string | null, typeName: string): string[] | undefined {
  if (text === null) return undefined;
  const { properties } = structuredType(typeName);
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("*")) return undefined;
  for (const name of names) {
    if (!properties.has(name))
      throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.${typeName}'.`);
  }
  return names;
}

function parseExpand(text: string | null): boolean {
  if (text === null) return false;
  if (text.trim() !== "owners") throw notEmulated(`$expand=${text}`);
  return true;
}

/** Keeps the selected properties, in the order of the type as Graph does. */
export function project(entity: Entity, select: readonly string[] | undefined): Record<string, unknown> {
  if (select === undefined) return entity;
  return Object.fromEntries(Object.entries(entity).filter(([name]) => select.includes(name)));
}
