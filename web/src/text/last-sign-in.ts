/** What a list says of when applications last signed in. Pure. */

export type Report = "read" | "off" | "unlicensed" | "unoffered" | "closed" | "failed";

/** In place of a time, where none is known: that says nothing of whether there was one. */
export const UNKNOWN: Readonly<Record<Report, string>> = {
  read: "none known",
  off: "not read",
  unlicensed: "no licence",
  unoffered: "not in this cloud",
  closed: "not permitted",
  failed: "not read now",
};

interface Told {
  readonly report: Report;
  readonly why: string | null;
  readonly next: string | null;
}

/** Above the list: what its times rest on, or why there are none. */
export function reportSentence({ report, why, next }: Told): string {
  const what = "Last sign-in: by others than Nolapse, ";
  if (report === "read") {
    return `${what}by the directory's report of last uses, which is some hours old. An application without a time may have signed in all the same.`;
  }
  const reason = why === null ? "" : `: ${why}`;
  return `${what}as far as rotations have seen them. The directory's report of last uses is not read${reason}.${next === null ? "" : ` Next: ${next}.`}`;
}
