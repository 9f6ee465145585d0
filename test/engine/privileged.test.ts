/** Privileged applications: found by two lists, approved by two persons, their values neither kept nor shown. */
import { describe, expect, test } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import type { Person } from "../../src/core/policy/approval.ts";
import { GRAPH_APP_ID } from "../../src/core/policy/privilege.ts";
import type { EpochMs } from "../../src/core/time.ts";
import { approve } from "../../src/engine/commands/approve.ts";
import { askEmergency } from "../../src/engine/commands/emergency.ts";
import { ask } from "../../src/engine/commands/rotate.ts";
import { makePlan } from "../../src/engine/plan/plan.ts";
import { hardenOpened } from "../../src/engine/rotation/harden.ts";
import { discover } from "../../src/engine/scan/discover.ts";
import {
  approveReveal,
  askReveal,
  type ConfirmedPerson,
  showApproved,
} from "../../src/engine/values/reveal-request.ts";
import { showSecret } from "../../src/engine/values/show.ts";
import { explainApplication } from "../../src/engine/views/explain.ts";
import { waitingOf } from "../../src/engine/views/under-way.ts";
import { type BenchOptions, Workbench } from "../support/workbench.ts";

const DAY = 86_400_000;
const APP_ROLES = {
  "Application.ReadWrite.All": "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
  "AppRoleAssignment.ReadWrite.All": "06b708a9-e830-4db3-a914-8e69da51d44f",
  "RoleManagement.ReadWrite.Directory": "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
};
const ANN: Person = { actor: "entra:ann@contoso.example", objectId: "aaaaaaaa-0000-4000-8000-000000000001" };
const BEN: Person = { actor: "entra:ben@contoso.example", objectId: "bbbbbbbb-0000-4000-8000-000000000001" };
const NAME: Person = { actor: "cli:root", objectId: null };

/** The bench's application has a service principal that holds this. */
function withRole(
  grant: { readonly app?: string; readonly directory?: string },
  options: BenchOptions = {},
): Workbench {
  const bench = new Workbench(options);
  bench.entra.seed({ type: "servicePrincipal", appId: GRAPH_APP_ID, displayName: "Microsoft Graph" });
  const own = bench.entra.seed({ type: "servicePrincipal", appId: bench.app.appId, displayName: "Billing" });
  const to = (roleId: string | undefined) => (roleId === undefined ? [] : [{ principalId: own.objectId, roleId }]);
  bench.entra.appRoles = to(grant.app);
  bench.entra.directoryRoles = to(grant.directory);
  return bench;
}
const privileged = (options: BenchOptions = {}) => withRole({ app: APP_ROLES["Application.ReadWrite.All"] }, options);
const waits = async (bench: Workbench) => (await waitingOf(bench.deps()))[0]?.verdict;
const idOf = async (bench: Workbench) => (await bench.rotation())?.id ?? "";

