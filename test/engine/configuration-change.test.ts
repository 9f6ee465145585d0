/** What another configuration would change: the same that a plan by it shows, told before it is in force. */
import { expect, test } from "vitest";
import { completePolicy, type Policy } from "../../src/core/policy/policy.ts";
import type { TenantSettings } from "../../src/core/policy/settings.ts";
import { atOnce } from "../../src/core/slices.ts";
import { DAY, plus } from "../../src/core/time.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import { type Changes, type Configured, configurationChange } from "../../src/engine/views/configuration-change.ts";
import { pictureOf } from "../../src/engine/views/picture.ts";
import { binding, slot } from "../core/make.ts";
import { START, Workbench } from "../support/workbench.ts";

const NONE: Changes = { policy: 0, rules: 0, dates: 0, targets: 0, leaves: 0, joins: 0 };

/** Billing is bound to its target; Loose and Treasury are registrations that nothing is bound to. */
async function ground() {
  const bench = new Workbench({ endsIn: 300 * DAY });
  const secrets = [{ name: "by hand", start: START, end: plus(START, 200 * DAY), value: "v~1" }];
  const loose = bench.entra.seed({ displayName: "Loose", secrets });
  bench.entra.seed({ displayName: "Treasury", secrets: [{ ...secrets[0], value: "v~2" } as (typeof secrets)[number]] });
  const { settings } = bench;
  const now = settings.bindings[0]?.policy ?? "default";
  const picture = await pictureOf(bench.deps(), await discover(bench.deps()));
  const issuers = { house: { certificate: "/house.pem" }, other: { certificate: "/other.pem" } };
  const would = (parts: Partial<TenantSettings>, before = settings, then: Configured["issuers"] = issuers) =>
    atOnce(
      configurationChange({ settings: before, issuers }, { settings: { ...before, ...parts }, issuers: then }, picture),
    );
  const withPolicy = (parts: Partial<Policy>) => ({
    policies: { ...settings.policies, [now]: { ...(settings.policies[now] as Policy), ...parts } },
  });
  return { bench, settings, issuers, now, loose, picture, would, withPolicy };
}

test("the same configuration changes nothing", async () => {
  const { would } = await ground();
  expect(would({})).toEqual({ applications: 0, all: NONE, policies: [], mode: null });
});

test("other rules are told of what is renewed by them, and other dates only where they move a date", async () => {
  const { would, withPolicy, now } = await ground();
  expect(would(withPolicy({ approval: "both" }))).toEqual({
    applications: 1,
    all: { ...NONE, rules: 1 },
    policies: [{ name: now, ...NONE, rules: 1 }],
    mode: null,
  });
  expect(would(withPolicy({ renewBefore: 11 * DAY })).all).toEqual({ ...NONE, rules: 1, dates: 1 });
});

test("what holds for the whole tenant, or is said of the application itself, are rules as well", async () => {
  const { would, settings } = await ground();
  const rules = { ...NONE, rules: 1 };
  for (const parts of [
    { timeZone: "Asia/Tokyo" },
    { authority: "https://login.microsoftonline.us" },
    { probeScope: "https://graph.microsoft.us/.default" },
    { limits: { issuesPerHour: 7 } },
    { acceptance: { ...settings.acceptance, successes: 9 } },
    { approvals: { persons: 1, unproven: true } },
    { bindings: settings.bindings.map((one) => ({ ...one, consumers: "complete" as const })) },
  ])
    expect(would(parts).all, JSON.stringify(parts).slice(0, 60)).toEqual(rules);
});

test("another CA behind the issuer of its policy is another rule, one that its policy does not name is none", async () => {
  const { would, settings, issuers, withPolicy } = await ground();
  const before = { ...settings, ...withPolicy({ issuer: "house" }) };
  const moved = { certificate: "/elsewhere.pem" };
  expect(would({}, before, { ...issuers, house: moved }).all).toEqual({ ...NONE, rules: 1 });
  expect(would({}, before, { ...issuers, other: moved }).applications).toBe(0);
});

