/** A secret that is made to be seen once, where something goes wrong: nothing is left that nobody knows, and nothing goes that somebody uses. */
import { expect, it, vi } from "vitest";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY, type EpochMs, MINUTE, plus } from "../../src/core/time.ts";
import { continueApplication, pauseApplication } from "../../src/engine/commands/pause-application.ts";
import type { Deps } from "../../src/engine/deps.ts";
import { run, runOnce } from "../../src/engine/maintain.ts";
import {
  dropShown,
  keepShown,
  makeShown,
  showAgain,
  shownBlock,
  waitingFor,
} from "../../src/engine/values/shown-secret.ts";
import { sweepShown } from "../../src/engine/values/sweep-shown.ts";
import type { Hand } from "../../src/ports/hand.ts";
import { type BenchOptions, Workbench } from "../support/workbench.ts";

const ann = { actor: "entra:ann", objectId: "ann-id" };
const refuse = async () => {
  throw new Error("nobody registers here");
};

async function ready(over: (bench: Workbench) => Partial<Deps> = () => ({}), options: BenchOptions = {}) {
  const bench = new Workbench(options);
  const deps = bench.deps(over(bench));
  const hand: Hand = { entra: bench.entra, certificates: bench.entra, register: refuse, makePrincipal: refuse };
  const { holder } = await bench.entra.read(bench.app);
  const subject = { holder, privileges: [], appPolicies: { state: "not-asked" } } as const;
  const asked = { description: "by hand", lasting: { lifetime: 90 * DAY }, why: "the vendor asks for it", person: ann };
  const keyIds = async () => (await bench.entra.read(bench.app)).holder.credentials.map(({ keyId }) => keyId);
  const actions = async () =>
    (await bench.store.auditPage(deps.settings.tenantId, { after: 0, limit: 99 })).map(({ action }) => action);
  return { bench, deps, hand, subject, make: () => makeShown(deps, hand, subject, asked), keyIds, actions };
}

it("is removed at once where its value cannot be sealed", async () => {
  const { make, keyIds, bench } = await ready((its) => ({
    sealer: {
      ...its.deps().sealer,
      seal: async () => {
        throw new NolapseError("seal-key-unreachable", "the vault does not answer");
      },
    },
  }));
  const before = await keyIds();
  await expect(make()).rejects.toMatchObject({ code: "seal-key-unreachable" });
  expect(await keyIds()).toEqual(before);
  expect((await bench.store.openShown(bench.settings.tenantId)).map(({ state }) => state)).toEqual(["asked"]);
});

it("stays where somebody signs in with it, though nobody said that it is stored; its value is erased all the same", async () => {
  let used: string | null = null;
  const { make, deps, bench, keyIds } = await ready((its) => ({
    logs: {
      credentialChanges: (...of) => its.entra.credentialChanges(...of),
      signIns: (...of) => its.entra.signIns(...of),
      lastUses: async () =>
        used === null ? [] : [{ appId: its.app.appId, keyId: used, at: its.clock.at, requestId: null }],
    },
  }));
  const { secret } = await make();
  used = secret.keyId;
  expect((await sweepShown(deps)).due).toBe(secret.until);
  bench.clock.advance(16 * MINUTE);
  expect((await sweepShown(deps)).due).toBeNull();
  expect([(await bench.store.shown(secret.id))?.state, await bench.store.shownSealed(secret.id)]).toEqual([
    "kept",
    null,
  ]);
  expect(await keyIds()).toContain(secret.keyId);
});

it("waits with its removal while its application is paused: its person can still have it, and it is removed afterwards", async () => {
  const { make, deps, hand, bench, keyIds, actions } = await ready();
  const { secret, value } = await make();
  const { appId } = bench.app;
  const why = "the vault moves this week";
  await pauseApplication(deps, appId, { actor: "bob", why });
  const held = { code: "refused-by-rule", message: expect.stringContaining("[application-paused]") };
  await expect(make()).rejects.toMatchObject(held);
  await expect(dropShown(deps, hand, secret.id, ann)).rejects.toMatchObject(held);
  bench.clock.advance(DAY);
  expect(await sweepShown(deps)).toEqual({ due: null, inVain: false });
  expect(await keyIds()).toContain(secret.keyId);
  expect((await waitingFor(deps, ann)).map(({ id }) => id)).toEqual([secret.id]);
  expect((await showAgain(deps, secret.id, ann)).value.reveal()).toBe(value.reveal());
  await continueApplication(deps, appId, { actor: "bob", why });
  expect(await waitingFor(deps, ann)).toEqual([]);
  await expect(showAgain(deps, secret.id, ann)).rejects.toMatchObject({ code: "refused-by-rule" });
  await sweepShown(deps);
  expect(await keyIds()).not.toContain(secret.keyId);
  expect((await actions()).slice(-2)).toEqual(["shown-lapsed", "shown-removed"]);
});

