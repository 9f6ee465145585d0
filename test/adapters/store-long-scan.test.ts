/** A scan of many objects is recorded in one transaction and many slices: in between others read what was before, and a failure leaves that. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { checkpointBeside, flushLog } from "../../src/adapters/store/checkpoint.ts";
import { openSqliteStore, type SqliteStore } from "../../src/adapters/store/open.ts";
import { missingNeedsPerson } from "../../src/core/schedule/blast-radius.ts";
import { DAY, plus } from "../../src/core/time.ts";
import { NOW, TENANT } from "../core/make.ts";

const MANY = 5_000;
const AT_ONCE = 250;
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

test("rows are written in the order of their key, whatever order they were seen in", async () => {
  const written: string[] = [];
  const { run } = StatementSync.prototype;
  vi.spyOn(StatementSync.prototype, "run").mockImplementation(function (this: StatementSync, ...values) {
    for (const one of values as unknown[]) if (/^object \d/.test(String(one))) written.push(String(one));
    return run.apply(this, values);
  });
  const whole = seen(FIRST);
  const shuffled = whole.map((_, place) => whole[(place * 2_237) % MANY] as (typeof whole)[number]);
  await store.recordScan(later, shuffled);
  const order = written.filter((one, place) => one !== written[place - 1]);
  expect(order).toEqual(whole.map(({ objectId }) => objectId));
});

test("what was known is found among what is seen, in whatever order, some twice and some gone", async () => {
  const number = fc.integer({ min: 0, max: 1_200 });
  const numbers = fc.array(number, { minLength: 1, maxLength: 900, size: "max" });
  const objects = (all: readonly number[], keyId: string) =>
    all.map((one) => ({
      type: "application" as const,
      objectId: nameOf(one),
      appId: `app ${one}`,
      displayName: "Application",
      credentials: [{ keyId }],
    }));
  await fc.assert(
    fc.asyncProperty(numbers, numbers, fc.boolean(), async (known, now, complete) => {
      const its = openSqliteStore({ path: ":memory:" });
      await its.recordScan(summary, objects(known, FIRST));
      const { lost } = await its.recordScan({ ...later, complete }, objects(now, SECOND));
      const [before, after] = [new Set(known), new Set(now)];
      const gone = [...before].filter((one) => !after.has(one));
      expect(lost).toBe(complete ? gone.length / before.size : 0);
      const areKept = !complete || missingNeedsPerson(gone.length, before.size);
      const apps = Array.from({ length: 1_201 }, (_, one) => `app ${one}`);
      const left = (await its.inventory(TENANT, apps)).map(({ objectId, keyIds }) => `${objectId} ${keyIds}`);
      const wanted = [
        ...[...after].map((one) => `${nameOf(one)} ${SECOND}`),
        ...(areKept ? gone.map((one) => `${nameOf(one)} ${FIRST}`) : []),
      ];
      expect(left.toSorted()).toEqual(wanted.toSorted());
      await its.close();
    }),
    { numRuns: 20 },
  );
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

test("what a crash leaves at any moment is the scan before, whole, or this one", async () => {
  await store.recordScan(summary, seen(FIRST));
  const scan = { going: true };
  const recorded = store.recordScan(later, seen(SECOND)).then(() => {
    scan.going = false;
  });
  let images = 0;
  const image = () => {
    const to = join(folder, `image-${images++}`);
    mkdirSync(to);
    for (const name of ["nolapse.db", "nolapse.db-wal"]) copyFileSync(join(folder, name), join(to, name));
  };
  for (let turns = 0; scan.going; turns += 1) {
    if (turns % 5 === 0) image();
    await new Promise((turned) => setImmediate(turned));
  }
  await recorded;
  // committed, and not copied into the database yet
  image();
  const found = [];
  for (let number = 0; number < images; number += 1) {
    const left = openSqliteStore({ path: join(folder, `image-${number}`, "nolapse.db") });
    const apps = [0, MANY / 2, MANY - 1].map((one) => `app ${one}`);
    const keys = new Set((await left.inventory(TENANT, apps)).flatMap(({ keyIds }) => keyIds));
    found.push([[...keys], (await left.lastScan(TENANT))?.scannedAt]);
    await left.close();
  }
  expect(found.at(0)).toEqual([[FIRST], summary.scannedAt]);
  expect(found.at(-1)).toEqual([[SECOND], later.scannedAt]);
  for (const one of found) expect([found[0], found.at(-1)]).toContainEqual(one);
});

test("its log is copied into the database beside the event loop, before the next who writes", async () => {
  const exec = vi.spyOn(DatabaseSync.prototype, "exec");
  await store.recordScan(summary, seen(FIRST));
  const inFile = () => readFileSync(join(folder, "nolapse.db")).includes(nameOf(MANY - 1));
  expect(inFile()).toBe(false);
  await store.noteAttempts(TENANT, ["one"]);
  expect(inFile()).toBe(true);
  // not by a handle of this thread
  expect(exec.mock.calls.flat().filter((text) => /wal_checkpoint/.test(text))).toEqual([]);
  expect(exec).toHaveBeenCalledWith("PRAGMA wal_autocheckpoint = 0");
});

test("a log that was copied is short again after the next commit: a small scan starts no thread", async () => {
  const started = vi.fn();
  process.on("worker", started);
  onTestFinished(() => void process.off("worker", started));
  await store.recordScan(summary, seen(FIRST));
  for (const days of [1, 2]) {
    const small = { ...summary, tenantId: "another tenant", scannedAt: plus(NOW, days * DAY), applications: 1 };
    await store.recordScan(small, seen(FIRST).slice(0, 1));
  }
  // waits for its turn behind the last scan, and what it leaves to the disk
  await store.noteAttempts(TENANT, ["one"]);
  expect(started).toHaveBeenCalledOnce();
});

test("a log that cannot be copied or flushed keeps nobody from reading or writing", async () => {
  await checkpointBeside(join(folder, "no such folder", "nolapse.db"));
  await flushLog(join(folder, "no such folder", "nolapse.db"));
  expect(existsSync(join(folder, "no such folder"))).toBe(false);
  const other = join(folder, "none.db");
  writeFileSync(other, "no database");
  writeFileSync(`${other}-wal`, Buffer.alloc(2 * 1024 * 1024));
  await checkpointBeside(other);
  expect(readFileSync(other, "utf8")).toBe("no database");
});