describe("what makes privileged", () => {
  test.each(Object.entries(APP_ROLES))("the app role %s", async (name, app) => {
    const { held } = (await discover(withRole({ app }).deps())).privileges;
    expect([...held.values()]).toEqual([[name]]);
  });

  test("any directory role, and no other app role", async () => {
    const admin = await discover(withRole({ directory: "62e90394-69f5-4237-9190-012177145e10" }).deps());
    expect([...admin.privileges.held.values()]).toEqual([["directory role Global Administrator"]]);
    const reader = await discover(withRole({ app: "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30" }).deps());
    expect(reader.privileges).toMatchObject({ held: new Map(), unknown: [], unread: false });
  });

  test("is read by lists, however many applications there are", async () => {
    const bench = privileged();
    for (let count = 0; count < 50; count += 1) bench.entra.seed({ type: "servicePrincipal" });
    await discover(bench.deps());
    const lists = bench.entra.calls.filter(({ call }) => call === "grantPage" || call === "directoryRolePage");
    expect(lists).toHaveLength(2);
    expect(bench.entra.calls.some(({ call }) => call === "read")).toBe(false);
  });

  test("what may not be read is said, and not guessed", async () => {
    const bench = privileged();
    const error = new NolapseError("directory-forbidden", "no right", { next: "grant RoleManagement.Read.Directory" });
    bench.entra.fail("directoryRolePage", { fault: "error", error });
    const told = await explainApplication(bench.deps(), bench.app.appId, DAY);
    expect(told.privileges).toEqual({
      held: ["Application.ReadWrite.All"],
      unknown: ["directory roles: no right; grant RoleManagement.Read.Directory"],
    });
    const without = new Workbench();
    await without.drive((one) => one?.state === "verified");
  });

  test.each(["grantPage", "directoryRolePage"] as const)("nothing is begun while %s fails", async (list) => {
    const bench = privileged({ endsIn: 25 * DAY });
    bench.entra.fail(list, { fault: "lost" });
    const plan = await makePlan(bench.deps(), await discover(bench.deps()));
    expect(plan.items[0]).toMatchObject({ status: "later", because: "privilege-unread" });
    await bench.run();
    expect(await waits(bench)).toMatchObject({ because: "approval-issue" });
  });

  test.each([25 * DAY, 6 * DAY])(
    "nor on a list of service principals that broke off, with %i ms left",
    async (endsIn) => {
      const bench = privileged({ endsIn });
      const whole = bench.entra.page.bind(bench.entra);
      let broken = true;
      bench.entra.page = async (type, ...rest) => {
        if (type === "servicePrincipal" && broken) throw new NolapseError("directory-refused", "Conditional Access");
        return whole(type, ...rest);
      };
      const plan = await makePlan(bench.deps(), await discover(bench.deps()));
      expect(plan.items[0]).toMatchObject({ status: "later", because: "privilege-unread" });
      await bench.run();
      broken = false;
      await bench.run();
      expect(await waits(bench)).toMatchObject({ because: "approval-issue" });
    },
  );

  test.each([
    ["rotate --now", (bench: Workbench) => ask(bench.deps(), [bench.app.appId], { now: true, actor: "cli:root" })],
    [
      "rotate --emergency",
      (bench: Workbench) => askEmergency(bench.deps(), bench.app.appId, bench.app.keyIds[0] ?? "", ANN),
    ],
  ])("nor on one person's word: %s", async (_, begin) => {
    const bench = privileged({ endsIn: 300 * DAY });
    bench.entra.fail("grantPage", { fault: "lost" });
    await expect(begin(bench)).rejects.toMatchObject({
      code: "refused-by-rule",
      message: expect.stringContaining("[privilege-unread]"),
    });
    expect(await bench.rotation()).toBeUndefined();
    await begin(bench);
    await bench.run();
    expect(await waits(bench)).toMatchObject({ because: "approval-issue" });
  });

  test("what would lapse is begun all the same", async () => {
    const bench = privileged({ endsIn: DAY });
    bench.entra.fail("grantPage", { fault: "lost" });
    const plan = await makePlan(bench.deps(), await discover(bench.deps()));
    expect(plan.items[0]).toMatchObject({ status: "due" });
  });
});

