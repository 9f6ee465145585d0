/** Rows of CSV (RFC 4180). Names come from the directory: whoever writes one must not write a formula of a spreadsheet. */
import { visible } from "./names.ts";

/** One line. A cell that a spreadsheet would take for a formula begins with an apostrophe (owasp.org/www-community/attacks/CSV_Injection). */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

/** One cell, on one line. */
export function csvCell(text: string): string {
  // a line break of a sentence is no more than a space; what else would not be seen is shown
  const line = visible(text.replaceAll(/\p{Cc}+/gu, " "));
  const safe = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(line) ? `'${line}` : line;
  return /[",;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