it("waits with its removal while everything is stopped, and is removed afterwards", async () => {
  const { make, deps, bench, keyIds, actions } = await ready();
  const { secret } = await make();
  const line = { tenantId: deps.settings.tenantId, at: bench.clock.at, actor: "x", rotation: null, appId: null };
  const audit = { ...line, keyId: null, reason: null, details: {}, action: "stop" };
  await bench.store.turn(deps.settings.tenantId, "stopped", { at: bench.clock.at, by: "x" }, audit);
  bench.clock.advance(20 * MINUTE);
  await sweepShown(deps);
  expect(await keyIds()).toContain(secret.keyId);
  await expect(showAgain(deps, secret.id, ann)).rejects.toMatchObject({ code: "refused-by-rule" });
  await bench.store.turn(deps.settings.tenantId, "stopped", null, audit);
  await sweepShown(deps);
  expect(await keyIds()).not.toContain(secret.keyId);
  expect((await bench.store.ledger(deps.settings.tenantId, bench.app.appId)).at(-1)?.removedAt).not.toBeNull();
  expect((await actions()).slice(-2)).toEqual(["stop", "shown-removed"]);
});

it("is the person's from when he says that it is stored: no sweep touches it, and no plan takes it for the slot's own", async () => {
  const { make, deps, bench, keyIds } = await ready();
  const { secret } = await make();
  await keepShown(deps, secret.id, ann);
  bench.clock.advance(2 * DAY);
  expect((await sweepShown(deps)).due).toBeNull();
  expect(await keyIds()).toContain(secret.keyId);
  // two live secrets, and the slot still knows which one is its own
  const report = await bench.run();
  expect(report.opened).toBe(1);
  const [rotation] = await bench.store.rotations({ tenantId: deps.settings.tenantId });
  expect(rotation?.replaces).not.toBe(secret.keyId);
});

it("is looked for where its answer was lost, for a day, and forgotten where it never came", async () => {
  const { make, deps, bench, actions } = await ready();
  bench.entra.fail("addSecret", { fault: "lost" });
  await expect(make()).rejects.toMatchObject({ code: "incomplete" });
  const began = bench.clock.at;
  for (let { due } = await sweepShown(deps); due !== null; { due } = await sweepShown(deps)) bench.clock.at = due;
  expect(bench.clock.at - began).toBe(DAY);
  expect((await bench.store.openShown(deps.settings.tenantId)).length).toBe(0);
  expect((await actions()).at(-1)).toBe("shown-never");
});

it("is made for nobody where it is not known whether the application is privileged", async () => {
  const { subject } = await ready();
  expect(shownBlock({ ...subject, privileges: null })).toContain("not known");
  expect(shownBlock({ ...subject, privileges: ["Application.ReadWrite.All"] })).toContain("one person holds");
  expect(shownBlock(subject)).toBeNull();
});

/** Nothing else is due. */
const QUIET: BenchOptions = { endsIn: 300 * DAY };

/** A clock on which nobody but the loop does anything; tells `over` when `enough` says so, and of a loop that does not end. */
function lonely(bench: Workbench, over: AbortController, enough: () => Promise<boolean> = async () => false) {
  const slept: EpochMs[] = [];
  const clock: Deps["clock"] = {
    now: async () => bench.clock.at,
    frozen: async () => false,
    processNow: () => bench.clock.at,
    wait: async (until) => {
      slept.push(until);
      bench.clock.at = until;
      if (slept.length > 20 || (await enough())) over.abort();
    },
  };
  return { clock, slept };
}

it("is looked after by whatever runs the loop, which wakes for it in time", async () => {
  const { make, deps, bench, keyIds, actions } = await ready(undefined, QUIET);
  const { secret } = await make();
  expect((await bench.run()).nextDue).toBe(secret.until);
  const over = new AbortController();
  const { clock, slept } = lonely(bench, over, async () => !(await keyIds()).includes(secret.keyId ?? ""));
  await run({ ...deps, clock }, { signal: over.signal });
  expect(slept).toContain(secret.until);
  expect(await keyIds()).not.toContain(secret.keyId);
  expect((await actions()).filter((one) => one.startsWith("shown-")).at(-1)).toBe("shown-removed");
});

