/** `$search` on directory objects: words of a property by their beginning. Reference graph-applications §10.1. */

import type { Entity } from "../state/state.ts";
import type { Filter } from "./filter.ts";
import { isSearchable } from "./filterable.ts";
import { GraphError, unsupportedQuery } from "./graph-error.ts";

type Predicate = (entity: Entity) => boolean;

const CLAUSE = /\s*(?:"((?:[^"\\]|\\.)*)"|(AND|OR)\b|([()]))/y;

/** Parses `"displayName:one" AND ("description:two" OR …)`. @throws GraphError */
export function parseSearch(text: string, type: string, eventual: boolean): Filter {
  if (!eventual) {
    throw unsupportedQuery(
      "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
    );
  }
  const tokens = tokenise(text);
  let at = 0;
  const one = (depth: number): Predicate => {
    const token = tokens[at];
    at += 1;
    if (token === "(" && depth < 20) {
      const inner = chain(depth + 1);
      if (tokens[at] !== ")") throw syntax(text, text.length);
      at += 1;
      return inner;
    }
    if (token === undefined || !token.startsWith('"')) throw syntax(text, text.length);
    return clause(token.slice(1), type);
  };
  // OR binds more loosely than AND
  const chain = (depth: number): Predicate => {
    const sums: Predicate[][] = [[one(depth)]];
    while (tokens[at] === "AND" || tokens[at] === "OR") {
      const or = tokens[at] === "OR";
      at += 1;
      const next = one(depth);
      if (or) sums.push([next]);
      else sums.at(-1)?.push(next);
    }
    return (entity) => sums.some((products) => products.every((product) => product(entity)));
  };
  const predicate = chain(0);
  if (at < tokens.length) throw syntax(text, text.length);
  return { test: ({ entity }) => predicate(entity), hint: undefined };
}

function tokenise(text: string): string[] {
  const tokens: string[] = [];
  CLAUSE.lastIndex = 0;
  let end = 0;
  while (end < text.trimEnd().length) {
    const match = CLAUSE.exec(text);
    if (match === null) throw syntax(text, end);
    end = CLAUSE.lastIndex;
    tokens.push(match[1] === undefined ? (match[2] ?? match[3] ?? "") : `"${match[1].replaceAll(/\\(.)/g, "$1")}`);
  }
  return tokens;
}

/** As Graph words it: `Syntax error: character ':' is not valid at position 11 in 'displayName:x'.` */
function syntax(text: string, from: number): GraphError {
  const odd = text.slice(from).search(/[^\w\s]/);
  const position = odd < 0 ? Math.min(from, Math.max(text.length - 1, 0)) : from + odd;
  return new GraphError(
    400,
    "BadRequest",
    `Syntax error: character '${text[position] ?? ""}' is not valid at position ${position} in '${text}'.`,
  );
}

/** One `property:words`: each word given begins a word of the property. */
function clause(text: string, type: string): Predicate {
  const colon = text.indexOf(":");
  const property = text.slice(0, Math.max(colon, 0));
  // the text for a property that cannot be searched is on no record; its code is that of its neighbours
  if (colon < 0 || !isSearchable(type, property))
    throw unsupportedQuery(`Unsupported or invalid search clause specified: '${text}'.`);
  const wanted = wordsOf(text.slice(colon + 1));
  return (entity) => {
    const words = wordsOf(String(entity[property] ?? ""));
    return wanted.every((beginning) => words.some((word) => word.startsWith(beginning)));
  };
}

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
