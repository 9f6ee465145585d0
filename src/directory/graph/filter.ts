/** `$filter`, as far as directory objects take it: reference graph-applications §10. */

import type { Entity, ObjectRecord } from "../state/state.ts";
import { collectionUse, filterUse, isUnbuilt } from "./filterable.ts";
import { badRequest, type GraphError, notEmulated, unsupportedQuery } from "./graph-error.ts";
import { graphSchema, structuredType, titled } from "./schema.ts";

/** A parsed filter, and what the index can find instead of trying every object. */
export interface Filter {
  readonly test: (record: ObjectRecord) => boolean;
  readonly hint: Hint | undefined;
}

const INDEXED = ["id", "appId", "displayName", "servicePrincipalNames", "uniqueName", "identifierUris"] as const;
type Indexed = (typeof INDEXED)[number];

/** Every match has one of these values in this property, or begins with one of them. */
export interface Hint {
  readonly property: Indexed;
  readonly values: readonly string[];
  /** The values are beginnings. */
  readonly beginning: boolean;
}

/** A part of a filter: tests an object with the record it is of, or the element a lambda looks at. */
interface Clause {
  readonly test: (item: unknown, record: ObjectRecord | undefined) => boolean;
  readonly hint: Hint | undefined;
}

type Literal = string | boolean | null | Date;

/** The element a lambda looks at: its name, and the collection it is of. */
interface Scope {
  readonly variable: string;
  readonly property: string;
}

/** One side of a comparison, under the name the tables know it by. */
interface Operand {
  readonly property: string;
  readonly read: (item: unknown) => unknown;
  readonly inLambda: boolean;
  /** Its type in the schema. */
  readonly type: string | undefined;
}

const TOKEN =
  /\s*(?:('(?:[^']|'')*')|(\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?(?![\w-]))|([(),:/])|([A-Za-z0-9_$.-]+))/y;
/** Comparisons that are known; `gt` and `lt` no property is graded for. */
const OPERATORS = new Set(["eq", "ne", "ge", "le", "gt", "lt"]);
/** What is for advanced queries alone, with its name in the refusal. */
const ADVANCED: ReadonlyMap<string, string> = new Map([
  ["endswith", "endsWith"],
  ["ne", "ne"],
  ["not", "not"],
]);
/** Deeper nesting than this is refused before it costs anything. */
const DEEPEST = 50;

/** Parses a filter on a type. `advanced` says that the header is there, and that the count is asked for. @throws GraphError */
export function parseFilter(text: string, type: string, advanced: boolean): Filter {
  return new FilterParser(text, type, advanced).parse();
}

/** Both at once, where there are two. */
export function both(one: Filter | undefined, other: Filter | undefined): Filter | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return { test: (record) => one.test(record) && other.test(record), hint: one.hint ?? other.hint };
}

