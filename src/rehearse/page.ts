/** The future of a tenant as one page that a manager understands: own drawings, nothing loaded from anywhere. */
import { escapeHtml } from "../core/html.ts";
import { REASONS } from "../core/reasons.ts";
import { DAY, type EpochMs, formatInstant, parseInstant } from "../core/time.ts";
import { wallClock } from "../core/time-zones.ts";
import type { Future, FutureRotation } from "./future.ts";
import { shareWords } from "./future-faults.ts";
import type { FutureLapse } from "./future-lapses.ts";

const WIDTH = 1040;
const LEFT = 230;
const ROW = 16;
const MOST_ROWS = 60;

/** One self-contained HTML document. */
export function futurePage(future: Future): string {
  const years = (future.until - future.from) / (365 * DAY);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Rehearsal of ${escapeHtml(future.tenant)}</title><style>${STYLE}</style></head><body><main>
<h1>The next ${years >= 1.95 && years <= 2.05 ? "two years" : `${Math.round(years * 365)} days`} of ${escapeHtml(future.tenant)}</h1>
<p class="lead">${lead(future)}</p>
<section class="tiles">
${tile(String(future.without.length), "applications stop without Nolapse", future.without.length > 0 ? "bad" : "good")}
${tile(String(future.with.length), "stop with it", future.with.length > 0 ? "warn" : "good")}
${tile(String(future.rotations.length), "credentials renewed", "plain")}
${tile(String(future.people.length), "things need a person", future.people.length > 0 ? "warn" : "good")}
${tile(String(Math.max(0, ...future.days.map((one) => one.issues))), "new credentials on the busiest day", "plain")}
</section>
<h2>What stops when nobody renews it</h2>${lapsesOverTime(future)}
<h2>What is renewed, and when</h2>${timeline(future)}
<p class="key"><i class="old"></i> the credential in use now <i class="new"></i> its successors, from creation until the next one is in place <i class="end"></i> where it would have stopped</p>
<h2>Work on each day</h2>${load(future)}
<h2>What needs a person</h2>${people(future)}
<h2>Faults met and answered</h2>${faults(future)}
<h2>What stops all the same</h2>${lapses(future.with)}
<h2>What stops without Nolapse</h2>${lapses(future.without)}
<footer>${footer(future)}</footer></main></body></html>
`;
}

function lead({ without, with: left, bound, applications, complete, until }: Future): string {
  const partly = complete ? "" : ` This rehearsal was stopped: it covers the time until ${date(until)}.`;
  const first = without[0];
  const start =
    first === undefined
      ? "No credential ends in this time."
      : `Without anybody's work the first application stops on <b>${date(first.at)}</b> (${escapeHtml(first.displayName)}), and ${without.length} of ${applications} have stopped at the end.`;
  const rest =
    left.length === 0
      ? "With Nolapse none of them stops."
      : `With Nolapse ${left.length} still stop: those it may not touch, each with its reason below. All ${bound} it looks after go on.`;
  return `${start} ${rest}${partly}`;
}

function tile(number: string, words: string, tone: string): string {
  return `<div class="tile ${tone}"><b>${number}</b><span>${words}</span></div>`;
}

/** How many have stopped by each day, without Nolapse and with it. */
function lapsesOverTime(future: Future): string {
  const height = 170;
  const most = Math.max(1, future.without.length);
  const y = (count: number) => height - 30 - (count / most) * (height - 50);
  const line = (lapses: readonly FutureLapse[]) => {
    let path = `M${x(future, future.from)} ${y(0)}`;
    lapses.forEach((one, index) => {
      path += ` H${x(future, one.at)} V${y(index + 1)}`;
    });
    return `${path} H${x(future, future.until)}`;
  };
  return svg(
    height,
    "How many applications have stopped by each day, without Nolapse and with it",
    `${axis(future, height - 30)}<path class="line bad" d="${line(future.without)}"/><path class="line good" d="${line(future.with)}"/>` +
      `<text class="bad" x="${LEFT - 12}" y="${y(future.without.length) + 4}" text-anchor="end">without: ${future.without.length} stopped</text>` +
      `<text class="good" x="${LEFT - 12}" y="${y(future.with.length) + 4}" text-anchor="end">with Nolapse: ${future.with.length}</text>`,
  );
}

