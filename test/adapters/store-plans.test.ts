/**
 * How SQLite finds what lists ask for, as it says itself (EXPLAIN QUERY PLAN): by an index made for it, without a look at every row and
 * without sorting; and that another process's changes give another version.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openSqliteStore, type SqliteStore } from "../../src/adapters/store/open.ts";
import { epochMs } from "../../src/core/time.ts";
import { NOW, rotation, TENANT } from "../core/make.ts";

let folder: string;
let store: SqliteStore;
const texts: string[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "nolapse-plans-"));
  const prepare = DatabaseSync.prototype.prepare;
  vi.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (this: DatabaseSync, text: string) {
    texts.push(text);
    return prepare.call(this, text);
  });
  store = openSqliteStore({ path: join(folder, "nolapse.db") });
  await store.open(rotation({ id: "r0" }), [], audit);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What SQLite does for each query of a piece of work. */
async function plansOf(work: () => Promise<unknown>): Promise<string[]> {
  texts.length = 0;
  await work();
  const asked = texts.filter((text) => /^\s*select/i.test(text));
  const other = new DatabaseSync(join(folder, "nolapse.db"), { readOnly: true });
  const plans = asked.flatMap((text) => other.prepare(`EXPLAIN QUERY PLAN ${text}`).all());
  other.close();
  return plans.map(({ detail }) => String(detail));
}

const audit = {
  tenantId: TENANT,
  at: epochMs(0),
  actor: "test",
  action: "opened",
  rotation: null,
  appId: null,
  keyId: null,
  reason: null,
  details: {},
};

