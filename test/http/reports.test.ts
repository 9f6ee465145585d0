/** The first page to take along: a page to print, rows, a calendar. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { Stage, type Visitor } from "./stage.ts";

let stage: Stage;
let rita: Visitor;
const T = "/api/v1/t/contoso";
beforeAll(async () => {
  stage = await Stage.open({ policy: { approval: "issue" } });
  rita = await stage.signIn("Rita");
});
afterAll(() => stage.close());

test("before the first scan there is nothing to report", async () => {
  for (const file of ["report.html", "report.csv", "forecast.ics"])
    expect((await rita.get(`${T}/${file}`)).body, file).toMatchObject({ status: 503, code: "incomplete" });
  await stage.run();
});

test("the page has the first page's sentence and figures, and what must be decided; it is a file, and runs nothing", async () => {
  const { headers, text } = await rita.get(`${T}/report.html`);
  const { sentence, figures } = (await rita.get(`${T}/overview`)).body;
  expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(headers.get("content-disposition")).toBe('attachment; filename="nolapse-contoso-report.html"');
  expect(text).toContain(`<h1>${sentence.words}</h1>`);
  expect(text).toContain(`<dt>Rotations running</dt><dd>${figures.running}</dd>`);
  expect(text).toContain(`<dt>Last credential ends within 30 days</dt><dd>${figures.endIn30Days}</dd>`);
  expect(text).toMatch(/The scan of Sat 1 Mar 2031, \d\d:\d\d read all \d+ applications and \d+ service principals\./);
  const [, decisions = ""] = text.split("<h2>What waits for a decision</h2>");
  expect(decisions.split("<h2>")[0]).toMatch(/<bdi>app-1<\/bdi>.*<td>a person must approve the new credential<\/td>/);
  expect(text).not.toMatch(/<img|<script/);
});

test("the rows have each credential that ends, by when its application stops; the first line says what was seen", async () => {
  const { headers, text } = await rita.get(`${T}/report.csv`);
  expect(headers.get("content-disposition")).toBe('attachment; filename="nolapse-contoso-ends.csv"');
  const [scope = "", head = "", ...rows] = text.trimEnd().split("\r\n");
  expect(scope).toMatch(/^COMPLETE: the scan of \S+ saw all \d+ applications$/);
  expect(head.split(",")[0]).toBe("ends");
  const { items } = (await rita.get(`${T}/applications?endsTo=2099-12-31&sort=signsInUntil&limit=200`)).body;
  expect(rows.filter((row) => row.includes(",yes,")).map((row) => row.split(",")[0])).toEqual(
    items.map(({ signsInUntil }: { signsInUntil: string }) => signsInUntil),
  );
  const credentials = items.map((one: { secrets: number; certificates: number }) => one.secrets + one.certificates);
  expect(rows).toHaveLength(credentials.reduce((so: number, one: number) => so + one, 0));
});

test("the calendar has what stops and what must be decided, by names that stay", async () => {
  const { text } = await rita.get(`${T}/forecast.ics`);
  const lines = text.replaceAll("\r\n ", "").split("\r\n");
  const { items } = (await rita.get(`${T}/plan?tab=waiting`)).body;
  const decisions = items.filter(({ decideBy }: { decideBy: string | null }) => decideBy !== null);
  expect(decisions.length).toBeGreaterThan(0);
  const tenantId = (await rita.get("/api/v1/tenants")).body.tenants[0].tenantId;
  for (const { rotation, decideBy } of decisions) {
    const place = lines.indexOf(`UID:issue-${rotation}@${tenantId}.nolapse`);
    expect(lines[place + 2]).toBe(`DTSTART:${decideBy.replaceAll(/[-:]|\.\d+/g, "")}`);
  }
  const stranger = stage.application("stranger").appId;
  expect(lines).toContain(`UID:${stranger}@${tenantId}.nolapse`);
  expect(lines).toContain("SUMMARY:stranger stops");
  const names = (all: readonly string[]) => all.filter((line) => line.startsWith("UID:"));
  stage.directory.clock.advance(60_000);
  const again = (await rita.get(`${T}/forecast.ics`)).text.replaceAll("\r\n ", "").split("\r\n");
  expect(names(again)).toEqual(names(lines));
  expect(again.find((line) => line.startsWith("DTSTAMP:"))).not.toBe(lines.find((line) => line.startsWith("DTSTAMP:")));
});

test("where not all was seen each says so first, and the page claims nothing of the rest", async () => {
  const { scan } = await stage.run();
  if (scan === null) throw new Error("nothing was scanned");
  const error = new NolapseError("directory-forbidden", "Directory.Read.All is missing");
  await stage.admission.seen({
    ...scan,
    coverage: { ...scan.coverage, complete: false },
    failures: [{ list: "application" as const, what: "some, or all", error }],
  });
  const rows = await rita.get(`${T}/report.csv`);
  expect(rows.headers.get("content-disposition")).toMatch(/-ends-incomplete\.csv"$/);
  expect(rows.text.split("\r\n")[0]).toMatch(/^"INCOMPLETE: the scan of \S+ saw \d+ applications; some, or all: /);
  const { text } = await rita.get(`${T}/report.html`);
  expect(text).toMatch(/read only \d+ applications.*INCOMPLETE: .*Directory\.Read\.All is missing\./);
  expect(text).toContain("<dd>at least ");
  const dates = (await rita.get(`${T}/forecast.ics`)).text.replaceAll("\r\n ", "");
  expect(dates.split("BEGIN:VEVENT")[1]).toMatch(/DESCRIPTION:INCOMPLETE: .*Directory\.Read\.All is missing/);
});
