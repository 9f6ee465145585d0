/** What the first page says of a tenant, as one page to print or to send on: nothing in it comes from anywhere else. Pure. */
import { escapeHtml } from "../html.ts";
import { plainName } from "../names.ts";
import type { EpochMs } from "../time.ts";
import { countWords, dateWords, groupedWords, timeWords } from "../time-words.ts";

/** An application, when something happens to it, and why. */
export interface Reported {
  readonly displayName: string;
  readonly appId: string;
  /** Null where it is over, or nobody knows when. */
  readonly at: EpochMs | null;
  readonly why: string;
}

/** The first of some, how many there are, and where the others are, as "on the page …". */
export interface ReportedPart {
  readonly first: readonly Reported[];
  readonly total: number;
  readonly rest: string;
}

export interface Report {
  readonly tenant: string;
  readonly zone: string;
  readonly now: EpochMs;
  /** The first page's own. */
  readonly sentence: string;
  /** What was seen, and what was not: a sentence each. */
  readonly scope: readonly string[];
  readonly complete: boolean;
  readonly figures: readonly { readonly head: string; readonly count: number | null }[];
  readonly stops: ReportedPart;
  readonly decisions: ReportedPart;
  readonly renewed: ReportedPart;
}

/** One self-contained HTML document without a script. */
export function reportPage(report: Report): string {
  const { tenant, zone, now, complete } = report;
  const least = complete ? "" : "at least ";
  const figures = report.figures.map(
    ({ head, count }) =>
      `<div><dt>${escapeHtml(head)}</dt><dd>${count === null ? "–" : `${least}${groupedWords(count)}`}</dd></div>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(tenant)}: what stops, and when</title><style>${STYLE}</style></head><body><main>
<p class="soft">${escapeHtml(tenant)}, ${timeWords(now, zone)} (${escapeHtml(zone)})</p>
<h1>${escapeHtml(report.sentence)}</h1>
<p${complete ? "" : ' class="warn"'}>${escapeHtml(report.scope.join(" "))}</p>
<dl>${figures.join("")}</dl>
${part("What stops unless somebody acts", "stops", report.stops, { ...report, open: "cannot sign in now" })}
${part("What waits for a decision", "decide by", report.decisions, { ...report, open: "before it ends" })}
${part("What is renewed, and when", "when", report.renewed, { ...report, open: "now" })}
</main></body></html>
`;
}

interface Around {
  readonly zone: string;
  readonly complete: boolean;
  /** What stands for a time that there is not. */
  readonly open: string;
}

function part(title: string, when: string, its: ReportedPart, { zone, complete, open }: Around): string {
  const { first, total } = its;
  const nothing = complete ? "Nothing." : "Nothing of what could be read.";
  if (total === 0) return `<h2>${title}</h2><p>${nothing}</p>`;
  const rows = first.map(
    ({ displayName, appId, at, why }) =>
      `<tr><td>${at === null ? open : dateWords(at, zone)}</td><td><bdi>${escapeHtml(plainName(displayName))}</bdi><br><code>${escapeHtml(appId)}</code></td><td>${escapeHtml(why)}</td></tr>`,
  );
  const left = total - first.length;
  const more = left > 0 ? `<p>And ${countWords(left, "more", "more")}, ${escapeHtml(its.rest)}.</p>` : "";
  return `<h2>${title}</h2>
<table><thead><tr><th>${when}</th><th>application</th><th>why</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table>${more}`;
}

const STYLE = `:root{color-scheme:light}*{box-sizing:border-box}
body{margin:0;background:#fff;color:#242424;font:14px/20px "Segoe UI",system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:60rem;margin:0 auto;padding:24px}h1{font-size:24px;line-height:32px;margin:0 0 8px;overflow-wrap:anywhere}h2{font-size:16px;line-height:24px;margin:24px 0 8px}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:8px 24px;margin:16px 0}dt{font-size:12px;color:#616161}dd{margin:0;font-size:20px;line-height:28px;font-weight:600}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:4px 16px 4px 0;border-bottom:1px solid #e0e0e0;overflow-wrap:anywhere}
th{font-size:12px;color:#616161}td:first-child{white-space:nowrap}code{font-size:12px;color:#616161}.soft{color:#616161;margin:0}.warn{border-left:3px solid #bc4b09;padding-left:12px}
thead{display:table-header-group}tr{break-inside:avoid}h2{break-after:avoid}@media print{main{max-width:none;padding:0}}`;
