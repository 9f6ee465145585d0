/** The explanation of one application: the same checks and reason codes that the engine decides by. */
import { REMARKS } from "../../core/credentials/certificate-remarks.ts";
import { REASONS } from "../../core/reasons.ts";
import { pausedDetail } from "../../core/rotation/application-pause.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import { formatDuration } from "../../core/time.ts";
import type { Explanation } from "../../engine/views/explain.ts";
import { iso, relative, type Style, table, when } from "../speak.ts";
import { appPoliciesJson, appPolicyLines } from "./plan.ts";
import { driftJson, driftLine, FATES } from "./run.ts";
import { certificateJson } from "./scan.ts";

type Told = Explanation["credentials"][number];
type Judged = Explanation["rotations"][number];

/** The document of `explain --json` (docs/json/explain.schema.json). */
export function explainJson(told: Explanation) {
  return {
    tenant: told.tenant,
    now: iso(told.now),
    coverage: told.coverage,
    appId: told.appId,
    displayName: told.displayName,
    holders: told.holders,
    drift: told.drift.map(driftJson),
    privileges: told.privileges,
    appPolicies: appPoliciesJson(told.appPolicies),
    credentials: told.credentials.map((one) => ({
      ...one.row,
      start: iso(one.row.start),
      end: iso(one.row.end),
      certificate: certificateJson(one.row.certificate),
      status: one.status,
      reason: one.because,
      sentence: one.sentence,
      detail: one.detail,
      policy: one.policy?.name ?? null,
      targets: one.targets,
      ledger: one.ledger,
      rotateAt: iso(one.forecast?.rotateAt ?? null),
      urgentAt: iso(one.forecast?.urgentAt ?? null),
      lastSafeAt: iso(one.forecast?.lastSafeAt ?? null),
    })),
    rotations: told.rotations.map(({ rotation, verdict, checks }) => ({
      id: rotation.id,
      slot: rotation.slot,
      state: rotation.state,
      reason: rotation.reason,
      replaces: rotation.replaces,
      issued: rotation.issued?.keyId ?? null,
      verdict: verdict.verdict,
      because: verdict.because,
      until: verdict.verdict === "wait" ? iso(verdict.until) : null,
      checks,
      lastFailure: rotation.lastFailure === null ? null : { ...rotation.lastFailure, at: iso(rotation.lastFailure.at) },
    })),
  };
}

export function explainLines(told: Explanation, style: Style): string[] {
  const { switches } = told;
  return [
    style.bold(`${told.displayName} (${told.appId})`),
    ...told.holders.map((one) => `${one.type} ${one.objectId}`),
    ...(told.privileges.held.length === 0
      ? []
      : [
          `privileged by ${told.privileges.held.join(", ")}: two persons approve, no value is kept after delivery, and none is shown here`,
        ]),
    ...told.privileges.unknown.map((one) => `privilege not known: ${one}`),
    ...(switches.stopped === null
      ? []
      : [`stopped by ${switches.stopped.by} at ${when(switches.stopped.at)}: nolapse resume`]),
    ...(switches.breaker === null ? [] : [`the breaker is open: ${switches.breaker.why}; nolapse resume`]),
    ...(switches.removalOff === null ? [] : [`removal is off: ${switches.removalOff.why}; nolapse recover`]),
    ...switches.paused
      .filter(({ appId }) => appId === told.appId)
      .map((one) => `the application is paused ${pausedDetail(one)}; nolapse continue ${one.appId}`),
    ...told.drift.map(driftLine),
    ...appPolicyLines(told.appPolicies),
    ...told.credentials.flatMap((one) => credentialLines(one, told, style)),
    ...told.rotations.flatMap((one) => rotationLines(one, told, style)),
  ];
}

