/** The explanation of one application, with the names that `nolapse explain --json` has. */
import { z } from "zod";
import type { Explanation } from "../../engine/views/explain.ts";
import { holderType, instant, iso, kind, maybe, reason, scope, state } from "./shapes.ts";

export const check = z.strictObject({
  check: z.string(),
  passed: z.boolean(),
  reason: reason.nullable(),
  sentence: z.string(),
  detail: z.string().nullable(),
});

export const failure = z.strictObject({
  code: z.string(),
  message: z.string(),
  next: z.string().nullable(),
  at: instant,
});

export const explained = z.strictObject({
  ...scope,
  appId: z.string(),
  displayName: z.string(),
  holders: z.array(z.strictObject({ type: holderType, objectId: z.string(), appId: z.string() })),
  privileges: z.strictObject({ held: z.array(z.string()), unknown: z.array(z.string()) }),
  credentials: z.array(
    z.strictObject({
      keyId: z.string(),
      kind,
      status: z.string(),
      reason,
      sentence: z.string(),
      detail: z.string().nullable(),
      policy: z.string().nullable(),
      targets: z.array(z.string()),
      ledger: z.enum(["issued", "adopted", "orphan"]).nullable(),
      rotateAt: maybe,
      urgentAt: maybe,
      lastSafeAt: maybe,
    }),
  ),
  rotations: z.array(
    z.strictObject({
      id: z.string(),
      slot: z.string(),
      state,
      reason,
      replaces: z.string(),
      issued: z.string().nullable(),
      verdict: z.enum(["do", "wait", "halt", "done"]),
      because: reason,
      until: maybe,
      checks: z.array(check),
      lastFailure: failure.nullable(),
    }),
  ),
});

export function explainJson(told: Explanation) {
  return {
    appId: told.appId,
    displayName: told.displayName,
    holders: told.holders.map((one) => ({ ...one })),
    privileges: { held: [...told.privileges.held], unknown: [...told.privileges.unknown] },
    credentials: told.credentials.map(
      ({ row, status, because, sentence, detail, policy, targets, ledger, forecast }) => ({
        keyId: row.keyId,
        kind: row.kind,
        status,
        reason: because,
        sentence,
        detail,
        policy: policy?.name ?? null,
        targets: [...targets],
        ledger,
        rotateAt: iso(forecast?.rotateAt),
        urgentAt: iso(forecast?.urgentAt),
        lastSafeAt: iso(forecast?.lastSafeAt),
      }),
    ),
    rotations: told.rotations.map(judgedJson),
  };
}

export function judgedJson({ rotation, verdict, checks }: Explanation["rotations"][number]) {
  return {
    id: rotation.id,
    slot: rotation.slot,
    state: rotation.state,
    reason: rotation.reason,
    replaces: rotation.replaces,
    issued: rotation.issued?.keyId ?? null,
    verdict: verdict.verdict,
    because: verdict.because,
    until: verdict.verdict === "wait" ? iso(verdict.until) : null,
    checks: checks.map((one) => ({ ...one })),
    lastFailure: rotation.lastFailure && { ...rotation.lastFailure, at: iso(rotation.lastFailure.at) ?? "" },
  };
}
