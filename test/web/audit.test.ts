/** What the page Audit says of the trail as a whole. */
import { expect, test } from "vitest";
import { brokenSentence, trailSentence } from "../../web/src/text/audit.ts";

const now = "2026-11-28T09:04:00Z";
const last = { entries: 18_204, since: "2026-02-14T08:00:00Z", wholeAt: "2026-11-28T09:01:00Z", checkedAt: now };
const check = { now, total: 18_204, underWay: null, last, broken: null };
const told = (more: object = {}) => trailSentence({ ...check, ...more }, "UTC");

test.each([
  [{}, "18,204 entries, unbroken since Sat 14 Feb 2026.", "Checked 3 minutes ago, and what came since now."],
  [{ last: { ...last, wholeAt: now } }, "18,204 entries, unbroken since Sat 14 Feb 2026.", "Checked now."],
  [
    { total: 1, last: { ...last, entries: 1, wholeAt: now } },
    "1 entry, unbroken since Sat 14 Feb 2026.",
    "Checked now.",
  ],
  [{ total: 0, last: { ...last, entries: 0, since: null } }, "No entry yet.", ""],
  [{ last: null, underWay: 5_000 }, "18,204 entries.", "They are being checked: 5,000 so far."],
  [
    {
      total: 18_300,
      underWay: 5_000,
      last: { ...last, wholeAt: "2026-11-27T09:00:00Z", checkedAt: "2026-11-28T09:02:00Z" },
    },
    "18,204 entries, unbroken since Sat 14 Feb 2026.",
    "Checked 24 hours ago, and what came since 2 minutes ago. They are being checked again: 5,000 so far.",
  ],
])("%j", (more, strong, rest) => {
  expect(told(more)).toEqual({ strong, rest });
});

test.each([
  ["edited", 1_204, 1_311, "Entry 1,204 is not what was sealed. It is number 1,311 in the list."],
  ["removed", 1_204, 1_311, "Entry 1,204 is gone. It was number 1,311 in the list."],
  ["removed", 7, null, "Entry 7 is gone."],
  ["signature", 7, 7, "Entry 7 is not signed by the key of this server. It is number 7 in the list."],
] as const)("%s: %s", (what, position, sequence, sentence) => {
  expect(brokenSentence({ what, position, sequence, recorded: null, found: null })).toBe(sentence);
});
