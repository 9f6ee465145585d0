/** What the drawings are made of: rectangles out of the API's answers. */
import { describe, expect, test } from "vitest";
import {
  closeUpRange,
  deadlineLabels,
  type LifeRow,
  monthsOf,
  namedMonths,
  rowDrawing,
  spanAround,
  successorDrawing,
  wholeRow,
} from "../../web/src/lines/life-line.ts";
import { proofsDrawing } from "../../web/src/lines/proofs.ts";
import { SMALL, smallBars, smallEnd } from "../../web/src/lines/small-bars.ts";
import { daysIn, SPANS, usualDays } from "../../web/src/lines/spans.ts";
import { binAt, binOfDay, daysOf, isByMonth, type Timeline, timelineDrawing } from "../../web/src/lines/timeline.ts";
import { spoken, stretchSentence } from "../../web/src/lines/timeline-words.ts";
import { at, DAY, NOW, secret } from "../support/life-row.ts";

const RANGE = spanAround(NOW, 365);
const WIDTH = 730;

test("names of months stand apart, and none is cut off, however narrow it is", () => {
  for (const width of [240, 330, 800]) {
    const xs = namedMonths(RANGE, width).map(({ x }) => x);
    expect(Math.min(...xs.slice(1).map((x, index) => x - (xs[index] ?? 0)))).toBeGreaterThanOrEqual(58);
    expect((xs.at(-1) ?? 0) + 58).toBeLessThanOrEqual(width);
  }
  expect(namedMonths(RANGE, 800)).toHaveLength(monthsOf(RANGE).length);
});

