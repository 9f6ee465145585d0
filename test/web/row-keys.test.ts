/** Keys of a list's rows, and which of them keeps the focus. */
import { expect, test } from "vitest";
import { rowAfter, rowOf } from "../../web/src/text/row-keys.ts";

test("arrows go a row on, page keys as far as one sees, and none goes beyond the ends", () => {
  const after = (key: string, at: number | null, count = 100) => rowAfter(key, { at, count, seen: 12 });
  expect([after("ArrowDown", 4), after("ArrowUp", 4), after("PageDown", 4), after("PageUp", 40)]).toEqual([
    5, 3, 16, 28,
  ]);
  expect([after("ArrowDown", 99), after("ArrowUp", 0), after("PageDown", 95), after("PageUp", 3)]).toEqual([
    99, 0, 99, 0,
  ]);
  expect([after("Home", 50), after("End", 50)]).toEqual([0, 99]);
  // above the rows lies the head
  expect([after("ArrowDown", null), after("ArrowUp", null), after("End", null)]).toEqual([0, null, null]);
  expect([after("a", 4), after("Enter", 4), after("ArrowDown", null, 0)]).toEqual([null, null, null]);
});

test("what has the focus is found where it is now; what has left the list leaves its place to another", () => {
  const now = (ids: readonly string[], row: number, id: string | null) =>
    rowOf({ row, id }, ids.length, (at) => ids[at] ?? null);
  expect([now(["a", "b", "c"], 1, "b"), now(["b", "c", "a"], 1, "b"), now(["a", "c", "b"], 1, "b")]).toEqual([1, 0, 2]);
  expect([now(["a", "c"], 1, "b"), now(["a"], 1, "b")]).toEqual([1, 0]);
  // it was not read yet
  expect([now(["a", "b"], 1, null), now(["a", "b"], 7, null)]).toEqual([1, 1]);
});
