/** What one walks through along a row of a life line, as it is spoken, and where each key leads. */
import { describe, expect, test } from "vitest";
import { type Cursor, moved, settled, zoomed } from "../../web/src/lines/life-cursor.ts";
import { eventSentence, rowEvents, successorEvents } from "../../web/src/lines/life-events.ts";
import { type LifeRow, spanAround } from "../../web/src/lines/life-line.ts";
import { rowSentence, rowStory } from "../../web/src/lines/life-sentence.ts";
import { at, NOW, secret } from "../support/life-row.ts";

const ZONE = "Europe/Amsterdam";

const words = (row: LifeRow) => rowEvents(row, NOW, spanAround(NOW, 365)).map(({ word }) => word);

describe("the events of a row", () => {
  test("stand in the order of time, from its proofs to its deadlines and its end", () => {
    const proofs = {
      issued: "2026-07-16T07:10:00Z",
      accepted: "2026-07-16T07:12:00Z",
      delivered: "2026-07-16T07:13:00Z",
      verified: "2026-07-16T07:14:22Z",
      retired: null,
    };
    const row = secret({ proofs, copies: 2, assurance: "token", start: proofs.issued });
    const events = rowEvents(row, NOW, spanAround(NOW, 365));
    expect(events.map(({ word }) => word)).toEqual([
      "Issued",
      "Accepted",
      "Delivered",
      "Verified",
      "Renewal",
      "Urgent from here",
      "Last safe moment",
      "Ends",
    ]);
    const verified = events.find(({ word }) => word === "Verified");
    expect(verified && eventSentence(verified, ZONE)).toBe(
      "Verified, Thu 16 Jul 2026 at 09:14:22, both copies signed in",
    );
    expect(events.find(({ word }) => word === "Delivered")?.more).toBe("to both targets");
  });

  test("claim no more than was proven", () => {
    const proofs = { issued: at(-9), accepted: at(-9), delivered: at(-8), verified: at(-7), retired: null };
    const more = (assurance: LifeRow["assurance"], copies: number) =>
      rowEvents(secret({ proofs, copies, assurance }), NOW, spanAround(NOW, 365)).find(
        ({ word }) => word === "Verified",
      )?.more;
    expect(more("token", 1)).toBe("its copy signed in");
    expect(more("token", 3)).toBe("all 3 copies signed in");
    expect(more("receipt", 1)).toBe("its target has a receipt for it");
    expect(more("person", 1)).toBe("a person says so");
    expect(more(null, 1)).toBeNull();
  });

  test("of one that is gone are no deadlines, and the end it would have had", () => {
    expect(words(secret({ removedAt: at(-3) }))).toEqual(["Began to work", "Removed", "Would have ended"]);
    expect(words(secret({ removedAt: at(60), end: at(50) }))).toEqual(["Began to work", "Removed"]);
  });

  test("tell a lapse where it began and where it was over, not where the range cuts it off", () => {
    const lapse = (from: number, to: number): LifeRow =>
      secret({
        end: at(-20),
        deadlines: null,
        segments: [{ from: at(from), to: at(to), tense: "happened", what: "lapse" }],
      });
    expect(words(lapse(-20, -15))).toEqual(["Began to work", "Nothing signed in any more", "Ended", "Signed in again"]);
    expect(words(lapse(-365, 0))).toEqual(["Began to work", "Ended"]);
  });

  test("end an overlap that is forecast, and say once what several successors share", () => {
    const overlap = secret({
      deadlines: null,
      segments: [{ from: at(0), to: at(7), tense: "forecast", what: "overlap" }],
    });
    expect(words(overlap)).toEqual(["Began to work", "The overlap ends", "Ends"]);
    const next = { from: at(5), to: at(185), overlapUntil: at(12) };
    expect(successorEvents([next, next]).map(({ word }) => word)).toEqual([
      "Renewed",
      "The one before goes",
      "Would end",
    ]);
  });
});

describe("the keys", () => {
  const stops = [
    { row: "a", events: 3 },
    { row: "b", events: 0 },
  ];
  const walk = (...keys: string[]) =>
    keys.reduce<Cursor>((so, key) => moved(so, key, stops) ?? so, settled(null, stops));

  test("lead down and up through rows, right and left through events, and never out of either", () => {
    expect(walk()).toEqual({ row: "a", event: null });
    expect(walk("ArrowRight", "ArrowRight")).toEqual({ row: "a", event: 1 });
    expect(walk("End", "ArrowRight")).toEqual({ row: "a", event: 2 });
    expect(walk("End", "Home")).toEqual({ row: "a", event: 0 });
    expect(walk("Home", "ArrowLeft", "ArrowLeft")).toEqual({ row: "a", event: null });
    expect(walk("End", "ArrowDown", "ArrowDown", "End")).toEqual({ row: "b", event: null });
    expect(walk("ArrowDown", "ArrowUp", "ArrowUp")).toEqual({ row: "a", event: null });
    expect(moved({ row: "a", event: null }, "x", stops)).toBeNull();
  });

  test("find their place again where rows and events have changed", () => {
    expect(settled({ row: "gone", event: 4 }, stops)).toEqual({ row: "a", event: null });
    expect(settled({ row: "a", event: 7 }, stops)).toEqual({ row: "a", event: 2 });
    expect(settled({ row: "b", event: 7 }, stops)).toEqual({ row: "b", event: null });
    expect(settled({ row: "a", event: 1 }, [])).toEqual({ row: "", event: null });
  });

  test("zoom from span to span and back to the usual one", () => {
    const zoom = (key: string, days: number) => zoomed(key, [45, 183, 365, 913], days, 365);
    expect([zoom("+", 365), zoom("=", 45), zoom("-", 365), zoom("-", 913), zoom("0", 45)]).toEqual([
      183, 45, 913, 913, 365,
    ]);
    expect(zoom("x", 365)).toBeNull();
  });
});

test("a removal that is planned is said as a forecast, and the end of its overlap not once more", () => {
  const goes = secret({
    goesAt: at(12),
    segments: [{ from: at(5), to: at(12), tense: "forecast", what: "overlap" }],
  });
  const words = (row: LifeRow) => rowEvents(row, NOW, spanAround(NOW, 365)).map(({ word, more }) => [word, more]);
  expect(words(goes)).toContainEqual(["Removal", "forecast"]);
  expect(words(goes)).not.toContainEqual(["The overlap ends", "forecast"]);
  expect(words({ ...goes, goesAt: null })).toContainEqual(["The overlap ends", "forecast"]);
  expect(rowSentence(goes, NOW, ZONE)).toContain("Renewal forecast for Sat 28 Nov 2026, removal for Sat 5 Dec 2026.");
  expect(rowSentence({ ...goes, deadlines: null }, NOW, ZONE)).toContain("Removal forecast for Sat 5 Dec 2026.");
  // beside its name and its kind neither is said again
  expect(rowSentence(goes, NOW, ZONE)).toMatch(/client secret/);
  expect(rowSentence(goes, NOW, ZONE).endsWith(rowStory(goes, NOW, ZONE))).toBe(true);
  expect(rowStory(goes, NOW, ZONE)).not.toMatch(/client secret/);
});
