/** The scan report in its four forms. */
import { REMARKS, type Remark } from "../../core/credentials/certificate-remarks.ts";
import { CLASSES } from "../../core/credentials/classify.ts";
import { csvCell } from "../../core/csv.ts";
import { escapeHtml } from "../../core/html.ts";
import type { ApplicationPause } from "../../core/rotation/words.ts";
import { DAY, type EpochMs } from "../../core/time.ts";
import type { ScanReport, ScanRow } from "../../engine/views/scan-report.ts";
import { iso, relative, type Style, table, when } from "../speak.ts";
import { pausedJson } from "./paused.ts";

/** How many applications are named for one remark. */
const NAMED = 5;
/** How many rows people are shown before the rest is a number. */
const SHOWN = 25;

/** The document of `scan --json` (design §6; docs/json/scan.schema.json). */
export function scanJson(
  { tenantId, scannedAt, coverage, credentials }: ScanReport,
  paused: readonly ApplicationPause[] = [],
) {
  return {
    tenant: tenantId,
    scannedAt: iso(scannedAt),
    coverage,
    paused: pausedJson(paused),
    credentials: credentials.map((row) => ({
      ...row,
      start: iso(row.start),
      end: iso(row.end),
      certificate: certificateJson(row.certificate),
    })),
  };
}

/** A certificate's own words; null where they were not read. */
export function certificateJson(facts: ScanRow["certificate"]) {
  return facts === null ? null : { ...facts, notBefore: iso(facts.notBefore), notAfter: iso(facts.notAfter) };
}

/** For people: the answer in one sentence, what ends soonest, and the scope of the answer. */
export function scanLines(report: ScanReport, within: number, style: Style): string[] {
  const { credentials, coverage, scannedAt } = report;
  const expiring = sorted(credentials.filter((row) => row.state === "expiring"));
  const expired = credentials.filter((row) => row.state === "expired");
  const least = coverage.complete ? "" : "at least ";
  const days = Math.round(within / DAY);
  const first = expiring[0];
  const answer =
    first === undefined
      ? coverage.complete
        ? `nothing ends within ${days} days`
        : `no credential seen ends within ${days} days, but the scan is not complete`
      : `${least}${expiring.length} of ${credentials.length} credentials end within ${days} days, the first ${relative(first.end as EpochMs, scannedAt)}`;
  const rows = expiring
    .slice(0, SHOWN)
    .map((row) => [
      when(row.end),
      `${row.daysLeft}`,
      row.displayName,
      row.kind,
      row.credentialName ?? "–",
      row.class,
      row.appId,
    ]);
  const paint = (cell: string, row: number, column: number) => {
    if (row < 0) return style.dim(cell);
    return column === 1 && Number(cell) <= 7 ? style.red(cell) : cell;
  };
  return [
    style.bold(answer),
    ...(rows.length === 0
      ? []
      : ["", ...table(["ends (UTC)", "days", "application", "kind", "credential", "class", "client id"], rows, paint)]),
    ...(expiring.length > SHOWN ? [`… and ${expiring.length - SHOWN} more; --json or --csv lists all`] : []),
    ...legend(expiring.slice(0, SHOWN)),
    ...remarkLines(credentials),
    "",
    `${expired.length} already expired; ${credentials.length} credentials in all`,
    scope(report),
  ];
}

/** What the classes in the table mean, but for the two that say it themselves. */
function legend(rows: readonly ScanRow[]): string[] {
  const classes = [...new Set(rows.map((row) => row.class))].filter(
    (one) => !["client-secret", "certificate"].includes(one),
  );
  const more = (one: string) => (one === "saml-signing" ? "; nolapse saml CLIENT-ID shows what to do" : "");
  return classes.length === 0 ? [] : ["", ...classes.map((one) => `${one}: ${CLASSES[one]}${more(one)}`)];
}

/** What is worth saying of certificates; that one has ended is said by the scan itself. */
function remarkLines(rows: readonly ScanRow[]): string[] {
  const about = (remark: Remark) => rows.filter((row) => row.remarks.includes(remark));
  const told = (Object.keys(REMARKS) as Remark[]).filter((one) => one !== "expired" && about(one).length > 0);
  const names = (remark: Remark) => [...new Set(about(remark).map((row) => row.displayName))];
  const some = (all: readonly string[]) =>
    `${all.slice(0, NAMED).join(", ")}${all.length > NAMED ? ` and ${all.length - NAMED} more` : ""}`;
  return told.length === 0
    ? []
    : ["", "certificates worth a look (nolapse explain APP shows each in full)"].concat(
        told.map((one) => `${one}: ${REMARKS[one]}: ${some(names(one))}`),
      );
}

function scope({ coverage, scannedAt, tenantId }: ScanReport): string {
  const seen = `${coverage.applications} applications and ${coverage.servicePrincipals} service principals`;
  const whole = coverage.complete ? `scanned all ${seen}` : `scanned only ${seen}: not complete`;
  return `${whole} of tenant ${tenantId} at ${when(scannedAt)} UTC`;
}

const COLUMNS = [
  "appId",
  "objectId",
  "owner",
  "displayName",
  "keyId",
  "kind",
  "credentialName",
  "hint",
  "start",
  "end",
  "daysLeft",
  "state",
  "class",
] as const satisfies readonly (keyof ScanRow)[];

/** RFC 4180, every credential. A cell that a spreadsheet would take for a formula gets a quote in front. */
export function scanCsv(report: ScanReport): string[] {
  const cell = (value: string | number | null) => (typeof value === "string" ? csvCell(value) : String(value ?? ""));
  const rows = scanJson(report).credentials.map((row) => COLUMNS.map((name) => cell(row[name])).join(","));
  return [COLUMNS.join(","), ...rows];
}

/** One page without anything from outside, every text escaped. */
export function scanHtml(report: ScanReport): string {
  const rows = sorted(report.credentials)
    .map(
      (row) =>
        `<tr class="${row.state}">${COLUMNS.map((name) => `<td>${escapeHtml(scanCell(row, name))}</td>`).join("")}</tr>`,
    )
    .join("\n");
  const plain: Style = { bold: String, dim: String, red: String, green: String, yellow: String };
  const [answer = ""] = scanLines(report, 90 * DAY, plain);
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Credentials of ${escapeHtml(report.tenantId)}</title>
<style>body{font:14px/20px "Segoe UI",system-ui,sans-serif;margin:24px}table{border-collapse:collapse}
th,td{text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid #ddd}.expired{color:#8a8a8a}.expiring td{font-weight:600}</style>
<h1>${escapeHtml(answer)}</h1><p>${escapeHtml(scope(report))}</p>
<table><tr>${COLUMNS.map((name) => `<th>${name}</th>`).join("")}</tr>
${rows}
</table></html>
`;
}

function scanCell(row: ScanRow, name: (typeof COLUMNS)[number]): string {
  const value = row[name];
  if (name === "start" || name === "end") return iso(value as EpochMs | null) ?? "";
  return value === null ? "" : String(value);
}

function sorted(rows: readonly ScanRow[]): ScanRow[] {
  return [...rows].sort((a, b) => (a.end ?? Number.MAX_SAFE_INTEGER) - (b.end ?? Number.MAX_SAFE_INTEGER));
}
