/** Every event a rotation may meet, in its state or not, for walks in random order. */
import type { Rotation, RotationEvent } from "../../src/core/rotation/rotation.ts";
import { DAY, type EpochMs, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { issued, madeCertificate, NOW, probe, signIns, useEvidence } from "./make.ts";

export const failure = { code: "directory-unreachable", message: "no answer", next: null, at: NOW } as const;
export const TARGETS = ["env", "vault"];

/** Every event there is, some of them nonsense for the state they meet. */
export function anyEvent(number: number, at: EpochMs, r: Rotation): RotationEvent[] {
  const last = r.attempts.at(-1)?.id;
  const name = TARGETS[number % TARGETS.length] ?? "env";
  const made = { id: `attempt${number}`, displayName: "n", end: plus(at, DAY), keyIdsBefore: ["old"] };
  const always: RotationEvent[] = [
    { type: "preflighted", at, requests: [] },
    { type: "made", at, attempt: { id: made.id, displayName: "n", end: made.end, certificate: madeCertificate() } },
    { type: "list-read", at, seen: at, again: at },
    { type: "list-intended", at, added: "new", removed: null, restored: [] },
    { type: "list-refused", at },
    ...(r.listWrite === null ? [] : [{ type: "list-compared", at, losses: [], settled: number % 2 === 0 } as const]),
    { type: "issue-intended", at, attempt: made },
    { type: "probed", at, probe: probe(number % 2 === 0 ? "issued" : "not-authenticated", at) },
    { type: "accepted", at, assurance: "token" },
    { type: "withdraw-intended", at },
    { type: "withdrawn", at, notBefore: plus(at, HOUR) },
    { type: "delivery-intended", at, target: name },
    { type: "delivered", at, target: name, version: null },
    { type: "verified", at, read: at, target: name, assurance: "token", request: null },
    { type: "uses-read", at, uses: useEvidence({ readAt: at }), failure: null },
    { type: "drifted", at, target: name },
    {
      type: "removal-asked",
      at,
      actor: "ann",
      why: "it has been replaced",
      told: { retire: "at-expiry", complete: false },
    },
    { type: "retire-intended", at, certificate: null },
    { type: "removed", at },
    { type: "absent-read", at },
    { type: "reappeared", at },
    { type: "approved", at, what: "both" },
    { type: "failed", at, failure, notBefore: plus(at, MINUTE), verifying: false },
    { type: "failed", at, failure, notBefore: plus(at, MINUTE), verifying: false, step: "retire", refused: true },
    { type: "retry-asked", at },
    {
      type: "policy-found",
      at,
      rules: { name: "other", approval: number % 2 === 0 ? "both" : "none", windows: [], evidenceWindow: 40 * DAY },
    },
    { type: "paused", at, by: "ann" },
    { type: "continued", at },
    { type: "waited", at, dueAt: at },
    { type: "halted", at, reason: "guard-refused" },
    { type: "resumed", at },
    { type: "cancelled", at },
  ];
  if (last === undefined) return always;
  return [
    ...always,
    { type: "issued", at, issued: issued({ keyId: `key${number}`, attempt: last, at }) },
    { type: "issue-refused", at, failure, notBefore: at },
    { type: "issue-unknown", at, failure },
    { type: "attempt-read", at, attempt: last, keyIds: [] },
    { type: "attempt-closed", at, attempt: last },
  ];
}

/** The events of a rotation to a federated credential: no value, no copy, no probe. */
export function anyOfFederated(at: EpochMs, r: Rotation): RotationEvent[] {
  const nobody = signIns({ readAt: at, lastUse: null });
  const foreign = ["made", "probed", "accepted", "delivery-intended", "delivered", "verified", "drifted"];
  return [
    ...anyEvent(1, at, r).filter(({ type }) => !foreign.includes(type)),
    { type: "passed", at },
    { type: "sign-ins-read", at, evidence: nobody, failure: null },
    { type: "sign-ins-read", at, evidence: signIns({ readAt: at, lastUse: at }), failure: null },
    { type: "sign-ins-read", at, evidence: signIns({ readAt: at, lastUse: at, closed: true }), failure },
  ];
}
