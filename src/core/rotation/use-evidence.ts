/**
 * What sign-in log and usage report show of the old and the new credential, and whether that is evidence enough to let the
 * old one go before its end (`retire: after-evidence`, design §4.4). What was not read is no evidence, and neither is a
 * credential without a row.
 */
import type { ReasonCode } from "../reasons.ts";
import { DAY, type DurationMs, type EpochMs, formatInstant, HOUR, latest, plus } from "../time.ts";

/** A log that shows nothing new is read this often: well within the time it keeps its rows, so that no gap opens. */
export const USES_EVERY: DurationMs = DAY;
/** After a reading that failed. */
export const USES_AGAIN: DurationMs = HOUR;

/** A sign-in by somebody other than Nolapse. */
export interface Use {
  readonly at: EpochMs;
  /** The application as the log calls it; null where only the report knows of the sign-in. */
  readonly client: string | null;
  readonly address: string | null;
  /** What it asked a token for. */
  readonly resource: string | null;
  readonly flow: "application" | "user" | null;
  /** False where the log names no credential: it may have been the old one. */
  readonly named: boolean;
}

/** Why nothing is known at the moment: no licence for the logs, no such report in this cloud, no right to read them, or no answer. */
export type Unread = "unlicensed" | "unoffered" | "closed" | "failed";

export interface UseEvidence {
  /** The last try to read. */
  readonly readAt: EpochMs;
  readonly unread: Unread | null;
  /** The last reading that came through; null before the first. */
  readonly upTo: EpochMs | null;
  /** From here to `upTo` the log was seen without a gap. */
  readonly since: EpochMs | null;
  /** The last sign-in with the new credential. */
  readonly newUse: EpochMs | null;
  /** The last one with the old credential since the new one was verified. */
  readonly oldUse: Use | null;
}

/** What the evidence says: the old credential may go from an instant on, or why it may not. */
export type UseVerdict =
  | { readonly enough: true; readonly at: EpochMs }
  | { readonly enough: false; readonly because: ReasonCode; readonly detail: string };

const UNREAD: Readonly<Record<Unread, { readonly because: ReasonCode; readonly detail: string }>> = {
  unlicensed: {
    because: "sign-ins-unlicensed",
    detail: "the tenant has no Microsoft Entra ID P1 or P2 licence, so its sign-in log is no evidence of anything",
  },
  unoffered: {
    because: "sign-ins-unoffered",
    detail:
      "it lives out its own end; for what is renewed from now on, set retire: after-overlap with consumers: complete, which needs no evidence",
  },
  closed: {
    because: "sign-ins-closed",
    detail: "grant AuditLog.Read.All and Directory.Read.All to let Nolapse read who signs in",
  },
  failed: { because: "sign-ins-failed", detail: "the last reading failed; it is read again within the hour" },
};

/**
 * Enough are sign-ins with the new credential, and a whole `window` without one with the old credential, all of which the
 * log was read for. `verifiedAt` is when consumers could first have the new one.
 */
export function judgeUse(evidence: UseEvidence, verifiedAt: EpochMs, window: DurationMs): UseVerdict {
  const { unread, since, newUse, oldUse } = evidence;
  if (unread !== null) return { enough: false, ...UNREAD[unread] };
  if (since === null) return { enough: false, because: "no-evidence", detail: "the sign-in log was never read" };
  const quiet = latest(latest(verifiedAt, since), oldUse?.at ?? since);
  const at = plus(quiet, window);
  const until = `at the earliest ${formatInstant(at)}`;
  const upTo = evidence.upTo ?? since;
  if (oldUse !== null && upTo < at) {
    const because = oldUse.named ? "old-in-use" : "unnamed-use";
    return { enough: false, because, detail: `${describeUse(oldUse)}; ${until}` };
  }
  if (newUse === null || newUse < quiet) {
    const nobody = newUse === null ? "no row of it in log or report" : `its last use was ${formatInstant(newUse)}`;
    return { enough: false, because: "no-evidence", detail: nobody };
  }
  if (upTo < at) return { enough: false, because: "evidence-window", detail: until };
  return { enough: true, at };
}

/** When log and report are to be read again. */
export function nextUsesAt(evidence: UseEvidence | null): EpochMs | null {
  if (evidence === null) return null;
  return plus(evidence.readAt, evidence.unread === "failed" ? USES_AGAIN : USES_EVERY);
}

/** Who used it, from where and when, for a person who has to find the place. */
export function describeUse({ at, client, address, resource, flow, named }: Use): string {
  const who = client ?? "somebody";
  const whom = flow === "user" ? " for a person" : "";
  const where = address === null ? "an address only the sign-in log knows" : address;
  const what = resource === null ? "" : ` to reach ${resource}`;
  const which = named ? "" : ", by a credential the log does not name";
  return `${who} signed in${whom} at ${formatInstant(at)} from ${where}${what}${which}`;
}
