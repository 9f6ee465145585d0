/** What is said of applications that the last scan did not get to see. Pure. */
import { grouped } from "./dates.ts";

/** By the error with which their list broke off: the answer of Entra ID where it is always the same one. */
const WHY: Readonly<Record<string, string>> = {
  "directory-forbidden": " (403)",
  "directory-throttled": " (429)",
  "directory-unreachable": ": Entra ID did not answer",
};

export function unreadWords(code: string): string {
  return `could not be read${WHY[code] ?? ""}`;
}

/** Behind how many there are; nothing where all were read. */
export function unreadCount(count: number): string {
  return count === 0 ? "" : `, ${grouped(count)} could not be read`;
}
