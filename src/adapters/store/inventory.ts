/** What scans saw. */
import { sql } from "kysely";
import { Order } from "../../core/pictures/order.ts";
import { missingNeedsPerson, scanTooLossy } from "../../core/schedule/blast-radius.ts";
import type { EpochMs } from "../../core/time.ts";
import type { ScanSummary, SeenHolder, Store } from "../../ports/store.ts";
import { writeAudit } from "./change.ts";
import type { Database, Db } from "./database.ts";
import { packKeyIds } from "./key-ids.ts";
import { prepared, preparedForEach, type Value } from "./prepared.ts";
import type { Tables } from "./tables.ts";

const lastScanOf = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db.selectFrom("scans").selectAll().where("tenant_id", "=", value("tenant")),
);

/** By the primary key, a part at a time. */
const knownAfter = prepared(
  (db, value: Value<{ readonly tenant: string; readonly after: string; readonly limit: number }>) =>
    db
      .selectFrom("holders")
      .selectAll()
      .where("tenant_id", "=", value("tenant"))
      .where("object_id", ">", value("after"))
      .orderBy("object_id")
      .limit(value("limit")),
);

const noted = prepared((db, value: Value<Tables["holders"]>) => {
  const row = {
    tenant_id: value("tenant_id"),
    object_id: value("object_id"),
    type: value("type"),
    app_id: value("app_id"),
    display_name: value("display_name"),
    seen_at: value("seen_at"),
    missing_since: value("missing_since"),
    key_ids: value("key_ids"),
  };
  return db
    .insertInto("holders")
    .values(row)
    .onConflict((it) => it.columns(["tenant_id", "object_id"]).doUpdateSet(row));
});

const scanned = prepared((db, value: Value<ReturnType<typeof scanRow>>) => {
  const row = {
    tenant_id: value("tenant_id"),
    scanned_at: value("scanned_at"),
    applications: value("applications"),
    service_principals: value("service_principals"),
    complete: value("complete"),
    lost: value("lost"),
  };
  return db
    .insertInto("scans")
    .values(row)
    .onConflict((it) => it.column("tenant_id").doUpdateSet(row));
});

const seenAgain = preparedForEach((db, value: Value<{ readonly tenant: string; readonly at: number }>, objects) =>
  db
    .updateTable("holders")
    .set({ seen_at: value("at"), missing_since: null })
    .where("tenant_id", "=", value("tenant"))
    .where("object_id", "in", [...objects]),
);

const missed = preparedForEach((db, value: Value<{ readonly tenant: string; readonly at: number }>, objects) =>
  db
    .updateTable("holders")
    .set((it) => ({ missing_since: it.fn.coalesce("missing_since", sql<number>`${value("at")}`) }))
    .where("tenant_id", "=", value("tenant"))
    .where("object_id", "in", [...objects]),
);

const forgotten = preparedForEach((db, value: Value<{ readonly tenant: string }>, objects) =>
  db
    .deleteFrom("holders")
    .where("tenant_id", "=", value("tenant"))
    .where("object_id", "in", [...objects]),
);

/** The verbs about scans. */
export function inventory({
  read,
  write,
  writeAtLength,
}: Database): Pick<Store, "recordScan" | "lastScan" | "forgetMissing"> {
  return {
    recordScan: (summary, seen) =>
      writeAtLength(async (db, pause) => {
        const known = await knownOf(db, summary.tenantId, pause);
        const lost = summary.complete ? await missUnseen(db, pause, summary, known, seen) : 0;
        await noteSeen(db, pause, summary, known, seen);
        const full = { ...summary, lost };
        await scanned(db, scanRow(full));
        return full;
      }),

    lastScan: (tenantId) =>
      read(async (db) => {
        const [row] = (await lastScanOf(db, { tenant: tenantId })).rows;
        return row === undefined ? null : scanFrom(row);
      }),

    forgetMissing: (tenantId, audit) =>
      write(async (db) => {
        const { rows } = await lastScanOf(db, { tenant: tenantId });
        const { numDeletedRows } = await db
          .deleteFrom("holders")
          .where("tenant_id", "=", tenantId)
          .where("missing_since", "is not", null)
          .executeTakeFirst();
        const forgotten = Number(numDeletedRows);
        if (forgotten === 0 && !rows.some(({ lost }) => scanTooLossy(lost))) return 0;
        await db.updateTable("scans").set({ lost: 0 }).where("tenant_id", "=", tenantId).execute();
        await writeAudit(db, [{ ...audit, details: { ...audit.details, forgotten } }]);
        return forgotten;
      }),
  };
}

/**
 * SQLite takes 32,766 parameters in one statement; far fewer do, and keep a statement short. And so many rows are read, compared or written
 * before others have their turn.
 */
const AT_ONCE = 250;