function credentialLines(one: Told, { now }: Explanation, style: Style): string[] {
  const { row, forecast } = one;
  const end = row.end === null ? "has no end" : `ends ${when(row.end)} UTC, ${relative(row.end, now)}`;
  const hint = row.hint === null ? "" : `, hint ${row.hint}`;
  const deadlines =
    forecast === null
      ? []
      : table(
          ["  deadline", "when (UTC)", ""],
          [
            ["  rotate-at", when(forecast.rotateAt), relative(forecast.rotateAt, now)],
            ["  urgent-at", when(forecast.urgentAt), relative(forecast.urgentAt, now)],
            ["  last-safe-at", when(forecast.lastSafeAt), relative(forecast.lastSafeAt, now)],
          ],
        ).slice(1);
  return [
    "",
    style.bold(`${row.kind} ${row.credentialName ?? "without a name"}`),
    `  key id ${row.keyId}${hint}, on the ${row.owner}; ${end}`,
    `  class ${row.class}; ${one.status}: ${one.sentence} [${one.because}]`,
    ...(one.detail === null ? [] : [`  ${one.detail}`]),
    ...certificateLines(row),
    ...(one.policy === null
      ? []
      : [
          `  policy ${one.policy.name}: lifetime ${formatDuration(one.policy.lifetime)}, renew ${formatDuration(one.policy.renewBefore)} before, overlap ${formatDuration(one.policy.overlap)}, retire ${one.policy.retire}`,
        ]),
    `  targets: ${one.targets.length === 0 ? "none" : one.targets.join(", ")}; ledger: ${one.ledger ?? "not ours"}`,
    ...deadlines,
    ...(forecast?.warnings ?? []).map((code) => `  warning: ${REASONS[code]} [${code}]`),
  ];
}

/** What the certificate says of itself, and what is worth saying of it. */
function certificateLines({ certificate, end, remarks, sharedWith }: Told["row"]): string[] {
  const facts =
    certificate === null
      ? []
      : [
          `  subject ${certificate.subject || "–"}; issuer ${certificate.issuer || "–"}`,
          `  ${certificate.algorithm.toUpperCase()}${certificate.bits === null ? "" : ` ${certificate.bits}`} bits, signed with ${certificate.digest ?? "an unknown digest"}${certificate.notAfter === end ? "" : `; the certificate itself ends ${when(certificate.notAfter)} UTC`}`,
          `  SHA-1 ${certificate.sha1}`,
          `  SHA-256 ${certificate.sha256}`,
        ];
  const shared = sharedWith.length === 0 ? "" : ` (${sharedWith.join(", ")})`;
  return [...facts, ...remarks.map((one) => `  remark: ${REMARKS[one]}${one === "shared" ? shared : ""} [${one}]`)];
}

function rotationLines({ rotation, verdict, checks }: Judged, { now }: Explanation, style: Style): string[] {
  const until =
    verdict.verdict === "wait" && verdict.until !== null
      ? `, until ${when(verdict.until)} UTC (${relative(verdict.until, now)})`
      : "";
  const next = verdict.verdict === "do" ? `next: ${verdict.step.step}` : `${verdict.verdict}${until}`;
  return [
    "",
    style.bold(`rotation ${rotation.id}: ${rotation.state}`),
    `  ${whatOf(rotation)}; opened because ${REASONS[rotation.reason]}`,
    `  ${next}: ${REASONS[verdict.because]} [${verdict.because}]`,
    ...checkLines(checks),
    ...rotation.listLosses.map(
      ({ keyId, name, fate }) => `  certificate ${keyId}${name === null ? "" : ` (${name})`} ${FATES[fate]}`,
    ),
    ...(rotation.lastFailure === null
      ? []
      : [
          `  last failure (${rotation.failures}): ${rotation.lastFailure.message} [${rotation.lastFailure.code}]`,
          ...(rotation.lastFailure.next === null ? [] : [`  hint: ${rotation.lastFailure.next}`]),
        ]),
  ];
}

function detailOf({ detail }: Judged["checks"][number]): string {
  return detail === null ? "" : ` (${detail})`;
}

/** The checks that passed in one line, the one that decides in another. */
function checkLines(checks: Judged["checks"]): string[] {
  const passed = checks.filter((one) => one.passed).map((one) => one.check);
  return [
    ...(passed.length === 0 ? [] : [`  ✓ passed: ${passed.join(", ")}`]),
    ...checks
      .filter((one) => !one.passed)
      .map(
        (one) => `  ● ${one.check}: ${one.sentence}${detailOf(one)}${one.reason === null ? "" : ` [${one.reason}]`}`,
      ),
  ];
}

function whatOf({ leftover, replaces, issued }: Rotation): string {
  if (leftover === true) return `lets ${replaces} go, which nothing replaces, and rests on ${issued?.keyId}`;
  return `replaces ${replaces} by ${issued?.keyId ?? "nothing yet"}`;
}
