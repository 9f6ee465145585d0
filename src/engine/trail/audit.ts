/** Which events become lines of the audit trail, and what stands in them: ids, codes and times, never a value. */
import type { TrailAction } from "../../core/audit/actions.ts";
import type { Rotation, RotationEvent } from "../../core/rotation/rotation.ts";
import { describeUse, type UseEvidence } from "../../core/rotation/use-evidence.ts";
import type { EpochMs } from "../../core/time.ts";
import type { AuditEntry } from "../../ports/store.ts";

/** Who acts when nobody asked. */
export const NOLAPSE = "nolapse";

/** The audit line of an event on a rotation as it was before it; null for events that are only waiting. */
export function auditLine(
  before: Rotation,
  event: RotationEvent,
  after: Rotation,
  note: AuditEntry["details"],
): AuditEntry | null {
  if (event.type === "waited" || event.type === "not-used-yet" || isNoNews(before, event)) return null;
  return {
    tenantId: before.tenantId,
    at: event.at,
    actor: NOLAPSE,
    action: actionOf(before, event, after),
    rotation: before.id,
    appId: before.holder.appId,
    keyId: keyOf(before, event),
    reason: event.type === "halted" ? event.reason : null,
    details: { ...detailsOf(before, event), ...note },
  };
}

/** The tally of the breaker counts `accepted` and `verified` against `accept-failed` and `verify-failed`, so each is said once. */
function actionOf(before: Rotation, event: RotationEvent, after: Rotation): TrailAction {
  if (event.type === "verified") {
    return before.state === "delivered" && after.state === "verified" ? "verified" : "copy-verified";
  }
  if (event.type === "absent-read" && after.state === "retired") return "retired";
  if (event.type === "withdraw-intended") return "accept-failed";
  if (event.type === "sign-ins-read" && before.state !== after.state) return "verified";
  if (event.type === "failed" && event.refused === true) return "retire-refused";
  if (event.type === "failed" && before.state === "delivered" && event.verifying) return "verify-failed";
  return event.type;
}

/** Another look at the log that shows what the last one showed; it is taken every few minutes for weeks. */
function isNoNews(before: Rotation, event: RotationEvent): boolean {
  if (event.type === "uses-read") return isOldNews(before.uses ?? null, event.uses);
  if (event.type !== "sign-ins-read") return false;
  const [last, now] = [before.federated?.evidence ?? null, event.evidence];
  if (last === null || (before.state !== "verified" && now.lastUse !== null)) return false;
  return last.closed === now.closed && last.listed === now.listed && (last.oldUse === null) === (now.oldUse === null);
}

/** Log and report are read every day for weeks. */
function isOldNews(last: UseEvidence | null, now: UseEvidence): boolean {
  if (last === null || last.unread !== now.unread) return false;
  return (last.newUse === null) === (now.newUse === null) && (last.oldUse === null) === (now.oldUse === null);
}

function keyOf(before: Rotation, event: RotationEvent): string | null {
  switch (event.type) {
    case "issued":
      return event.issued.keyId;
    case "orphan-confirmed":
      return event.keyId;
    case "undo-asked":
    case "undone":
      return event.keyId;
    case "undo-swept":
      return before.undo?.keyId ?? null;
    case "orphan-removed":
      return before.attempts.find((one) => one.id === event.attempt)?.orphan ?? null;
    case "emergency-asked":
    case "removal-asked":
    case "retire-intended":
    case "removed":
    case "absent-read":
    case "reappeared":
      return before.replaces;
    default:
      return before.issued?.keyId ?? null;
  }
}

function isEarly({ replacesEnd }: Rotation, at: EpochMs): boolean {
  return replacesEnd === null || at < replacesEnd;
}

function detailsOf(before: Rotation, event: RotationEvent): AuditEntry["details"] {
  switch (event.type) {
    case "preflighted":
      return event.added === undefined ? {} : { added: event.added.join(", ") };
    case "made":
      return { attempt: event.attempt.id, sha256: event.attempt.certificate.sha256, end: event.attempt.end };
    case "list-intended":
      return { added: event.added, removed: event.removed, restored: event.restored.join(" ") };
    case "issue-intended":
      return { attempt: event.attempt.id, end: event.attempt.end };
    case "failed": {
      // in a wave or not, as it was begun
      const early = event.refused === true ? { early: isEarly(before, before.retireIntendedAt ?? event.at) } : {};
      return { code: event.failure.code, message: event.failure.message, ...early };
    }
    case "issue-refused":
    case "issue-unknown":
      return { code: event.failure.code, message: event.failure.message };
    case "attempt-read":
      return { attempt: event.attempt, found: event.keyIds.length };
    case "orphan-confirmed":
    case "orphan-removed":
    case "attempt-closed":
      return { attempt: event.attempt };
    case "probed":
      return { outcome: event.probe.outcome, code: event.probe.code, request: event.probe.requestId };
    case "accepted":
      return { assurance: event.assurance };
    case "delivery-intended":
    case "drifted":
      return { target: event.target };
    case "delivered":
      return { target: event.target, version: event.version };
    case "verified":
      return { target: event.target, assurance: event.assurance, request: event.request };
    case "sign-ins-read": {
      const { closed, listed, lastUse, oldUse } = event.evidence;
      return { assurance: lastUse === null ? null : "consumer-evidence", closed, listed, lastUse, oldUse };
    }
    case "uses-read": {
      const { unread, since, newUse, oldUse } = event.uses;
      return { unread, since, newUse, oldUse: oldUse === null ? null : describeUse(oldUse) };
    }
    case "removed":
      if (before.emergency !== undefined) return { early: isEarly(before, event.at), leaked: true };
      return { early: isEarly(before, event.at), ...(before.removal === undefined ? {} : { asked: true }) };
    case "removal-asked":
      return { why: event.why };
    case "retire-intended":
      return { early: isEarly(before, event.at) };
    case "own-tried":
      return { proven: event.proven };
    case "approval-refused":
      return { what: event.what, why: event.why };
    case "approval-withdrawn":
      return { what: event.what, by: event.by.id };
    case "privileges-found":
      return { privileges: event.privileges.join(", ") };
    case "policy-found": {
      const { name, approval, evidenceWindow } = event.rules;
      return { policy: name, approval, evidenceWindow, windows: event.rules.windows.length };
    }
    case "approved":
      return { what: event.what, by: event.by?.id ?? null };
    default:
      return {};
  }
}