describe("an application that becomes privileged while it is renewed", () => {
  const becoming = (options: BenchOptions) => {
    const bench = privileged(options);
    const granted = bench.entra.appRoles;
    bench.entra.appRoles = [];
    const grant = () => {
      bench.entra.appRoles = granted;
    };
    return { bench, grant };
  };

  test("is approved by two from then on: one person's word from before is one of them", async () => {
    const { bench, grant } = becoming({ policy: { approval: "issue" } });
    await bench.run();
    const id = await idOf(bench);
    // stored, and not begun yet
    await approve(bench.deps(), id, "issue", ANN);
    grant();
    await bench.run();
    expect(await waits(bench)).toMatchObject({ because: "approval-issue" });
    expect(await bench.rotation()).toMatchObject({
      state: "planned",
      privileges: ["Application.ReadWrite.All"],
      policy: { approval: "both", custody: "none" },
      attempts: [],
    });
    await expect(approve(bench.deps(), id, "issue", ANN)).rejects.toThrow("a second person must approve it");
    await approve(bench.deps(), id, "issue", BEN);
    await bench.drive((one) => one?.state === "verified");
    const { store, settings } = bench.deps();
    const [line] = await store.auditSince(settings.tenantId, ["privileges-found"], 0 as EpochMs);
    expect(line).toMatchObject({ rotation: id, details: { privileges: "Application.ReadWrite.All" } });
  });

  test.each([false, true])(
    "a name nobody has confirmed counts from then on only where the configuration lets it: %s",
    async (unproven) => {
      const { bench, grant } = becoming({ policy: { approval: "issue" } });
      bench.settings = { ...bench.settings, approvals: { persons: 2, unproven } };
      await bench.run();
      const id = await idOf(bench);
      await approve(bench.deps(), id, "issue", NAME);
      grant();
      await bench.run();
      await approve(bench.deps(), id, "issue", ANN);
      expect((await bench.rotation())?.approvals.issue !== null).toBe(unproven);
      if (!unproven) await approve(bench.deps(), id, "issue", BEN);
      await bench.drive((one) => one?.state === "verified");
    },
  );

  test("keeps its old credential until two have approved the removal, and shows a kept value to nobody", async () => {
    const { bench, grant } = becoming({ policy: { retire: "after-overlap", custody: "keep" }, complete: true });
    await bench.drive((one) => one?.state === "verified");
    grant();
    await bench.run();
    bench.clock.advance(10 * DAY);
    await bench.run();
    const all = (await waitingOf(bench.deps())).map(({ verdict }) => verdict);
    expect(all).toContainEqual(expect.objectContaining({ because: "approval-retire" }));
    await expect(showSecret(bench.deps(), bench.app.appId, "a look", "cli:root")).rejects.toThrow("privileged");
  });

  test("nor once the rotation that issued its credential is over", async () => {
    const { bench, grant } = becoming({ policy: { retire: "after-overlap", custody: "keep" }, complete: true });
    await bench.drive((one) => one?.state === "retired");
    grant();
    await bench.run();
    expect(await bench.rotation()).toMatchObject({ state: "retired", privileges: ["Application.ReadWrite.All"] });
    // no value of such an application is kept, and nothing else would ever erase this one
    expect(await bench.store.sealed(await idOf(bench))).toBeNull();
    await expect(showSecret(bench.deps(), bench.app.appId, "a look", "cli:root")).rejects.toThrow("privileged");
  });

  test("has the answer that was lost looked for before anybody has approved anything", async () => {
    const { bench, grant } = becoming({ settings: { mode: "propose" } });
    await bench.run();
    bench.entra.fail("addSecret", { fault: "lost-after" });
    bench.entra.readLag = 60_000;
    await approve(bench.deps(), await idOf(bench), "issue", ANN);
    await bench.drive((one) => one?.attempts[0]?.outcome === "unknown", 1);
    grant();
    await bench.run();
    expect(await bench.rotation()).toMatchObject({ state: "planned", approvals: { issue: null } });
    await bench.drive((one) => one?.attempts[0]?.outcome === "orphan-removed", 1);
    expect(bench.entra.keyIds(bench.app)).toEqual(bench.app.keyIds);
    bench.clock.advance(DAY);
    await bench.run();
    expect(await bench.rotation()).toMatchObject({ state: "planned", attempts: [{ outcome: "orphan-removed" }] });
    expect(await waits(bench)).toMatchObject({ because: "mode-propose" });
  });

  test("is found by one question for all of them, whatever their number", async () => {
    const bench = privileged();
    const { store } = bench.deps();
    let asked = 0;
    const counting = new Proxy(store, {
      get: (of, name) => {
        const value = Reflect.get(of, name);
        if (name === "rotations") asked += 1;
        return typeof value === "function" ? value.bind(of) : value;
      },
    });
    const held = new Map(Array.from({ length: 40 }, (_, index) => [`app-${index}`, ["Application.ReadWrite.All"]]));
    await hardenOpened(bench.deps({ store: counting }), held);
    expect(asked).toBe(1);
  });
});

