/** The columns of a list, out of what a browser kept of a choice. */
import { expect, test } from "vitest";
import { shownOf } from "../../web/src/text/columns.ts";

const ALL = ["Client id", "Object id", "Owner"];
const FIRST = ["Client id", "Owner"];

test("are those that were chosen, in their own order; none is a choice as well", () => {
  expect(shownOf(`["Owner","Object id","gone",3]`, ALL, FIRST)).toEqual(["Object id", "Owner"]);
  expect(shownOf("[]", ALL, FIRST)).toEqual([]);
});

test("are the first ones where nothing was kept that is a choice", () => {
  for (const kept of [null, "", "{", `"Owner"`, `{"Owner":true}`, "null"])
    expect(shownOf(kept, ALL, FIRST), String(kept)).toEqual(FIRST);
});
