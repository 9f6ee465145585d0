/** The report of a tenant: nothing in it but text, the first page's sentence, and never more said than was seen. */
import { expect, test } from "vitest";
import { overviewWords } from "../../src/core/pictures/overview.ts";
import { type Report, reportPage } from "../../src/core/pictures/report.ts";
import { DAY, HOUR, plus } from "../../src/core/time.ts";
import { NOW } from "./make.ts";

const nothing = { first: [], total: 0, rest: "in the CSV file" };
const report = (more: Partial<Report> = {}): Report => ({
  tenant: "contoso",
  zone: "Europe/Amsterdam",
  now: NOW,
  sentence: "Nothing stops.",
  scope: ["The scan of Sun 1 Mar 2026, 13:00 read all 10 applications."],
  complete: true,
  figures: [
    { head: "Rotation debt", count: 6214 },
    { head: "Lapses", count: null },
  ],
  stops: nothing,
  decisions: nothing,
  renewed: nothing,
  ...more,
});
const HOSTILE = `<img src=x onerror=alert(1)>"'\u202e\r\n<script>`;

test("every text of the directory is text, and nothing is loaded or run", () => {
  const one = { displayName: HOSTILE, appId: HOSTILE, at: NOW, why: HOSTILE };
  const part = { first: [one], total: 2, rest: HOSTILE };
  const page = reportPage(
    report({ tenant: HOSTILE, sentence: HOSTILE, scope: [HOSTILE], stops: part, decisions: part, renewed: part }),
  );
  expect(page).not.toMatch(/<script|<img|\son\w+=["']|javascript:|(?:src|href)\s*=\s*["']|url\(|@import/i);
  expect(page).toContain(
    "<bdi>&lt;img src=x onerror=alert(1)&gt;&quot;&#39;[U+202E][U+000D][U+000A]&lt;script&gt;</bdi>",
  );
  expect(page).toContain("@media print");
});

test("times are those of the tenant's zone, counts are grouped, and what nobody counted has none", () => {
  const one = { displayName: "Billing API", appId: "a", at: plus(NOW, 11.5 * HOUR), why: "it stops" };
  const page = reportPage(report({ stops: { ...nothing, first: [one, { ...one, at: null }], total: 2 } }));
  expect(page).toContain("contoso, Sun 1 Mar 2026, 13:00 (Europe/Amsterdam)");
  expect(page).toContain("<td>Mon 2 Mar 2026</td><td><bdi>Billing API</bdi>");
  expect(page).toContain("<td>cannot sign in now</td>");
  expect(page).toContain("<dd>6,214</dd>");
  expect(page).toContain("<dd>–</dd>");
});

test("what was left out is counted, and where not all was seen nothing is claimed of the rest", () => {
  const one = { displayName: "Billing API", appId: "a", at: NOW, why: "it stops" };
  const decisions = { first: [one], total: 9, rest: "on the page Plan and approvals" };
  const page = reportPage(report({ complete: false, stops: { ...nothing, first: [one], total: 1_502 }, decisions }));
  expect(page).toContain("And 8 more, on the page Plan and approvals.");
  expect(page).toContain("And 1,501 more, in the CSV file.");
  expect(page).toContain("<dd>at least 6,214</dd>");
  expect(page).toContain("<p>Nothing of what could be read.</p>");
  expect(page).not.toContain("<p>Nothing.</p>");
});

const words = (code: Parameters<typeof overviewWords>[0]["code"], count: number, later = 0, missed = false) =>
  overviewWords(
    { code, count, later, first: { objectId: "o", displayName: "HR\u202e Import", at: plus(NOW, 9.5 * HOUR) } },
    { missed, now: NOW, zone: "UTC" },
  );

test("the sentence says what holds, and how many", () => {
  expect(words("not-scanned", 0)).toBe("Nothing is known yet. The first scan is running.");
  expect(words("not-scanned", 0, 0, true)).toBe("Nothing is known yet: the first scan failed, and is tried again.");
  expect(words("now", 1)).toBe("1 application cannot sign in now.");
  expect(words("past-last-safe", 1)).toBe("HR[U+202E] Import stops in 9 hours. Somebody must act.");
  expect(words("soon", 3)).toBe("In the next 30 days 3 applications stop unless somebody acts.");
  expect(words("later", 1_200)).toBe(
    "Nothing stops in the next 30 days. 1,200 applications stop later unless somebody acts.",
  );
  expect(words("nothing", 0)).toBe("Nothing stops. Every credential that ends is renewed in time.");
  expect(words("nothing", 0, 2)).toBe("Nothing stops. 2 end later.");
});

test("a scan that did not see all counts at least, and counts no nothing", () => {
  expect(words("incomplete", 1)).toBe("At least 1 application stops in the next 30 days; not all could be read.");
  expect(words("incomplete", 0)).toBe("Not all could be read. Of what could, nothing stops in the next 30 days.");
});

test("without a time it still says that somebody must act", () => {
  const said = overviewWords(
    { code: "past-last-safe", count: 1, later: 0, first: null },
    { missed: false, now: plus(NOW, DAY), zone: "UTC" },
  );
  expect(said).toBe("1 application stops soon, and somebody must act.");
});
