/** Problems with their place: file, line and column, and the nearest known name for a misspelt one. */
import { createHash } from "node:crypto";
import { isCollection, isNode, isScalar, LineCounter, type Node, parseDocument, visit } from "yaml";
import type { z } from "zod";
import { NolapseError } from "../core/errors.ts";

export interface Source {
  readonly path: string;
  /** The same for the same text: SHA-256, hex. */
  readonly digest: string;
  readonly value: unknown;
  /** `file:line:column` of the value at this path, or of the nearest thing around it; of the key, when asked. */
  place(at: readonly PropertyKey[], key?: boolean): string;
  /** Line and column of the value at this path, of the key when asked; null where it is not there. */
  position(at: readonly PropertyKey[], key?: boolean): { readonly line: number; readonly column: number } | null;
  /** Whether the list or map at this path stands in brackets or braces. */
  isFlow(at: readonly PropertyKey[]): boolean;
}

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Parses the text. @throws NolapseError `config-invalid` with the place, for text that is not YAML. */
export function parseSource(path: string, text: string): Source {
  const lines = new LineCounter();
  // the library compares every key of a map with every other: seconds where 10,000 targets are named
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const problem = document.errors[0];
  if (problem !== undefined) {
    throw new NolapseError("config-invalid", `${at(problem.pos[0])} is not YAML: ${firstLine(problem.message)}`, {
      next: "correct that line; nolapse config check reads the file again",
    });
  }
  const twice = repeatedKey(document.contents);
  if (twice !== null) {
    throw new NolapseError("config-invalid", `${at(twice.offset)} "${twice.name}" stands there a second time`, {
      next: "remove one of the two; nolapse config check reads the file again",
    });
  }
  return {
    path,
    digest: digestOf(text),
    value: document.toJS(),
    place: (where, key = false) => {
      for (let depth = where.length; depth >= 0; depth -= 1) {
        const offset = offsetOf(document.contents, where.slice(0, depth), key && depth === where.length);
        if (offset !== null) return at(offset);
      }
      return path;
    },
    position: (where, key = false) => {
      const offset = offsetOf(document.contents, where, key);
      if (offset === null) return null;
      const { line, col: column } = lines.linePos(offset);
      return { line, column };
    },
    isFlow: (where) => {
      const node = nodeOf(document.contents, where, false);
      return isCollection(node) && node.flow === true;
    },
  };
}

/** The first key that its map holds already. YAML allows none (yaml.org/spec/1.2.2 §3.2.1.3); the last one would win unseen. */
function repeatedKey(root: unknown): { readonly name: string; readonly offset: number } | null {
  let found: { readonly name: string; readonly offset: number } | null = null;
  visit(root as Node, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name)) {
          found = { name: String(name), offset: (key as Node).range?.[0] ?? 0 };
          return visit.BREAK;
        }
        seen.add(name);
      }
      return undefined;
    },
  });
  return found;
}

function offsetOf(root: unknown, where: readonly PropertyKey[], key: boolean): number | null {
  return (nodeOf(root, where, key) as Node | null)?.range?.[0] ?? null;
}

function nodeOf(root: unknown, where: readonly PropertyKey[], key: boolean): unknown {
  let node: unknown = root;
  for (const [index, part] of where.entries()) {
    const items: unknown = isNode(node) && "items" in node ? node.items : null;
    if (!Array.isArray(items)) return null;
    if (typeof part === "number") {
      node = items[part];
      continue;
    }
    const pair = items.find((one) => String(one?.key?.value ?? "") === String(part));
    if (pair === undefined) return null;
    node = key && index === where.length - 1 ? pair.key : (pair.value ?? pair.key);
  }
  return node;
}

/** Beside the first one so many problems are told at once. */
const MOST_TOLD = 9;

/** What zod found, as one sentence with each place, and what to do about the first. */
export function schemaProblem(source: Source, error: z.ZodError): NolapseError {
  const [first, ...others] = error.issues.map((issue) => problemOf(source, deepest([issue])));
  if (first === undefined) throw new TypeError("no problem to report");
  const told = others.slice(0, MOST_TOLD).map(({ what }) => `; ${what.slice(source.path.length + 1)}`);
  const more = others.length > told.length ? `; and ${others.length - told.length} more` : "";
  return new NolapseError("config-invalid", `${first.what}${told.join("")}${more}`, { next: first.next });
}