/** One row for each application: its lives as bars, one after the other. */
function timeline(future: Future): string {
  const byApp = new Map<string, FutureRotation[]>();
  for (const one of future.rotations) byApp.set(one.appId, [...(byApp.get(one.appId) ?? []), one]);
  const rows = [...byApp.values()];
  if (rows.length === 0) return "<p>Nothing: no application of this tenant has targets in the configuration.</p>";
  const shown = rows.slice(0, MOST_ROWS);
  const body = shown.map((rotations, index) => row(future, rotations, 14 + index * ROW)).join("");
  const more = rows.length > shown.length ? `<p>and ${rows.length - shown.length} more, in the JSON report</p>` : "";
  const height = 14 + shown.length * ROW + 30;
  return svg(height, "When each application gets a new credential", `${axis(future, height - 30)}${body}`) + more;
}

function row(future: Future, rotations: readonly FutureRotation[], top: number): string {
  const [first] = rotations;
  if (first === undefined) return "";
  const end = future.without.find((one) => one.appId === first.appId)?.at ?? null;
  const starts = rotations.map((one) => one.issuedAt ?? one.plannedAt);
  const bars = [future.from, ...starts].map((from, index) => {
    const to = rotations[index]?.verifiedAt ?? future.until;
    const [left, right] = [x(future, from), x(future, to)];
    const title = index === 0 ? "the credential in use now" : `made on ${date(from)}`;
    return `<rect class="${index === 0 ? "old" : index % 2 === 0 ? "new" : "next"}" x="${left}" y="${top + 2}" width="${Math.max(1, right - left)}" height="${ROW - 6}" rx="2"><title>${title}</title></rect>`;
  });
  const mark =
    end === null
      ? ""
      : `<line class="end" x1="${x(future, end)}" x2="${x(future, end)}" y1="${top}" y2="${top + ROW - 2}"/>`;
  const name = first.displayName.length > 32 ? `${first.displayName.slice(0, 31)}…` : first.displayName;
  return `<text x="${LEFT - 12}" y="${top + 11}" text-anchor="end">${escapeHtml(name)}</text>${bars.join("")}${mark}`;
}

function load(future: Future): string {
  const height = 150;
  const most = Math.max(1, ...future.days.map((one) => one.issues));
  const bars = future.days
    .filter((one) => one.issues > 0)
    .map((one) => {
      const tall = (one.issues / most) * (height - 50);
      return `<rect class="new" x="${x(future, one.day)}" y="${height - 30 - tall}" width="3" height="${tall}"><title>${date(one.day)}: ${one.issues} new, ${one.writes} writes, ${one.requests} requests</title></rect>`;
    });
  const label = `<text x="${LEFT - 12}" y="24" text-anchor="end">${most} new a day at most</text>`;
  const busiest = Math.max(0, ...future.days.map((one) => one.requests));
  const words =
    future.issuesPerDay === null
      ? "No limit is configured."
      : `The configured limit is ${future.issuesPerDay} new credentials a day.`;
  return `${svg(height, "New credentials on each day", axis(future, height - 30) + label + bars.join(""))}<p>${words} The busiest day has ${busiest} requests.</p>`;
}

function people({ people: needs }: Future): string {
  if (needs.length === 0) return "<p>Nothing.</p>";
  const rows = needs.map(
    (one) =>
      `<tr><td>${one.by === null ? "" : date(one.by)}</td><td>${escapeHtml(one.displayName)}</td><td>${escapeHtml(one.sentence)} <code>${one.reason}</code></td></tr>`,
  );
  return `<table><thead><tr><th>before</th><th>application</th><th>why</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function lapses(all: readonly FutureLapse[]): string {
  if (all.length === 0) return "<p>Nothing.</p>";
  const rows = all.map((one) => {
    const reason = one.because === null ? "" : ` <code>${one.because}</code>`;
    return `<tr><td>${date(one.at)}</td><td>${escapeHtml(one.displayName)}</td><td>${escapeHtml(one.credentialName ?? "")}</td><td>${escapeHtml(one.sentence)}${reason}</td></tr>`;
  });
  return `<table><thead><tr><th>stops on</th><th>application</th><th>credential</th><th>why</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function faults({ faults: all }: Future): string {
  if (all.every((one) => one.met === 0)) return "<p>None was met.</p>";
  const rows = all.map(
    (one) =>
      `<tr><td>${escapeHtml(one.name)}</td><td>${shareWords(one.rate)}</td><td class="number">${one.met}</td><td>${escapeHtml(one.answer ?? "never met")}</td></tr>`,
  );
  return `<table><thead><tr><th>fault</th><th>when</th><th class="number">met</th><th>what Nolapse does then</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function footer({ seeds, applicationYears, findings, from }: Future): string {
  const faults =
    findings.length === 0 ? "no fault of Nolapse itself was found" : `faults found: ${escapeHtml(findings.join("; "))}`;
  return `Rehearsed on a copy of the tenant's names and dates as of ${date(from)}; no value was read. ${seeds.runs} run(s) from seed ${seeds.first}, ${Math.round(applicationYears)} application-years, ${faults}. Reasons: ${Object.keys(REASONS).length} codes, see docs/reasons.md.`;
}

function svg(height: number, label: string, body: string): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">${body}</svg>`;
}