/** By recursive descent: or, and, not, comparisons, in, startsWith, endsWith, any, $count. */
class FilterParser {
  readonly #tokens: string[] = [];
  #at = 0;
  #depth = 0;
  #negations = 0;
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
      this.#tokens.push(match[0].trimStart());
    }
  }

  parse(): Filter {
    const { test, hint } = this.#or(undefined);
    if (this.#at < this.#tokens.length) throw this.#invalid();
    return { test: (record) => test(record.entity, record), hint };
  }

  #or(scope: Scope | undefined): Clause {
    let left = this.#and(scope);
    while (this.#take("or")) {
      const [one, other] = [left, this.#and(scope)];
      left = {
        test: (item, record) => one.test(item, record) || other.test(item, record),
        hint: either(one.hint, other.hint),
      };
    }
    return left;
  }

  #and(scope: Scope | undefined): Clause {
    let left = this.#one(scope);
    while (this.#take("and")) {
      const [one, other] = [left, this.#one(scope)];
      left = {
        test: (item, record) => one.test(item, record) && other.test(item, record),
        hint: one.hint ?? other.hint,
      };
    }
    return left;
  }

  #one(scope: Scope | undefined): Clause {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw this.#invalid();
    const clause = this.#take("not") ? this.#negated(scope) : this.#plain(scope);
    this.#depth -= 1;
    return clause;
  }

  #negated(scope: Scope | undefined): Clause {
    this.#requireAdvanced("not");
    this.#negations += 1;
    const { test } = this.#one(scope);
    this.#negations -= 1;
    return { test: (item, record) => !test(item, record), hint: undefined };
  }

  #plain(scope: Scope | undefined): Clause {
    if (this.#take("(")) {
      const inner = this.#or(scope);
      this.#expect(")");
      return inner;
    }
    const word = this.#next();
    const call = word.toLowerCase();
    if ((call === "startswith" || call === "endswith") && this.#take("(")) return this.#call(call, scope);
    if (call === "contains" && this.#take("(")) throw unsupportedQuery("Filter operator 'Contains' is not supported.");
    if (scope === undefined && this.#take("/")) return this.#path(word);
    const operand = this.#operand(word, scope);
    const operator = this.#next().toLowerCase();
    return operator === "in" ? this.#among(operand) : this.#comparison(operand, operator);
  }

  /** `startsWith(name,'x')` and `endsWith(name,'x')`. */
  #call(use: "startswith" | "endswith", scope: Scope | undefined): Clause {
    this.#requireAdvanced(use);
    const operand = this.#operand(this.#next(), scope);
    this.#allow(operand, use);
    this.#expect(",");
    const literal = this.#literal();
    if (typeof literal !== "string") throw this.#invalid();
    this.#expect(")");
    const part = literal.toLowerCase();
    const { property, read, inLambda } = operand;
    if (use === "endswith") return { test: (item) => textOf(read(item)).endsWith(part), hint: undefined };
    const hint = { property: "displayName", values: [part], beginning: true } as const;
    return {
      test: (item) => textOf(read(item)).startsWith(part),
      hint: property === "displayName" && !inLambda ? hint : undefined,
    };
  }

  /** What a word stands for, with the name the tables know it by. */
  #operand(word: string, scope: Scope | undefined): Operand {
    const { properties } = structuredType(this.#type);
    if (scope === undefined)
      return { property: word, read: member(word), inLambda: false, type: properties.get(word)?.type };
    if (word !== scope.variable) throw this.#invalid();
    const of = properties.get(scope.property)?.type.replace("graph.", "");
    if (!this.#take("/")) return { property: scope.property, read: (item) => item, inLambda: true, type: of };
    const name = this.#next();
    const found = graphSchema()
      .types.get(of ?? "")
      ?.properties.get(name);
    if (found === undefined)
      throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.${of}'.`);
    return { property: `${scope.property}/${name}`, read: member(name), inLambda: true, type: found.type };
  }

  #comparison(operand: Operand, operator: string): Clause {
    if (!OPERATORS.has(operator)) throw this.#invalid();
    this.#requireAdvanced(operator);
    this.#allow(operand, operator);
    const literal = this.#value(operand);
    const fits = comparison(operator, literal);
    const hint = operator === "eq" ? hintOf(operand.property, [literal]) : undefined;
    return { test: (item) => fits(operand.read(item)), hint };
  }

  #among(operand: Operand): Clause {
    this.#allow(operand, "in");
    this.#expect("(");
    const literals = [this.#value(operand)];
    while (this.#take(",")) literals.push(this.#value(operand));
    this.#expect(")");
    const fits = literals.map((literal) => comparison("eq", literal));
    return {
      test: (item) => fits.some((one) => one(operand.read(item))),
      hint: hintOf(operand.property, literals),
    };
  }

  /** `owners/$count eq 0` and `names/any(n:n eq 'x')`. */
  #path(name: string): Clause {
    const word = this.#next();
    if (word === "$count") return this.#count(name);
    if (word !== "any") throw this.#refusal(name);
    if (this.#negations > 0) this.#allowAny(name, "not");
    this.#allowAny(name, "any");
    this.#expect("(");
    const variable = this.#next();
    this.#expect(":");
    const inner = this.#or({ variable, property: name });
    this.#expect(")");
    const test = (item: unknown) => {
      const items = (item as Entity)[name];
      return Array.isArray(items) && items.some((one) => inner.test(one, undefined));
    };
    return { test, hint: inner.hint };
  }

  /** Graph compares with none and one only. */
  #count(name: string): Clause {
    this.#allow({ property: name, inLambda: false }, "count");
    const operator = this.#next().toLowerCase();
    const wanted = Number(this.#next());
    const known = (operator === "eq" || operator === "ne") && (wanted === 0 || wanted === 1);
    if (!known) throw this.#clause(name);
    const test = (_item: unknown, record: ObjectRecord | undefined) => {
      const members = name === "owners" ? record?.owners : record?.federated;
      return ((members?.length ?? 0) === wanted) === (operator === "eq");
    };
    return { test, hint: undefined };
  }

  #allow({ property, inLambda }: Pick<Operand, "property" | "inLambda">, use: string): void {
    this.#refuseUnknown(property);
    this.#admit(property, filterUse(this.#type, property, inLambda ? `any.${use}` : use));
    // of a collection it is asked where the collection is named
    if (this.#negations > 0 && !inLambda && use !== "count")
      this.#admit(property, filterUse(this.#type, property, "not"));
  }

  /** A collection, of texts or of objects one of whose members is in the table. */
  #allowAny(property: string, use: string): void {
    this.#refuseUnknown(property);
    this.#admit(property, collectionUse(this.#type, property, use));
  }

  #admit(property: string, found: "basic" | "advanced" | undefined): void {
    if (found === undefined) throw this.#refusal(property);
    if (found === "advanced" && !this.#advanced) throw this.#clause(property);
  }

  #refuseUnknown(property: string): void {
    const { properties, navigation } = structuredType(this.#type);
    const [first = ""] = property.split("/");
    if (!properties.has(first) && !navigation.has(first))
      throw badRequest(`Could not find a property named '${first}' on type 'microsoft.graph.${this.#type}'.`);
  }

  /** What no table has: not Graph's, or not ours. */
  #refusal(property: string): GraphError {
    this.#refuseUnknown(property);
    const [first = ""] = property.split("/");
    return isUnbuilt(first) ? notEmulated(`Such a filter on '${first}'`) : this.#clause(property);
  }

  #clause(property: string): GraphError {
    return unsupportedQuery(
      `Unsupported or invalid query filter clause specified for property '${property.split("/")[0]}' of resource '${titled(this.#type)}'.`,
    );
  }

  #requireAdvanced(operator: string): void {
    const shown = ADVANCED.get(operator);
    if (this.#advanced || shown === undefined) return;
    throw unsupportedQuery(
      `Operator '${shown}' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information`,
    );
  }

  /** A literal that fits the property: instants are written without quotes. */
  #value({ type }: Operand): Literal {
    const literal = this.#literal();
    if (literal !== null && (type === "Edm.DateTimeOffset") !== literal instanceof Date) throw this.#invalid();
    return literal;
  }

  #literal(): Literal {
    const token = this.#next();
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (token === "null") return null;
    if (token === "true" || token === "false") return token === "true";
    if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(token)) return token;
    const at = /^\d{4}-\d\d-\d\d/.test(token) ? new Date(token) : undefined;
    if (at !== undefined && !Number.isNaN(at.getTime())) return at;
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

