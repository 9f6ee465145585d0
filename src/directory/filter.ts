/** `$filter`, as far as directory objects take it: reference graph-applications §10. */
import { filterUse } from "./filterable.ts";
import { badRequest, type GraphError, unsupportedQuery } from "./graph-error.ts";
import { structuredType, titled } from "./schema.ts";
import type { Entity, ObjectRecord } from "./state.ts";

/** Whether an object fits. Counts of owners and the like need more of it than Graph shows. */
export type Predicate = (entity: Entity, record?: ObjectRecord) => boolean;

type Value = string | boolean | number | null;
/** What a name stands for: a property of the object, or of the element a lambda looks at. */
type Read = (item: unknown) => unknown;

/** The element a lambda looks at: its name, and the collection it is of. */
interface Scope {
  readonly variable: string;
  readonly property: string;
}

/** One side of a comparison, under the name the tables know it by. */
interface Operand {
  readonly property: string;
  readonly read: Read;
  readonly inLambda: boolean;
}

const TOKEN = /\s*(?:('(?:[^']|'')*')|(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)?)|([(),:/])|([A-Za-z0-9_$.-]+))/y;
const NAMES_OF_OPERATORS: Record<string, string> = { endswith: "endsWith", not: "not", ne: "ne", ge: "ge", le: "le" };
const OPERATORS = new Set(["eq", "ne", "ge", "le"]);
/** Deeper nesting than this is refused before it costs anything. */
const DEEPEST = 50;

export const advancedNeeded = (what: string): GraphError =>
  unsupportedQuery(
    `Operator '${what}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information`,
  );

/** Parses a filter on a type. `advanced` says that both the header and `$count=true` are there. @throws GraphError */
export function parseFilter(text: string, type: string, advanced: boolean): Predicate {
  return new FilterParser(text, type, advanced).parse();
}

class FilterParser {
  readonly #tokens: string[] = [];
  #at = 0;
  #depth = 0;
  readonly #text: string;
  readonly #type: string;
  readonly #advanced: boolean;