it("keeps no loop from going on where its person was faster than the sweep", async () => {
  const { make, deps, bench, keyIds } = await ready(undefined, QUIET);
  const { secret } = await make();
  await keepShown(deps, secret.id, ann);
  bench.clock.advance(20 * MINUTE);
  // as another process sees it that has read a moment before
  const store: Deps["store"] = { ...deps.store, openShown: async () => [secret] };
  await bench.run({ store });
  expect((await bench.store.shown(secret.id))?.state).toBe("kept");
  expect(await keyIds()).toContain(secret.keyId);
});

it("leaves a loop its pace where the directory does not answer the search for it", async () => {
  const { make, deps, bench } = await ready(undefined, QUIET);
  bench.entra.fail("addSecret", { fault: "lost" });
  await expect(make()).rejects.toMatchObject({ code: "incomplete" });
  bench.clock.advance(3 * MINUTE);
  const error = new NolapseError("directory-unreachable", "it does not answer");
  bench.entra.fail("read", { fault: "error", error });
  const { nextDue } = await bench.run();
  expect(nextDue).toBe(bench.clock.at + MINUTE);
  expect((await bench.store.openShown(deps.settings.tenantId)).map(({ state }) => state)).toEqual(["asked"]);
});

it("is waited for to its own time and no longer by what runs once, while another one's directory does not answer", async () => {
  const { make, deps, bench } = await ready(undefined, QUIET);
  bench.entra.fail("addSecret", { fault: "lost" });
  await expect(make()).rejects.toMatchObject({ code: "incomplete" });
  bench.clock.advance(3 * MINUTE);
  const { secret } = await make();
  const over = new AbortController();
  const { clock, slept } = lonely(bench, over);
  vi.spyOn(bench.entra, "read").mockRejectedValue(new NolapseError("directory-unreachable", "it does not answer"));
  const once = (wait: number) => runOnce({ ...deps, clock }, { wait, signal: over.signal });
  const { nextDue, endedAt } = await once(10 * MINUTE);
  expect([slept, nextDue]).toEqual([[], endedAt + MINUTE]);
  await once(20 * MINUTE);
  expect(slept).toEqual([secret.until]);
  const open = await bench.store.openShown(deps.settings.tenantId);
  expect(open.map(({ state }) => state)).toEqual(["asked"]);
  expect((await bench.store.shown(secret.id))?.state).toBe("removed");
});

it.each([
  ["is", async () => []],
  ["cannot be", () => Promise.reject(new NolapseError("directory-forbidden", "a permission is missing"))],
])("is looked up in one reading of the usage report for all of a sweep, where it %s read", async (_, answer) => {
  const { make, deps, bench, keyIds } = await ready(undefined, QUIET);
  const made = [(await make()).secret.keyId, (await make()).secret.keyId, (await make()).secret.keyId];
  bench.clock.advance(20 * MINUTE);
  const asked = vi.spyOn(bench.entra, "lastUses").mockImplementation(answer);
  // time goes on while it works
  const clock = { ...deps.clock, now: async () => plus(bench.clock.at, asked.mock.calls.length) };
  await sweepShown({ ...deps, clock });
  expect(asked.mock.calls.map(([freshFrom]) => freshFrom)).toEqual([bench.clock.at]);
  for (const keyId of made) expect(await keyIds()).not.toContain(keyId);
});

const loops = {
  run: (deps: Deps, signal: AbortSignal) => run(deps, { signal }),
  runOnce: async (deps: Deps, signal: AbortSignal) => void (await runOnce(deps, { wait: 0, signal })),
};

it.each([
  ["run", "lastUses"],
  ["run", "read"],
  ["runOnce", "lastUses"],
  ["runOnce", "read"],
] as const)(
  "ends %s cleanly where it is told to inside %s, and nothing is settled on half a look",
  async (how, inside) => {
    const { make, deps, bench, keyIds } = await ready(undefined, QUIET);
    if (inside === "read") bench.entra.fail("addSecret", { fault: "lost" });
    const made = await make().catch(() => null);
    bench.clock.advance(20 * MINUTE);
    const over = new AbortController();
    const before = await keyIds();
    const asked = vi.spyOn(bench.entra, inside).mockImplementation(async () => {
      over.abort();
      throw over.signal.reason;
    });
    await loops[how](deps, over.signal);
    expect(asked).toHaveBeenCalledOnce();
    asked.mockRestore();
    expect(await keyIds()).toEqual(before);
    const open = await bench.store.openShown(deps.settings.tenantId);
    expect(open.map(({ state }) => state)).toEqual([made === null ? "asked" : "held"]);
  },
);