describe("an application that becomes privileged once its successor is issued", () => {
  const issued = async (options: BenchOptions = {}) => {
    const bench = privileged(options);
    bench.settings = { ...bench.settings, mode: "propose" };
    const granted = bench.entra.appRoles;
    bench.entra.appRoles = [];
    await bench.run();
    await approve(bench.deps(), await idOf(bench), "issue", ANN);
    await bench.drive((one) => one?.state === "issued");
    bench.entra.appRoles = granted;
    await bench.run();
    expect(await bench.rotation()).toMatchObject({ privileges: ["Application.ReadWrite.All"] });
    return bench;
  };

  test("is renewed to the end in mode propose, where nothing but the approval lets anything go on", async () => {
    const bench = await issued();
    await bench.drive((one) => one?.state === "verified", 2);
  });

  test("gets no second one on one person's word", async () => {
    const bench = await issued();
    bench.entra.fail("probe", { fault: "probe", probe: { outcome: "not-authenticated", code: 7000215 } }, 500);
    await bench.drive((one) => one?.attempts.some(({ outcome }) => outcome === "withdrawn") === true, 2);
    bench.clock.advance(2 * 3_600_000);
    await bench.run();
    expect(await bench.rotation()).toMatchObject({ state: "planned", approvals: { issue: null } });
    expect(await waits(bench)).toMatchObject({ because: "mode-propose" });
    await approve(bench.deps(), await idOf(bench), "issue", BEN);
    expect((await bench.rotation())?.approvals.issue).not.toBeNull();
  });

  test("shows no kept value on one word, though the configuration no longer names it", async () => {
    const bench = privileged({ policy: { retire: "after-overlap", custody: "keep" }, complete: true });
    const granted = bench.entra.appRoles;
    bench.entra.appRoles = [];
    await bench.drive((one) => one?.state === "retired");
    bench.settings = { ...bench.settings, bindings: [] };
    bench.entra.appRoles = granted;
    await bench.run();
    await expect(showSecret(bench.deps(), bench.app.appId, "a look", "cli:root")).rejects.toThrow("privileged");
  });
});

describe("approval", () => {
  test("of the old one's end in its time is none of its end before, which one person asks for", async () => {
    const policy = { maxAge: 300 * DAY, lifetime: 200 * DAY, retire: "at-expiry" } as const;
    const bench = privileged({ endsIn: 200 * DAY, complete: true, policy });
    await bench.run();
    const id = await idOf(bench);
    for (const who of [ANN, BEN]) await approve(bench.deps(), id, "both", who);
    await bench.drive((one) => one?.state === "verified");
    await askEmergency(bench.deps(), bench.app.appId, bench.app.keyIds[0] ?? "", ANN);
    await bench.run();
    expect(await waits(bench)).toMatchObject({ because: "approval-retire" });
    await approve(bench.deps(), id, "retire", ANN);
    await askEmergency(bench.deps(), bench.app.appId, bench.app.keyIds[0] ?? "", BEN);
    await approve(bench.deps(), id, "retire", BEN);
    await bench.drive((one) => one?.removedAt != null, 1);
  });

  test("takes two different persons at either end, whatever the policy says, and says who has spoken", async () => {
    const bench = privileged({ policy: { retire: "after-overlap", approval: "none" }, complete: true });
    await bench.run();
    const id = await idOf(bench);
    expect(await waits(bench)).toMatchObject({ because: "approval-issue" });
    await approve(bench.deps(), id, "issue", ANN);
    await bench.run();
    expect(await waits(bench)).toMatchObject({
      because: "approval-issue",
      detail: "privileged by Application.ReadWrite.All: approved by entra:ann@contoso.example; another person must",
    });
    await approve(bench.deps(), id, "issue", BEN);
    await bench.drive((one) => one?.state === "verified");
    bench.clock.advance(8 * DAY);
    await bench.run();
    expect(await waits(bench)).toMatchObject({ because: "approval-retire" });
    expect(bench.entra.keyIds(bench.app)).toHaveLength(2);
    await approve(bench.deps(), id, "retire", BEN);
    await approve(bench.deps(), id, "retire", ANN);
    await bench.drive((one) => one?.state === "retired");
    const trail = await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 1000 });
    expect(trail.filter((one) => one.action === "approved").map((one) => one.actor)).toEqual(
      [ANN, BEN, BEN, ANN].map((one) => one.actor),
    );
  });

  test("the same person twice is refused with a sentence that says why", async () => {
    const bench = privileged();
    await bench.run();
    const id = await idOf(bench);
    await approve(bench.deps(), id, "both", ANN);
    const again = approve(bench.deps(), id, "both", { ...ANN, actor: "entra:ann.b@contoso.example" });
    await expect(again).rejects.toMatchObject({
      code: "refused-by-rule",
      message: expect.stringContaining("second person"),
    });
    await bench.run();
    expect(bench.entra.keyIds(bench.app)).toHaveLength(1);
  });

  test("a name nobody has confirmed does not count, unless the configuration says so", async () => {
    const bench = privileged();
    await bench.run();
    const id = await idOf(bench);
    await expect(approve(bench.deps(), id, "both", NAME)).rejects.toMatchObject({
      next: expect.stringContaining("az login"),
    });
    bench.settings = { ...bench.settings, approvals: { persons: 2, unproven: true } };
    await approve(bench.deps(), id, "both", NAME);
    await expect(approve(bench.deps(), id, "both", NAME)).rejects.toThrow("second person");
    await approve(bench.deps(), id, "both", ANN);
    await bench.drive((one) => one?.state === "verified");
  });

  test("who asks for the rotation has not approved it", async () => {
    const bench = privileged({ endsIn: 80 * DAY });
    const options = { now: true, actor: "cli:root" };
    await ask(bench.deps(), [bench.app.appId], options);
    await ask(bench.deps(), [bench.app.appId], options);
    await bench.run();
    expect(await waits(bench)).toMatchObject({ because: "approval-issue" });
    expect(bench.entra.keyIds(bench.app)).toHaveLength(1);
  });

  test("a leaked value is no exception: two persons, then at once", async () => {
    const bench = privileged({ endsIn: 300 * DAY });
    const { id } = await askEmergency(bench.deps(), bench.app.appId, bench.app.keyIds[0] ?? "", ANN);
    await bench.run();
    expect(await waits(bench)).toMatchObject({ because: "approval-issue" });
    await approve(bench.deps(), id, "both", ANN);
    await approve(bench.deps(), id, "both", BEN);
    const begun = bench.clock.at;
    const { removedAt } = await bench.drive((one) => one?.removedAt != null);
    expect((removedAt ?? 0) - begun).toBeLessThan(20 * 60_000);
  });

  test("one person is enough for every other application", async () => {
    const bench = new Workbench({ policy: { approval: "both" } });
    await bench.run();
    await approve(bench.deps(), await idOf(bench), "both", NAME);
    await bench.drive((one) => one?.state === "verified");
  });
});