describe("a row of the life line", () => {
  test("has a filled cap where it was removed, and a hollow one where it is only to be", () => {
    const planned = secret({
      goesAt: at(12),
      segments: [
        { from: at(-130), to: at(0), tense: "happened", what: "worked" },
        { from: at(0), to: at(12), tense: "recorded", what: "valid" },
        { from: at(5), to: at(12), tense: "forecast", what: "overlap" },
        { from: at(12), to: at(50), tense: "forecast", what: "removed" },
      ],
    });
    const { caps, strokes, torn } = rowDrawing(planned, RANGE, NOW, WIDTH);
    expect(caps).toEqual([{ x: 377, kind: "goes" }]);
    expect(strokes).toMatchObject([{ from: 377, to: 415, kind: "removed" }]);
    // a range that ends between the two: it goes within it, whatever it says of its end
    expect(rowDrawing(planned, spanAround(NOW, 20), NOW, WIDTH).torn.right).toBe(false);
    expect(torn.right).toBe(false);
    expect(rowDrawing({ ...planned, goesAt: null }, spanAround(NOW, 20), NOW, WIDTH).torn.right).toBe(true);
    const cut = {
      ...planned,
      segments: planned.segments.slice(0, 1).concat({ ...planned.segments[1], to: at(9) } as never),
    };
    expect(wholeRow(cut).segments.at(-1)?.to).toBe(at(12));
  });

  test("is solid until today, which is the middle, and pale from there to its end", () => {
    const { bars, torn, cross, caps } = rowDrawing(secret({}), RANGE, NOW, WIDTH);
    expect(bars).toEqual([
      { x: 235, width: 130, look: "happened" },
      { x: 365, width: 50, look: "recorded" },
    ]);
    expect({ torn, cross, caps }).toEqual({ torn: { left: false, right: false }, cross: null, caps: [] });
  });

  test("is torn where it began before the range, and goes on where it ends after it", () => {
    const row = secret({
      start: at(-900),
      end: at(9_000),
      deadlines: null,
      segments: [
        { from: at(-365), to: at(0), tense: "happened", what: "worked" },
        { from: at(0), to: at(365), tense: "recorded", what: "valid" },
      ],
    });
    const { bars, torn, ruler } = rowDrawing(row, RANGE, NOW, WIDTH);
    expect(bars.map(({ x, width }) => [x, width])).toEqual([
      [0, 365],
      [365, 365],
    ]);
    expect(torn).toEqual({ left: true, right: true });
    expect(ruler).toBeNull();
  });

  test("shows an overlap of an hour as stripes wide enough to see", () => {
    const segments: LifeRow["segments"] = [
      { from: at(-10), to: at(0), tense: "happened", what: "worked" },
      { from: at(-10), to: at(-10 + 1 / 24), tense: "happened", what: "overlap" },
      { from: at(5), to: at(12), tense: "forecast", what: "overlap" },
    ];
    const { bars } = rowDrawing(secret({ segments }), RANGE, NOW, WIDTH);
    expect(bars.slice(1)).toEqual([
      { x: 355, width: 7, look: "overlap" },
      { x: 370, width: 7, look: "overlap-forecast" },
    ]);
  });

  test("has a cap where it was removed, dots to its own end, and no cross", () => {
    const row = secret({
      end: at(-20),
      removedAt: at(-60),
      segments: [
        { from: at(-130), to: at(-60), tense: "happened", what: "worked" },
        { from: at(-60), to: at(-20), tense: "recorded", what: "removed" },
      ],
    });
    const { caps, strokes, cross } = rowDrawing(row, RANGE, NOW, WIDTH);
    expect(caps).toEqual([{ x: 305, kind: "removed" }]);
    expect(strokes).toEqual([{ from: 305, to: 345, kind: "removed" }]);
    expect(cross).toBeNull();
  });

  test("tells a lapse from an end that another one covered", () => {
    const ended = (what: "ended" | "lapse") =>
      secret({
        end: at(-20),
        segments: [
          { from: at(-130), to: at(-20), tense: "happened", what: "worked" },
          { from: at(-20), to: at(0), tense: "happened", what },
        ],
      });
    expect(rowDrawing(ended("ended"), RANGE, NOW, WIDTH).cross).toEqual({ x: 345, kind: "ended" });
    expect(rowDrawing(ended("lapse"), RANGE, NOW, WIDTH).cross).toEqual({ x: 345, kind: "lapse" });
  });

  test("is whole in the close-up, however little of it is shown above", () => {
    const cut = secret({ segments: [{ from: at(0), to: at(20), tense: "recorded", what: "valid" }] });
    const own = closeUpRange(cut, NOW) ?? RANGE;
    const bars = (row: LifeRow) => rowDrawing(row, own, NOW, 600).bars;
    expect(bars(wholeRow(cut))).toEqual(bars(secret({ segments: [{ ...cut.segments[0], to: at(50) } as never] })));
    expect(wholeRow(secret({}))).toEqual(secret({}));
    expect(wholeRow(secret({ removedAt: at(10), segments: cut.segments })).segments[0]?.to).toBe(at(20));
  });

  test("begins the ruler at its own start where it was due before that", () => {
    const { ruler } = rowDrawing(
      secret({ start: at(-2), deadlines: { renew: at(-25), urgent: at(39), lastSafe: at(49) } }),
      RANGE,
      NOW,
      WIDTH,
    );
    expect(ruler).toEqual({ renew: 363, urgent: 404, lastSafe: 414, end: 415, dueAtOnce: true });
  });

  test("marks one that is not valid yet where it starts", () => {
    const row = secret({ start: at(8), segments: [{ from: at(8), to: at(50), tense: "recorded", what: "valid" }] });
    expect(rowDrawing(row, RANGE, NOW, WIDTH).caps).toEqual([{ x: 373, kind: "starts" }]);
  });

  test("chains the proofs of one rotation, and sets them apart where the range is short", () => {
    const proofs = { issued: at(-10), accepted: at(-9.9), delivered: at(-9), verified: at(-8), retired: null };
    const wide = rowDrawing(secret({ proofs }), RANGE, NOW, WIDTH).chain.map(({ x }) => x);
    expect(wide).toEqual([358, 365.5, 373, 380.5]);
    const near = rowDrawing(secret({ proofs }), spanAround(NOW, 15), NOW, WIDTH).chain.map(({ x }) => Math.round(x));
    expect(near).toEqual([122, 124, 146, 170]);
  });

  test("is grey where it is no credential of a client", () => {
    const { bars } = rowDrawing(secret({ signsIn: false }), RANGE, NOW, WIDTH);
    expect(bars.map(({ look }) => look)).toEqual(["inert", "inert"]);
  });
});

