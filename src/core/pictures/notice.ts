/** What needs a person, in the words of a mail: findings, and the digest of them for one recipient. */
import { escapeHtml } from "../html.ts";
import { DAY, type EpochMs, formatDuration, formatInstant } from "../time.ts";

export type FindingKind =
  | "urgent"
  | "ending"
  | "halted"
  | "paused"
  | "not-served"
  | "not-removed"
  | "reveal-asked"
  | "approval"
  | "breaker-open"
  | "trail-broken"
  | "scan-incomplete"
  | "scan-lossy"
  | "scan-overdue"
  | "seal-key-old"
  | "drift"
  | "removal-off";

export interface Finding {
  readonly kind: FindingKind;
  /** The application it is about, null for the tenant. */
  readonly appId: string | null;
  /** The same while nothing changes, so that the same thing is told once. Never an instant of the telling. */
  readonly key: string;
  readonly title: string;
  /** What to type or do next. */
  readonly next: string;
}

/** What one recipient is told. */
export interface Digest {
  readonly tenant: string;
  readonly tenantId: string;
  readonly at: EpochMs;
  readonly test: boolean;
  readonly findings: readonly Finding[];
}

/** Worst first. */
export const FINDING_TITLES: Readonly<Record<FindingKind, string>> = {
  urgent: "Past the urgent time",
  halted: "Halted: needs a person",
  "breaker-open": "Breaker open",
  "trail-broken": "Audit trail broken",
  "removal-off": "Removal switched off",
  "reveal-asked": "Somebody asks to see a value",
  approval: "Waits for approval",
  paused: "Paused: nothing is removed",
  "not-served": "A place without the new credential",
  "not-removed": "Cannot be removed",
  drift: "Changed by somebody else",
  "scan-incomplete": "Scan not complete",
  "scan-lossy": "Scan lost too much",
  "scan-overdue": "Scan overdue",
  ending: "Ending",
  "seal-key-old": "Seal key",
};

export const FINDING_ORDER = Object.keys(FINDING_TITLES) as FindingKind[];

/** The step of a policy's `notify` that an end has reached: the smallest one that holds; null before the first. */
export function noticeStep(end: EpochMs, now: EpochMs, steps: readonly number[]): number | null {
  const left = end - now;
  const reached = steps.filter((one) => left <= one);
  return reached.length === 0 ? null : Math.min(...reached);
}

export function subjectOf({ tenant, findings, test }: Digest): string {
  if (test) return `nolapse: a test for ${tenant}`;
  if (findings.length === 0) return `nolapse: ${tenant} is well again`;
  return `nolapse: ${findings.length === 1 ? "1 thing needs" : `${findings.length} things need`} a look in ${tenant}`;
}

/** Plain text, 76 columns where words allow. */
export function textOf(digest: Digest): string {
  const { tenant, at, test, findings } = digest;
  const lines = groups(digest).flatMap(([title, list]) => [
    "",
    title,
    ...list.flatMap((one) => [`* ${one.title}`, `  ${one.next}`]),
  ]);
  return [
    test
      ? `This is a test. Notices about ${tenant} will come to you.`
      : findings.length === 0
        ? `Nothing in ${tenant} needs a look any more.`
        : `As of ${minuteOf(at)}, in ${tenant}:`,
    ...lines,
    "",
    "You are told again when something changes, not before.",
    "",
  ].join("\n");
}

/** The same as a page: headings and lists, no images, no script, nothing from outside. */
export function htmlOf(digest: Digest): string {
  const { tenant, at, test, findings } = digest;
  const lead = test
    ? `This is a test. Notices about ${tenant} will come to you.`
    : findings.length === 0
      ? `Nothing in ${tenant} needs a look any more.`
      : `As of ${minuteOf(at)}, in ${tenant}:`;
  const body = groups(digest)
    .map(
      ([title, list]) =>
        `<h2 style="font-size: 1.05em; margin: 1.4em 0 0.3em">${escapeHtml(title)}</h2>\n<ul style="margin: 0; padding-left: 1.2em">\n${list.map(itemOf).join("\n")}\n</ul>`,
    )
    .join("\n");
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${escapeHtml(subjectOf(digest))}</title></head>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 40em; margin: 1em auto; padding: 0 1em">
<h1 style="font-size: 1.3em; margin: 0">${escapeHtml(subjectOf(digest))}</h1>
<p>${escapeHtml(lead)}</p>
${body}
<p style="margin-top: 1.8em; font-size: 0.9em">You are told again when something changes, not before.</p>
</body>
</html>
`;
}

/** What it is, and below it what to do; only what is typed stands as code, and only a page as a link. */
function itemOf({ title, next }: Finding): string {
  if (/^https?:\/\/\S+$/.test(next)) {
    const page = escapeHtml(next);
    return `<li style="margin: 0.4em 0">${escapeHtml(title)}<br><a href="${page}">${page}</a></li>`;
  }
  const [, words = "", command = ""] = /^(.*?)(nolapse [a-z].*)?$/s.exec(next) ?? [];
  const typed = command === "" ? "" : `<code>${escapeHtml(command)}</code>`;
  return `<li style="margin: 0.4em 0">${escapeHtml(title)}<br>${escapeHtml(words)}${typed}</li>`;
}

/** `2031-03-01 12:31 UTC`. */
function minuteOf(at: EpochMs): string {
  return `${formatInstant(at).slice(0, 16).replace("T", " ")} UTC`;
}

function groups({ findings }: Digest): [string, Finding[]][] {
  return FINDING_ORDER.flatMap((kind): [string, Finding[]][] => {
    const list = findings.filter((one) => one.kind === kind);
    return list.length === 0 ? [] : [[FINDING_TITLES[kind], list]];
  });
}

/** `in 13 days`, `3 days ago`, `in 5h`. */
export function away(at: EpochMs, now: EpochMs): string {
  const length = Math.abs(at - now);
  const text =
    length >= DAY
      ? `${Math.floor(length / DAY)} ${length < 2 * DAY ? "day" : "days"}`
      : formatDuration(Math.floor(length / 3_600_000) * 3_600_000 || length);
  return at >= now ? `in ${text}` : `${text} ago`;
}
