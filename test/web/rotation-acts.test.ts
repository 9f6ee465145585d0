/** What can be asked of rotations where they are named only. */
import { expect, test } from "vitest";
import { givenUpWords, heldActs, listedActs, removalWords, waitsForApproval } from "../../web/src/text/rotation.ts";

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

const NOW = "2031-03-01T12:00:00Z";
const failure = { at: NOW, code: "target-failed", message: "the vault refuses", next: null } as never;
const listed = { id: "a", state: "planned", paused: null, lastFailure: null, dueAt: null } as const;

test.each([
  ["under way", {}, ["Pause", "Cancel rotation"]],
  [
    "waiting after a failure",
    { lastFailure: failure, dueAt: "2031-03-01T12:10:00Z" },
    ["Try now", "Pause", "Cancel rotation"],
  ],
  ["failed, and tried at this moment", { lastFailure: failure, dueAt: NOW }, ["Pause", "Cancel rotation"]],
  [
    "paused",
    { paused: {} as never, lastFailure: failure, dueAt: "2031-03-02T12:00:00Z" },
    ["Continue", "Cancel rotation"],
  ],
  ["held with its application", { paused: { application: true } as never }, ["Cancel rotation"]],
  ["halted", { state: "halted", lastFailure: failure }, ["Try again", "Cancel rotation"]],
  ["in overlap", { state: "verified" }, ["Pause", "Keep both"]],
  ["over", { state: "retired" }, []],
  ["given up", { state: "cancelled" }, []],
] as const)("one that is %s", (_, how, words) => {
  expect(listedActs({ ...listed, ...how }, NOW).map(([, said]) => said)).toEqual(words);
});

test("giving one up leaves both credentials, but for an application that is gone, which has none", () => {
  expect(givenUpWords({ state: "halted", haltReason: "removed-by-hand" }).words).toContain("Both credentials stay");
  expect(givenUpWords({ state: "halted", haltReason: "holder-gone" }).words).toContain("nothing is left to renew");
  expect(givenUpWords({ state: "verified", haltReason: null }).verb).toBe("Keep both");
});

test("a yes to a removal is told that the new one is verified only where it is", () => {
  const proofs = { issued: "2031-03-01T12:00:00Z", accepted: null, delivered: null, verified: null, retired: null };
  const told = { displayName: "Billing API", leftover: false, proofs };
  expect(removalWords(told)).toMatch(
    /^The new one is not verified yet\. Once it is, .* removes the old credential of Billing API\.$/,
  );
  expect(removalWords({ ...told, proofs: { ...proofs, verified: "2031-03-01T12:05:00Z" } })).toMatch(
    /The new one is verified\.$/,
  );
  expect(removalWords({ ...told, leftover: true })).toMatch(/leftover credential.*Nothing is made in its place\.$/);
});

test.each([
  [null, false],
  ["approval-issue", true],
  ["approval-retire", true],
  ["approval-refused", true],
  ["mode-propose", true],
  ["paused", false],
  ["person-takes", false],
] as const)("what waits for %s waits for an approval: %s", (waitsFor, waits) => {
  expect(waitsForApproval({ waitsFor })).toBe(waits);
});