/** Names that are compared before others have their turn, which takes far less than a row. */
const COMPARED = 40 * AT_ONCE;

type Pause = () => Promise<void>;
type Known = ReadonlyMap<string, Tables["holders"]>;

/** By object id. */
async function knownOf(db: Db, tenant: string, pause: Pause): Promise<Known> {
  const known = new Map<string, Tables["holders"]>();
  for (let after = ""; ; ) {
    const { rows } = await knownAfter(db, { tenant, after, limit: AT_ONCE });
    for (const row of rows) known.set(row.object_id, row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < AT_ONCE) return known;
    after = last.object_id;
    await pause();
  }
}

/**
 * Objects known before and not seen by this complete scan are forgotten, or kept as missing where that needs a person; their
 * share of those known is the loss.
 */
async function missUnseen(
  db: Db,
  pause: Pause,
  { tenantId: tenant, scannedAt: at }: { readonly tenantId: string; readonly scannedAt: EpochMs },
  known: Known,
  seen: readonly { readonly objectId: string }[],
): Promise<number> {
  if (known.size === 0) return 0;
  const unseen = new Set<string>();
  for (const [place, one] of [...known.keys()].entries()) {
    if (place % COMPARED === 0) await pause();
    unseen.add(one);
  }
  for (const [place, { objectId }] of seen.entries()) {
    if (place % COMPARED === 0) await pause();
    unseen.delete(objectId);
  }
  const gone = [...unseen];
  const areKept = missingNeedsPerson(gone.length, known.size);
  for (let from = 0; from < gone.length; from += AT_ONCE) {
    const ids = gone.slice(from, from + AT_ONCE);
    await pause();
    await (areKept ? missed(db, { tenant, at }, ids) : forgotten(db, { tenant }, ids));
  }
  return gone.length / known.size;
}

/**
 * In the order of the primary key: page after page is then written once. In any other one a page that does not fit in the cache is written
 * again and again, and where it is done so SQLite reads and sums up the whole log anew when it commits.
 */
async function byObject(seen: readonly SeenHolder[], pause: Pause): Promise<Order> {
  const ids = seen.map(({ objectId }) => objectId);
  const compare = (a: number, b: number) => {
    const [one, other] = [ids[a] as string, ids[b] as string];
    return one < other ? -1 : one > other ? 1 : 0;
  };
  const work = Order.of(ids.keys(), compare);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    await pause();
  }
}

/** Writes what is new or has changed, and of all others, which are most, only when they were seen. */
async function noteSeen(
  db: Db,
  pause: Pause,
  summary: Omit<ScanSummary, "lost">,
  known: Known,
  seen: readonly SeenHolder[],
): Promise<void> {
  const again = { tenant: summary.tenantId, at: summary.scannedAt };
  const order = await byObject(seen, pause);
  for (let from = 0; from < seen.length; from += AT_ONCE) {
    await pause();
    const unchanged: string[] = [];
    for (let place = from; place < Math.min(from + AT_ONCE, seen.length); place += 1) {
      const one = seen[order.at(place)] as SeenHolder;
      const before = known.get(one.objectId);
      const row = holderRow(summary, one, before);
      if (isSame(before, row)) unchanged.push(one.objectId);
      else await noted(db, row);
    }
    if (unchanged.length > 0) await seenAgain(db, again, unchanged);
  }
}

function holderRow(
  { tenantId, scannedAt }: Omit<ScanSummary, "lost">,
  { objectId, type, appId, displayName, credentials }: SeenHolder,
  before: Tables["holders"] | undefined,
): Tables["holders"] {
  return {
    tenant_id: tenantId,
    object_id: objectId,
    type,
    app_id: appId,
    display_name: displayName,
    seen_at: scannedAt,
    missing_since: null,
    // what could not be compared stays as it was known
    key_ids: credentials === undefined ? (before?.key_ids ?? null) : packKeyIds(credentials.map(({ keyId }) => keyId)),
  };
}

function isSame(old: Tables["holders"] | undefined, row: Tables["holders"]): boolean {
  return (
    old?.type === row.type &&
    old.app_id === row.app_id &&
    old.display_name === row.display_name &&
    old.key_ids === row.key_ids
  );
}

function scanRow(scan: ScanSummary) {
  return {
    tenant_id: scan.tenantId,
    scanned_at: scan.scannedAt,
    applications: scan.applications,
    service_principals: scan.servicePrincipals,
    complete: scan.complete ? 1 : 0,
    lost: scan.lost,
  };
}

function scanFrom(row: Tables["scans"]): ScanSummary {
  return {
    tenantId: row.tenant_id,
    scannedAt: row.scanned_at as EpochMs,
    applications: row.applications,
    servicePrincipals: row.service_principals,
    complete: row.complete === 1,
    lost: row.lost,
  };
}
