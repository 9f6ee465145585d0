/** What is said of a configuration file that was changed since it was read. */
import { expect, test } from "vitest";
import { changeWords, pendingIntent, pendingNext, pendingTitle } from "../../web/src/text/pending.ts";

type Given = Parameters<typeof pendingTitle>[0];

const none = { policy: 0, rules: 0, dates: 0, targets: 0, leaves: 0, joins: 0 };
const change = (applications: number) => ({ applications, all: none, policies: [], mode: null, elsewhere: [] });
type Mode = "observe" | "propose" | "enforce";
const mode = (from: Mode, to: Mode, applications = 0) => ({ change: { ...change(applications), mode: { from, to } } });
const base: Given = {
  now: "2031-03-01T12:00:00Z",
  coverage: { scannedAt: null, complete: true, applications: 0, servicePrincipals: 0, failures: [], missed: null },
  ...{ file: "house.yaml", state: "changed", line: null, problem: null, next: null, closes: false, change: null },
};

const SAID: readonly (readonly [Partial<Given>, string | null, string])[] = [
  [{ state: "in-force" }, null, ""],
  [{ state: "missing" }, "house.yaml is not there any more.", "put it back"],
  [{ state: "invalid", line: 14 }, "house.yaml was changed and is not valid: line 14.", "nolapse config check"],
  [{ state: "invalid" }, "house.yaml was changed and is not valid.", "stays in force"],
  [{ closes: true }, "house.yaml was changed and does not name this tenant any more.", "renewed any more"],
  [{}, "house.yaml was changed.", "after the next scan"],
  [{ change: change(0) }, "house.yaml was changed, and would change no application.", "SIGHUP"],
  [{ change: change(1) }, "house.yaml was changed, and would change 1 application.", "SIGHUP"],
  [{ change: change(6214) }, "house.yaml was changed, and would change 6,214 applications.", "SIGHUP"],
];

test.each(SAID)("%j", (parts, title, next) => {
  expect(pendingTitle({ ...base, ...parts })).toBe(title);
  expect(pendingNext({ ...base, ...parts })).toContain(next);
});

test.each([
  [
    "enforce",
    "observe",
    0,
    "the mode would be observe in place of enforce: nothing would be written any more.",
    "warning",
  ],
  [
    "enforce",
    "propose",
    0,
    "the mode would be propose in place of enforce: each rotation would wait for a person.",
    "warning",
  ],
  [
    "propose",
    "observe",
    0,
    "the mode would be observe in place of propose: nothing would be written any more.",
    "warning",
  ],
  [
    ...(["observe", "enforce", 1200] as const),
    "the mode would be enforce in place of observe: what is due would be renewed by itself. It would change 1,200 applications.",
    "info",
  ],
] as const)("from %s to %s, and %i applications: the mode is what is said first", (from, to, many, words, intent) => {
  const given = { ...base, ...mode(from, to, many) };
  expect(pendingTitle(given)).toBe(`house.yaml was changed, and ${words}`);
  expect(pendingIntent(given)).toBe(intent);
});

test("what is wrong is an error, what ends the renewing a warning", () => {
  const intents = (["missing", "invalid", "changed"] as const).map((state) => pendingIntent({ ...base, state }));
  expect([...intents, pendingIntent({ ...base, closes: true })]).toEqual(["error", "error", "info", "warning"]);
  const leaving = { ...change(3), all: { ...none, leaves: 1, dates: 2 } };
  expect(pendingIntent({ ...base, change: leaving })).toBe("warning");
  expect(pendingIntent({ ...base, change: { ...leaving, all: { ...none, dates: 2 } } })).toBe("info");
});

test("the worst comes first, and what would happen to none is left out", () => {
  expect(changeWords({ ...none, rules: 1200, leaves: 2, policy: 1 })).toEqual([
    "2 would not be managed any more",
    "1 would have another policy",
    "1,200 would be renewed by other rules",
  ]);
  expect(changeWords(none)).toEqual([]);
});

test("what was changed besides and is in no count is named", () => {
  const given = (applications: number): Given => ({
    ...base,
    state: "changed",
    change: { ...change(applications), elsewhere: ["auth", "server"] },
  });
  expect(pendingTitle(given(0))).toMatch(
    /would change the policy, dates and places of no application\. Changed besides, which is in no count: auth, server\.$/,
  );
  expect(pendingTitle(given(2))).toMatch(
    /would change 2 applications\. Changed besides, which is in no count: auth, server\.$/,
  );
});
