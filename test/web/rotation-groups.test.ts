/** The words of groups of rotations, and the addresses they had. */
import { expect, test } from "vitest";
import { groupIn, groupOrder, groupsSentence } from "../../web/src/text/rotation-groups.ts";

test.each([
  [[0, 0, 0, 0], "No rotation waits for a person; 0 are under way, 0 in overlap, 0 finished."],
  [[1, 1, 11, 1_240], "1 rotation waits for a person; 1 is under way, 11 in overlap, 1,240 finished."],
  [[2, 0, 1, 0], "2 rotations wait for a person; 0 are under way, 1 in overlap, 0 finished."],
])("%j", (totals, sentence) => {
  const names = ["waits", "under-way", "overlap", "finished"] as const;
  expect(groupsSentence(names.map((group, index) => ({ group, total: totals[index] ?? 0 })))).toBe(sentence);
});

test.each([
  ["waits", "waits"],
  ["halted", "waits"],
  ["verified", "overlap"],
  ["retired", "finished"],
  ["cancelled", "finished"],
  ["open", null],
  ["toString", null],
  [undefined, null],
])("an address with %s shows %s", (state, group) => {
  expect(groupIn(state)).toBe(group);
});

test("of what is in overlap that is first which goes on first, of the others what ends first; the newest of what is finished has the last instant", () => {
  const one = { replacesEnd: "2031-03-02T00:00:00Z", dueAt: "2031-03-03T00:00:00Z", plannedAt: "2031-03-01T00:00:00Z" };
  const day = (group: Parameters<typeof groupOrder>[0], of: Parameters<ReturnType<typeof groupOrder>>[0] = one) =>
    new Date(Number(groupOrder(group)(of))).toISOString().slice(0, 10);
  expect([day("waits"), day("under-way"), day("overlap"), day("finished")]).toEqual([
    "2031-03-02",
    "2031-03-02",
    "2031-03-03",
    "2031-03-01",
  ]);
  const never = { ...one, replacesEnd: null, dueAt: null };
  expect([day("waits", never), day("overlap", never)]).toEqual(["9999-12-31", "9999-12-31"]);
});
