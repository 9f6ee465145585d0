/** What the pages write: dates, distances, and names that somebody else chose. */
import { describe, expect, test } from "vitest";
import {
  applicationSentence,
  endsSoon,
  lapsePhrase,
  lapseSentence,
  reloadWords,
} from "../../web/src/text/catalogue.ts";
import {
  counted,
  dayOf,
  distance,
  durationWords,
  inZones,
  isZone,
  shortDistance,
  spelled,
  written,
} from "../../web/src/text/dates.ts";
import { daysWords, ownerChoices } from "../../web/src/text/list-filters.ts";
import { mixesScripts, piecesOf, plainName } from "../../web/src/text/names.ts";
import { finishSentence, planSentence } from "../../web/src/text/plan.ts";
import { byWeeks, groupedNeeds, leadOf, shareWords, verdictOf } from "../../web/src/text/rehearsal.ts";
import {
  headSentence,
  oldOneWords,
  outcomeOf,
  safetyWords,
  stepProgress,
  titleWords,
  untilWords,
} from "../../web/src/text/rotation.ts";

const ZONE = "Europe/Amsterdam";
const at = (text: string) => Date.parse(text);
const NOW = at("2026-11-23T09:42:00Z");

describe("dates", () => {
  test("have the weekday, the month in letters and 24 hours", () => {
    expect(written(at("2026-11-28T08:04:00Z"), ZONE, "dateTime")).toBe("Sat 28 Nov 2026, 09:04");
    expect(written(at("2026-11-28T23:30:00Z"), ZONE)).toBe("Sun 29 Nov 2026");
    expect(written(at("2026-09-01T00:00:00Z"), "UTC", "short")).toBe("1 Sep");
    expect(dayOf(at("2026-11-28T23:30:00Z"), ZONE)).toBe("2026-11-29");
    expect(inZones("2026-11-28T09:04:00Z", [ZONE, ZONE])).toBe(
      "Sat 28 Nov 2026, 10:04:00 Europe/Amsterdam; 2026-11-28T09:04:00Z",
    );
    expect(inZones("2026-11-28T09:04:00Z", [ZONE, "Asia/Kolkata"])).toBe(
      "Sat 28 Nov 2026, 10:04:00 Europe/Amsterdam; Sat 28 Nov 2026, 14:34:00 Asia/Kolkata; 2026-11-28T09:04:00Z",
    );
    expect([ZONE, "UTC", "Nowhere/Land", "Etc/Unknown"].map(isZone)).toEqual([true, true, false, false]);
  });

  test.each([
    ["2027-01-12T06:00:00Z", "in 50 days", "50 d"],
    ["2026-11-24T17:30:00Z", "in 31 hours", "31 h"],
    ["2026-11-23T10:42:00Z", "in 60 minutes", "60 min"],
    ["2026-11-23T09:42:30Z", "now", "now"],
    ["2030-11-22T09:42:00Z", "in 1,460 days", "1,460 d"],
    ["2123-01-12T06:00:00Z", "in 96 years", "96 y"],
    ["2026-11-22T09:41:00Z", "24 hours ago", "−24 h"],
    ["2026-11-20T23:30:00Z", "2 days ago", "−2 d"],
  ])("%s is %s", (text, long, short) => {
    expect(distance(at(text), NOW, ZONE)).toBe(long);
    expect(shortDistance(at(text), NOW, ZONE)).toBe(short);
  });

  test("days are the zone's, also through the night the clocks change", () => {
    const [before, after] = [at("2026-10-24T20:00:00Z"), at("2026-10-27T23:30:00Z")];
    expect(distance(after, before, ZONE)).toBe("in 4 days");
    expect(distance(after, before, "UTC")).toBe("in 3 days");
  });

  test.each([
    ["180d", "180 days"],
    ["1m", "1 minute"],
    ["24h", "24 hours"],
    ["unbounded", "unbounded"],
  ])("the length %s is %s", (given, words) => expect(spelled(given)).toBe(words));

  test.each([
    [1_000, "1 min"],
    [40 * 60_000, "40 min"],
    [(3 * 60 + 20) * 60_000, "3 h 20 min"],
    [47.99 * 3_600_000, "47 h 59 min"],
    [50 * 3_600_000, "2 days 2 h"],
    [72 * 3_600_000, "3 days"],
  ])("%i ms took %s", (length, words) => expect(durationWords(length)).toBe(words));

  test("one is not many", () => {
    expect([counted(1, "application"), counted(6214, "application")]).toEqual(["1 application", "6,214 applications"]);
  });
});

