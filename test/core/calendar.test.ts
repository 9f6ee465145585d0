/** The calendar (RFC 5545) as programs read it, whatever the names are. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { calendar, type Dated, MOST_DATED } from "../../src/core/pictures/calendar.ts";
import { DAY, plus } from "../../src/core/time.ts";
import { NOW } from "./make.ts";

const entry = (more: Partial<Dated> = {}): Dated => ({
  uid: "app-1",
  at: plus(NOW, DAY),
  summary: "Billing API stops",
  description: "it stops",
  ...more,
});
const written = (...dated: readonly Dated[]) =>
  calendar(dated, { tenant: "contoso", tenantId: "0a1b", now: NOW, short: [] }).split("\r\n");
/** Its lines before they were folded. */
const lines = (...dated: readonly Dated[]) =>
  written(...dated)
    .join("\n")
    .replaceAll("\n ", "")
    .split("\n");

test("an entry has its name, when it was made, and when it is", () => {
  expect(lines(entry())).toEqual([
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Nolapse//forecast//EN",
    "X-WR-CALNAME:Nolapse: contoso",
    "BEGIN:VEVENT",
    "UID:app-1@0a1b.nolapse",
    "DTSTAMP:20260301T120000Z",
    "DTSTART:20260302T120000Z",
    "SUMMARY:Billing API stops",
    "DESCRIPTION:it stops",
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
    "END:VCALENDAR",
    "",
  ]);
});

test("where not all was seen, that is its first entry, of the day on which it was made", () => {
  const made = calendar([entry()], { tenant: "contoso", tenantId: "0a1b", now: NOW, short: ["INCOMPLETE: 3 of 4"] });
  const events = made.split("BEGIN:VEVENT\r\n").slice(1);
  expect(events).toHaveLength(2);
  expect(events[0]?.split("\r\n")).toEqual(
    expect.arrayContaining(["DTSTART;VALUE=DATE:20260301", "DESCRIPTION:INCOMPLETE: 3 of 4"]),
  );
});

test("the same thing keeps its name when its end moves", () => {
  const uids = (at: Dated["at"]) => lines(entry({ at })).filter((one) => one.startsWith("UID:"));
  expect(uids(plus(NOW, DAY))).toEqual(uids(plus(NOW, 2 * DAY)));
});

test("the first are kept where there are too many", () => {
  const many = Array.from({ length: MOST_DATED + 1 }, (_, place) =>
    entry({ uid: `app-${place}`, at: plus(NOW, DAY - place) }),
  );
  const uids = written(...many).filter((one) => one.startsWith("UID:"));
  expect(uids).toHaveLength(MOST_DATED);
  expect(uids[0]).toBe(`UID:app-${MOST_DATED}@0a1b.nolapse`);
  expect(uids).not.toContain("UID:app-0@0a1b.nolapse");
});

test("no name writes a line, and no line is longer than 75 octets", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
      const folded = written(entry({ summary: `${name}\r\nATTACH:x`, description: name }));
      expect(Math.max(...folded.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
      const whole = folded.join("\n").replaceAll("\n ", "").split("\n");
      expect(whole).toHaveLength(14);
      expect(whole.some((line) => line.startsWith("ATTACH"))).toBe(false);
    }),
  );
  expect(lines(entry({ summary: "a;b,c\\d" }))[8]).toBe("SUMMARY:a\\;b\\,c\\\\d");
});