describe("beside the rows", () => {
  test("successors are dashed bars, striped where two work, with dates that do not touch", () => {
    const successors = [
      { from: at(5), to: at(185), overlapUntil: at(12) },
      { from: at(40), to: at(320), overlapUntil: at(47) },
      { from: at(275), to: at(455), overlapUntil: at(282) },
      { from: at(700), to: at(880), overlapUntil: at(707) },
    ];
    const { bars, starts } = successorDrawing(successors, RANGE, WIDTH);
    expect(bars.filter(({ look }) => look === "forecast").map(({ x, width }) => [x, width])).toEqual([
      [370, 180],
      [405, 280],
      [640, 90],
    ]);
    expect(bars.filter(({ look }) => look === "overlap-forecast")).toHaveLength(3);
    expect(starts.map(({ x }) => x)).toEqual([370, 640]);
  });

  test("the close-up goes from two days before today to eight after the end", () => {
    expect(closeUpRange(secret({}), NOW)).toEqual({ from: NOW - 2 * DAY, to: NOW + 58 * DAY });
    expect(closeUpRange(secret({ deadlines: null }), NOW)).toBeNull();
  });

  test("a label that would stand on another goes down a line", () => {
    const range = closeUpRange(secret({}), NOW);
    const labels = deadlineLabels(secret({}), range ?? RANGE, 780);
    expect(labels.map(({ name, line }) => [name, line])).toEqual([
      ["renew", 0],
      ["urgent", 0],
      ["lastSafe", 0],
    ]);
    expect(deadlineLabels(secret({}), RANGE, WIDTH).map(({ line }) => line)).toEqual([0, 1, 2]);
  });

  test("grid lines stand at the beginnings of months, not too many", () => {
    const months = monthsOf(RANGE).map((one) => new Date(one).toISOString());
    expect(months.slice(0, 2)).toEqual(["2026-01-01T00:00:00.000Z", "2026-04-01T00:00:00.000Z"]);
    expect(months.length).toBeLessThan(11);
    expect(monthsOf(spanAround(NOW, 5 * 366)).length).toBeLessThan(11);
  });
});

describe("the five proofs", () => {
  const proven = { issued: at(-1), accepted: at(-1), delivered: null, verified: null, retired: null };

  test("are filled where proven, half where under way", () => {
    const { marks, label } = proofsDrawing(proven, "accepted");
    expect(marks.map(({ form }) => form)).toEqual(["proven", "proven", "running", "open", "open"]);
    expect(label).toBe("2 of 5 proven: issued, accepted. Delivering.");
  });

  test("say where it is halted, and that nothing has begun", () => {
    expect(proofsDrawing(proven, "halted").marks[2]?.form).toBe("halted");
    const none = { issued: null, accepted: null, delivered: null, verified: null, retired: null };
    expect(proofsDrawing(none, "planned").label).toBe("0 of 5 proven. Planned.");
    expect(proofsDrawing(proven, "cancelled").label).toBe("2 of 5 proven: issued, accepted.");
  });
});