describe("names", () => {
  test("show what would not be seen, or would turn the rest around", () => {
    expect(piecesOf("<img>\u202efdp.exe")).toEqual([
      { text: "<img>", hidden: false },
      { text: "U+202E", hidden: true },
      { text: "fdp.exe", hidden: false },
    ]);
    expect(plainName("a\u200bb\r\n")).toBe("a[U+200B]b[U+000D][U+000A]");
    expect(plainName("\u3164")).toBe("[U+3164]");
    expect([plainName(""), plainName("  "), plainName(null)]).toEqual(["(no name)", "(no name)", "(no name)"]);
  });

  test("leave the joiner inside a picture alone", () => {
    expect(piecesOf("👩\u200d💻 app")).toEqual([{ text: "👩\u200d💻 app", hidden: false }]);
    expect(piecesOf("a\u200db").some(({ hidden }) => hidden)).toBe(true);
  });

  test("tell a word of two scripts", () => {
    expect([mixesScripts("p\u0430ypal"), mixesScripts("Billing API"), mixesScripts("Счета Billing")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

test("the verdict of a rehearsal says whose fault a lapse is, and how much was read", () => {
  const report = { from: "2031-01-01T00:00:00Z", until: "2033-01-01T00:00:00Z", with: [], findings: [] };
  const left = { appId: "a", displayName: "Billing API", credentialName: null, at: report.from, sentence: "", runs: 1 };
  expect(verdictOf({ complete: true }, report)).toEqual({ sentence: "No lapse in 731 days.", bad: false });
  expect(verdictOf({ complete: false }, { ...report, with: [{ ...left, because: "not-bound" }] })).toEqual({
    sentence: "No lapse in 731 days of what could be read, but 1 application needs you first.",
    bad: false,
  });
  expect(verdictOf({ complete: true }, { ...report, with: [{ ...left, because: null }] })).toEqual({
    sentence: "1 lapse in 731 days: Billing API is the first.",
    bad: true,
  });
  expect(verdictOf({ complete: true }, { ...report, findings: ["an orphan"] }).bad).toBe(true);
});

test("what needs a person is told once for each reason, the most frequent first", () => {
  const need = (reason: string) => ({ appId: reason, displayName: "", by: null, reason, sentence: `${reason}!` });
  expect(groupedNeeds(["a", "b", "b"].map(need))).toEqual([
    { reason: "b", sentence: "b!", count: 2 },
    { reason: "a", sentence: "a!", count: 1 },
  ]);
});

describe("a rotation", () => {
  const base: Parameters<typeof stepProgress>[1] = {
    acceptance: { good: 1, needed: 4, endsAt: "2026-11-23T09:47:00Z" },
    targets: [],
    until: "2026-11-30T09:42:00Z",
    sentence: "old and new both work until the overlap ends",
    because: "overlap",
    removedAt: null,
    kind: "secret",
  };
  const target = { name: "a", intendedAt: null, receipt: null, verifiedAt: null, assurance: null, carriedBy: null };

  test("says how many sign-ins it waits for, and when the last is due", () => {
    expect(stepProgress("accepted", base, ZONE)).toBe(
      "1 of 4 sign-ins with the new secret; they are spread over time, and the last is due Mon 23 Nov 2026, 10:47:00.",
    );
    const before = { ...base, acceptance: { good: 0, needed: 4, endsAt: null } };
    expect(stepProgress("accepted", before, ZONE)).toBe("0 of 4 sign-ins with the new secret.");
  });

  test("says how many targets have it, and until when both work", () => {
    const two = [{ ...target, receipt: { version: null, at: "2026-11-23T09:42:00Z" } }, target];
    const words = { ...base, targets: two, sentence: "the new value goes to its targets" };
    expect(stepProgress("delivered", words, ZONE)).toBe("1 of 2 targets has it. The new value goes to its targets.");
    expect(stepProgress("retired", base, ZONE)).toBe("Both work until Mon 30 Nov 2026, 10:42; then the old one goes.");
  });

  test("says in its head how far it is, and what the time beside it is", () => {
    const proofs = { issued: null, accepted: null, delivered: null, verified: null, retired: null };
    const spread = { ...base, proofs, because: "acceptance-spread" } as const;
    expect([headSentence(spread), untilWords(spread)]).toEqual([
      "1 of 4 sign-ins with the new secret, spread over time.",
      "The next one follows",
    ]);
    const overlap = { ...base, proofs };
    expect([headSentence(overlap), untilWords(overlap)]).toEqual(["Old and new both work.", "The overlap ends"]);
    const frozen = { ...base, proofs, because: "frozen", sentence: "a freeze is in force" } as const;
    expect([headSentence(frozen), untilWords(frozen)]).toEqual(["A freeze is in force.", "It goes on"]);
    const asked = { ...frozen, because: "removal-asked", sentence: "a person has asked for its removal" } as const;
    expect([headSentence(asked), untilWords(asked)]).toEqual([
      "A person has asked for its removal.",
      "The old one goes",
    ]);
  });

  const over = { replacesEnd: "2026-12-24T00:00:00Z", removedAt: null, now: "2026-11-23T09:42:00Z" };
  test.each([
    [over, "Old one ends"],
    [{ ...over, replacesEnd: "2026-11-22T00:00:00Z" }, "Old one ended"],
    [{ ...over, removedAt: "2026-11-20T00:00:00Z" }, "Old one removed"],
  ])("calls the end of the old one what it is %#", (rotation, word) => expect(oldOneWords(rotation)[0]).toBe(word));

  test("that is over says what came of it", () => {
    const done = {
      ...over,
      leftover: false,
      issued: "k",
      targets: [{ ...target, verifiedAt: over.now }],
      removedAt: over.now,
    };
    expect(outcomeOf({ ...done, state: "retired" })).toEqual([
      "The new credential was proven at 1 of 1 target before the old one went.",
      "The old one was removed, and seen absent since.",
    ]);
    expect(outcomeOf({ ...done, state: "cancelled", issued: null, removedAt: null })).toEqual([
      "No new credential was made.",
      "The old one was left alone, and works.",
    ]);
    expect(outcomeOf({ ...done, leftover: true, state: "retired" })[0]).toBe(
      "The current credential was proven at 1 of 1 target before the old one went.",
    );
    expect(outcomeOf({ ...done, leftover: true, state: "cancelled" })[0]).toBe(
      "The current credential stays as it is.",
    );
  });

  test("of a leftover is no renewal: an old one goes, and nothing new is made", () => {
    const words = { secret: "client secret", certificate: "certificate" };
    const renewal = { leftover: false, state: "verified", kind: "certificate", replacesKind: "secret" } as const;
    const told = (parts: object) => titleWords({ ...renewal, ...parts }, words);
    expect([told({}), told({ state: "retired" })]).toEqual(["gets a new certificate", "got a new certificate"]);
    expect([told({ leftover: true }), told({ leftover: true, state: "retired" })]).toEqual([
      "lets an old client secret go",
      "has let an old client secret go",
    ]);
    const safety = { code: "new-is-proven", ok: true } as const;
    expect([safetyWords(safety, renewal), safetyWords(safety, { leftover: true })]).toEqual([
      "The new one is proven at its targets.",
      "The current one is proven at its targets.",
    ]);
  });
});

test.each([
  ["1m", "within 1 minute"],
  ["start", "only when they start"],
  ["hook", "when they are told"],
])("applications that take a new value %s do so %s", (reload, words) => {
  expect(reloadWords(reload)).toBe(words);
});

test("an application that is switched off does not sign in, however long its credentials last; what stops is said all the same", () => {
  const until = "2027-01-01T00:00:00Z";
  const next = { code: "renews", sentence: "", at: until, reason: null, because: null, rotation: null } as const;
  const given = { signsIn: true, signsInUntil: until, next, now: "2026-11-23T09:42:00Z" };
  const strong = (more: object) => applicationSentence({ ...given, ...more }, ZONE).strong;
  expect([strong({}), strong({ enabled: true, servicePrincipalEnabled: null })]).toEqual(
    Array(2).fill("Signs in without a break."),
  );
  expect([strong({ enabled: false }), strong({ servicePrincipalEnabled: false })]).toEqual(
    Array(2).fill("Switched off in Entra ID: nobody signs in."),
  );
  expect(strong({ enabled: false, next: { ...next, code: "stops" } })).toMatch(/^Stops on /);
});

test("what ends within 30 days and no plan renews is no good news, however well it signs in today", () => {
  const next = {
    code: "not-managed",
    sentence: "",
    at: null,
    reason: "not-bound",
    because: null,
    rotation: null,
  } as const;
  const ends = (signsInUntil: string | null, more: object = {}) =>
    endsSoon({ signsIn: true, signsInUntil, now: "2026-11-23T09:42:00Z", next: { ...next, ...more } });
  expect([ends("2026-12-23T09:42:00Z"), ends("2026-12-23T09:42:01Z"), ends(null)]).toEqual([true, false, false]);
  expect(ends("2026-11-24T00:00:00Z", { code: "renews" })).toBe(false);
});

test("the pills of a list say what it is narrowed to, also what only an address can ask for", () => {
  expect(daysWords({})).toBeNull();
  expect(daysWords({ endsFrom: "2026-12-01" })).toBe("from Tue 1 Dec 2026");
  expect(daysWords({ endsTo: "2026-12-07" })).toBe("until Mon 7 Dec 2026");
  expect(daysWords({ endsFrom: "2026-12-01", endsTo: "2026-12-07" })).toBe("Tue 1 Dec 2026 to Mon 7 Dec 2026");
  expect(daysWords({ endsFrom: "2026-12-01", endsTo: "2026-12-01" })).toBe("on Tue 1 Dec 2026");
  expect(daysWords({ endsTo: "soon" })).toBe("until soon");
  const rows = [{ owners: [{ id: "ab-1", name: "Oswin\u202e" }] }, { owners: null }];
  expect(ownerChoices("none", rows)).toEqual([["none", "nobody"]]);
  expect(ownerChoices("AB-1", rows)[1]).toEqual(["AB-1", "Oswin[U+202E]"]);
  expect(ownerChoices("cd-2", rows)[1]).toEqual(["cd-2", "cd-2"]);
});

test("the plan says until when the first must be decided, and when what is due is over", () => {
  const plan = {
    tab: "waiting" as const,
    total: 5,
    mends: [],
    decideBy: "2026-11-26T08:00:00Z",
    issuedBy: "2026-11-28T12:48:00Z",
    retiredBy: null,
    now: "2026-11-23T09:42:00Z",
  };
  expect(planSentence(plan, ZONE)).toBe(
    "5 rotations wait for a person. The first must be decided by Thu 26 Nov 2026, 09:00.",
  );
  expect(planSentence({ ...plan, total: 1, now: "2026-11-27T00:00:00Z" }, ZONE)).toBe(
    "1 rotation waits for a person. It should have been decided by Thu 26 Nov 2026, 09:00: it is urgent.",
  );
  expect(planSentence({ ...plan, decideBy: null }, ZONE)).toBe("5 rotations wait for a person.");
  expect(finishSentence(plan, ZONE)).toBeNull();
  expect(finishSentence({ ...plan, tab: "next", retiredBy: "2026-12-05T12:48:00Z" }, ZONE)).toBe(
    "What is due now has its new credentials by Sat 28 Nov 2026, 13:48. The last of the old ones goes by Sat 5 Dec 2026, 13:48.",
  );
});

test("a lapse that goes on says since when", () => {
  expect(lapseSentence({ from: "2027-02-03T10:00:00Z", to: null }, ZONE)).toBe("Cannot sign in since Wed 3 Feb 2027.");
  expect(lapsePhrase({ from: "2027-02-03T10:00:00Z", to: null }, ZONE)).toBe("since 3 Feb 2027");
  expect(lapsePhrase({ from: "2027-02-03T10:00:00Z", to: "2027-02-03T10:00:20Z" }, ZONE)).toBe(
    "from 3 Feb 2027, for 1 min",
  );
});

test("a lapse that ended although no credential works again says why", () => {
  const lapse = { from: "2027-02-03T10:00:00Z", to: "2027-02-05T10:00:00Z" };
  expect(lapseSentence({ ...lapse, over: "switched-off" }, ZONE)).toBe(
    "Could not sign in from Wed 3 Feb 2027 to Fri 5 Feb 2027; it was switched off then.",
  );
  expect(lapseSentence({ ...lapse, over: null }, ZONE)).toBe(
    "Could not sign in from Wed 3 Feb 2027 to Fri 5 Feb 2027.",
  );
});

test("a lapse that is over stays in the sentence of its application", () => {
  const next = { code: "renews", at: null, reason: null, rotation: null, because: null } as never;
  const told = { signsIn: true, signsInUntil: null, next, now: "2027-03-01T00:00:00Z" };
  expect(applicationSentence({ ...told, lapse: null }, ZONE).rest).toBe(" It is renewed by itself.");
  expect(
    applicationSentence(
      { ...told, lapse: { from: "2027-02-03T10:00:00Z", to: "2027-02-05T10:00:00Z", over: null } },
      ZONE,
    ).rest,
  ).toBe(" It is renewed by itself. Could not sign in from Wed 3 Feb 2027 to Fri 5 Feb 2027.");
  expect(
    applicationSentence(
      { ...told, lapse: { from: "2027-02-03T10:00:00Z", to: "2027-02-03T10:40:00Z", over: null } },
      ZONE,
    ).rest,
  ).toMatch(/ Could not sign in on Wed 3 Feb 2027, for 40 min\.$/);
});

test("what has stopped in a rehearsal that goes on is drawn at the end of its weeks, and of the last one now", () => {
  const stopped = [
    { week: "2031-01-01", without: 1, with: 0 },
    { week: "2031-01-08", without: 3, with: 1 },
  ];
  expect(byWeeks({ from: "2031-01-01T06:00:00Z", at: "2031-01-10T06:00:00Z", stopped })).toEqual({
    without: [
      { at: "2031-01-08T06:00:00.000Z", count: 1 },
      { at: "2031-01-10T06:00:00.000Z", count: 3 },
    ],
    withIt: [
      { at: "2031-01-08T06:00:00.000Z", count: 0 },
      { at: "2031-01-10T06:00:00.000Z", count: 1 },
    ],
  });
});

test("how much of the time a fault could be met is said in whole parts of a hundred", () => {
  expect([0, 0.004, 0.35, 0.999, 1].map(shareWords)).toEqual([
    "under 1 % of the time",
    "under 1 % of the time",
    "35 % of the time",
    "all the time",
    "all the time",
  ]);
});

test("a rehearsal says for how long it was lived through, and with how many kinds of faults", () => {
  const fault = { kind: "crash", name: "", rate: 1, met: 0, answer: null } as const;
  const report = { from: "2031-01-01T00:00:00Z", until: "2031-01-31T00:00:00Z", faults: [] };
  expect(leadOf("contoso", report)).toContain("lived through 30 days with no faults on.");
  expect(leadOf("contoso", { ...report, faults: [fault] })).toContain("with 1 kind of fault on.");
});
