import { badRequest, notEmulated, unsupportedQuery } from "./graph-error.ts";
import { structuredType, titled } from "./schema.ts";
import type { Entity } from "./state.ts";

/** The query options of one request. */
export interface Query {
  select: string[] | undefined;
  filter: ((entity: Entity) => boolean) | undefined;
  top: number | undefined;
  /** Place to go on from. */
  after: number;
  count: boolean;
  expandOwners: boolean;
}

/** Which options a route takes. */
export type Option = "$select" | "$filter" | "$top" | "$skiptoken" | "$count" | "$expand";

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

/** Parses query options, strictly: what Graph does not know fails as Graph's, what only we do not know as not emulated. */
export function parseQuery(
  params: URLSearchParams,
  typeName: string,
  allowed: readonly Option[],
  eventual: boolean,
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
  if (count !== null && count !== "true" && count !== "false")
    throw badRequest(`Invalid value '${count}' for $count query option found.`);
  return {
    select: parseSelect(params.get("$select"), typeName),
    filter: filter === null ? undefined : new FilterParser(filter, typeName, eventual).parse(),
    top: top === null ? undefined : parseTop(top),
    after: parseSkipToken(params.get("$skiptoken")),
    // Without the header, $count=true is silently ignored (reference graph-applications §10.1).
    count: count === "true" && eventual,
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
export function skipToken(seq: number): string {
  return Buffer.from(`RFNwdAIAAQAAAB:${seq}`).toString("base64url");
}

function parseSkipToken(token: string | null): number {
  if (token === null) return 0;
  const seq = /^RFNwdAIAAQAAAB:(\d+)$/.exec(Buffer.from(token, "base64url").toString("utf8"))?.[1];
  if (seq === undefined) throw badRequest("The specified $skiptoken is invalid.");
  return Number(seq);
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

type Predicate = (entity: Entity) => boolean;

/** Which properties `$filter` may name, and how (reference graph-applications §10.2); `?` marks what needs the eventual header. */
const FILTERABLE: Record<string, Record<string, string>> = {
  application: {
    id: "eq in",
    appId: "eq in",
    displayName: "eq in startswith",
    createdDateTime: "",
    signInAudience: "eq",
    publisherDomain: "eq startswith",
    identifierUris: "any",
    tags: "any",
    description: "eq startswith",
    uniqueName: "eq",
    serviceManagementReference: "eq startswith",
  },
  servicePrincipal: {
    id: "eq in",
    appId: "eq in",
    displayName: "eq in startswith",
    servicePrincipalType: "eq in",
    accountEnabled: "eq",
    servicePrincipalNames: "any",
    tags: "any",
    appOwnerOrganizationId: "eq",
    appDisplayName: "eq startswith",
    description: "eq startswith",
    alternativeNames: "any",
  },
};

const TOKEN = /\s*(?:('(?:[^']|'')*')|([(),:/])|([A-Za-z0-9_$.-]+))/y;

/** A recursive-descent parser of the part of OData's `$filter` this slice takes: and, or, eq, in, startswith, any. */
class FilterParser {
  readonly #tokens: string[] = [];
  #at = 0;
  readonly #text: string;
  readonly #type: string;
  readonly #eventual: boolean;

  constructor(text: string, type: string, eventual: boolean) {
    this.#text = text;
    this.#type = type;
    this.#eventual = eventual;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const match = TOKEN.exec(text);
      if (match === null) throw this.#invalid();
      this.#tokens.push(match[1] ?? match[2] ?? match[3] ?? "");
    }
  }

  parse(): Predicate {
    const predicate = this.#or();
    if (this.#at < this.#tokens.length) throw this.#invalid();
    return predicate;
  }

  #or(): Predicate {
    let left = this.#and();
    while (this.#take("or")) {
      const [one, other] = [left, this.#and()];
      left = (entity) => one(entity) || other(entity);
    }
    return left;
  }

  #and(): Predicate {
    let left = this.#one();
    while (this.#take("and")) {
      const [one, other] = [left, this.#one()];
      left = (entity) => one(entity) && other(entity);
    }
    return left;
  }

  #one(): Predicate {
    if (this.#take("(")) {
      const inner = this.#or();
      this.#expect(")");
      return inner;
    }
    const word = this.#next();
    const call = word.toLowerCase();
    if (call === "startswith" && this.#take("(")) {
      const name = this.#next();
      this.#allow(name, "startswith");
      this.#expect(",");
      const start = String(this.#literal()).toLowerCase();
      this.#expect(")");
      return (entity) =>
        String(entity[name] ?? "")
          .toLowerCase()
          .startsWith(start);
    }
    if (["not", "endswith", "contains"].includes(call)) throw this.#advanced(call === "endswith" ? "endsWith" : call);
    if (this.#take("/")) return this.#lambda(word);
    return this.#comparison(word);
  }

  #comparison(name: string): Predicate {
    const operator = this.#next().toLowerCase();
    if (["ne", "ge", "le", "gt", "lt"].includes(operator)) throw this.#advanced(operator);
    if (operator === "in") {
      this.#allow(name, "in");
      this.#expect("(");
      const values: unknown[] = [this.#literal()];
      while (this.#take(",")) values.push(this.#literal());
      this.#expect(")");
      return (entity) => values.some((value) => same(entity[name], value));
    }
    if (operator !== "eq") throw this.#invalid();
    this.#allow(name, "eq");
    const value = this.#literal();
    return (entity) => same(entity[name], value);
  }

  /** `names/any(n:n eq 'x')` and `names/any(n:startswith(n,'x'))`. */
  #lambda(name: string): Predicate {
    if (this.#next() !== "any") throw notEmulated(`$filter=${this.#text}`);
    this.#allow(name, "any");
    this.#expect("(");
    const variable = this.#next();
    this.#expect(":");
    const starts = this.#take("startswith");
    if (starts) this.#expect("(");
    if (this.#next() !== variable) throw this.#invalid();
    this.#expect(starts ? "," : "eq");
    const value = this.#literal();
    if (starts) this.#expect(")");
    this.#expect(")");
    const text = String(value).toLowerCase();
    return (entity) =>
      ((entity[name] ?? []) as string[]).some((one) =>
        starts ? one.toLowerCase().startsWith(text) : same(one, value),
      );
  }

  #allow(name: string, use: string): void {
    if (!structuredType(this.#type).properties.has(name)) {
      throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.${this.#type}'.`);
    }
    const uses = FILTERABLE[this.#type]?.[name]?.split(" ") ?? [];
    if (uses.includes(use)) return;
    throw unsupportedQuery(
      `Unsupported or invalid query filter clause specified for property '${name}' of resource '${titled(this.#type)}'.`,
    );
  }

  /** Operators of advanced queries: without the header Graph refuses them; with it, it is we who do. */
  #advanced(operator: string): Error {
    if (this.#eventual) return notEmulated(`The filter operator '${operator}'`);
    return unsupportedQuery(
      `Operator '${operator}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information`,
    );
  }

  #literal(): string | boolean | null {
    const token = this.#next();
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (token === "null") return null;
    if (token === "true" || token === "false") return token === "true";
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(token)) return token;
    throw this.#invalid();
  }

  #next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.#invalid();
    this.#at += 1;
    return token;
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== token) return false;
    this.#at += 1;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw this.#invalid();
  }

  #invalid(): Error {
    return badRequest(`Invalid filter clause: There is an unterminated or unexpected part in '${this.#text}'.`);
  }
}

/** Equality in a directory ignores the case of text. */
function same(value: unknown, literal: unknown): boolean {
  if (typeof value === "string" && typeof literal === "string") return value.toLowerCase() === literal.toLowerCase();
  return (value ?? null) === literal;
}
