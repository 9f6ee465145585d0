/** Paused applications as commands read them that open no store: they neither make one nor bring one up to date. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
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

test("each has its application's name, and what scans have noted is gone through once, not once for each", async () => {
  const store = openSqliteStore({ path });
  await store.pauseApplication(TENANT, PAUSE, audit("application-paused"));
  const seen = (objectId: string, type: "application" | "servicePrincipal", displayName: string) => ({
    objectId,
    type,
    appId,
    displayName,
    credentials: [],
  });
  const holders = [
    seen("b", "application", "Billing"),
    seen("a", "servicePrincipal", "old"),
    seen("c", "servicePrincipal", "older"),
  ];
  const coverage = { applications: 1, servicePrincipals: 2, complete: true };
  await store.recordScan({ tenantId: TENANT, scannedAt: NOW, ...coverage }, holders);
  await store.close();
  const prepare = vi.spyOn(DatabaseSync.prototype, "prepare");
  expect(pausedAtRest(path, TENANT)).toEqual([{ ...PAUSE, displayName: "Billing" }]);
  const texts = prepare.mock.calls.map(([text]) => text);
  prepare.mockRestore();
  const handle = new DatabaseSync(path, { readOnly: true });
  const plans = texts.flatMap((text) => handle.prepare(`EXPLAIN QUERY PLAN ${text}`).all());
  handle.close();
  expect(plans.map(({ detail }) => detail)).toContainEqual(expect.stringContaining("holders"));
  expect(plans.filter(({ detail }) => /CORRELATED/.test(String(detail)))).toEqual([]);
});