test("the dates that it says would be others are those that a plan by it has", async () => {
  const { bench, settings, would, withPolicy } = await ground();
  const datesBy = async (given: TenantSettings) => {
    const { plan } = await pictureOf(bench.deps({ settings: given }), await discover(bench.deps({ settings: given })));
    return JSON.stringify(plan.items.filter((one) => one.slot !== null).map(({ forecast }) => forecast));
  };
  const before = await datesBy(settings);
  const target = Object.values(settings.targets)[0];
  if (target === undefined) throw new Error("there is no target");
  const slower = { targets: { [target.name]: { ...target, reload: 3 * DAY } } };
  const variants = [
    withPolicy({ renewBefore: 11 * DAY }),
    withPolicy({ maxAge: 20 * DAY }),
    withPolicy({ overlap: 8 * DAY }),
    slower,
  ];
  const moved: boolean[] = [];
  for (const parts of variants) {
    const isMoved = (await datesBy({ ...settings, ...parts })) !== before;
    expect(would(parts).all.dates).toBe(Number(isMoved));
    moved.push(isMoved);
  }
  expect(new Set(moved)).toEqual(new Set([true, false]));
});

test("who gets another policy is counted by the one he has now, managed or not", async () => {
  const { would, settings, now } = await ground();
  const policies = { ...settings.policies, careful: completePolicy("careful", { approval: "both" }) };
  const choices = [{ match: { displayName: "Treas*" }, policy: "careful" }];
  const named = would({ policies, choices });
  expect(named).toMatchObject({ applications: 1, all: { ...NONE, policy: 1 } });
  expect(named.policies.map(({ name }) => name)).toEqual(["default"]);
  const bound = settings.bindings.map((one) => ({ ...one, policy: "careful" }));
  expect(would({ policies, bindings: bound }).policies).toMatchObject([{ name: now, policy: 1, rules: 0 }]);
});

test("what would not be managed any more is said, and what would be from then on", async () => {
  const { would, settings, loose } = await ground();
  const target = Object.keys(settings.targets);
  expect(would({ bindings: [] }).all).toEqual({ ...NONE, leaves: 1 });
  expect(would({ exclude: [{ displayName: "Billing" }] }).all).toEqual({ ...NONE, leaves: 1 });
  const joined = binding({ appId: loose.appId, slots: [slot({ targets: target })] });
  expect(would({ bindings: [...settings.bindings, joined] }).all).toEqual({ ...NONE, joins: 1 });
  // what is excluded before and after is nobody's concern
  const without = would({ exclude: [{ displayName: "Nobody" }] });
  expect(without.applications).toBe(0);
});

test("the same place written otherwise is another one, and another mode is said", async () => {
  const { would, settings } = await ground();
  const targets = Object.fromEntries(
    Object.entries(settings.targets).map(([name, one]) => [name, { ...one, settings: { path: "/elsewhere" } }]),
  );
  expect(would({ targets }).all).toEqual({ ...NONE, targets: 1 });
  expect(would({ mode: "observe" }).mode).toEqual({ from: settings.mode, to: "observe" });
});

test("what is under way keeps the dates of the policy that it was opened with", async () => {
  const bench = new Workbench();
  await bench.run();
  const picture = await pictureOf(bench.deps(), await discover(bench.deps()));
  const { settings } = bench;
  const policies = Object.fromEntries(
    Object.entries(settings.policies).map(([name, one]) => [name, { ...one, renewBefore: 11 * DAY }]),
  );
  expect(picture.plan.items.some(({ rotation }) => rotation !== null)).toBe(true);
  const sides = [settings, { ...settings, policies }].map((one) => ({ settings: one, issuers: {} }));
  const [before, after] = sides as [Configured, Configured];
  expect(atOnce(configurationChange(before, after, picture)).all).toMatchObject({
    dates: 0,
    rules: 1,
  });
});

test("an application is held to the patterns once by each configuration, and few of them between two stops", async () => {
  const { settings, picture, withPolicy } = await ground();
  let looks = 0;
  const patterns = Array.from({ length: 100 }, (_, at) => ({
    policy: "default",
    get match() {
      looks += 1;
      return { displayName: `team ${at} *` };
    },
  }));
  const before = {
    settings: { ...settings, choices: patterns, bindings: settings.bindings.map((one) => ({ ...one, policy: null })) },
    issuers: {},
  };
  const after = { ...before, settings: { ...before.settings, ...withPolicy({ renewBefore: 11 * DAY }) } };
  const bound = picture.all.find((one) => one.bound);
  if (bound === undefined) throw new Error("nothing is bound");
  const all = Array.from({ length: 200 }, () => bound);
  const work = configurationChange(before, after, { all, plan: picture.plan });
  let most = 0;
  for (let done: boolean | undefined = false, from = 0; done !== true; from = looks) {
    ({ done } = work.next());
    most = Math.max(most, looks - from);
  }
  expect(looks).toBe(2 * all.length * patterns.length);
  expect(most).toBeLessThan(looks / 4);
});
