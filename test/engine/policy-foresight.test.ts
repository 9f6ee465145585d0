/** App management policies are read before anything is written: what they forbid is not begun, what they shorten is made short. */
import { expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import type { AppManagement, Restriction } from "../../src/core/policy/app-policy.ts";
import { DAY } from "../../src/core/time.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import type { AppPolicies } from "../../src/ports/app-policies.ts";
import { START, Workbench } from "../support/workbench.ts";

const restriction = (parts: Partial<Restriction>): Restriction => ({
  type: "passwordLifetime",
  isEnabled: true,
  maxLifetime: null,
  createdAfter: null,
  exemptsCallers: false,
  ...parts,
});

/** Policies with this restriction on secrets; counts how often they are read. */
function policies(...secrets: readonly Restriction[]): { readonly appPolicies: AppPolicies; reads(): number } {
  let reads = 0;
  const none = { secrets: [], certificates: [] };
  const all: AppManagement = {
    standard: { name: "Default", isEnabled: true, applications: { ...none, secrets }, servicePrincipals: none },
    custom: [],
  };
  const read = async () => {
    reads += 1;
    return all;
  };
  return { appPolicies: { read }, reads: () => reads };
}

async function plan(bench: Workbench, appPolicies?: AppPolicies) {
  const deps = bench.deps(appPolicies === undefined ? {} : { appPolicies });
  const made = await makePlan(deps, await discover(deps));
  return { ...made, item: made.items.find((one) => one.slot !== null) };
}

test("what is forbidden is not begun, and the plan says by whom and what to change", async () => {
  const bench = new Workbench();
  const { appPolicies } = policies(restriction({ type: "passwordAddition" }));
  const { item } = await plan(bench, appPolicies);
  expect(item).toMatchObject({ status: "cannot", because: "policy-forbids" });
  expect(item?.detail).toMatch(/"Default" forbids new secrets/);
  expect((await bench.run({ appPolicies })).opened).toBe(0);
  expect(await bench.rotation()).toBeUndefined();
  // the policy is lifted: the next scan begins
  expect((await bench.run({ appPolicies: policies().appPolicies })).opened).toBe(1);
});

test("a shorter lifetime is taken, said, and not due again at once", async () => {
  const bench = new Workbench({ policy: { lifetime: 90 * DAY, renewBefore: 60 * DAY, overlap: 7 * DAY } });
  const short = policies(restriction({ maxLifetime: 30 * DAY }));
  const before = await plan(bench, short.appPolicies);
  expect(before.item).toMatchObject({ status: "due", policy: { lifetime: 30 * DAY } });
  expect(before.item?.detail).toBe('it will last 30d instead of 90d: the policy "Default" allows no longer');
  const rotation = await bench.drive((one) => one?.state === "verified", 5, { appPolicies: short.appPolicies });
  const end = (rotation.issued?.end as number) - START;
  expect(end).toBeGreaterThan(29 * DAY);
  expect(end).toBeLessThanOrEqual(30 * DAY);
  const after = await plan(bench, short.appPolicies);
  expect(after.item, "60 days before an end in 30 days would be now").toMatchObject({
    status: "later",
    because: "not-due",
  });
});

test("they are read once for a plan", async () => {
  const bench = new Workbench();
  const none = policies();
  await plan(bench, none.appPolicies);
  expect(none.reads()).toBe(1);
});

test("unread they are unknown, and hold nothing back", async () => {
  const bench = new Workbench();
  const read = async () => {
    throw new NolapseError("directory-forbidden", "may not", { next: "grant Policy.Read.All" });
  };
  const { item, appPolicies } = await plan(bench, { read });
  expect(appPolicies).toEqual({ state: "unknown", why: "may not", next: "grant Policy.Read.All" });
  expect(item).toMatchObject({ status: "due", detail: null });
});

test("where some callers are exempt it is tried, with a word of warning", async () => {
  const { appPolicies } = policies(restriction({ type: "passwordAddition", exemptsCallers: true }));
  const { item } = await plan(new Workbench(), appPolicies);
  expect(item).toMatchObject({ status: "due" });
  expect(item?.detail).toMatch(/exempt callers/);
});
