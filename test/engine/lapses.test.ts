/** Which lapses a scan notes: those it can know of, once, with their beginning and their end; and what the picture says of them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { createMachineScheduler } from "../../src/adapters/machine/scheduler.ts";
import type { Credential, Holder, HolderRef } from "../../src/core/credentials/credential.ts";
import { NolapseError } from "../../src/core/errors.ts";
import { DAY, type EpochMs, HOUR, MINUTE, plus } from "../../src/core/time.ts";
import { discover, type Scan } from "../../src/engine/scan/discover.ts";
import { noticeLapses } from "../../src/engine/scan/lapses.ts";
import { NOT_LOOKED } from "../../src/engine/scan/privileges.ts";
import { pictureOf, retouch } from "../../src/engine/views/picture.ts";
import type { Store } from "../../src/ports/store.ts";
import { holder, NOW, secret } from "../core/make.ts";
import { memoryStore, Shelf } from "../simulation/memory-store.ts";
import { START, TENANT, Workbench } from "../support/workbench.ts";

const SCHEDULER = createMachineScheduler();

/** A scan of one application as the directory was then. */
function scanOf(scannedAt: EpochMs, credentials: readonly Credential[], as: Partial<Holder> = {}): Scan {
  const holders = [holder({ objectId: "o", appId: "a", credentials, ...as })];
  const coverage = { applications: 1, servicePrincipals: 0, complete: true };
  return { tenantId: TENANT, scannedAt, coverage, holders, privileges: NOT_LOOKED, failures: [] };
}

const at = (hours: number) => plus(NOW, hours * HOUR);

test("whatever ends and begins: each lapse whose credential a scan saw before is noted once, from its end to the next start, and no other", async () => {
  const span = fc.tuple(fc.integer({ min: -5, max: 40 }), fc.integer({ min: 1, max: 12 }));
  const when = fc.uniqueArray(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(span, { maxLength: 5 }), when, async (spans, hours) => {
      const made = spans.map(([start, length], number) => ({ keyId: `k${number}`, start, end: start + length }));
      const scans = hours.toSorted((a, b) => a - b).map((hour) => hour + 0.5);
      const parts = { store: memoryStore(new Shelf(), "one"), scheduler: SCHEDULER };
      for (const hour of scans) {
        const there = made.filter(({ start }) => start <= hour);
        const credentials = there.map(({ keyId, start, end }) => secret(keyId, { start: at(start), end: at(end) }));
        const scan = scanOf(at(hour), credentials);
        await noticeLapses(parts, scan);
        await parts.store.recordScan({ tenantId: TENANT, scannedAt: scan.scannedAt, ...scan.coverage }, scan.holders);
      }
      const [first = 0] = scans;
      const last = scans.at(-1) ?? 0;
      const works = (hour: number) => made.some(({ start, end }) => start <= hour && hour < end);
      const expected = [];
      for (let hour = -5; hour < last; hour += 1) {
        if (works(hour) || !works(hour - 1) || hour < first) continue;
        const before = scans.findLast((one) => one < hour);
        if (!made.some(({ start, end }) => end === hour && before !== undefined && start <= before)) continue;
        let to = hour;
        while (to <= last && !works(to)) to += 1;
        expected.push({ appId: "a", from: at(hour), to: to <= last ? at(to) : null });
      }
      expect(await parts.store.lapses(TENANT)).toEqual({ since: at(first), lapses: expected });
    }),
    { numRuns: 300 },
  );
});

/** Two scans of one application, and what the second one noted; `between` is what the store learns meanwhile. */
async function notedOf(
  before: readonly Credential[],
  after: readonly Credential[],
  {
    between = async () => {},
    incomplete = false,
    scannedAt = at(20),
    as = {},
    trusts = UNTRUSTED,
  }: {
    between?: (store: Store, shelf: Shelf) => Promise<unknown>;
    incomplete?: boolean;
    scannedAt?: EpochMs;
    as?: Partial<Holder>;
    trusts?: Trusts;
  } = {},
) {
  const shelf = new Shelf();
  const parts = { store: memoryStore(shelf, "one"), scheduler: SCHEDULER, trusts };
  const first = scanOf(NOW, before, as);
  await noticeLapses(parts, first);
  const principal = holder({ type: "servicePrincipal", objectId: "sp", appId: "a" });
  const seen = incomplete ? [...first.holders, principal] : first.holders;
  await parts.store.recordScan({ tenantId: TENANT, scannedAt: first.scannedAt, ...first.coverage }, seen);
  await between(parts.store, shelf);
  const second = scanOf(scannedAt, after, as);
  const coverage = { ...second.coverage, complete: !incomplete };
  await noticeLapses(parts, { ...second, coverage });
  return (await parts.store.lapses(TENANT)).lapses;
}

