/** The store port on SQLite and in memory, and what only a database in a file can do or suffer. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { storeFailure } from "../../src/adapters/store/failures.ts";
import { openSqliteStore, shareSqliteFile } from "../../src/adapters/store/open.ts";
import { openDatabase } from "../../src/adapters/store/sqlite.ts";
import type { Store } from "../../src/ports/store.ts";
import { audit, numbered, storeSuite } from "../conformance/store.suite.ts";
import { NOW, TENANT } from "../core/make.ts";
import { memoryStore, Shelf } from "../simulation/memory-store.ts";

const original = DatabaseSync.prototype.prepare;
const MIGRATIONS = join(import.meta.dirname, "../../src/adapters/store/migrations");
/** The schema's number now, and how a migration after it would be called. */
const NUMBER = readdirSync(MIGRATIONS).length;
const next = (name: string) => `${String(NUMBER + 1).padStart(4, "0")}_${name}.sql`;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "nolapse-store-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

storeSuite("SQLite", async () => {
  const made = mkdtempSync(join(tmpdir(), "nolapse-store-"));
  const dead = new Set<string>();
  const stores: Store[] = [];
  return {
    async open(owner) {
      const lease = { owner, mayBeAlive: (one: string) => !dead.has(one) };
      const store = openSqliteStore({ path: join(made, "nolapse.db"), lease });
      stores.push(store);
      return store;
    },
    kill: (owner) => dead.add(owner),
    async close() {
      for (const store of stores) await store.close();
      rmSync(made, { recursive: true, force: true });
    },
  };
});

storeSuite("SQLite in a file that the managers of one process share", async () => {
  const made = mkdtempSync(join(tmpdir(), "nolapse-store-"));
  const shared = shareSqliteFile(join(made, "nolapse.db"));
  const dead = new Set<string>();
  return {
    open: async (owner) => shared.open({ owner, mayBeAlive: (one) => !dead.has(one) }),
    kill: (owner) => dead.add(owner),
    async close() {
      await shared.close();
      rmSync(made, { recursive: true, force: true });
    },
  };
});

storeSuite("in memory, for the simulator's own tests", async () => {
  const shelf = new Shelf();
  return {
    open: async (owner) => memoryStore(shelf, owner),
    kill: (owner) => shelf.dead.add(owner),
    close: async () => {},
  };
});

