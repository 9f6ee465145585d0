/** A scan of many objects is recorded in one transaction and many slices: in between others read what was before, and a failure leaves that. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StatementSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openSqliteStore, type SqliteStore } from "../../src/adapters/store/open.ts";
import { DAY, plus } from "../../src/core/time.ts";
import { NOW, TENANT } from "../core/make.ts";

const MANY = 5_000;
const AT_ONCE = 500;
const [FIRST, SECOND] = ["aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"];

let folder: string;
let store: SqliteStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nolapse-scan-"));
  store = openSqliteStore({ path: join(folder, "nolapse.db") });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const summary = { tenantId: TENANT, scannedAt: NOW, applications: MANY, servicePrincipals: 0, complete: true };
const later = { ...summary, scannedAt: plus(NOW, DAY) };
const nameOf = (number: number) => `object ${String(number).padStart(5, "0")}`;
const seen = (keyId: string) =>
  Array.from({ length: MANY }, (_, number) => ({
    type: "application" as const,
    objectId: nameOf(number),
    appId: `app ${number}`,
    displayName: `Application ${number}`,
    credentials: [{ keyId }],
  }));

/** How many rows were read or written before each turn of the event loop, while a piece of work is done. */
async function slicesOf(work: () => Promise<unknown>): Promise<number[]> {
  const slices = [0];
  const count = (rows: number) => {
    slices[slices.length - 1] = (slices.at(-1) ?? 0) + rows;
  };
  const { all, run } = StatementSync.prototype;
  vi.spyOn(StatementSync.prototype, "all").mockImplementation(function (this: StatementSync, ...values) {
    const rows = all.apply(this, values);
    count(rows.length);
    return rows;
  });
  vi.spyOn(StatementSync.prototype, "run").mockImplementation(function (this: StatementSync, ...values) {
    const result = run.apply(this, values);
    count(Number(result.changes));
    return result;
  });
  const turn = setImmediate;
  vi.spyOn(globalThis, "setImmediate").mockImplementation(((done: () => void) => {
    slices.push(0);
    return turn(done);
  }) as typeof setImmediate);
  await work();
  vi.restoreAllMocks();
  return slices;
}

test("others have their turn after every few hundred rows, whether all is new, nothing has changed or much is gone", async () => {
  const whole = seen(FIRST);
  for (const [what, given] of [
    ["new", whole],
    ["unchanged", whole],
    ["other keys", seen(SECOND)],
    ["a part gone", whole.slice(MANY / 50)],
    ["most gone", whole.slice(MANY / 2)],
  ] as const) {
    const slices = await slicesOf(() => store.recordScan(later, given));
    expect(Math.max(...slices), what).toBeLessThanOrEqual(AT_ONCE + 1);
    expect(
      slices.reduce((so, one) => so + one),
      what,
    ).toBeGreaterThanOrEqual(given.length);
  }
});

test("one that lasts long comes to its end sooner, and others still have their turn every so often", async () => {
  let asked = 0;
  // four seconds have gone after the first slice, and each after it takes 10 ms
  vi.spyOn(performance, "now").mockImplementation(() => (asked++ === 0 ? 0 : 4_000 + 10 * asked));
  const slices = await slicesOf(() => store.recordScan(later, seen(FIRST)));
  expect(Math.max(...slices)).toBeGreaterThan(AT_ONCE + 1);
  expect(Math.max(...slices)).toBeLessThanOrEqual(3 * AT_ONCE + 1);
});

test("who reads meanwhile sees the scan before, whole, and who writes waits for its end", async () => {
  await store.recordScan(summary, seen(FIRST));
  const apps = [0, MANY / 2, MANY - 1].map((number) => `app ${number}`);
  const scan = { going: true };
  const recorded = store.recordScan(later, seen(SECOND)).then(() => {
    scan.going = false;
  });
  const audit = { rotation: null, appId: null, keyId: null, reason: null, details: {} };
  const written = store
    .audit({ ...audit, tenantId: TENANT, at: NOW, actor: "test", action: "x" })
    .then(() => scan.going);
  let [before, after] = [0, 0];
  while (scan.going) {
    const [last, inventory] = [await store.lastScan(TENANT), await store.inventory(TENANT, apps)];
    const keys = new Set(inventory.flatMap(({ keyIds }) => keyIds));
    expect([inventory.length, keys.size]).toEqual([3, 1]);
    if (keys.has(FIRST)) before += 1;
    else after += 1;
    // read after the scan's own line, which is the last of all that is written
    if (last?.scannedAt === later.scannedAt) expect(keys).toEqual(new Set([SECOND]));
    await new Promise((turned) => setImmediate(turned));
  }
  await recorded;
  expect(before).toBeGreaterThan(MANY / AT_ONCE / 2);
  expect(after).toBeLessThanOrEqual(1);
  expect(await written).toBe(false);
  expect((await store.inventory(TENANT, apps)).flatMap(({ keyIds }) => keyIds)).toEqual([SECOND, SECOND, SECOND]);
});

test("one that fails half-way leaves the scan before, and the next is recorded", async () => {
  await store.recordScan(summary, seen(FIRST));
  const broken = seen(SECOND);
  Object.defineProperty(broken[MANY / 2], "displayName", {
    get: () => {
      throw new Error("broken off");
    },
  });
  await expect(store.recordScan(later, broken)).rejects.toThrow("broken off");
  const keys = async () => (await store.inventory(TENANT, ["app 0", "app 4999"])).flatMap(({ keyIds }) => keyIds);
  expect([await keys(), (await store.lastScan(TENANT))?.scannedAt]).toEqual([[FIRST, FIRST], NOW]);
  await store.recordScan(later, seen(SECOND));
  expect(await keys()).toEqual([SECOND, SECOND]);
});
