/**
 * Tags of answers, so that who looks again and again is told in a word that nothing has changed. Weak ones: every answer says when
 * it was given (`now`), and that alone makes no other answer.
 */
import { hash } from "node:crypto";

/** How a `now` begins, anywhere in an answer; inside a text its quotes would be escaped. */
const NOW = '"now":"';

/** The text without each `now`. */
function timeless(text: string): string {
  let [rest, from] = ["", 0];
  for (let at = text.indexOf(NOW); at >= 0; at = text.indexOf(NOW, from)) {
    const end = text.indexOf('"', at + NOW.length);
    if (end < 0) break;
    rest += text.slice(from, at);
    from = end + 1;
  }
  return rest + text.slice(from);
}

/** Of an answer's JSON text. */
export function etagOf(text: string): string {
  return `W/"${hash("sha512-256", timeless(text), "base64url").slice(0, 22)}"`;
}

/** Whether `If-None-Match` names this tag; compared weakly (RFC 9110, 13.1.2). */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
  return header.split(",").some((one) => opaque(one) === opaque(etag));
}
