/** Which policy a registration will have before it is made, and which tag gives it another one. */
import { expect, test } from "vitest";
import { policyOfNew, tagsForPolicy } from "../../src/core/policy/new-registration.ts";
import { completePolicy } from "../../src/core/policy/policy.ts";
import { policyFor } from "../../src/core/policy/policy-choice.ts";
import type { Choice, Match, TenantSettings } from "../../src/core/policy/settings.ts";
import { holder, settings as settingsOf } from "./make.ts";

const choice = (line: number, match: Match, policy: string): Choice => ({ match, policy, place: { line, column: 5 } });

function settings(choices: readonly Choice[], exclude: readonly Match[] = []): TenantSettings {
  const names = ["default", "standard", "careful", "quick"];
  const policies = Object.fromEntries(names.map((name) => [name, completePolicy(name, {})]));
  return { ...settingsOf(), policies, choices, exclude, bindings: [] };
}

const tagged = settings([
  choice(3, { displayName: "Treasury*" }, "careful"),
  choice(5, { tag: "Fast", displayName: "Billing*" }, "quick"),
  choice(7, { tag: "std" }, "standard"),
  choice(9, { tag: "standard too" }, "standard"),
  choice(11, { serviceManagementReference: "4711" }, "quick"),
]);

test("its name decides, by the first pattern that fits, else the default", () => {
  expect(policyOfNew(tagged, "treasury 7").now).toEqual({
    policy: "careful",
    by: "choice",
    place: { line: 3, column: 5 },
    pattern: "displayName: Treasury*",
  });
  expect(policyOfNew(tagged, "Anything").now).toMatchObject({ policy: "default", by: "default", place: null });
});

test("another policy is offered where a tag gives it to a registration of that name, once", () => {
  expect(policyOfNew(tagged, "Anything").others).toMatchObject([
    { policy: "standard", tag: "std", place: { line: 7 } },
  ]);
  expect(policyOfNew(tagged, "Billing API").others.map(({ policy, tag }) => [policy, tag])).toEqual([
    ["quick", "Fast"],
    ["standard", "std"],
  ]);
  // the pattern above the others holds, whatever tag it has
  expect(policyOfNew(tagged, "Treasury").others).toEqual([]);
  expect(policyOfNew(settings([]), "Anything").others).toEqual([]);
});

test("what is excluded is said, and a tag that excludes is offered to nobody", () => {
  const some = settings([choice(3, { tag: "no-nolapse" }, "quick")], [{ tag: "no-nolapse" }, { displayName: "Test*" }]);
  expect(policyOfNew(some, "Test 1").excluded).toBe(true);
  expect(policyOfNew(some, "Anything")).toMatchObject({ excluded: false, others: [] });
});

test("made with the tags it has that policy", () => {
  for (const name of ["Anything", "Billing API", "Treasury", ""])
    for (const policy of Object.keys(tagged.policies)) {
      const tags = tagsForPolicy(tagged, name, policy);
      const { now, others } = policyOfNew(tagged, name);
      expect(tags !== null).toBe([now, ...others].some((one) => one.policy === policy));
      if (tags !== null) expect(policyFor(tagged, holder({ displayName: name, tags })).name).toBe(policy);
    }
  expect(tagsForPolicy(tagged, "Anything", "quick")).toBeNull();
  expect(tagsForPolicy(tagged, "Anything", "__proto__")).toBeNull();
});

test("an entry that can give nothing more is not tried: of thousands of tags for a few policies a few are", () => {
  const many = Array.from({ length: 3_000 }, (_, at) =>
    choice(at + 2, { tag: `team ${at}` }, at % 2 ? "quick" : "careful"),
  );
  const again = Array.from({ length: 3_000 }, (_, at) => choice(at + 3_002, { tag: "TEAM 0" }, "standard"));
  let looks = 0;
  const counted = [...many, ...again].map((one) => ({
    ...one,
    get match() {
      looks += 1;
      return one.match;
    },
  }));
  const { others } = policyOfNew(settings(counted), "Anything");
  expect(others.map(({ policy, tag }) => [policy, tag])).toEqual([
    ["careful", "team 0"],
    ["quick", "team 1"],
  ]);
  // the list is passed twice for what holds now, twice for each tag that is tried, and once for what could be
  expect(looks).toBeLessThan(6 * counted.length);
});

test("a tag for which another entry holds first is offered for what that gives, however late it stands", () => {
  const first = choice(3, { tag: "std", displayName: "Any*" }, "standard");
  const some = settings([first, choice(5, { tag: "fast" }, "quick"), choice(7, { tag: "STD" }, "quick")]);
  expect(policyOfNew(some, "Anything").others.map(({ policy, tag }) => [policy, tag])).toEqual([
    ["standard", "std"],
    ["quick", "fast"],
  ]);
  const late = settings([choice(3, { tag: "a", displayName: "Other" }, "quick"), choice(5, { tag: "A" }, "careful")]);
  expect(policyOfNew(late, "Anything").others).toMatchObject([{ policy: "careful", tag: "A" }]);
});