const from = (keyId: string, start: number, end: number) => secret(keyId, { start: at(start), end: at(end) });
const OLD = from("old", -100, 10);
const NEW = from("new", 11, 100);
const REF = { type: "application", objectId: "o", appId: "a" } as const;
const LINE = {
  tenantId: TENANT,
  at: NOW,
  actor: "ann",
  rotation: null,
  appId: "a",
  keyId: null,
  reason: null,
  details: {},
};
const adopted = (removedAt: EpochMs | null) => (store: Store) =>
  store.adopt(
    { tenantId: TENANT, holder: REF, keyId: "own", origin: "adopted", rotation: null, enteredAt: at(5), removedAt },
    { ...LINE, action: "adopted" },
  );

const trusting = async (_: Store, { slots }: Shelf) =>
  slots.set("a main", { tenantId: TENANT, appId: "a", slot: "main", kind: "federated", keyId: "trusted", since: NOW });

/** What the directory says of federated credentials: there is one, there is none, or it may not be read. */
type Trusts = (application: HolderRef) => Promise<boolean>;
const TRUSTED: Trusts = async () => true;
const UNTRUSTED: Trusts = async () => false;
const UNREADABLE: Trusts = async () => {
  throw new NolapseError("directory-forbidden", "not permitted");
};

test.each([
  ["a late successor", [OLD], [OLD, NEW], {}, [{ appId: "a", from: at(10), to: at(11) }]],
  ["none", [OLD], [OLD], {}, [{ appId: "a", from: at(10), to: null }]],
  ["one in time", [OLD], [OLD, from("new", 9, 100)], {}, []],
  ["one that Nolapse removed covered the gap", [OLD], [OLD, NEW], { between: adopted(at(12)) }, []],
  ["one of Nolapse is not listed, and may be there", [OLD], [OLD], { between: adopted(null) }, []],
  ["one of Nolapse went before the end", [OLD], [OLD, NEW], { between: adopted(at(9)) }, [{ from: at(10) }]],
  ["another one went, nobody knows when", [OLD, from("gone", -9, 99)], [OLD, NEW], {}, []],
  ["the same, and nothing works: since the scan", [OLD, from("gone", -9, 99)], [OLD], {}, [{ from: at(20), to: null }]],
  ["it was over before it was watched", [from("old", -100, -1)], [from("old", -100, -1)], {}, []],
  ["it came and ended between two scans", [], [from("brief", 2, 10)], {}, []],
  ["its service principal was not read", [OLD], [OLD], { incomplete: true }, []],
  ["it signs in by a federated credential", [OLD], [OLD], { between: trusting }, []],
  ["somebody has moved it to a federated credential by hand", [OLD], [OLD], { trusts: TRUSTED }, []],
  ["whether somebody has cannot be read", [OLD], [OLD], { trusts: UNREADABLE }, [{ from: at(10), to: null }]],
  ["it is switched off", [OLD], [OLD], { as: { enabled: false } }, []],
  ["its home is another tenant", [OLD], [OLD], { as: { type: "servicePrincipal", homeTenantId: "elsewhere" } }, []],
  ["its home is this one", [OLD], [OLD], { as: { type: "servicePrincipal", homeTenantId: TENANT } }, [{ to: null }]],
  ["what was just made may not show yet", [OLD], [OLD], { scannedAt: plus(at(10), 9 * MINUTE) }, []],
] as const)("%s", async (_, before, after, more, expected) => {
  expect(await notedOf(before, after, more)).toMatchObject(expected);
});

