/** JSON text in ASCII alone: a character of it is a byte, and to make bytes of much of it takes a third of the time. */

/** The same JSON; other characters can only be in its strings, and are escaped there (RFC 8259, 7). */
export function inAscii(json: string): string {
  return json.replaceAll(/[\u0080-\uffff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