test.each([
  ["a page of rotations", () => store.rotationPage({ tenantId: TENANT, limit: 50, after: null }), /rotations_newest/],
  [
    "a later page of some states",
    () =>
      store.rotationPage({
        tenantId: TENANT,
        states: ["planned", "verified"],
        limit: 50,
        after: { plannedAt: epochMs(8e15), id: "r" },
      }),
    /rotations_newest_by_state/,
  ],
  [
    "how many are in some states",
    () => store.rotationPage({ tenantId: TENANT, states: ["planned", "halted"], limit: 0, after: null }),
    /COVERING INDEX/,
  ],
  ["what is replaced", () => store.replaced(TENANT, null), /\(tenant_id=\? AND state=\?\)/],
  ["what is replaced of an application", () => store.replaced(TENANT, "a"), /rotations_of_app/],
  ["what was renewed", () => store.renewals(TENANT), /COVERING INDEX rotations_state|INDEX rotations_state/],
  ["one rotation", () => store.rotation("r1"), /sqlite_autoindex_rotations_1/],
  ["the rotations of an application", () => store.rotations({ tenantId: TENANT, appId: "a" }), /rotations_of_app/],
  [
    "its open ones",
    () => store.rotations({ tenantId: TENANT, appId: "a", states: ["planned", "issued", "accepted", "verified"] }),
    /rotations_of_app/,
  ],
  ["those of several", () => store.rotations({ tenantId: TENANT, appIds: ["a", "b"] }), /rotations_of_app/],
  ["those of an object", () => store.rotations({ tenantId: TENANT, objectId: "o" }), /rotations_of_object/],
  ["what made the credential of each slot", () => store.issuances(TENANT), /sqlite_autoindex_rotations_1/],
  ["its ledger", () => store.ledger(TENANT, "a"), /ledger_app/],
  ["that of several", () => store.ledger(TENANT, ["a", "b"]), /ledger_app/],
  [
    "the tenant's open ones, beside years of others",
    () => store.rotations({ tenantId: TENANT, states: ["planned", "issued", "halted"] }),
    /rotations_state/,
  ],
  ["the early retirements", () => store.tally(TENANT, epochMs(0), "retirements"), /audit_early/],
  ["the next one due", () => store.nextDue(TENANT), /rotations_due/],
  ["the trail after a number", () => store.auditPage(TENANT, { after: 7, limit: 50 }), /audit_tenant/],
  ["the end of the trail", () => store.auditPage(TENANT, { limit: 50 }), /audit_tenant/],
  ["the trail of an application", () => store.auditPage(TENANT, { appId: "a", before: 7, limit: 50 }), /audit_app/],
  ["the end of it", () => store.auditPage(TENANT, { appId: "a", limit: 50 }), /audit_app/],
  ["the trail of an action", () => store.auditPage(TENANT, { action: "a", limit: 50 }), /audit_of_action/],
  [
    "one action on an application",
    () => store.auditPage(TENANT, { appId: "a", action: "b", before: 7, limit: 50 }),
    /audit_app_action \(tenant_id=\? AND app_id=\? AND action=\?/,
  ],
  [
    "what was done since an instant",
    () => store.auditSince(TENANT, ["a", "b"], epochMs(7)),
    /audit_action \(tenant_id=\? AND action=\? AND at>\?\)/,
  ],
  ["the first line of a rotation", () => store.auditOf(TENANT, "r0", "oldest", 1), /audit_rotation/],
  ["all actions", () => store.auditActions(TENANT), /COVERING INDEX audit_/],
] as const)("%s is found by an index", async (_what, work, index) => {
  const plans = await plansOf(work);
  expect(plans.length).toBeGreaterThan(0);
  expect(plans.some((plan) => index.test(plan))).toBe(true);
  // a search begins at a place of an index; a scan that is no use of a covering one reads every row
  expect(plans.filter((plan) => /^SCAN (?!CONSTANT)/.test(plan) && !/USING (COVERING )?INDEX/.test(plan))).toEqual([]);
});

test.each([
  ["a page of rotations", () => store.rotationPage({ tenantId: TENANT, limit: 50, after: null })],
  ["those of an application", () => store.rotations({ tenantId: TENANT, appId: "a" })],
  ["its open ones", () => store.rotations({ tenantId: TENANT, appId: "a", states: ["planned", "verified"] })],
  ["the end of the trail", () => store.auditPage(TENANT, { limit: 50 })],
  ["that of an application", () => store.auditPage(TENANT, { appId: "a", before: 7, limit: 50 })],
  ["that of an action", () => store.auditPage(TENANT, { action: "a", limit: 50 })],
  ["that of an action on an application", () => store.auditPage(TENANT, { appId: "a", action: "b", limit: 50 })],
  ["the last lines of a rotation", () => store.auditOf(TENANT, "r0", "newest", 100)],
])("%s: they lie in their order, and are not sorted", async (_what, work) => {
  const plans = await plansOf(work);
  expect(plans.filter((plan) => /TEMP B-TREE/.test(plan))).toEqual([]);
});

test("much that is due in one tenant does not change how another's is found", async () => {
  const due = (tenantId: string) => ({ tenantId, now: NOW, processNow: 0, leaseMs: 1 });
  for (let number = 0; number < 64; number += 1) {
    const [id, slot] = [`many ${number}`, `slot ${number}`];
    await store.open(rotation({ id, slot, replaces: id, tenantId: "other", dueAt: NOW }), [], audit);
  }
  const isByUrgency = async (tenantId: string) => {
    texts.length = 0;
    expect(await store.claim(due(tenantId))).not.toBeNull();
    return texts.some((text) => text.includes("due_at + 0"));
  };
  expect([await isByUrgency(TENANT), await isByUrgency("other")]).toEqual([false, true]);
});

test("who asks again before the event loop has turned is not looked up again, and hears of this process's own changes at once", async () => {
  await store.version();
  await new Promise((turned) => setImmediate(turned));
  const handle = vi.spyOn(StatementSync.prototype, "get");
  const [one, same] = [await store.version(), await store.version()];
  expect([one === same, handle.mock.calls.length]).toEqual([true, 1]);
  await store.audit(audit);
  expect(await store.version()).not.toBe(one);
});

test("a change of another process gives another version", async () => {
  const before = await store.version();
  const other = openSqliteStore({ path: join(folder, "nolapse.db") });
  expect(await store.version()).toBe(before);
  await other.open(rotation({ id: "r1", replaces: "another", slot: "another" }), [], audit);
  await other.close();
  expect(await store.version()).not.toBe(before);
});
