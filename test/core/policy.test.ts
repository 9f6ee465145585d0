import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { completePolicy, MAX_LIFETIME, type PolicyInput } from "../../src/core/policy/policy.ts";
import { isExcluded, matches, policyFor } from "../../src/core/policy/policy-choice.ts";
import { effectiveOverlap, reloadBound, retireRule } from "../../src/core/policy/reload.ts";
import { DAY, HOUR, MINUTE } from "../../src/core/time.ts";
import { APP_ID, anyPolicyInput, anyTargets, binding, holder, settings, target } from "./make.ts";

function failure(run: () => unknown): NolapseError {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof NolapseError) return thrown;
    throw thrown;
  }
  throw new Error("nothing was thrown");
}

describe("completePolicy", () => {
  test("the defaults of the design", () => {
    expect(completePolicy("default", {})).toEqual({
      name: "default",
      kind: null,
      issuer: "self-signed",
      keySize: 2048,
      lifetime: 180 * DAY,
      maxAge: 730 * DAY,
      renewBefore: 60 * DAY,
      overlap: 7 * DAY,
      retire: "at-expiry",
      evidenceWindow: 35 * DAY,
      approval: "none",
      custody: "none",
      probe: "full",
      priority: 0,
      windows: [],
      freeze: [],
    });
  });

  test.each<[string, PolicyInput, number]>([
    ["a third of the lifetime", { lifetime: 360 * DAY }, 120 * DAY],
    ["at least 30 days", { lifetime: 75 * DAY }, 30 * DAY],
    ["at most half of what the overlap leaves", { lifetime: 47 * DAY }, 20 * DAY],
    ["also when written", { lifetime: 47 * DAY, renewBefore: 45 * DAY }, 20 * DAY],
    ["as written", { lifetime: 90 * DAY, renewBefore: 10 * DAY }, 10 * DAY],
  ])("renewBefore is %s", (_, input, renewBefore) => {
    expect(completePolicy("p", input).renewBefore).toBe(renewBefore);
  });

  test("the default overlap fits a short lifetime", () => {
    expect(completePolicy("p", { lifetime: 4 * DAY }).overlap).toBe(2 * DAY);
  });

  test.each<[string, PolicyInput]>([
    ["lifetime", { lifetime: MAX_LIFETIME + 1 }],
    ["lifetime", { lifetime: 0 }],
    ["lifetime", { lifetime: -DAY }],
    ["lifetime", { lifetime: Number.NaN }],
    ["overlap", { overlap: -1 }],
    ["overlap", { lifetime: 30 * DAY, overlap: 30 * DAY }],
    ["maxAge", { maxAge: Number.POSITIVE_INFINITY }],
    ["maxAge", { maxAge: 7 * DAY }],
    ["renewBefore", { renewBefore: 0 }],
    ["renewBefore", { renewBefore: -30 * DAY }],
    ["priority", { priority: Number.NaN }],
    ["windows", { windows: [{ days: [], from: "01:00", to: "02:00" }] }],
    ["windows", { windows: [{ days: ["mon"], from: "24:00", to: "02:00" }] }],
    ["windows", { windows: [{ days: ["mon"], from: "1:00", to: "02:00" }] }],
    ["windows", { windows: [{ days: ["mon"], from: "01:00", to: "01:00" }] }],
    ["freeze", { freeze: [{ from: "2026-02-30", to: "2026-03-01", reason: "" }] }],
    ["freeze", { freeze: [{ from: "2026-03-02", to: "2026-03-01", reason: "" }] }],
  ])("refuses a wrong %s and names it", (field, input) => {
    const error = failure(() => completePolicy("quick", input));
    expect(error.code).toBe("config-invalid");
    expect(error.message).toContain(`policy "quick": ${field} `);
    expect(error.next).toContain(`policies.quick.${field}`);
  });

  test("any input is refused as config-invalid, or gives a policy that can work", () => {
    fc.assert(
      fc.property(anyPolicyInput, (input) => {
        let policy: ReturnType<typeof completePolicy>;
        try {
          policy = completePolicy("any", input);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(NolapseError);
          expect((thrown as NolapseError).code).toBe("config-invalid");
          return;
        }
        expect(policy.lifetime).toBeGreaterThan(0);
        expect(policy.lifetime).toBeLessThanOrEqual(MAX_LIFETIME);
        expect(policy.overlap).toBeGreaterThanOrEqual(0);
        expect(policy.overlap).toBeLessThan(policy.lifetime);
        expect(policy.renewBefore).toBeGreaterThan(0);
        expect(policy.renewBefore).toBeLessThanOrEqual((policy.lifetime - policy.overlap) / 2);
        expect(policy.maxAge).toBeGreaterThan(policy.overlap);
        expect(Object.values(policy)).not.toContain(undefined);
        // Completing what is complete changes nothing, so a policy can be stored and read again.
        expect(completePolicy("any", policy)).toEqual(policy);
      }),
    );
  });
});

