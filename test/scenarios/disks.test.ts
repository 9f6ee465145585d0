/** Disks that are full or read-only: one clear message, nothing lost, and the same command goes on once there is room. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { needs } from "../support/needs.ts";
import { Site, type SiteApplication } from "../support/site.ts";

let site: Site;
beforeEach(async () => {
  site = await Site.open();
});
const mounts: string[] = [];
afterEach(async () => {
  for (const path of mounts.splice(0)) execFileSync("umount", ["-l", path]);
  await site.close();
});

const first = (): SiteApplication => {
  const [application] = site.applications;
  if (application === undefined) throw new Error("no application");
  return application;
};

/** A disk of its own in the site's folder. */
function disk(name: string, size: string): string {
  const path = join(site.folder, name);
  mkdirSync(path, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size},mode=700`, "nolapse-test", path]);
  mounts.push(path);
  return path;
}

/** Fills what is left, to the last byte. */
function fill(path: string): string {
  const filler = join(path, "filler");
  for (let size = 1 << 20; size >= 1; ) {
    try {
      writeFileSync(filler, Buffer.alloc(size), { flag: "a" });
    } catch {
      // what fitted of it is written
      size = Math.floor(size / 2);
    }
  }
  return filler;
}

function configure(changes: Record<string, unknown>): void {
  site.configure({ ...site.config(), ...changes });
}

describe("a full disk", () => {
  test("under the store, from the start", async (context) => {
    needs(context, "tmpfs");
    const filler = fill(disk("small", "1m"));
    configure({
      store: { type: "sqlite", path: "./small/nolapse.db" },
      seal: { type: "local-key", key: "file:./small/seal.key" },
    });
    const full = await site.nolapse(["run", "--once"]);
    expect(full.stderr).toMatch(/no space left/);
    expect(full.stderr).toMatch(/^hint: free some space/m);
    expect(full.code).toBe(6);
    expect(site.secrets(first())).toHaveLength(1);
    rmSync(filler);
    expect((await site.nolapse(["run", "--once"])).code).toBe(0);
    expect(site.secrets(first())).toHaveLength(2);
  });

  test("under the store, in the middle of the job", async (context) => {
    needs(context, "tmpfs");
    const small = disk("small", "4m");
    configure({
      store: { type: "sqlite", path: "./small/nolapse.db" },
      seal: { type: "local-key", key: "file:./small/seal.key" },
    });
    expect((await site.nolapse(["run", "--once"])).code).toBe(0);
    expect(site.secrets(first())).toHaveLength(2);
    const filler = fill(small);
    site.directory.clock.advance(30_000);
    const full = await site.nolapse(["run", "--once"]);
    expect(full.stderr).toMatch(/no space left/);
    expect(full.code).toBe(6);
    expect(await site.signIn(first())).toBe(0);
    rmSync(filler);
    const [rotation] = await site.finish();
    expect(rotation?.state).toBe("retired");
    expect(rotation?.attempts).toHaveLength(1);
  });

  test("under the target: the old value stays whole", async (context) => {
    needs(context, "tmpfs");
    const old = readFileSync(first().file, "utf8");
    const small = disk("apps/app-1", "64k");
    writeFileSync(first().file, old, { mode: 0o600 });
    const filler = fill(small);
    for (let round = 0; round < 4; round += 1) {
      await site.nolapse(["run", "--once"]);
      site.directory.clock.advance(2 * 60_000);
    }
    const full = await site.nolapse(["run", "--once"]);
    expect(full.stderr).toMatch(/no space left/);
    expect(full.code).toBe(4);
    expect(readFileSync(first().file, "utf8")).toBe(old);
    expect(readdirSync(small).toSorted()).toEqual([".env", "filler"]);
    expect(await site.signIn(first())).toBe(0);
    rmSync(filler);
    const [rotation] = await site.finish();
    expect(rotation?.state).toBe("retired");
  });
});

describe("what cannot be written", () => {
  test("a target on a read-only disk: found before anything is created", async (context) => {
    needs(context, "tmpfs");
    const old = readFileSync(first().file, "utf8");
    const path = disk("apps/app-1", "64k");
    writeFileSync(first().file, old, { mode: 0o600 });
    execFileSync("mount", ["-o", "remount,ro", path]);
    const run = await site.nolapse(["run", "--once"]);
    expect(run.code).toBe(4);
    expect(run.stderr).toContain("[target-forbidden]");
    expect(run.stderr).toMatch(/^hint: let the user who runs nolapse write /m);
    expect(site.secrets(first())).toHaveLength(1);
    execFileSync("mount", ["-o", "remount,rw", path]);
    const [rotation] = await site.finish();
    expect(rotation?.state).toBe("retired");
  });

  test("a store in a place that is no folder", async () => {
    writeFileSync(join(site.folder, "file"), "");
    configure({ store: { type: "sqlite", path: "./file/nolapse.db" } });
    const run = await site.nolapse(["run", "--once"]);
    expect(run.code).toBe(6);
    expect(run.stderr).toContain("cannot be opened for writing");
    expect(site.secrets(first())).toHaveLength(1);
  });
});

describe("a damaged store", () => {
  /** Every page but the first, in which SQLite keeps what it needs to open the file at all. */
  function damage(store: string): void {
    for (const beside of ["-wal", "-shm"]) rmSync(`${store}${beside}`, { force: true });
    const bytes = readFileSync(store);
    writeFileSync(store, Buffer.concat([bytes.subarray(0, 4096), Buffer.alloc(bytes.length - 4096, 0xa5)]));
  }

  test("is named, nothing is touched, and after the backup and recover the job is finished", async () => {
    expect((await site.nolapse(["run", "--once"])).code).toBe(0);
    const store = join(site.folder, "nolapse.db");
    expect((await site.nolapse(["store", "backup", join(site.folder, "kept.db")])).code).toBe(0);
    damage(store);
    const before = site.secrets(first());
    const lost = await site.nolapse(["run", "--once"]);
    expect([lost.code, lost.stderr]).toEqual([6, expect.stringContaining("it is damaged")]);
    expect(lost.stderr).toMatch(/^hint: put the last backup .* nolapse recover$/m);
    expect(site.secrets(first())).toEqual(before);
    expect(await site.signIn(first())).toBe(0);
    copyFileSync(join(site.folder, "kept.db"), store);
    expect((await site.nolapse(["recover"])).code).toBe(0);
    const [rotation] = await site.finish();
    expect(rotation?.state).toBe("retired");
  });
});

test("an empty store is called that, by doctor as well, and no key is made beside it", async () => {
  writeFileSync(join(site.folder, "nolapse.db"), "");
  for (const command of [["run", "--once"], ["plan"], ["stop"]]) {
    const refused = await site.nolapse(command);
    expect([refused.code, refused.stderr]).toEqual([6, expect.stringContaining("nolapse.db is an empty file")]);
  }
  expect((await site.nolapse(["doctor"])).stdout).toMatch(/✗ store: .*nolapse\.db is an empty file/);
  expect(existsSync(join(site.folder, "seal.key"))).toBe(false);
});

describe("the seal key", () => {
  test("is never made anew beside a store that exists", async () => {
    expect((await site.nolapse(["run", "--once"])).code).toBe(0);
    const key = join(site.folder, "seal.key");
    expect(statSync(key).mode & 0o777).toBe(0o600);
    copyFileSync(key, join(site.folder, "kept.key"));
    rmSync(key);
    const lost = await site.nolapse(["run", "--once"]);
    expect([lost.code, lost.stderr]).toEqual([2, expect.stringContaining("put back the seal key")]);
    expect(existsSync(key)).toBe(false);
    copyFileSync(join(site.folder, "kept.key"), key);
    const [rotation] = await site.finish();
    expect(rotation?.state).toBe("retired");
  });
});