function axis(future: Future, y: number): string {
  const ticks: string[] = [];
  const step = future.until - future.from > 400 * DAY ? 3 : 1;
  const first = wallClock(future.from, "UTC").date;
  for (let month = 1; ; month += step) {
    const at = firstOfMonth(first, month);
    if (at === null || at > future.until) break;
    const left = x(future, at);
    ticks.push(
      `<line class="tick" x1="${left}" x2="${left}" y1="0" y2="${y}"/><text class="tick" x="${left}" y="${y + 18}" text-anchor="middle">${date(at).slice(0, 7)}</text>`,
    );
  }
  return `<line class="axis" x1="${LEFT}" x2="${WIDTH - 10}" y1="${y}" y2="${y}"/>${ticks.join("")}`;
}

/** The first day of the month so many months after a date. */
function firstOfMonth(day: string, months: number): EpochMs | null {
  const [year = 0, month = 1] = day.split("-").map(Number);
  const index = year * 12 + month - 1 + months;
  const text = (number: number, digits: number) => String(number).padStart(digits, "0");
  return parseInstant(`${text(Math.floor(index / 12), 4)}-${text((index % 12) + 1, 2)}-01T00:00:00Z`);
}

function x({ from, until }: Future, at: EpochMs): number {
  const share = (at - from) / Math.max(1, until - from);
  return Math.round((LEFT + Math.min(1, Math.max(0, share)) * (WIDTH - LEFT - 10)) * 10) / 10;
}

function date(at: EpochMs): string {
  return formatInstant(at).slice(0, 10);
}

const STYLE = `
:root{color-scheme:light;--ink:#1b1a19;--soft:#605e5c;--line:#d2d0ce;--good:#0e7a0d;--bad:#b10e1c;--warn:#8a5100;--blue:#0f6cbd;--pale:#8ec0ea;--grey:#a19f9d}
*{box-sizing:border-box}body{margin:0;background:#faf9f8;color:var(--ink);font:15px/1.5 "Segoe UI",system-ui,sans-serif}
main{max-width:1120px;margin:0 auto;padding:32px 40px 48px;background:#fff}h1{font-size:28px;margin:0 0 8px}h2{font-size:18px;margin:36px 0 10px}
.lead{font-size:17px;max-width:78ch;margin:0 0 24px}.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(170px,1fr));gap:14px}
.tile{border:1px solid var(--line);border-left:5px solid var(--grey);border-radius:4px;padding:12px 14px}.tile b{display:block;font-size:30px;line-height:1.1}
.tile span{color:var(--soft)}.tile.good{border-left-color:var(--good)}.tile.bad{border-left-color:var(--bad)}.tile.warn{border-left-color:var(--warn)}
svg{width:100%;height:auto;display:block}svg text{font-size:11px;fill:var(--ink)}svg text.tick{fill:var(--soft)}svg text.bad{fill:var(--bad)}svg text.good{fill:var(--good)}
.axis{stroke:var(--soft)}line.tick{stroke:var(--line);stroke-dasharray:2 3}.line{fill:none;stroke-width:2.5}.line.bad{stroke:var(--bad)}.line.good{stroke:var(--good)}
rect.old{fill:var(--grey)}rect.new{fill:var(--blue)}rect.next{fill:var(--pale)}line.end{stroke:var(--bad);stroke-width:2}
.key i{display:inline-block;width:22px;height:10px;border-radius:2px;margin:0 4px 0 14px}.key i.old{background:var(--grey);margin-left:0}.key i.new{background:linear-gradient(90deg,var(--blue) 50%,var(--pale) 50%)}.key i.end{width:3px;height:14px;background:var(--bad);vertical-align:-2px}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:6px 12px 6px 0;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--soft);font-weight:600}td:first-child{white-space:nowrap}.number{text-align:right}
code{color:var(--soft);font-size:13px}footer{margin-top:36px;color:var(--soft);font-size:13px}@media print{body,main{background:#fff}}`;