describe("matches", () => {
  const billing = holder({ displayName: "Billing API (EU)", tags: ["team:pay"], serviceManagementReference: "SM-1" });

  test.each([
    [{}, false],
    [{ appId: APP_ID.toUpperCase() }, true],
    [{ appId: "other" }, false],
    [{ displayName: "billing api (eu)" }, true],
    [{ displayName: "billing" }, false],
    [{ displayName: "billing*" }, true],
    [{ displayName: "*API*" }, true],
    [{ displayName: "b*g*(*)" }, true],
    [{ displayName: "*(EU)" }, true],
    [{ displayName: "*" }, true],
    [{ displayName: "billing api (eu)*billing api (eu)" }, false],
    [{ displayName: "Billing API (E.)" }, false],
    [{ tag: "Team:Pay" }, true],
    [{ tag: "team" }, false],
    [{ serviceManagementReference: "sm-1" }, true],
    [{ serviceManagementReference: "" }, false],
    [{ displayName: "billing*", tag: "other" }, false],
  ])("%j: %s", (match, fits) => {
    expect(matches(match, billing)).toBe(fits);
  });

  test("a star pattern agrees with its regular expression", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "A"), maxLength: 8 });
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*"), maxLength: 6 });
    fc.assert(
      fc.property(pattern, text, (displayName, name) => {
        const expected = new RegExp(`^${displayName.replaceAll("*", ".*")}$`, "i").test(name);
        expect(matches({ displayName }, holder({ displayName: name }))).toBe(expected);
      }),
    );
  });

  test("a hostile name costs no time", () => {
    const displayName = "a".repeat(20_000);
    expect(matches({ displayName: `${"a*".repeat(2_000)}b` }, holder({ displayName }))).toBe(false);
  });
});

describe("policyFor", () => {
  const quick = completePolicy("quick", { lifetime: 90 * DAY });
  const slow = completePolicy("slow", { lifetime: 365 * DAY });
  const standard = completePolicy("default", { lifetime: 200 * DAY });
  const choices = [
    { match: { displayName: "bill*" }, policy: "slow" },
    { match: { displayName: "*" }, policy: "quick" },
  ];

  test.each([
    ["the binding's", { bindings: [binding({ policy: "quick" })], choices }, "quick"],
    ["the first choice", { bindings: [binding()], choices }, "slow"],
    ["a later choice", { choices: choices.slice(1) }, "quick"],
    ["the one called default", {}, "default"],
  ])("%s", (_, parts, name) => {
    const all = settings({ policies: { quick, slow, default: standard }, ...parts });
    expect(policyFor(all, holder())).toBe(all.policies[name]);
  });

  test("all defaults where nothing is configured", () => {
    expect(policyFor(settings(), holder())).toEqual(completePolicy("default", {}));
  });

  test.each(["missing", "constructor", "__proto__"])("the unknown name %s is an error, not a default", (policy) => {
    const error = failure(() => policyFor(settings({ bindings: [binding({ policy })] }), holder()));
    expect(error.code).toBe("config-invalid");
    expect(error.message).toContain(`"${policy}"`);
  });

  test("exclusions", () => {
    expect(isExcluded(settings({ exclude: [{ tag: "no-nolapse" }] }), holder({ tags: ["no-nolapse"] }))).toBe(true);
    expect(isExcluded(settings({ exclude: [{ tag: "no-nolapse" }, {}] }), holder())).toBe(false);
  });
});

describe("reload and retirement", () => {
  test.each([
    [[], { slowest: 0, unbounded: false, hook: false }],
    [[target(MINUTE), target(HOUR)], { slowest: HOUR, unbounded: false, hook: false }],
    [[target("start"), target(HOUR)], { slowest: HOUR, unbounded: true, hook: false }],
    [[target("hook")], { slowest: 0, unbounded: false, hook: true }],
  ])("reloadBound %#", (targets, bound) => {
    expect(reloadBound(targets)).toEqual(bound);
  });

  test("the overlap is never below the slowest reload and a token's life", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * DAY }), anyTargets, (overlap, targets) => {
        const effective = effectiveOverlap({ overlap }, targets);
        expect(effective).toBeGreaterThanOrEqual(overlap);
        expect(effective).toBeGreaterThanOrEqual(reloadBound(targets).slowest + 90 * MINUTE);
      }),
    );
  });

  test.each([
    ["after-overlap", "full", [target(MINUTE)], true, "after-overlap", null],
    ["after-overlap", "full", [target("hook")], true, "after-overlap", null],
    ["after-overlap", "full", [target(MINUTE)], false, "at-expiry", "consumers-unknown"],
    ["after-overlap", "full", [target(MINUTE), target("start")], true, "at-expiry", "unbounded-reload"],
    ["after-overlap", "none", [target(MINUTE)], true, "at-expiry", "consumer-proof"],
    ["after-evidence", "full", [target("start")], false, "after-evidence", null],
    ["after-evidence", "none", [], false, "at-expiry", "consumer-proof"],
    ["at-expiry", "none", [target("start")], false, "at-expiry", null],
    ["never", "full", [], true, "never", null],
  ] as const)("%s, probe %s, %j, complete %s: %s because %s", (retire, probe, targets, complete, rule, because) => {
    expect(retireRule({ retire, probe }, targets, complete)).toEqual({ rule, because });
  });
});
