/** What holds writing back, in words: each reason with who or what, what follows, and the way out. */
import { describe, expect, test } from "vitest";
import { hasWord, resumedWords, resumeWords, tagsOf } from "../../web/src/text/held.ts";

type Held = Parameters<typeof tagsOf>[0];
const AT = "2031-03-01T12:00:00Z";
const FREE: Held["switches"] = { stopped: null, breaker: null, removalOff: null, brake: null, loss: null };
const COVERED = { scannedAt: AT, complete: true, applications: 9, servicePrincipals: 9, failures: [], missed: null };
const held = (switches: Partial<Held["switches"]>, more: Partial<Held> = {}): Held => ({
  tenant: "contoso",
  mode: "enforce",
  switches: { ...FREE, ...switches },
  coverage: COVERED,
  ...more,
});
const tags = (given: Held) => tagsOf(given, "Europe/Amsterdam");

describe("beside the tenant's name", () => {
  test("nothing stands where nothing holds", () => expect(tags(held({}))).toEqual([]));

  test("each pause says who or what, and since when", () => {
    const switches = {
      stopped: { at: AT, by: "entra:ann@contoso.example" },
      breaker: { at: AT, why: "the last 3 acceptances or verifications failed" },
      loss: "the last scan no longer saw 12 % of the known objects, so nothing is written",
      brake: "NOLAPSE_STOP is set",
    };
    expect(tags(held(switches))).toEqual([
      {
        name: "Paused",
        says: [
          "entra:ann@contoso.example paused all writing on Sat 1 Mar 2031, 13:00.",
          "Nolapse paused by itself on Sat 1 Mar 2031, 13:00: the last 3 acceptances or verifications failed.",
          "The last scan no longer saw 12 % of the known objects, so nothing is written.",
          "Stopped from outside: NOLAPSE_STOP is set.",
          "Nothing is written. Sign-ins are not touched.",
        ],
        next: "An Admin lets it go on, on the page Health, or in a shell:",
        command: "nolapse resume --tenant contoso",
      },
    ]);
  });

  test("what stops it from outside is not for a person's word in the portal", () => {
    const [tag] = tags(held({ brake: "NOLAPSE_STOP is set" }));
    expect([tag?.name, tag?.command, tag?.next]).toEqual([
      "Paused",
      null,
      "Remove the stop file, or unset NOLAPSE_STOP.",
    ]);
    expect([hasWord({ ...FREE, brake: "x" }), hasWord({ ...FREE, loss: "x" }), hasWord(FREE)]).toEqual([
      false,
      true,
      false,
    ]);
  });

  test("that no removal happens is a word of its own", () => {
    const [tag, ...others] = tags(held({ removalOff: { at: AT, why: "2 marked credentials are not known" } }));
    expect(others).toEqual([]);
    expect([tag?.name, tag?.command, tag?.says[0]]).toEqual([
      "No removals",
      "nolapse recover --tenant contoso",
      "Since Sat 1 Mar 2031, 13:00: 2 marked credentials are not known.",
    ]);
  });

  test("a mode that only watches, a scan that failed, and one that is not whole", () => {
    const missed = { at: AT, why: "Graph did not answer", next: null };
    const failures = Array.from({ length: 7 }, (_, index) => `part ${index}`);
    expect(tags(held({}, { mode: "observe", coverage: { ...COVERED, missed } })).map(({ name }) => name)).toEqual([
      "Watching only",
      "Scan failed",
    ]);
    const [tag] = tags(held({}, { coverage: { ...COVERED, complete: false, failures } }));
    expect([tag?.name, tag?.says.slice(1)]).toEqual([
      "Incomplete scan",
      ["part 0", "part 1", "part 2", "part 3", "part 4", "And 2 more."],
    ]);
    // nothing was seen yet: the page itself says so
    expect(tags(held({}, { coverage: { ...COVERED, complete: false, scannedAt: null } }))).toEqual([]);
  });
});

describe("to let writing go on", () => {
  const figures = {
    endIn30Days: 0,
    stopIn30Days: 0,
    endedIn30Days: 0,
    debt: 0,
    debtLately: 0,
    debtLeft: 0,
    waiting: 0,
    holding: 0,
    lapses: null,
    stopping: 0,
  };
  const words = (switches: Partial<Held["switches"]>, halted: number, running: number) =>
    resumeWords({ switches: { ...FREE, ...switches }, figures: { ...figures, halted, running } }, "UTC");

  test("says all that it does, with its numbers", () => {
    const switches = {
      stopped: { at: AT, by: "entra:otto@contoso.example" },
      breaker: { at: AT, why: "5 of the last 10 acceptances or verifications failed" },
      loss: "the last scan no longer saw 40 % of the known objects, so nothing is written",
      brake: "NOLAPSE_STOP is set",
    };
    expect(words(switches, 1200, 1)).toEqual([
      "The pause of entra:otto@contoso.example, of Sat 1 Mar 2031, 12:00, ends.",
      "The breaker of Sat 1 Mar 2031, 12:00 closes: 5 of the last 10 acceptances or verifications failed. What failed then is no longer counted against the next ones.",
      "The last scan no longer saw 40 % of the known objects, so nothing is written. On your word they are really gone, and are forgotten.",
      "All 1,200 halted rotations are tried again, whatever halted them.",
      "1 rotation under way goes on, and what is due begins.",
      "Nothing is written all the same: NOLAPSE_STOP is set. Remove the stop file, or unset NOLAPSE_STOP.",
    ]);
    expect(words({}, 0, 0)).toEqual(["No rotation is halted.", "No rotation is under way; what is due begins."]);
    expect(words({}, 1, 2)[0]).toBe("The halted rotation is tried again, whatever halted it.");
  });

  test("says what came of it, and what did not", () => {
    expect(resumedWords({ resumed: 1, forgotten: 0, busy: [], stillStopped: null })).toEqual([
      "Writing goes on.",
      "1 halted rotation taken up again.",
    ]);
    expect(resumedWords({ resumed: 0, forgotten: 3, busy: ["r1", "r2"], stillStopped: "NOLAPSE_STOP is set" })).toEqual(
      [
        "Writing is still stopped: NOLAPSE_STOP is set. Remove the stop file, or unset NOLAPSE_STOP.",
        "0 halted rotations taken up again.",
        "3 objects that scans no longer see are forgotten.",
        "Another process works on 2 rotations: r1, r2. If one of them stays halted, let writing go on again in half a minute.",
      ],
    );
  });
});
