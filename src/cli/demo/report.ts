/** The demo's result: a table a person enjoys, a line of proof, and the same as JSON (design §6). */
import type { Rotation } from "../../core/rotation/rotation.ts";
import { DAY } from "../../core/time.ts";
import { type Style, table, when } from "../speak.ts";
import type { SignInTally } from "./fleet.ts";
import type { DemoResult } from "./run.ts";

export interface DemoReport {
  readonly result: DemoResult;
  readonly tally: SignInTally;
  /** The tenant as the first scan found it. */
  readonly before: {
    readonly applications: number;
    readonly credentials: number;
    readonly expired: number;
    readonly expiring: number;
  };
  readonly durationMs: number;
}

const isDone = (one: Rotation) => one.verifiedAt !== null;

/** The document of `demo --once --json`. A lapse is an identity of a sample application that failed a sign-in. */
export function demoJson({ result, tally, before, durationMs }: DemoReport) {
  const { rotations } = result;
  return {
    ...before,
    rotated: rotations.filter(isDone).length,
    retired: rotations.filter((one) => one.state === "retired").length,
    halted: rotations.filter((one) => one.state === "halted").length,
    lapses: new Set(tally.failures.map((one) => one.clientId)).size,
    signIns: { ok: tally.ok, failed: tally.failed },
    durationMs,
  };
}

export function demoLines(report: DemoReport, style: Style): string[] {
  const { result, before } = report;
  const sums = demoJson(report);
  const byEnd = result.rotations.toSorted((a, b) => (a.replacesEnd ?? 0) - (b.replacesEnd ?? 0));
  const rows = byEnd.map((one) => [
    one.displayName,
    one.deliveries.map(({ target }) => target).join(", "),
    when(one.replacesEnd),
    when(one.issued?.end ?? null),
    when(one.verifiedAt),
    when(one.removedAt),
    one.state,
  ]);
  const days = Math.round((result.endedAt - result.startedAt) / DAY);
  const seconds = (report.durationMs / 1000).toFixed(1);
  const proof =
    sums.signIns.failed === 0
      ? `${sums.signIns.ok} sign-ins by Microsoft's own library, none failed`
      : `${sums.signIns.failed} of ${sums.signIns.ok + sums.signIns.failed} sign-ins failed: ${report.tally.failures.map((one) => `${one.clientId} ${one.error}`).join("; ")}`;
  const paint = (cell: string, row: number, column: number) =>
    row < 0 ? style.dim(cell) : column === 6 && cell === "retired" ? style.green(cell) : cell;
  return [
    "",
    `at the start: ${before.credentials} credentials of ${before.applications} applications, ${before.expired} expired, ${before.expiring} with less than 30 days left`,
    "",
    ...table(
      ["application", "delivered to", "old one's end", "new one's end", "verified", "old one removed", "state"],
      rows,
      paint,
    ),
    "",
    style.bold(`${sums.rotated} secrets rotated, ${sums.retired} old ones retired, ${sums.lapses} lapses; ${proof}`),
    style.dim(
      `${days} days of the directory's time in ${seconds} s, ${result.steps} steps, every one written down before the next`,
    ),
  ];
}