describe("the SQLite file", () => {
  it("belongs to one user, and its folder too", async () => {
    const path = join(folder(), "new", "nolapse.db");
    await openSqliteStore({ path }).close();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, "..")).mode & 0o777).toBe(0o700);
  });

  it("keeps an audit trail that nobody can edit", async () => {
    const path = join(folder(), "nolapse.db");
    const store = openSqliteStore({ path });
    await store.audit(audit("issued"));
    await store.close();
    const raw = new DatabaseSync(path);
    expect(() => raw.exec("UPDATE audit SET action = 'nothing'")).toThrow("append-only");
    expect(() => raw.exec("DELETE FROM audit")).toThrow("append-only");
    raw.close();
  });

  it("is refused when a newer nolapse has written it", async () => {
    const path = join(folder(), "nolapse.db");
    await openSqliteStore({ path }).close();
    const raw = new DatabaseSync(path);
    raw.exec("PRAGMA user_version = 9000");
    raw.close();
    const before = readFileSync(path);
    expect(() => openSqliteStore({ path })).toThrow(expect.objectContaining({ code: "store-newer" }));
    expect(readFileSync(path)).toEqual(before);
  });

  it("is migrated after a dated copy of what was there", async () => {
    const made = folder();
    const path = join(made, "nolapse.db");
    const first = openSqliteStore({ path });
    await first.audit(audit("issued"));
    await first.close();
    const migrations = join(made, "migrations");
    cpSync(MIGRATIONS, migrations, { recursive: true });
    writeFileSync(join(migrations, next("more")), "CREATE TABLE more (name TEXT);");
    const opened = openDatabase(path, pathToFileURL(`${migrations}/`));
    opened.handle.close();
    const copies = readdirSync(made).filter((name) => name.startsWith(`nolapse.db.schema-${NUMBER}.`));
    expect(copies).toHaveLength(1);
    expect(opened.updated).toEqual({ from: NUMBER, to: NUMBER + 1, copy: join(made, copies[0] ?? "") });
    const again = openDatabase(path, pathToFileURL(`${migrations}/`));
    again.handle.close();
    expect(again.updated).toBeNull();
    expect(statSync(join(made, copies[0] ?? "")).mode & 0o777).toBe(0o600);
    const tables = (file: string) =>
      new DatabaseSync(join(made, file), { readOnly: true })
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('audit', 'more') ORDER BY name")
        .all()
        .map((row) => row.name);
    expect(tables("nolapse.db")).toEqual(["audit", "more"]);
    expect(tables(copies[0] ?? "")).toEqual(["audit"]);
  });

  it("stays as it was when a migration fails", async () => {
    const made = folder();
    const path = join(made, "nolapse.db");
    await openSqliteStore({ path }).close();
    const migrations = join(made, "migrations");
    mkdirSync(migrations);
    writeFileSync(join(migrations, next("bad")), "CREATE TABLE half (name TEXT); CREATE TABLE oops (;");
    expect(() => openDatabase(path, pathToFileURL(`${migrations}/`))).toThrow();
    const raw = new DatabaseSync(path, { readOnly: true });
    expect(raw.prepare("PRAGMA user_version").get()?.user_version).toBe(NUMBER);
    expect(raw.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'half'").get()?.n).toBe(0);
    raw.close();
  });

  it("says so when it is no database, or no file", () => {
    const made = folder();
    writeFileSync(
      join(made, "text.db"),
      "this is not a database, though it is long enough to look like one\n".repeat(40),
    );
    for (const path of [join(made, "text.db"), made]) {
      expect(() => openSqliteStore({ path })).toThrow(expect.objectContaining({ code: "store-unavailable" }));
    }
  });

  it("is refused when it is empty, which a store never is: a full disk or half a copy has left it", async () => {
    const made = folder();
    const path = join(made, "nolapse.db");
    writeFileSync(path, "");
    for (const _ of ["and not made a store by the first try", "either"])
      expect(() => openSqliteStore({ path })).toThrow(
        expect.objectContaining({
          code: "store-unavailable",
          message: expect.stringMatching(/^the store .*nolapse\.db is an empty file/),
          next: expect.stringMatching(/nolapse recover.*rm .*nolapse\.db/),
        }),
      );
    expect(readdirSync(made)).toEqual(["nolapse.db"]);
    expect(statSync(path).size).toBe(0);
    rmSync(path);
    await openSqliteStore({ path }).close();
    expect(statSync(path).size).toBeGreaterThan(0);
    expect(readdirSync(made).filter((name) => name.includes(".new"))).toEqual([]);
  });

  it("is made where a link leads, for its user alone; and not on a disk that is not there", async () => {
    const [links, disk] = [folder(), folder()];
    symlinkSync(join(disk, "real.db"), join(links, "nolapse.db"));
    await openSqliteStore({ path: join(links, "nolapse.db") }).close();
    expect(statSync(join(disk, "real.db")).mode & 0o777).toBe(0o600);
    symlinkSync(join(disk, "unmounted", "real.db"), join(links, "lost.db"));
    expect(() => openSqliteStore({ path: join(links, "lost.db") })).toThrow(
      expect.objectContaining({ code: "store-unavailable" }),
    );
    expect(readdirSync(disk)).not.toContain("unmounted");
  });

  it("says that the disk is full, and takes the same work once there is room", async () => {
    const path = join(folder(), "nolapse.db");
    const store = openSqliteStore({ path });
    await store.audit(audit("issued"));
    const opened = openDatabase(path);
    const pages = Number(opened.handle.prepare("PRAGMA page_count").get()?.page_count);
    opened.handle.exec(`PRAGMA max_page_count = ${pages}`);
    let thrown: unknown;
    try {
      opened.handle.exec("INSERT INTO meta VALUES ('big', zeroblob(1000000))");
    } catch (error) {
      thrown = error;
    }
    expect(storeFailure(thrown, path)).toMatchObject({
      code: "disk-full",
      next: expect.stringContaining("free some space"),
    });
    opened.handle.close();
    await store.audit(audit("verified"));
    expect(await store.auditPage(TENANT, { after: 0, limit: 10 })).toHaveLength(2);
    await store.close();
  });

  it("is backed up to a new file that is a store of its own", async () => {
    const made = folder();
    const store = openSqliteStore({ path: join(made, "nolapse.db") });
    await store.open(numbered(1), [], audit("planned"));
    await store.backup(join(made, "copy.db"));
    await expect(store.backup(join(made, "copy.db"))).rejects.toMatchObject({ code: "usage" });
    await store.close();
    expect(statSync(join(made, "copy.db")).mode & 0o777).toBe(0o600);
    const copy = openSqliteStore({ path: join(made, "copy.db") });
    expect(await copy.rotation("r1")).toEqual(numbered(1));
    await copy.close();
  });

  it("finds the rotations of one application without reading those of the whole tenant", async () => {
    const asked: string[] = [];
    const prepare = vi.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (this: DatabaseSync, text) {
      asked.push(text);
      return original.call(this, text);
    });
    onTestFinished(() => prepare.mockRestore());
    const path = join(folder(), "nolapse.db");
    const store = openSqliteStore({ path });
    await store.open(numbered(1), [], audit("planned"));
    const { appId } = numbered(1).holder;
    asked.length = 0;
    expect(await store.rotations({ tenantId: TENANT, appId })).toHaveLength(1);
    expect(await store.rotations({ tenantId: TENANT, appId, states: ["planned", "issued"] })).toHaveLength(1);
    await store.close();
    const { handle } = openDatabase(path);
    const plans = asked
      .filter((text) => text.startsWith("select"))
      .map((text) => {
        const values = [...text.matchAll(/\?/g)].map(() => "a");
        const rows = original.call(handle, `EXPLAIN QUERY PLAN ${text}`).all(...values);
        return rows.map(({ detail }) => String(detail)).join("; ");
      });
    handle.close();
    // beside them the pauses of the tenant, once for both
    const [first, held, second] = plans;
    expect(plans).toHaveLength(3);
    for (const plan of [first, second]) expect(plan).toMatch(/rotations.*app_id=\?/);
    expect(held).toMatch(/SEARCH application_pauses .*tenant_id=\?/);
  });

  it("has the tables that the code thinks it has", () => {
    const opened = openDatabase(":memory:");
    const source = readFileSync(join(MIGRATIONS, "../tables.ts"), "utf8");
    const body = source.slice(source.indexOf("export interface Tables"));
    const declared = [...body.matchAll(/^ {2}(\w+): \{([^}]*)\}/gm)].map(([, table, columns]) => [
      table,
      [...(columns ?? "").matchAll(/(\w+):/g)].map(([, column]) => column).toSorted(),
    ]);
    const names = opened.handle.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    const real = names.map(({ name }) => [
      name,
      opened.handle
        .prepare(`SELECT name FROM pragma_table_info('${name}')`)
        .all()
        .map((row) => row.name)
        .toSorted(),
    ]);
    expect(Object.fromEntries(declared)).toEqual(Object.fromEntries(real));
  });
});