test.each([
  ["by hand", async () => {}, TRUSTED, at(20)],
  ["by Nolapse", trusting, undefined, at(20)],
  ["by nobody", async () => {}, UNTRUSTED, null],
  ["and nobody knows, for it cannot be read", async () => {}, UNREADABLE, null],
] as const)(
  "an open lapse ends when the application is moved to a federated credential: %s",
  async (_, moves, trusts, to) => {
    const shelf = new Shelf();
    const store = memoryStore(shelf, "one");
    const scans = async (hours: number, asked?: Trusts) => {
      const scan = scanOf(at(hours), [OLD]);
      await noticeLapses({ store, scheduler: SCHEDULER, ...(asked === undefined ? {} : { trusts: asked }) }, scan);
      await store.recordScan({ tenantId: TENANT, scannedAt: scan.scannedAt, ...scan.coverage }, scan.holders);
    };
    for (const hours of [0, 20]) await scans(hours);
    await moves(store, shelf);
    await scans(30, trusts);
    await scans(40, trusts);
    const over = to === null ? {} : { over: "federated" };
    expect((await store.lapses(TENANT)).lapses).toEqual([{ appId: "a", from: at(10), to, ...over }]);
  },
);

/** A tenant in which each of these applications has a secret that ends at hour 10, unless said otherwise. */
function tenantOf(appIds: readonly string[], as: Partial<Holder> = {}): Holder[] {
  return appIds.map((appId) => holder({ objectId: `o-${appId}`, appId, credentials: [OLD], ...as }));
}

/** Scans of such tenants, one after the other, and what the directory was asked about at each. */
function watching() {
  const asked: string[] = [];
  const trusted = new Set<string>();
  const parts = {
    store: memoryStore(new Shelf(), "one"),
    scheduler: SCHEDULER,
    trusts: async ({ appId }: HolderRef) => {
      asked.push(appId);
      return trusted.has(appId);
    },
  };
  return {
    trusted,
    lapses: async () => (await parts.store.lapses(TENANT)).lapses,
    async scan(hours: number, holders: readonly Holder[], complete = true) {
      const coverage = { applications: holders.length, servicePrincipals: 0, complete };
      const scan = { tenantId: TENANT, scannedAt: at(hours), coverage, holders, privileges: NOT_LOOKED, failures: [] };
      await noticeLapses(parts, scan);
      await parts.store.recordScan({ tenantId: TENANT, scannedAt: scan.scannedAt, ...coverage }, holders);
      return asked.splice(0);
    },
  };
}

test("every open lapse is looked at for federated credentials in its turn, and no scan asks for more than a few", async () => {
  const all = Array.from({ length: 50 }, (_, number) => `a${String(number).padStart(2, "0")}`);
  const { scan, trusted, lapses } = watching();
  await scan(0, tenantOf(all));
  await scan(20, tenantOf(all));
  expect(await lapses()).toHaveLength(50);
  trusted.add("a00");
  trusted.add("a49");
  const asked: string[] = [];
  for (const hours of [30, 40, 50]) {
    const now = await scan(hours, tenantOf(all));
    expect(now.length).toBeLessThanOrEqual(20);
    asked.push(...now);
  }
  expect(new Set(asked)).toEqual(new Set(all));
  const over = (await lapses()).filter(({ to }) => to !== null);
  expect(over.map(({ appId, over }) => [appId, over])).toEqual([
    ["a00", "federated"],
    ["a49", "federated"],
  ]);
});

test("an open lapse ends when the application is switched off, until when a scan saw it on; on again it is another one", async () => {
  const { scan, lapses } = watching();
  await scan(0, tenantOf(["a"]));
  await scan(20, tenantOf(["a"]));
  await scan(30, tenantOf(["a"]));
  expect(await scan(40, tenantOf(["a"], { enabled: false })), "nobody is asked").toEqual([]);
  const ended = [{ appId: "a", from: at(10), to: at(30), over: "switched-off" }];
  expect(await lapses()).toEqual(ended);
  await scan(50, tenantOf(["a"]));
  await scan(60, tenantOf(["a"]));
  expect(await lapses()).toEqual([...ended, { appId: "a", from: at(50), to: null }]);
});

test("switched on again with a credential that works it is none, and none where it is trusted", async () => {
  for (const back of [{ credentials: [OLD, NEW] }, null]) {
    const { scan, lapses, trusted } = watching();
    for (const hours of [0, 20, 30]) await scan(hours, tenantOf(["a"]));
    await scan(40, tenantOf(["a"], { enabled: false }));
    if (back === null) trusted.add("a");
    await scan(50, tenantOf(["a"], back ?? {}));
    expect(await lapses()).toEqual([{ appId: "a", from: at(10), to: at(30), over: "switched-off" }]);
  }
});

