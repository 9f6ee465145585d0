/** The words of groups of rotations, and the addresses they had. */
import { expect, test } from "vitest";
import { groupIn, groupsSentence } from "../../web/src/text/rotation-groups.ts";

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
