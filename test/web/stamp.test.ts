/** The scan stamp ages by itself, and is green only where all of it holds. */
import { expect, test } from "vitest";
import { type Seen, stampOf } from "../../web/src/text/stamp.ts";

const HOUR = 3_600_000;
const coverage: Seen["coverage"] = {
  scannedAt: "2026-11-16T09:00:00Z",
  complete: true,
  applications: 6214,
  servicePrincipals: 1,
  failures: [],
  missed: null,
};
const seen = (more: Partial<Seen> = {}, less: Partial<Seen["coverage"]> = {}) =>
  stampOf({
    coverage: { ...coverage, ...less },
    now: "2026-11-16T09:12:00Z",
    since: 0,
    live: "live",
    zone: "Europe/Amsterdam",
    read: null,
    ...more,
  });
const short = ({ tone, head, but }: ReturnType<typeof stampOf>) => [tone, head, ...but];

test("it is green where the scan is whole and young, and the server is heard", () => {
  expect(seen()).toEqual({
    tone: "fine",
    head: "Complete scan, 12 minutes ago",
    lines: ["6,214 applications", "1 service principal"],
    but: [],
  });
  // no word is lost yet: it asks once a minute
  expect(seen({ since: 100_000 }).tone).toBe("fine");
});

test.each<[string, Partial<Seen>, Partial<Seen["coverage"]>, string]>([
  ["live updates stopped", { live: "lost" }, {}, "Live updates stopped. Trying again."],
  ["the last scan failed", {}, { missed: { at: "", why: "", next: null } }, "The last one failed."],
  ["nobody answers", { since: 240_000 }, {}, "Nothing was heard of the server since Mon 16 Nov 2026, 10:12."],
])("it is not green where %s", (_, more, less, why) => {
  expect([seen(more, less).tone, ...seen(more, less).but]).toEqual(["urgent", why]);
});

test("it is not green where not all was read, or nothing yet", () => {
  expect(short(seen({}, { complete: false }))).toEqual(["urgent", "Incomplete scan, 12 minutes ago"]);
  expect(short(seen({}, { complete: false, scannedAt: null }))).toEqual(["urgent", "No scan yet"]);
});

test("it is amber, then red, by its own age, whether the server is heard or not", () => {
  expect(short(seen({ now: "2026-11-16T15:00:00Z" }))).toEqual(["urgent", "Last complete scan, 6 hours ago"]);
  expect(short(seen({ now: "2026-11-23T09:00:00Z" }))).toEqual(["ended", "Last complete scan Mon 16 Nov"]);
  const unheard = "Nothing was heard of the server since Mon 16 Nov 2026, 10:12.";
  expect(short(seen({ since: 6 * HOUR }))).toEqual(["urgent", "Last complete scan, 6 hours ago", unheard]);
  expect(short(seen({ since: 7 * 24 * HOUR }))).toEqual(["ended", "Last complete scan Mon 16 Nov", unheard]);
});

test("it says what a scan under way has read, the first one too", () => {
  const read = { applications: 1998, servicePrincipals: 1 };
  const said = "Reading now: 1,998 applications and 1 service principal";
  expect(seen({ read })).toMatchObject({ tone: "fine", lines: ["6,214 applications", "1 service principal", said] });
  expect(seen({ read }, { scannedAt: null })).toMatchObject({ head: "No scan yet", lines: [said] });
});
