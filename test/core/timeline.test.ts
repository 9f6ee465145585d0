/** What ends when: every end in exactly one week, also where clocks are changed. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Instants } from "../../src/core/pictures/instants.ts";
import { MOST_BINS, type TimelineFacts, timeline } from "../../src/core/pictures/timeline.ts";
import { DAY, type EpochMs, plus } from "../../src/core/time.ts";
import { wallClock } from "../../src/core/time-zones.ts";
import { at } from "./make.ts";

const facts = (given: Partial<Record<keyof TimelineFacts, readonly number[]>>): TimelineFacts => ({
  endsLast: new Instants(given.endsLast),
  endsCovered: new Instants(given.endsCovered),
  remains: new Instants(given.remains),
  renewed: new Instants(given.renewed),
  planned: new Instants(given.planned),
});
const nothing = facts({});
const span = (from: string, to: string, zone: string, size: "week" | "month" = "week") => ({
  from: at(from),
  to: at(to),
  zone,
  size,
});

test("weeks begin on Monday in the tenant's zone, also in those of 167 and 169 hours", () => {
  const bins = timeline(nothing, span("2026-03-18T00:00:00Z", "2026-11-10T00:00:00Z", "Europe/Amsterdam"));
  expect(bins.map(({ day }) => day).slice(0, 3)).toEqual(["2026-03-16", "2026-03-23", "2026-03-30"]);
  const hours = new Set(bins.map(({ from, to }) => (to - from) / 3_600_000));
  expect(hours).toEqual(new Set([167, 168, 169]));
  for (const { from } of bins) expect(wallClock(from, "Europe/Amsterdam")).toMatchObject({ weekday: 1, minute: 0 });
});

test("months begin on the first, and there are never more bins than anybody draws", () => {
  const bins = timeline(nothing, span("2026-01-31T00:00:00Z", "2027-01-01T00:00:00Z", "UTC", "month"));
  expect(bins.map(({ day }) => day)).toEqual(
    Array.from({ length: 12 }, (_, index) => `2026-${String(index + 1).padStart(2, "0")}-01`),
  );
  expect(timeline(nothing, span("2026-01-01T00:00:00Z", "2046-01-01T00:00:00Z", "UTC"))).toHaveLength(MOST_BINS);
});

test("what ends, what is renewed and what is planned is counted in the week it lies in", () => {
  const end = at("2026-03-04T23:30:00Z");
  const [bin] = timeline(
    facts({ endsLast: [end, end], endsCovered: [end], remains: [end], renewed: [end], planned: [end, end] }),
    span("2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z", "UTC"),
  );
  expect(bin).toMatchObject({ day: "2026-03-02", endsLast: 2, endsCovered: 1, remains: 1, renewed: 1, planned: 2 });
});

test("of the week under way what is over is told apart from what is to come; of the others nothing is", () => {
  const now = at("2026-03-04T12:00:00Z");
  const ends = [plus(now, -9 * DAY), plus(now, -1 * DAY), now, plus(now, 1), plus(now, 8 * DAY)];
  const bins = timeline(facts({ endsLast: ends, endsCovered: ends, remains: ends, renewed: [plus(now, -DAY)] }), {
    ...span("2026-02-23T00:00:00Z", "2026-03-15T00:00:00Z", "UTC"),
    now,
  });
  const rows = bins.map((one) => [one.endsLast, one.endsCovered, one.remains, one.renewed, one.ended]);
  expect(rows).toEqual([
    [1, 1, 1, 0, 0],
    [1, 1, 1, 1, 4],
    [1, 1, 1, 0, 0],
  ]);
});

test("no end is counted twice or lost, in whatever zone", () => {
  const start = at("2026-01-01T00:00:00Z");
  const zone = fc.constantFrom(
    "UTC",
    "Europe/Amsterdam",
    "America/Sao_Paulo",
    "Pacific/Apia",
    "Africa/Cairo",
    "Asia/Beirut",
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 700 * DAY }), { maxLength: 50 }), zone, (offsets, where) => {
      const endings = offsets.map((offset) => plus(start, offset));
      const bins = timeline(facts({ endsLast: endings }), {
        from: start,
        to: plus(start, 701 * DAY) as EpochMs,
        zone: where,
        size: "week",
      });
      expect(bins.reduce((so, { endsLast }) => so + endsLast, 0)).toBe(endings.length);
      for (const [index, bin] of bins.entries()) if (index > 0) expect(bin.from).toBe(bins[index - 1]?.to);
    }),
    { numRuns: 30 },
  );
});