describe("two processes on one file", () => {
  function process_(path: string, task: string): ChildProcess {
    const child = spawn(process.execPath, [join(import.meta.dirname, "store-process.ts"), path, task], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => {
      child.kill("SIGKILL");
    });
    return child;
  }

  it("claim each rotation once", async () => {
    const path = join(folder(), "nolapse.db");
    const store = openSqliteStore({ path });
    for (let number = 1; number <= 60; number += 1) await store.open(numbered(number), [], audit("planned"));
    const children = [process_(path, "claim-all"), process_(path, "claim-all")];
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0]));
    expect(codes).toEqual([0, 0]);
    const names = (await store.rotations({ tenantId: TENANT })).map((one) => one.displayName);
    expect(names).toHaveLength(60);
    expect(names.every((name) => /^Billing API \d+$/.test(name))).toBe(true);
    await store.close();
  });

  it("free each other's leases when one is killed", async () => {
    const path = join(folder(), "nolapse.db");
    const store = openSqliteStore({ path });
    await store.open(numbered(1), [], audit("planned"));
    const child = process_(path, "hold");
    const [said] = await once(child.stdout ?? child, "data");
    expect(String(said).trim()).toBe("r1");
    const claim = () =>
      store.claim({ tenantId: TENANT, now: NOW, processNow: performance.timeOrigin, leaseMs: 30_000 });
    expect(await claim()).toBeNull();
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    expect((await claim())?.rotation.id).toBe("r1");
    await store.close();
  });
});
