/**
 * One key in a dotenv file, everything else byte for byte. The grammar is the one of Node.js's own parser (`util.parseEnv`)
 * and of the dotenv package: `KEY=value`, an optional `export `, values bare or in ', " or `, the last of several wins.
 */
import { parseEnv } from "node:util";

/** The value a program would read, null when the key is not in the file. */
export function readKey(text: string, key: string): string | null {
  return parseEnv(text)[key] ?? null;
}

/**
 * The text with the value of one key replaced, or a line appended when it has none. Null when no quoting of the value can
 * be read back as it is, or the file holds the key in a way that cannot be edited safely: then nothing must be written.
 */
export function writeKey(text: string, key: string, value: string): string | null {
  const found = assignments(text, key).at(-1);
  for (const quote of quotesFor(value, found?.quote ?? "")) {
    const written = `${quote}${value}${quote}`;
    const after =
      found === undefined
        ? append(text, `${key}=${written}`)
        : text.slice(0, found.from) + written + text.slice(found.to);
    if (onlyChanges(text, after, key, value)) return after;
  }
  return null;
}

interface Assignment {
  /** Where the value with its quotes begins and ends. */
  readonly from: number;
  readonly to: number;
  readonly quote: string;
}

/** Every assignment of the key outside of other keys' quoted values. */
function assignments(text: string, key: string): Assignment[] {
  const found: Assignment[] = [];
  const line = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*/gm;
  for (let match = line.exec(text); match !== null; match = line.exec(text)) {
    const from = match.index + match[0].length;
    const value = valueAt(text, from);
    if (match[1] === key) found.push({ from, to: from + value.length, quote: value.quote });
    line.lastIndex = Math.max(from + value.length, match.index + match[0].length);
  }
  return found;
}

function valueAt(text: string, from: number): { length: number; quote: string } {
  const quote = text[from] ?? "";
  if (quote === '"' || quote === "'" || quote === "`") {
    const end = text.indexOf(quote, from + 1);
    if (end !== -1) return { length: end + 1 - from, quote };
  }
  const bare = /^[^\r\n#]*/.exec(text.slice(from))?.[0] ?? "";
  return { length: bare.trimEnd().length, quote: "" };
}

/** The quoting of the line as it was first, then whatever the value allows. */
function quotesFor(value: string, first: string): string[] {
  const safe = ["", '"', "'", "`"].filter((quote) => {
    if (/[\r\n]/.test(value)) return false;
    // bare values end at # and are trimmed; a double-quoted one may have \n read as a line break
    if (quote === "") return /^[^\s#"'`\\$]+$/.test(value);
    return !value.includes(quote) && !(quote === '"' && /[\\$]/.test(value));
  });
  return safe.includes(first) ? [first, ...safe.filter((one) => one !== first)] : safe;
}

function append(text: string, line: string): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  const gap = text === "" || text.endsWith("\n") ? "" : end;
  return `${text}${gap}${line}${end}`;
}

/** The proof of an edit: the key reads as the new value, and every other key as before. */
function onlyChanges(before: string, after: string, key: string, value: string): boolean {
  const was = { ...parseEnv(before), [key]: value };
  const is = parseEnv(after);
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...names].every((name) => was[name] === is[name]);
}
