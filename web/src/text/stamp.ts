/** What the scan stamp says: how old what is shown is, how much of the tenant it is, and how sure that is. */
import type { Answer } from "../api/client.ts";
import { counted, distance, written } from "./dates.ts";

/** How much of the tenant was read. */
export interface Read {
  readonly applications: number;
  readonly servicePrincipals: number;
}

type Coverage = Answer<"GET /api/v1/t/{tenant}/overview">["coverage"];

export interface Seen {
  readonly coverage: Coverage;
  /** The server's now, as its last answer says it: ISO 8601. */
  readonly now: string;
  /** Milliseconds since that answer came, by the browser's clock. */
  readonly since: number;
  readonly live: "live" | "lost" | "opening";
  readonly zone: string;
  /** What a scan that is under way has read; null where none is. */
  readonly read: Read | null;
}

export interface Stamp {
  /** `fine` is a green tick, `urgent` amber, `ended` red. */
  readonly tone: "fine" | "urgent" | "ended";
  readonly head: string;
  readonly lines: readonly string[];
  /** What takes away from it. */
  readonly but: readonly string[];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The loop scans every hour; the server calls a scan overdue after as long. */
const OLD = 6 * HOUR;
/** Here a person has to look: nothing new is written on what old scans say. */
const TOO_OLD = 48 * HOUR;
/** The page asks once a minute. */
const UNHEARD = 3 * MINUTE;

/** Ages by itself where the server says nothing any more. */
export function stampOf({ coverage, now, since, live, zone, read }: Seen): Stamp {
  const { scannedAt, complete, missed } = coverage;
  const present = Date.parse(now) + since;
  const but = [
    ...(missed === null ? [] : ["The last one failed."]),
    ...(live === "lost" ? ["Live updates stopped. Trying again."] : []),
    ...(since < UNHEARD
      ? []
      : [`Nothing was heard of the server since ${written(Date.parse(now), zone, "dateTime")}.`]),
  ];
  const reading = read === null ? [] : [`Reading now: ${readWords(read)}`];
  if (scannedAt === null) return { tone: "urgent", head: "No scan yet", lines: reading, but };
  const at = Date.parse(scannedAt);
  const age = present - at;
  const isSure = complete && but.length === 0 && age < OLD;
  const words = complete ? (age < OLD ? "Complete scan" : "Last complete scan") : "Incomplete scan";
  return {
    tone: isSure ? "fine" : age < TOO_OLD ? "urgent" : "ended",
    head: age < TOO_OLD ? `${words}, ${distance(at, present, zone)}` : `${words} ${day(at, zone)}`,
    lines: [
      counted(coverage.applications, "application"),
      counted(coverage.servicePrincipals, "service principal"),
      ...reading,
    ],
    but,
  };
}

/** "1,998 applications and 999 service principals". */
export function readWords({ applications, servicePrincipals }: Read): string {
  return `${counted(applications, "application")} and ${counted(servicePrincipals, "service principal")}`;
}

/** "Mon 16 Nov": the year is no news here. */
function day(at: number, zone: string): string {
  return written(at, zone).replace(/ \d{4}$/, "");
}
