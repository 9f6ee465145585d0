/**
 * Pieces of a JSON text as they stand in it. What is sent back to the directory must be what it sent: a date of seven
 * digits, a number too big for a double and a member nobody knows would not survive being read and written (design §4.8).
 */

const BLANK = /[\t\n\r ]*/y;
const TEXT = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /[^\t\n\r ,\]}]+/y;

/** Where a match at `from` ends; the text has been parsed, so that there is one. */
function after(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  if (!pattern.test(text)) throw new SyntaxError(`no JSON at ${from}`);
  return pattern.lastIndex;
}

function afterValue(text: string, from: number): number {
  const first = text.charAt(from);
  if (first === '"') return after(TEXT, text, from);
  if (first !== "{" && first !== "[") return after(SCALAR, text, from);
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const here = text.charAt(at);
    if (here === '"') {
      at = after(TEXT, text, at);
      continue;
    }
    if (here === "{" || here === "[") depth += 1;
    if (here === "}" || here === "]") depth -= 1;
    at += 1;
    if (depth === 0) return at;
  }
  throw new SyntaxError("the JSON does not end");
}

/** The values in an array or object that begins at `from`, as places in the text, with the names of members. */
function* inside(text: string, from: number): Generator<{ name: string | null; from: number; to: number }> {
  const named = text.charAt(from) === "{";
  let at = after(BLANK, text, from + 1);
  while (!"]}".includes(text.charAt(at))) {
    let name: string | null = null;
    if (named) {
      const end = after(TEXT, text, at);
      name = JSON.parse(text.slice(at, end)) as string;
      at = after(BLANK, text, after(BLANK, text, end) + 1); // the colon
    }
    const to = afterValue(text, at);
    yield { name, from: at, to };
    at = after(BLANK, text, to);
    if (text.charAt(at) === ",") at = after(BLANK, text, at + 1);
  }
}

/**
 * The texts of the elements of the array that is the member `name` of the object in `text`; null when that is no array.
 * Of two members of one name the last counts, as for `JSON.parse`. @throws SyntaxError when the text is not JSON.
 */
export function rawElements(text: string, name: string): readonly string[] | null {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const start = after(BLANK, text, 0);
  const member = [...inside(text, start)].findLast((one) => one.name === name);
  if (member === undefined || text.charAt(member.from) !== "[") return null;
  return [...inside(text, member.from)].map((one) => text.slice(one.from, one.to));
}