test("its value is neither kept nor shown", async () => {
  const bench = privileged({ policy: { custody: "keep" } });
  await bench.run();
  const id = await idOf(bench);
  await approve(bench.deps(), id, "issue", ANN);
  await approve(bench.deps(), id, "issue", BEN);
  await bench.drive((one) => one?.state === "issued");
  const shown = showSecret(bench.deps(), bench.app.appId, "curious", "cli:root");
  await expect(shown).rejects.toMatchObject({
    code: "refused-by-rule",
    message: expect.stringContaining("privileged"),
  });
  const trail = await bench.store.auditPage(bench.settings.tenantId, { after: 0, limit: 1000 });
  expect(trail.some((one) => one.action === "revealed")).toBe(false);
  await bench.drive((one) => one?.state === "verified");
  expect(await bench.store.sealed(id)).toBeNull();
});

test("what a second person allows is one value: another one that is there meanwhile is not shown by it", async () => {
  const bench = privileged();
  await bench.run();
  const id = await idOf(bench);
  for (const person of [ANN, BEN]) await approve(bench.deps(), id, "issue", person);
  await bench.drive((one) => one?.state === "issued");
  const [ann, ben] = [ANN, BEN].map(({ actor, objectId }) => ({ actor, objectId: objectId ?? "" })) as [
    ConfirmedPerson,
    ConfirmedPerson,
  ];
  const { id: request } = await askReveal(bench.deps(), id, "the vault is down", ann);
  const other = { ...bench.deps().store, sealed: async () => ({ keyId: "another", sealed: "whatever" }) };
  await expect(approveReveal(bench.deps({ store: other }), request, ben)).rejects.toMatchObject({ code: "not-found" });
  await approveReveal(bench.deps(), request, ben);
  await expect(showApproved(bench.deps({ store: other }), request, ann)).rejects.toMatchObject({ code: "not-found" });
  // neither has used it up
  const { value, keyId } = await showApproved(bench.deps(), request, ann);
  expect([keyId, value.reveal().length > 0]).toEqual([(await bench.rotation())?.issued?.keyId, true]);
});