  constructor(text: string, type: string, advanced: boolean) {
    this.#text = text;
    this.#type = type;
    this.#advanced = advanced;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const match = TOKEN.exec(text);
      if (match === null) throw this.#invalid();
      this.#tokens.push(match.slice(1).find((part) => part !== undefined) ?? "");
    }
  }

  parse(): Predicate {
    const predicate = this.#or(undefined);
    if (this.#at < this.#tokens.length) throw this.#invalid();
    return predicate;
  }

  #or(scope: Scope | undefined): Predicate {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw this.#invalid();
    let left = this.#and(scope);
    while (this.#take("or")) {
      const [one, other] = [left, this.#and(scope)];
      left = (entity, record) => one(entity, record) || other(entity, record);
    }
    this.#depth -= 1;
    return left;
  }

  #and(scope: Scope | undefined): Predicate {
    let left = this.#one(scope);
    while (this.#take("and")) {
      const [one, other] = [left, this.#one(scope)];
      left = (entity, record) => one(entity, record) && other(entity, record);
    }
    return left;
  }

  #one(scope: Scope | undefined, negated = false): Predicate {
    if (this.#take("not")) {
      if (!this.#advanced) throw advancedNeeded("not");
      const inner = this.#one(scope, true);
      return (entity, record) => !inner(entity, record);
    }
    if (this.#take("(")) {
      const inner = negated ? this.#one(scope, true) : this.#or(scope);
      this.#expect(")");
      return inner;
    }
    const word = this.#next();
    const call = word.toLowerCase();
    if ((call === "startswith" || call === "endswith") && this.#take("(")) return this.#call(call, scope, negated);
    if (call === "contains" && this.#take("(")) throw unsupportedQuery("Filter operator 'Contains' is not supported.");
    if (scope === undefined && this.#take("/")) return this.#path(word, negated);
    return this.#comparison(this.#operand(word, scope), negated);
  }

  /** `startsWith(name,'x')` and `endsWith(name,'x')`. */
  #call(use: "startswith" | "endswith", scope: Scope | undefined, negated: boolean): Predicate {
    if (use === "endswith" && !this.#advanced) throw advancedNeeded("endsWith");
    const { property, read } = this.#operand(this.#next(), scope);
    this.#allow(property, scope === undefined ? use : `any.${use}`);
    if (negated && scope === undefined) this.#allow(property, "not");
    this.#expect(",");
    const literal = this.#literal();
    if (typeof literal !== "string") throw this.#invalid();
    const part = literal.toLowerCase();
    this.#expect(")");
    return (entity) => {
      const text = String(read(entity) ?? "").toLowerCase();
      return use === "startswith" ? text.startsWith(part) : text.endsWith(part);
    };
  }

  /** What a word stands for, with the name the tables know it by. */
  #operand(word: string, scope: Scope | undefined): Operand {
    if (scope === undefined) return { property: word, read: member(word), inLambda: false };
    if (word !== scope.variable) throw this.#invalid();
    if (!this.#take("/")) return { property: scope.property, read: (item) => item, inLambda: true };
    const name = this.#next();
    return { property: `${scope.property}/${name}`, read: member(name), inLambda: true };
  }

  #comparison({ property, read, inLambda }: Operand, negated: boolean): Predicate {
    const operator = this.#next().toLowerCase();
    const use = (name: string) => (inLambda ? `any.${name}` : name);
    if (negated && !inLambda) this.#allow(property, "not");
    if (operator === "in") {
      this.#allow(property, use("in"));
      this.#expect("(");
      const values: Value[] = [this.#literal()];
      while (this.#take(",")) values.push(this.#literal());
      this.#expect(")");
      return (entity) => values.some((value) => same(read(entity), value));
    }
    if (operator === "gt" || operator === "lt") throw this.#clause(property);
    if (!OPERATORS.has(operator)) throw this.#invalid();
    if (operator === "eq" || this.#advanced) this.#allow(property, use(operator));
    else throw advancedNeeded(NAMES_OF_OPERATORS[operator] ?? operator);
    const value = this.#literal();
    if (operator === "eq") return (entity) => same(read(entity), value);
    if (operator === "ne") return (entity) => !same(read(entity), value);
    return (entity) => {
      const order = compare(read(entity), value);
      return order !== undefined && (operator === "ge" ? order >= 0 : order <= 0);
    };
  }

  /** `owners/$count eq 0` and `names/any(n:n eq 'x')`. */
  #path(name: string, negated: boolean): Predicate {
    const word = this.#next();
    if (word === "$count") return this.#count(name);
    if (word !== "any") throw this.#clause(name);
    if (negated) this.#allowAny(name, "not");
    this.#allowAny(name, "any");
    this.#expect("(");
    const variable = this.#next();
    this.#expect(":");
    const inner = this.#or({ variable, property: name });
    this.#expect(")");
    return (entity) => {
      const items = entity[name];
      return Array.isArray(items) && items.some((item) => inner(item as Entity));
    };
  }

  #count(name: string): Predicate {
    this.#allow(name, "count");
    const operator = this.#next().toLowerCase();
    const wanted = Number(this.#next());
    const known = (operator === "eq" || operator === "ne") && (wanted === 0 || wanted === 1);
    if (!known) throw this.#clause(name);
    return (_entity, record) => {
      const members = name === "owners" ? record?.owners : record?.federated;
      return ((members?.length ?? 0) === wanted) === (operator === "eq");
    };
  }

  #allow(property: string, use: string): void {
    this.#refuseUnknown(property);
    const found = filterUse(this.#type, property, use);
    if (found === undefined) throw this.#clause(property);
    if (found === "advanced" && !this.#advanced) throw this.#clause(property);
  }

  /** A collection, of texts or of objects one of whose members is in the table. */
  #allowAny(property: string, use: string): void {
    this.#refuseUnknown(property);
    const members = ["", "/keyId", "/type", "/id", "/value", "/resourceAppId"];
    const found = members.map((one) => filterUse(this.#type, property + one, use)).find((one) => one !== undefined);
    if (found === undefined) throw this.#clause(property);
    if (found === "advanced" && !this.#advanced) throw this.#clause(property);
  }

  #refuseUnknown(property: string): void {
    const { properties, navigation } = structuredType(this.#type);
    const [first = ""] = property.split("/");
    if (!properties.has(first) && !navigation.has(first))
      throw badRequest(`Could not find a property named '${first}' on type 'microsoft.graph.${this.#type}'.`);
  }

  #clause(property: string): GraphError {
    return unsupportedQuery(
      `Unsupported or invalid query filter clause specified for property '${property.split("/")[0]}' of resource '${titled(this.#type)}'.`,
    );
  }

  #literal(): Value {
    const token = this.#next();
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (token === "null") return null;
    if (token === "true" || token === "false") return token === "true";
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(token) || /^\d{4}-\d\d-\d\d/.test(token)) return token;
    if (/^-?\d{1,15}$/.test(token)) return Number(token);
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

  #invalid(): GraphError {
    return badRequest(`Invalid filter clause: There is an unterminated or unexpected part in '${this.#text}'.`);
  }
}

function member(name: string): Read {
  return (item) =>
    typeof item === "object" && item !== null && Object.hasOwn(item, name)
      ? (item as Record<string, unknown>)[name]
      : undefined;
}

/** Equality in a directory ignores the case of text, and two writings of one instant are the same. */
function same(value: unknown, literal: Value): boolean {
  if (typeof value === "string" && typeof literal === "string") return compare(value, literal) === 0;
  return (value ?? null) === literal;
}

/** How two values are ordered; undefined where they are not of one kind. */
function compare(value: unknown, literal: Value): number | undefined {
  if (typeof value !== "string" || typeof literal !== "string") return undefined;
  if (isInstant(value) && isInstant(literal)) return Math.sign(Date.parse(value) - Date.parse(literal));
  const [one, other] = [value.toLowerCase(), literal.toLowerCase()];
  return one < other ? -1 : one > other ? 1 : 0;
}

const isInstant = (text: string) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text));