describe("the tenant timeline", () => {
  const bins = Array.from({ length: 117 }, (_, index) => ({
    day: new Date(Date.parse("2026-08-24") + index * 7 * DAY).toISOString().slice(0, 10),
    endsLast: index === 45 ? 700 : 40,
    endsCovered: index === 45 ? 50 : 3,
    renewed: index < 13 ? 150 : 0,
    planned: index < 13 ? 0 : 200,
    remains: index === 20 ? 3 : 0,
    ended: index === 13 ? 2 : 0,
  }));
  const timeline: Timeline = {
    now: new Date(NOW).toISOString(),
    from: at(-91),
    to: at(730),
    zone: "Europe/Amsterdam",
    bins,
    totals: { endsLast: 0, endsCovered: 0, renewed: 0, planned: 0, remains: 3 },
  };
  const drawn = timelineDrawing(timeline, { width: 936, up: 120, down: 90 });

  test("draws both halves by one square-root scale", () => {
    const ratio = (a = 0, b = 1) => Math.round((a / b) * 100) / 100;
    const [plain, peak] = [drawn.columns[30], drawn.columns[45]];
    expect(ratio(peak?.last, plain?.last)).toBe(ratio(Math.sqrt(700), Math.sqrt(40)));
    expect(ratio(plain?.planned, plain?.last)).toBe(ratio(Math.sqrt(200), Math.sqrt(40)));
    expect(peak && peak.last + peak.covered).toBeLessThanOrEqual(120);
  });

  test("numbers the peaks alone, and shows the smallest bar", () => {
    expect(drawn.columns.filter(({ peak }) => peak !== null)).toHaveLength(1);
    expect(drawn.columns[45]?.peak).toBe(750);
    const flat = timelineDrawing(
      {
        ...timeline,
        bins: bins.map((one, index) =>
          index === 3 ? { ...one, endsLast: 1, endsCovered: 0 } : { ...one, endsLast: 90_000 },
        ),
      },
      { width: 936, up: 120, down: 90 },
    );
    expect(flat.columns[3]?.last).toBe(3);
  });

  test("writes no number over another: the higher peak keeps its own", () => {
    const high = (index: number) => ({ 44: 700, 45: 800, 46: 900 })[index] ?? 0;
    const near = { ...timeline, bins: bins.map((one, index) => ({ ...one, endsLast: 1 + high(index), remains: 1 })) };
    const { columns } = timelineDrawing(near, { width: 936, up: 120, down: 90 });
    expect(columns.flatMap(({ peak }, index) => (peak === null ? [] : [index]))).toEqual([46]);
    expect(columns.slice(0, 4).map(({ remainsCount }) => remainsCount)).toEqual([1, null, 1, null]);
  });

  test("has today in its week, and names of months apart", () => {
    expect(Math.floor(drawn.today / 8)).toBe(13);
    const gaps = drawn.months.slice(1).map(({ x }, index) => x - (drawn.months[index]?.x ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(72);
  });

  test("keeps the line of today out of the name of a month", () => {
    const [month] = drawn.months;
    const onDay = (days: number) => {
      const now = new Date((month?.at ?? 0) + days * DAY).toISOString();
      return timelineDrawing({ ...timeline, now }, { width: 936, up: 120, down: 90 }).isOverMonth;
    };
    expect([onDay(21), onDay(63)]).toEqual([true, false]);
  });

  test("draws nothing of an empty tenant, and fails at nothing", () => {
    const empty = timelineDrawing({ ...timeline, bins: [] }, { width: 936, up: 120, down: 90 });
    expect(empty).toMatchObject({ columns: [], months: [] });
  });

  test("finds the week under the pointer and its days", () => {
    expect(binAt(0, 117, 936)).toBe(0);
    expect(binAt(940, 117, 936)).toBe(116);
    expect(daysOf(bins, 28, 28)).toEqual({ from: "2027-03-08", to: "2027-03-14" });
    expect(daysOf(bins, 116, 116).to).toBe("2028-11-19");
    expect(["2027-03-08", "2027-03-14", "2020-01-01", "2040-01-01"].map((day) => binOfDay(bins, day))).toEqual([
      28, 28, 0, 116,
    ]);
  });

  test("says of a week, and of some side by side, what ends, what is the last one of an application, and what remains", () => {
    expect(spoken(bins, 20)).toBe(
      "Week of Mon 11 Jan 2027. 43 credentials end, 40 of them the last of their application. 0 renewed, 200 planned; 3 remain.",
    );
    expect(stretchSentence(bins, 28, 29)).toBe(
      "In the 2 weeks from Mon 8 Mar 2027 to that of Mon 15 Mar 2027: 86 credentials end, 80 of them the last of their application. 0 renewed, 400 planned; 0 remain.",
    );
    expect(stretchSentence(bins, 28, 28)).toMatch(/^In the week of Mon 8 Mar 2027: 43 credentials end/);
    expect(spoken([], 0)).toBe("Nothing ends.");
    // of the week that is under way
    expect(spoken(bins, 13)).toMatch(/; 0 remain\. 2 have ended already\.$/);
    const over = { ...(bins[0] as (typeof bins)[number]), endsLast: 0, endsCovered: 0, renewed: 0, ended: 1 };
    expect(spoken([over], 0)).toMatch(/0 remain\. 1 has ended already\.$/);
  });

  test("five years are in months, of which the last one has its own length", () => {
    const months = Array.from({ length: 63 }, (_, index) => ({
      ...(bins[0] as (typeof bins)[number]),
      day: new Date(Date.UTC(2026, 8 + index, 1)).toISOString().slice(0, 10),
    }));
    expect([isByMonth(months), isByMonth(bins), isByMonth([])]).toEqual([true, false, false]);
    expect(daysOf(months, 5, 5)).toEqual({ from: "2027-02-01", to: "2027-02-28" });
    expect(daysOf(months, 62, 62)).toEqual({ from: "2031-11-01", to: "2031-11-30" });
    expect(spoken(months, 5)).toMatch(/^In Feb 2027\. 43 credentials end/);
    expect(stretchSentence(months, 5, 5)).toMatch(/^In Feb 2027: /);
    expect(stretchSentence(months, 5, 6)).toMatch(/^In the 2 months from Feb 2027 to Mar 2027: /);
    const { columns, months: names } = timelineDrawing(
      { ...timeline, bins: months },
      { width: 936, up: 120, down: 90 },
    );
    expect(columns).toHaveLength(63);
    expect(names.length).toBeGreaterThan(3);
  });
});

test("the small line of a list's row has today in its middle, and nothing too narrow to be seen", () => {
  const bars = smallBars(
    [
      { from: at(-365), to: at(-10), tense: "happened", what: "worked" },
      { from: at(-10), to: at(0), tense: "happened", what: "overlap" },
      { from: at(0), to: at(0.1), tense: "recorded", what: "valid" },
      { from: at(182.5), to: at(365), tense: "forecast", what: "valid" },
    ],
    NOW,
  );
  expect(bars[0]).toMatchObject({ x: 0, tense: "happened", both: false });
  expect(bars[0]?.width).toBeCloseTo((355 / 730) * SMALL.width, 1);
  expect(bars[1]).toMatchObject({ both: true });
  expect((bars[1]?.x ?? 0) + (bars[1]?.width ?? 0)).toBeCloseTo(SMALL.width / 2, 1);
  expect(bars[2]).toEqual({ x: SMALL.width / 2, width: 1, tense: "recorded", both: false });
  expect(bars[3]).toMatchObject({ x: SMALL.width * 0.75, width: SMALL.width / 4, tense: "forecast" });
});

test("the small line ends with a cross where nobody signs in any more, and has none where that is not in sight", () => {
  const until = (to: number, tense: "happened" | "recorded" | "forecast" = "recorded") => [
    { from: at(-300), to: at(-200), tense: "happened" as const, what: "worked" as const },
    { from: at(-100), to: at(to), tense, what: "valid" as const },
  ];
  expect(smallEnd(until(-73, "happened"), NOW)).toBeCloseTo(SMALL.width * 0.4, 1);
  expect(smallEnd(until(73), NOW)).toBeCloseTo(SMALL.width * 0.6, 1);
  expect([smallEnd(until(365, "forecast"), NOW), smallEnd([], NOW)]).toEqual([null, null]);
});

test("a narrow page begins with six months, a wide one with two years, and an address goes first", () => {
  expect([usualDays(true), usualDays(false)].map((days) => SPANS.find(([value]) => value === days)?.[1])).toEqual([
    "6 months",
    "2 years",
  ]);
  expect([daysIn("913", true), daysIn("7", true), daysIn(undefined, false), daysIn("x", false)]).toEqual([
    913, 91, 365, 365,
  ]);
});
