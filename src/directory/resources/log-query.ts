/** Query options of the logs: fewer than those of objects, over rows that are made when they are read. */
import type { GraphAnswer, GraphCall } from "../graph/graph-call.ts";
import { badRequest, notEmulated, unsupportedQuery } from "../graph/graph-error.ts";
import { skipToken } from "../graph/odata.ts";

/** One row of a log and its place in it. */
export interface Row {
  readonly seq: number;
  readonly body: Record<string, unknown>;
}

export const LOG_OPTIONS: readonly string[] = ["$filter", "$top", "$skiptoken", "$orderby"];
const PAGE = 100;
const LARGEST = 1000;

/** The page a request asks for, newest first, as an answer. */
export function logPage(call: GraphCall, context: string, rows: Iterable<Row>): GraphAnswer {
  const url = new URL(call.request.target, call.request.origin);
  const options = url.searchParams;
  for (const name of options.keys())
    if (!LOG_OPTIONS.includes(name)) throw notEmulated(`The query option '${name}' here`);
  const order = options.get("$orderby");
  if (order !== null && !/^\w*DateTime( (asc|desc))?$/.test(order))
    throw unsupportedQuery(`$orderby=${order} is not supported.`);
  const ascending = order !== null && !order.endsWith(" desc");
  const top = Number(options.get("$top") ?? PAGE);
  if (!Number.isInteger(top) || top < 1 || top > LARGEST) {
    throw badRequest(
      `Invalid page size specified: '${options.get("$top")}'. Must be between 1 and ${LARGEST} inclusive.`,
    );
  }
  const fits = parseLogFilter(options.get("$filter"));
  const after = seqOf(options.get("$skiptoken"));
  const sorted = [...rows].filter(({ body }) => fits(body)).sort((a, b) => (ascending ? a.seq - b.seq : b.seq - a.seq));
  const left = after === undefined ? sorted : sorted.filter(({ seq }) => (ascending ? seq > after : seq < after));
  const page = left.slice(0, top);
  const answer: Record<string, unknown> = { "@odata.context": `${call.request.origin}${context}` };
  if (left.length > top) {
    options.set("$skiptoken", skipToken(page.at(-1)?.seq ?? 0));
    answer["@odata.nextLink"] = `${call.request.origin}${url.pathname}?${options.toString().replaceAll("%24", "$")}`;
  }
  answer.value = page.map(({ body }) => body);
  return { status: 200, body: answer };
}

function seqOf(token: string | null): number | undefined {
  if (token === null) return undefined;
  const seq = /:(\d+):/.exec(Buffer.from(token, "base64url").toString("utf8"))?.[1];
  if (seq === undefined) throw badRequest("The specified $skiptoken is invalid.");
  return Number(seq);
}

type Test = (body: Record<string, unknown>) => boolean;

/** A comparison that every row must meet, with its literal without quotes. */
interface Comparison {
  readonly path: string;
  readonly operator: string;
  readonly literal: string;
}

const COMPARISON = /^([\w/]+) (eq|ne|ge|le|gt|lt) (?:'([^']*)'|([\w:.+-]+))$/;
const LAMBDA = /^(\w+)\/any\((\w+):\s*\2(?:\/(\w+))? eq '([^']*)'\)$/;

/** Clauses joined by `and`: comparisons, `startswith`, and the two lambdas the logs know. */
export function parseLogFilter(text: string | null): Test {
  const tests = clausesOf(text).map(parseClause);
  return (body) => tests.every((test) => test(body));
}

function clausesOf(text: string | null): string[] {
  return text === null ? [] : text.split(/ and /i).map((clause) => clause.trim());
}

/**
 * What a request's filter says of every row it can find, so that no others need be made: the text a path equals (of a lambda the
 * list and its member, as `targetResources/any/id`) and an instant, epoch milliseconds, that a path is not before.
 */
export function narrowing(call: GraphCall): {
  equal(path: string): string | undefined;
  since(path: string): number;
} {
  const filter = new URL(call.request.target, call.request.origin).searchParams.get("$filter");
  const comparisons = clausesOf(filter).flatMap(comparisonOf);
  const find = (path: string, operator: string) =>
    comparisons.find((one) => one.path === path && one.operator === operator)?.literal;
  return {
    equal: (path) => find(path, "eq"),
    since: (path) => {
      const at = find(path, "ge") ?? "";
      const instant = isDate(at) ? Date.parse(at) : Number.NaN;
      return Number.isNaN(instant) ? Number.NEGATIVE_INFINITY : instant;
    },
  };
}

function comparisonOf(clause: string): Comparison[] {
  const [, list = "", , member, value = ""] = LAMBDA.exec(clause) ?? [];
  if (member !== undefined) return [{ path: `${list}/any/${member}`, operator: "eq", literal: value }];
  const compared = COMPARISON.exec(clause);
  if (compared === null) return [];
  const [, path = "", operator = "", quoted, bare] = compared;
  return [{ path, operator, literal: quoted ?? bare ?? "" }];
}

function isDate(literal: string): boolean {
  return /^\d{4}-\d\d-\d\d/.test(literal);
}

function parseClause(clause: string): Test {
  const lambda = LAMBDA.exec(clause);
  if (lambda !== null) {
    const [, list = "", , member, value] = lambda;
    return (body) =>
      ((body[list] ?? []) as unknown[]).some(
        (one) => (member === undefined ? one : (one as Record<string, unknown>)[member]) === value,
      );
  }
  const starts = /^startswith\(([\w/]+),\s*'([^']*)'\)$/i.exec(clause);
  if (starts !== null) {
    const [, path = "", value = ""] = starts;
    return (body) => String(at(body, path) ?? "").startsWith(value);
  }
  const [compared] = comparisonOf(clause);
  if (compared === undefined) throw unsupportedQuery(`Unsupported or invalid query filter clause '${clause}'.`);
  const { path, operator, literal } = compared;
  return (body) => holds(at(body, path), operator, literal);
}

function at(body: unknown, path: string): unknown {
  return path.split("/").reduce<unknown>((value, name) => (value as Record<string, unknown> | null)?.[name], body);
}

function holds(value: unknown, operator: string, literal: string): boolean {
  const instants = [Date.parse(String(value)), Date.parse(literal)] as const;
  const asTime = isDate(literal) && !instants.some(Number.isNaN);
  const [left, right] = asTime ? instants : [String(value), literal];
  switch (operator) {
    case "eq":
      return left === right;
    case "ne":
      return left !== right;
    case "ge":
      return left >= right;
    case "le":
      return left <= right;
    case "gt":
      return left > right;
    default:
      return left < right;
  }
}