interface Problem {
  /** With its place before it. */
  readonly what: string;
  readonly next: string;
}

function problemOf(source: Source, issue: Issue): Problem {
  if (issue.code === "unrecognized_keys") {
    const name = issue.keys[0] ?? "";
    const near = nearest(name, NAMES);
    return {
      what: `${source.place([...issue.path, name], true)} unknown key "${name}"`,
      next: near === null ? "remove it; nolapse config schema lists the keys" : `did you mean "${near}"?`,
    };
  }
  const where = source.place(issue.path);
  const name = issue.path.map(String).join(".");
  const known = knownValues(issue);
  const given = valueAt(source.value, issue.path);
  if (known.length > 0 && given !== undefined) {
    const near = typeof given === "string" ? nearest(given, known) : null;
    const what = typeof given === "object" ? "a value of the wrong kind" : `"${given}" is not known`;
    return {
      what: `${where} ${name}: ${what}`,
      next: near === null ? `use ${known.length > 1 ? "one of " : ""}${known.join(", ")}` : `did you mean "${near}"?`,
    };
  }
  const isMissing = given === undefined && issue.path.length > 0;
  const what = isMissing ? "is missing" : firstLine(issue.message).replace(/^Invalid input: /, "");
  const one = known.length > 0 ? `, one of ${known.join(", ")}` : "";
  return {
    what: `${where} ${name === "" ? "the file" : name}: ${what}`,
    next: `${isMissing ? `add it${one}` : "correct it"}; nolapse config check reads the file again`,
  };
}

type Issue = z.core.$ZodIssue;

/** The words that may stand there, where the problem is that another one does. */
function knownValues(issue: Issue): readonly string[] {
  if (issue.code === "invalid_value") return issue.values.map(String);
  // zod says which forms there are when the word that chooses between them is not one of theirs
  const { options } = issue as { options?: readonly unknown[] };
  return issue.code === "invalid_union" && options !== undefined ? options.map(String) : [];
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const part of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[part];
  return value;
}

/** A union reports one list of problems for each of its forms: the form that got furthest is the one that was meant. */
function deepest(issues: readonly Issue[]): Issue {
  const [first] = issues;
  if (first === undefined) throw new TypeError("no problem to report");
  if (first.code !== "invalid_union" || first.errors.length === 0) return first;
  const forms = first.errors.filter((form) => form.length > 0);
  const meant = forms.sort((a, b) => score(b) - score(a))[0];
  if (meant === undefined) return first;
  const inner = deepest(meant);
  return { ...inner, path: [...first.path, ...inner.path] } as Issue;
}

function score(form: readonly Issue[]): number {
  const missing = form.filter((one) => one.code === "invalid_type" && one.message.includes("undefined")).length;
  return Math.max(...form.map((one) => one.path.length)) - missing * 2 - form.length / 100;
}

/** Every name that could stand in this file: enough to find what a misspelt one was meant to be. */
const NAMES = (
  "version tenants store seal policies targets applications exclude acceptance limits id timeZone mode cloud auth method " +
  "clientId secret certificate password tokenFile authorityHost graphEndpoint type path key kind lifetime maxAge renewBefore " +
  "overlap retire approval custody probe priority windows freeze days from to reason appId policy credentials slot current " +
  "consumers signIn authority tenant scope match displayName tag serviceManagementReference successes over window " +
  "issuesPerHour share reload hook name issuers issuer keySize command timeout vault format contentType digest person console"
).split(" ");

/** The nearest of the known names, when it is near enough to have been meant. */
export function nearest(name: string, known: readonly string[]): string | null {
  const ranked = known
    .map((one) => ({ one, distance: distance(name.toLowerCase(), one.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= Math.max(2, name.length / 3) ? best.one : null;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (left === right ? 0 : 1)));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function firstLine(text: string): string {
  return (text.split("\n")[0] ?? "").replace(/\.$/, "");
}
