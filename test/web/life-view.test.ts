/** Which part of the time a life line shows, and what is drawn of an answer that holds more. */
import { describe, expect, test } from "vitest";
import { spanAround } from "../../web/src/lines/life-line.ts";
import { askedRange, dayIn, dayText, lifeWithin, panned, shownRange, wholeDay } from "../../web/src/lines/life-view.ts";
import { at, DAY, NOW, secret } from "../support/life-row.ts";

const TODAY = wholeDay(NOW);
const iso = (instant: number) => new Date(instant).toISOString();
const line = (days: number) => {
  const { from, to } = askedRange({ days, middle: TODAY });
  const next = { from: at(40), to: at(220), overlapUntil: at(50) };
  const other = { from: at(215), to: at(395), overlapUntil: at(220) };
  return { now: iso(NOW), from: iso(from), to: iso(to), zone: "UTC", rows: [secret()], successors: [next, other] };
};

describe("the day in the middle", () => {
  test("is what the address names, and today where that is no day, or too far away", () => {
    expect(dayIn("2026-06-01", TODAY)).toBe(Date.parse("2026-06-01T00:00:00Z"));
    for (const wanted of [undefined, "", "today", "2026-13-01", "2026-06-01T12:00", "1926-06-01", "9999-01-01"])
      expect(dayIn(wanted, TODAY)).toBe(TODAY);
  });

  test("goes into the address only where it is another day, and comes back from there", () => {
    expect(dayText(TODAY, TODAY)).toBeUndefined();
    expect(dayIn(dayText(TODAY - 400 * DAY, TODAY), TODAY)).toBe(TODAY - 400 * DAY);
  });

  test("is moved by days, to ten years from today at most", () => {
    const view = { days: 365, middle: TODAY };
    expect(panned(view, -90, TODAY)).toEqual({ days: 365, middle: TODAY - 90 * DAY });
    expect(panned(view, 1e6, TODAY).middle).toBe(TODAY + 3_650 * DAY);
    expect(panned(view, -1e6, TODAY).middle).toBe(TODAY - 3_650 * DAY);
  });
});

describe("what is drawn of an answer", () => {
  test("is the view, as far as that can be dragged, and until another answer is there what was asked for", () => {
    const asked = line(45);
    expect(shownRange(asked, { days: 45, middle: TODAY })).toEqual(spanAround(TODAY, 45));
    const farthest = { days: 45, middle: TODAY + 90 * DAY };
    expect(shownRange(asked, farthest)).toEqual(spanAround(farthest.middle, 45));
    expect(shownRange(asked, { days: 45, middle: TODAY + 91 * DAY })).toEqual(spanAround(TODAY, 45));
    expect(shownRange(asked, { days: 365, middle: TODAY })).toEqual(spanAround(TODAY, 45));
  });

  test("is cut off at its edges as if no more had been asked for", () => {
    const range = spanAround(TODAY, 45);
    const cut = lifeWithin(line(45), range);
    expect(cut.rows[0]?.segments).toEqual([
      { from: iso(range.from).replace(".000", ""), to: at(0), tense: "happened", what: "worked" },
      { from: at(0), to: iso(range.to).replace(".000", ""), tense: "recorded", what: "valid" },
    ]);
    expect(cut.successors.map(({ from }) => from)).toEqual([at(40)]);
  });

  test("has nothing of what lies outside", () => {
    const before = lifeWithin(line(365), spanAround(TODAY - 400 * DAY, 45));
    expect([before.rows.map(({ segments }) => segments), before.successors]).toEqual([[[]], []]);
    const after = lifeWithin(line(365), spanAround(TODAY + 100 * DAY, 45));
    expect(after.rows[0]?.segments).toEqual([]);
  });
});
