/**
 * The service's own words, fit for one of our messages: one line, lower-case start, no full stop, never longer than a
 * sentence or two, and with anything that looks like a token or an Entra client secret taken out (invariant 4).
 */

const TOKEN = /\b[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g;
/** Entra's own secrets: three characters, a digit, `Q~`, the rest; the first three are what Graph shows as their hint. */
const CLIENT_SECRET = /[^\s'"]{3}\dQ~[^\s'"]+/g;
const LIMIT = 240;

export function scrub(text: string, hidden: readonly string[] = []): string {
  let clean = text;
  for (const value of hidden) if (value !== "") clean = clean.replaceAll(value, "[sealed]");
  clean = clean.replace(TOKEN, "[sealed]").replace(CLIENT_SECRET, "[sealed]").replace(/\s+/g, " ").trim();
  if (clean.length > LIMIT) clean = `${clean.slice(0, LIMIT)}…`;
  return (clean.charAt(0).toLowerCase() + clean.slice(1)).replace(/\.$/, "");
}
