/** What can be asked of rotations where they are named only. */
import { expect, test } from "vitest";
import { heldActs } from "../../web/src/text/rotation.ts";

const rotation = (id: string, state: string, paused: object | null = null) => ({
  id,
  state,
  slot: `slot-${id}`,
  paused,
});

test("each open rotation of an application is held or let go on; what is over or has halted is neither", () => {
  const over = ["retired", "cancelled", "halted"].map((state) => rotation(state, state));
  expect(heldActs([...over, rotation("a", "issued")])).toEqual([
    { rotation: rotation("a", "issued"), act: "pause", words: "Pause its rotation" },
  ]);
  const told = heldActs([rotation("a", "planned"), rotation("b", "verified", { by: "somebody" })]);
  expect(told.map(({ act, words }) => [act, words])).toEqual([
    ["pause", "Pause the rotation of slot slot-a"],
    ["continue", "Continue the rotation of slot slot-b"],
  ]);
});
