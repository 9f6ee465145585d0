import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Line } from "../../src/adapters/store/line.ts";

let folder: string;
let handle: DatabaseSync;
let outside: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nolapse-line-"));
  handle = new DatabaseSync(join(folder, "a.db"));
  handle.exec("PRAGMA journal_mode = WAL; CREATE TABLE rows (n INTEGER PRIMARY KEY)");
  outside = new DatabaseSync(join(folder, "a.db"), { readOnly: true });
});

afterEach(() => {
  outside.close();
  if (handle.isOpen) handle.close();
  rmSync(folder, { recursive: true });
});

const seen = (by = outside) =>
  by
    .prepare("SELECT n FROM rows ORDER BY n")
    .all()
    .map(({ n }) => n);
const insert = (line: Line, n: number) =>
  line.write(handle, async () => {
    handle.prepare("INSERT INTO rows VALUES (?)").run(n);
  });

describe("the line before a store's file", () => {
  it("answers a write only when others can see it, and writes that come together share a transaction", async () => {
    const line = new Line(true);
    const version = () => Number(outside.prepare("PRAGMA data_version").get()?.data_version);
    seen();
    const before = version();
    const writes = [1, 2, 3].map(async (n) => {
      await insert(line, n);
      expect(seen()).toContain(n);
    });
    await Promise.all(writes);
    expect(seen()).toEqual([1, 2, 3]);
    expect(version() - before).toBe(1);
  });

  it("undoes only the one that throws, also after some of it was written", async () => {
    const line = new Line(true);
    const bad = line.write(handle, async () => {
      handle.exec("INSERT INTO rows VALUES (7)");
      await Promise.resolve();
      throw new Error("no");
    });
    const twice = [insert(line, 1), bad, insert(line, 1), insert(line, 2)];
    const settled = await Promise.allSettled(twice);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    expect(seen()).toEqual([1, 2]);
  });

  it("tells a reader nothing that is not on disk, and fails everybody when the flush fails", async () => {
    const line = new Line(true);
    handle.exec(
      "PRAGMA foreign_keys = ON; CREATE TABLE parts (of INTEGER REFERENCES rows (n) DEFERRABLE INITIALLY DEFERRED)",
    );
    const orphan = line.write(handle, async () => {
      handle.exec("INSERT INTO parts VALUES (9)");
    });
    const reads = line.read(handle, async () => seen(handle));
    const settled = await Promise.allSettled([insert(line, 1), orphan, reads]);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(seen()).toEqual([]);
    await insert(line, 2);
    expect(await line.read(handle, async () => seen(handle))).toEqual([2]);
  });

  it("waits for no flush of a lease, and for that of every write beside it", async () => {
    const line = new Line(true);
    handle.exec("PRAGMA synchronous = FULL");
    const flushes = () => Number(handle.prepare("PRAGMA synchronous").get()?.synchronous) === 2;
    const found: boolean[] = [];
    const look = async () => void found.push(flushes());
    const bad = line.lease(handle, async () => {
      handle.exec("INSERT INTO rows VALUES (7)");
      throw new Error("no");
    });
    const all = [line.lease(handle, look), bad, line.write(handle, look), line.lease(handle, look)];
    const settled = await Promise.allSettled(all);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    // the last one came into the write's transaction
    expect(found).toEqual([false, true, true]);
    expect(seen()).toEqual([]);
  });

  it("flushes a write also where the end of a lease has failed", async () => {
    const line = new Line(true);
    const { exec } = handle;
    handle.exec = (text) => {
      if (text === "COMMIT" || text === "ROLLBACK") throw new Error("the disk is gone");
      exec.call(handle, text);
    };
    await expect(line.lease(handle, async () => undefined)).rejects.toThrow("the disk is gone");
    handle.exec = exec;
    handle.exec("ROLLBACK");
    let flushes = 0;
    await line.write(handle, async () => {
      flushes = Number(handle.prepare("PRAGMA synchronous").get()?.synchronous);
    });
    expect(flushes).toBe(2);
  });

  it("lets a copy or the end wait for open writes, and opens none meanwhile", async () => {
    const line = new Line(true);
    const wrote = insert(line, 1);
    const copied = line.alone(handle, async () => {
      expect(handle.isTransaction).toBe(false);
      handle.exec(`VACUUM INTO '${join(folder, "copy.db")}'`);
    });
    await Promise.all([wrote, copied, insert(line, 2)]);
    const copy = new DatabaseSync(join(folder, "copy.db"), { readOnly: true });
    expect(seen(copy)).toEqual([1]);
    copy.close();
    expect(seen()).toEqual([1, 2]);
  });
});
