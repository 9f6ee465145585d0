/** The rotations of the rehearsal are found by whatever they name, in the order in which they were opened. */
import { expect, test } from "vitest";
import { Committed } from "../../src/rehearse/watch/committed.ts";
import { attempt, rotation } from "../core/make.ts";

const first = rotation({ id: "first", replaces: "old", attempts: [{ ...attempt(), id: "aaaa", orphan: "stray" }] });
const second = rotation({ id: "second", replaces: "older", deliveries: first.deliveries });
const [target] = first.deliveries.map((one) => one.target);
const idsOf = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id);

test("by object, replaced credential, attempt, orphan and target", () => {
  const all = Committed.of([first, second].map((one) => [one.id, one]));
  expect(idsOf(all.naming(first.holder.objectId))).toEqual(["first", "second"]);
  expect(idsOf(all.naming("older"))).toEqual(["second"]);
  for (const name of ["old", "aaaa", "stray"]) expect(idsOf(all.naming(name))).toEqual(["first"]);
  expect(idsOf(all.naming(target ?? ""))).toEqual(["first", "second"]);
  expect(all.naming("nothing")).toEqual([]);
});

test("by what an earlier one names only later, still in the order of opening", () => {
  const all = new Committed();
  all.set("first", first).set("second", { ...second, replaces: "shared" });
  all.set("first", { ...first, replaces: "shared" });
  expect(idsOf(all.naming("shared"))).toEqual(["first", "second"]);
});

test("open until it is retired or cancelled", () => {
  const all = Committed.of([first, second].map((one) => [one.id, one]));
  all.set("first", { ...first, state: "retired" });
  expect(idsOf(all.open())).toEqual(["second"]);
  expect([...all.keys()]).toEqual(["first", "second"]);
});

test("nothing is left of it once it is cleared", () => {
  const all = Committed.of([first, second].map((one) => [one.id, one]));
  all.clear();
  expect([...all.open(), ...all.naming("old")]).toEqual([]);
  all.set("second", second);
  expect(idsOf(all.naming(second.holder.objectId))).toEqual(["second"]);
});
