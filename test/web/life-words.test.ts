/** What is written in a row of a life line, and which of its events a pointer is at. */
import { describe, expect, test } from "vitest";
import { eventNear } from "../../web/src/lines/life-events.ts";
import { type LifeRow, rowDrawing, spanAround } from "../../web/src/lines/life-line.ts";
import { endWords, heldAt, noteOf } from "../../web/src/lines/life-words.ts";
import { at, DAY, NOW, secret } from "../support/life-row.ts";

const RANGE = spanAround(NOW, 365);
const WIDTH = 730;

describe("the words of a row", () => {
  const ZONE = "Europe/Amsterdam";
  const wordsOf = (row: LifeRow) =>
    endWords(row, rowDrawing(row, RANGE, NOW, WIDTH), { range: RANGE, now: NOW, width: WIDTH, zone: ZONE });
  const lapsed = (from: number, to: number, end = from) =>
    secret({
      end: at(end),
      segments: [
        { from: at(-300), to: at(end), tense: "happened", what: "worked" },
        { from: at(end), to: at(0), tense: "happened", what: "ended" },
        { from: at(from), to: at(to), tense: "happened", what: "lapse" },
      ],
    });

  test("say for how long nothing signed in, to the minute, and of what is cut off that it was longer", () => {
    expect(wordsOf(lapsed(-20, -20 + (3 * 60 + 20) / 1440))).toMatchObject({
      text: "could not sign in for 3 h 20 min",
      isLapse: true,
    });
    expect(wordsOf(lapsed(-2.5, 0))?.text).toBe("cannot sign in, for 2 days 12 h so far");
    expect(wordsOf(lapsed(-365, -300, -400))?.text).toBe("could not sign in for more than 65 days");
  });

  test("say until when what goes on after the range, and what was removed before its own end", () => {
    const far = secret({ end: "2123-01-12T06:00:00Z" });
    expect(wordsOf(far)).toEqual({ text: "ends 2123", x: WIDTH - 10, above: true, anchor: "end", isLapse: false });
    expect(wordsOf(secret({ end: at(400) }))?.text).toBe("ends Tue 28 Dec 2027");
    const removed = (end: number) =>
      secret({
        end: at(end),
        removedAt: at(-60),
        segments: [{ from: at(-130), to: at(-60), tense: "happened", what: "worked" }],
      });
    expect(wordsOf(removed(50))?.text).toBe("ends Tue 12 Jan 2027");
    expect(wordsOf(removed(-20))?.text).toBe("would have ended Tue 3 Nov 2026");
    expect(wordsOf(removed(-60))).toBeNull();
    expect(wordsOf(removed(9_000))).toBeNull();
  });

  test("say why nothing is forecast: a lock for what is left alone, a sign where somebody must have acted", () => {
    expect(noteOf(secret({}))).toBeNull();
    const locked = secret({ reason: "platform-managed", sentence: "its platform renews the credential itself" });
    expect(noteOf(locked)).toEqual({
      sign: "lock",
      text: "Not renewed by Nolapse: its platform renews the credential itself.",
    });
    expect(rowDrawing(locked, RANGE, NOW, WIDTH).bars.map(({ look }) => look)).toEqual(["inert", "inert"]);
    const held = (by: "approval" | "stop") =>
      secret({ held: { by, reason: "approval-issue", sentence: "a person must approve it" } });
    expect(noteOf(held("approval"))).toEqual({ sign: "approval", text: "A person must approve it." });
    expect(heldAt(held("approval"), NOW, RANGE, WIDTH)).toBe(404);
    expect(heldAt(held("stop"), NOW, RANGE, WIDTH)).toBe(415);
    expect(heldAt(held("stop"), NOW, spanAround(NOW, 10), WIDTH)).toBeNull();
    expect(heldAt(secret({}), NOW, RANGE, WIDTH)).toBeNull();
  });

  test("the event under a pointer is the nearest one within reach, and in sight", () => {
    const events = [-30, 5, 6, 400].map((days) => ({ at: NOW + days * DAY, word: String(days), more: null }));
    const near = (x: number) => eventNear(events, x, RANGE, WIDTH)?.word;
    expect([near(335), near(347), near(348), near(371), near(730)]).toEqual(["-30", "-30", undefined, "6", undefined]);
  });
});