function member(name: string): (item: unknown) => unknown {
  return (item) =>
    typeof item === "object" && item !== null && Object.hasOwn(item, name)
      ? (item as Record<string, unknown>)[name]
      : undefined;
}

/**
 * A comparison with one literal. A directory ignores the case of text, two writings of one instant are the same, and null is neither
 * more nor less than anything.
 */
function comparison(operator: string, literal: Literal): (value: unknown) => boolean {
  const of = (value: unknown): string | number | boolean | null => {
    if (literal instanceof Date) return value instanceof Date ? value.getTime() : Date.parse(String(value));
    return typeof value === "string" ? textOf(value) : ((value ?? null) as null);
  };
  const right = of(literal);
  const tests: Record<string, (left: ReturnType<typeof of>) => boolean> = {
    eq: (left) => left === right,
    ne: (left) => left !== right,
    ge: (left) => left !== null && right !== null && left >= right,
    le: (left) => left !== null && right !== null && left <= right,
  };
  return (value) => tests[operator]?.(of(value)) === true;
}

function textOf(value: unknown): string {
  return String(value ?? "").toLowerCase();
}

function hintOf(name: string, literals: readonly Literal[]): Hint | undefined {
  const property = INDEXED.find((one) => one === name);
  if (property === undefined) return undefined;
  const values = literals.filter((literal) => typeof literal === "string").map(textOf);
  return values.length < literals.length ? undefined : { property, values, beginning: false };
}

/** Of two alternatives both must have a hint of one kind, or every object has to be tried. */
function either(one: Hint | undefined, other: Hint | undefined): Hint | undefined {
  if (one === undefined || one.property !== other?.property || one.beginning !== other.beginning) return undefined;
  return { ...one, values: [...one.values, ...other.values] };
}
