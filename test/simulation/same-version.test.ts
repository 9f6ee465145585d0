/** The rehearsal notices a store that has lost any part of a commit that a later step would decide by. */
import { expect, test } from "vitest";
import type { ListWrite } from "../../src/core/rotation/list-write.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { plus } from "../../src/core/time.ts";
import { isSameVersion } from "../../src/rehearse/watch/same-version.ts";
import { attempt, NOW, rotation } from "../core/make.ts";

const WRITE: ListWrite = {
  at: NOW,
  added: "new",
  removed: null,
  restored: [],
  round: 0,
  since: NOW,
  began: { added: "new", removed: null },
  reads: [],
};
const whole: Rotation = { ...rotation(), attempts: [attempt()], listWrite: WRITE, listReadAt: NOW };
const [delivery] = whole.deliveries;

test("a copy through JSON is the same version", () => {
  expect(isSameVersion(whole, JSON.parse(JSON.stringify(whole)) as Rotation)).toBe(true);
});

test.each<[string, Partial<Rotation>]>([
  ["the state", { state: "halted" }],
  ["when it is due", { dueAt: plus(NOW, 1) }],
  ["a failure", { failures: whole.failures + 1 }],
  ["an attempt", { attempts: [] }],
  ["what became of an attempt", { attempts: whole.attempts.map((one) => ({ ...one, outcome: "left" as const })) }],
  ["a read of the list", { listReadAt: plus(NOW, 1) }],
  ["the list that was written", { listWrite: null }],
  ["a look at the list that was written", { listWrite: { ...WRITE, reads: [NOW] } }],
  ["what the list lost", { listLosses: [{ keyId: "k", name: null, fate: "lost", at: NOW }] }],
  ["a delivery", { deliveries: delivery === undefined ? [] : [{ ...delivery, verifiedAt: plus(NOW, 1) }] }],
])("one that has lost %s is not", (_, lost) => {
  expect(isSameVersion(whole, { ...whole, ...lost })).toBe(false);
});

test("nor is none at all", () => {
  expect(isSameVersion(whole, undefined)).toBe(false);
});

test("what is there and what is nothing are two versions, whichever of them has it", () => {
  const more = { ...whole, listWrite: { ...WRITE, extra: NOW } as ListWrite };
  expect(isSameVersion(whole, more)).toBe(false);
  expect(isSameVersion(more, whole)).toBe(false);
  expect(isSameVersion(whole, { ...whole, listWrite: { ...WRITE, extra: undefined } as ListWrite })).toBe(true);
});
