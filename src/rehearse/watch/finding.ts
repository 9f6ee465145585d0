/** What a rehearsal found. */

import { type EpochMs, formatInstant } from "../../core/time.ts";

/** `unannounced`: a lapse that nobody could avoid, and of which nobody was told in time. */
export type FindingKind = "lapse" | "unannounced" | "orphan" | "break";

export interface Finding {
  readonly kind: FindingKind;
  readonly at: EpochMs;
  readonly what: string;
  /** The client id of the application it is about. */
  readonly about: string | null;
  /** The end of the story of that application. */
  readonly transcript: readonly string[];
}

/** A finding as text: what happened, and the story that led to it. */
export function tell(finding: Finding): string {
  const head = `${finding.kind} at ${formatInstant(finding.at)}: ${finding.what}`;
  return [head, ...finding.transcript.map((line) => `  ${line}`)].join("\n");
}