test("an open lapse ends when the application is gone, once two whole scans say so and nobody is asked about the loss", async () => {
  const { scan, lapses } = watching();
  const others = Array.from({ length: 20 }, (_, number) => `b${number}`);
  const [both, rest] = [tenantOf(["a", ...others], { credentials: [OLD, NEW] }), tenantOf(others)];
  const [gone] = tenantOf(["a"]);
  const all = gone === undefined ? [] : [gone, ...both.slice(1)];
  await scan(0, all);
  await scan(20, all);
  const open = { appId: "a", from: at(10), to: null };
  const only = async () => (await lapses()).filter(({ appId }) => appId === "a");
  expect(await only()).toEqual([open]);
  await scan(30, rest, false);
  expect(await only(), "not all was read").toEqual([open]);
  await scan(40, rest);
  expect(await only(), "it may be a read of a while ago").toEqual([open]);
  await scan(50, rest, false);
  expect(await only(), "not all was read").toEqual([open]);
  await scan(60, rest);
  const over = { ...open, to: at(50), over: "gone" };
  expect(await only()).toEqual([over]);
  await scan(70, rest);
  expect(await only()).toEqual([over]);
  // restored from the recycle bin, with the credential that had ended
  await scan(80, all);
  await scan(90, all);
  expect(await only()).toEqual([over, { ...open, from: at(80) }]);
});

test("an application that comes back with a credential that works begins no lapse", async () => {
  const { scan, lapses } = watching();
  const others = Array.from({ length: 20 }, (_, number) => `b${number}`);
  const rest = tenantOf(others, { credentials: [OLD, NEW] });
  const [ended] = tenantOf(["a"]);
  const [works] = tenantOf(["a"], { credentials: [OLD, from("late", 70, 200)] });
  for (const hours of [0, 20]) await scan(hours, ended === undefined ? [] : [ended, ...rest]);
  for (const hours of [40, 60, 65]) await scan(hours, rest);
  await scan(80, works === undefined ? [] : [works, ...rest]);
  expect((await lapses()).filter(({ appId }) => appId === "a")).toMatchObject([{ over: "gone" }]);
});

test("a loss that waits for a person ends no lapse", async () => {
  const { scan, lapses } = watching();
  const all = Array.from({ length: 9 }, (_, number) => `a${number}`);
  for (const hours of [0, 20]) await scan(hours, tenantOf(all));
  for (const hours of [30, 40, 50]) await scan(hours, tenantOf(["a0"]));
  expect((await lapses()).every(({ to }) => to === null)).toBe(true);
});

test("a fault in what notes lapses costs no scan: it is recorded as whole as it was, and says so", async () => {
  const bench = new Workbench({ settings: { bindings: [] } });
  await discover(bench.deps());
  bench.clock.advance(HOUR);
  bench.store.lapses = () => Promise.reject(new TypeError("a fault"));
  const scan = await discover(bench.deps());
  expect(scan).toMatchObject({ coverage: { complete: true }, failures: [{ what: "lapses, which were not noted" }] });
  expect(await bench.store.lastScan(TENANT)).toMatchObject({ scannedAt: bench.clock.at, complete: true });
});

test("the picture says it, also once something works again before the next scan", async () => {
  const bench = new Workbench({ complete: true, endsIn: DAY, settings: { bindings: [] } });
  const first = await pictureOf(bench.deps(), await discover(bench.deps()));
  expect([first.watchedSince, first.listing.count("lapsed")]).toEqual([START, 0]);
  bench.clock.advance(2 * DAY);
  const picture = await pictureOf(bench.deps(), await discover(bench.deps()));
  const open = { from: plus(START, DAY), to: null };
  expect(picture.find(bench.app.appId)?.lapsed).toMatchObject(open);
  expect(picture.listing.find({ lapsed: true }, null).total).toBe(1);
  expect(picture.listing.find({ lapsed: false }, null).total).toBe(0);
  bench.clock.advance(HOUR);
  await bench.entra.addSecret(bench.app, { displayName: "late", end: plus(bench.clock.at, 90 * DAY) });
  const over = { from: plus(START, DAY), to: plus(START, 2 * DAY + HOUR) };
  bench.clock.advance(HOUR);
  expect((await retouch(bench.deps(), picture, bench.app.appId, true))?.lapsed).toMatchObject(over);
  const after = await pictureOf(bench.deps(), await discover(bench.deps()));
  expect(after.find(bench.app.appId)?.lapsed).toMatchObject(over);
  expect(after.watchedSince).toBe(START);
  expect((await bench.store.lapses(TENANT)).lapses).toEqual([{ appId: bench.app.appId, ...over }]);
});
