/** Paused applications as commands read them that open no store: they neither make one nor bring one up to date. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteStore } from "../../src/adapters/store/open.ts";
import { pausedAtRest } from "../../src/adapters/store/paused-at-rest.ts";
import { numbered } from "../conformance/store-rotations.ts";
import { audit, OTHER_TENANT } from "../conformance/store-trail.suite.ts";
import { NOW, TENANT } from "../core/make.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "nolapse-"));
  path = join(folder, "nolapse.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

const { appId } = numbered(1).holder;
const PAUSE = { appId, by: "cli:ann", at: NOW, reason: "the vault moves this week" };

test("they are those of the tenant, while another process has the store open, too", async () => {
  const store = openSqliteStore({ path });
  await store.pauseApplication(TENANT, PAUSE, audit("application-paused"));
  expect(pausedAtRest(path, TENANT)).toEqual([PAUSE]);
  expect(pausedAtRest(path, OTHER_TENANT)).toEqual([]);
  await store.close();
  expect(pausedAtRest(path, TENANT)).toEqual([PAUSE]);
});

test("where there is no store none is made, and what is none is told by nobody here", () => {
  expect(pausedAtRest(path, TENANT)).toEqual([]);
  expect(existsSync(path)).toBe(false);
  const older = new DatabaseSync(path);
  older.exec("CREATE TABLE holders (tenant_id TEXT)");
  older.close();
  expect(pausedAtRest(path, TENANT)).toEqual([]);
  writeFileSync(path, "no store at all, whatever its name says");
  expect(pausedAtRest(path, TENANT)).toEqual([]);
});
