/** What a command says on stderr, fit for one of our messages: one line, short, without anything that looks like a secret. */

import { stripVTControlCharacters } from "node:util";

const COMPLAINT =
  /\b(?:error|fail|failed|failure|denied|refused?|cannot|can't|unable|invalid|not|no|missing|expired)\b/i;
const LIMIT = 200;

const HIDDEN: readonly RegExp[] = [
  /-----BEGIN [\s\S]*/g,
  // name=value, name: value and --name value of whatever is called a secret
  /(?<=\b(?:pass(?:word|wd|phrase|in|out)?|pwd|pin|secret|token|api[-_]?key|authorization)(?:\s*[=:]\s*|\s+(?=\S*\d)))(?:bearer\s+)?\S+/gi,
  // tokens, Entra's client secrets, credentials in an address, long runs of base64 or hex
  /\b[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g,
  /[^\s'"]{3}\dQ~[^\s'"]+/g,
  /[A-Za-z0-9+/]{24,}={1,2}/g,
  /(?<=:\/\/)[^\s/@]+(?=@)/g,
  /(?<![A-Za-z0-9+_/.-])(?=[A-Za-z0-9+_-]*\d)[A-Za-z0-9+_-]{32,}={0,2}/g,
];

/** The first line that tells of a fault, else the first line; null when there is none. */
export function firstComplaint(stderr: string): string | null {
  const lines = stripVTControlCharacters(stderr)
    .split(/\r\n|[\r\n]/)
    .map((line) => line.replace(/[\p{C}\s]+/gu, " ").trim())
    .filter((line) => line !== "");
  const line = lines.find((one) => COMPLAINT.test(one)) ?? lines[0];
  if (line === undefined) return null;
  let clean = line;
  for (const pattern of HIDDEN) clean = clean.replace(pattern, "[sealed]");
  return clean.length > LIMIT ? `${clean.slice(0, LIMIT)}…` : clean;
}
