/** In which group of the list a rotation is, what it waits for, and what stands on top. */
import { expect, test } from "vitest";
import { byUrgency, groupOf, waitsFor } from "../../src/core/pictures/rotation-groups.ts";
import { completePolicy } from "../../src/core/policy/policy.ts";
import type { Mode } from "../../src/core/policy/settings.ts";
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import { DAY, MINUTE, plus } from "../../src/core/time.ts";
import { delivery, NOW, rotation, target } from "./make.ts";

const carried = { ...target(MINUTE, "hand"), carriedBy: "the vendor" };
const targets = { env: target(MINUTE, "env"), hand: carried };
const both = completePolicy("p", { approval: "both" });
const word = { issue: null, retire: null };
const said = { at: NOW, actor: "Ann", why: "not this week" };
const got = { version: "1", at: NOW };

test.each<[string, Partial<Rotation>, Mode, string, string | null]>([
  ["planned, and nobody is asked", { state: "planned" }, "enforce", "under-way", null],
  [
    "planned, its policy asks",
    { state: "planned", policy: both, approvals: word },
    "enforce",
    "waits",
    "approval-issue",
  ],
  [
    "planned and approved",
    { state: "planned", policy: both, approvals: { issue: NOW, retire: null } },
    "enforce",
    ...(["under-way", null] as const),
  ],
  ["planned, the mode asks", { state: "planned", approvals: word }, "propose", "waits", "mode-propose"],
  [
    "planned, somebody said no",
    { state: "planned", approvals: word, refusals: { issue: said } },
    "propose",
    ...(["waits", "approval-refused"] as const),
  ],
  [
    "paused in overlap",
    { state: "verified", paused: { by: "ann", at: NOW } },
    "enforce",
    ...(["waits", "paused"] as const),
  ],
  ["planned where nothing is written", { state: "planned" }, "observe", "waits", "mode-observe"],
  ["halted", { state: "halted", haltReason: "value-lost" }, "enforce", "waits", "value-lost"],
  ["issued", { state: "issued", policy: both, approvals: { issue: NOW, retire: null } }, "enforce", "under-way", null],
  [
    "a person has to take the value",
    {
      state: "accepted",
      deliveries: [delivery({ target: "env", receipt: got }), delivery({ target: "hand", receipt: null })],
    },
    "enforce",
    ...(["waits", "person-takes"] as const),
  ],
  [
    "a person has taken it",
    { state: "accepted", deliveries: [delivery({ target: "hand", receipt: null, intendedAt: NOW })] },
    "enforce",
    ...(["waits", "person-installs"] as const),
  ],
  [
    "Nolapse's own part comes first",
    {
      state: "accepted",
      deliveries: [delivery({ target: "env", receipt: null }), delivery({ target: "hand", receipt: null })],
    },
    "enforce",
    ...(["under-way", null] as const),
  ],
  [
    "a target that is gone is nobody's to carry",
    { state: "accepted", deliveries: [delivery({ target: "gone", receipt: null })] },
    "enforce",
    ...(["under-way", null] as const),
  ],
  ["in overlap", { state: "verified" }, "enforce", "overlap", null],
  [
    "the removal is asked about",
    { state: "verified", policy: both, approvals: { issue: NOW, retire: null } },
    "enforce",
    ...(["waits", "approval-retire"] as const),
  ],
  ["retired", { state: "retired" }, "observe", "finished", null],
  ["cancelled", { state: "cancelled", policy: both, approvals: word }, "propose", "finished", null],
])("%s", (_, parts, mode, group, waits) => {
  const one = rotation(parts);
  const around = { mode, targets, own: null };
  expect([groupOf(one, around), waitsFor(one, around)]).toEqual([group, waits]);
});

test.each<[Partial<Rotation>, string, string | null]>([
  [{ state: "planned", approvals: word }, "waits", "approval-issue"],
  [{ state: "planned", approvals: { issue: NOW, retire: null } }, "under-way", null],
  [{ state: "verified", approvals: { issue: NOW, retire: null } }, "waits", "approval-retire"],
  [{ state: "verified", approvals: { issue: NOW, retire: NOW } }, "overlap", null],
])("Nolapse's own, %j, waits for a person whatever its policy says", (parts, group, waits) => {
  const one = rotation(parts);
  const around = { mode: "enforce" as const, targets, own: one.holder.appId };
  expect(one.policy.approval).toBe("none");
  expect([groupOf(one, around), waitsFor(one, around)]).toEqual([group, waits]);
  expect(groupOf(one, { ...around, own: "another application" })).toBe(
    one.state === "planned" ? "under-way" : "overlap",
  );
});

test("what ends first is on top, of an overlap what is over first; what has no such time comes last", () => {
  const made = (id: string, days: number | null, due: number | null) =>
    rotation({
      id,
      replacesEnd: days === null ? null : plus(NOW, days * DAY),
      dueAt: due === null ? null : plus(NOW, due * DAY),
    });
  const all = [made("a", null, 3), made("b", 9, null), made("d", 2, 5), made("c", 2, 5), made("e", null, 1)];
  expect(all.toSorted(byUrgency("waits")).map(({ id }) => id)).toEqual(["c", "d", "b", "a", "e"]);
  expect(all.toSorted(byUrgency("overlap")).map(({ id }) => id)).toEqual(["e", "a", "c", "d", "b"]);
});
