/** What scans saw. */
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

const knownOf = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db.selectFrom("holders").selectAll().where("tenant_id", "=", value("tenant")),
);

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

const allSeenAgain = prepared((db, value: Value<{ readonly tenant: string; readonly at: number }>) =>
  db
    .updateTable("holders")
    .set({ seen_at: value("at"), missing_since: null })
    .where("tenant_id", "=", value("tenant")),
);

/** The verbs about scans. */
export function inventory({ read, write }: Database): Pick<Store, "recordScan" | "lastScan" | "forgetMissing"> {
  return {
    recordScan: (summary, seen) =>
      write(async (db) => {
        const { rows: known } = await knownOf(db, { tenant: summary.tenantId });
        const lost = summary.complete ? await missUnseen(db, summary, known, seen) : 0;
        await noteSeen(db, summary, known, seen);
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
 * Objects known before and not seen by this complete scan are forgotten, or kept as missing where that needs a person; their
 * share of those known is the loss.
 */
async function missUnseen(
  db: Db,
  { tenantId, scannedAt }: { readonly tenantId: string; readonly scannedAt: EpochMs },
  known: readonly { readonly object_id: string }[],
  seen: readonly { readonly objectId: string }[],
): Promise<number> {
  const now = new Set(seen.map((one) => one.objectId));
  const gone = known.flatMap((one) => (now.has(one.object_id) ? [] : [one.object_id]));
  const areKept = missingNeedsPerson(gone.length, known.length);
  for (let from = 0; from < gone.length; from += AT_ONCE) {
    const ids = gone.slice(from, from + AT_ONCE);
    if (areKept) {
      await db
        .updateTable("holders")
        .set((it) => ({ missing_since: it.fn.coalesce("missing_since", it.val(scannedAt)) }))
        .where("tenant_id", "=", tenantId)
        .where("object_id", "in", ids)
        .execute();
    } else await db.deleteFrom("holders").where("tenant_id", "=", tenantId).where("object_id", "in", ids).execute();
  }
  return known.length === 0 ? 0 : gone.length / known.length;
}

/** SQLite takes 32,766 parameters in one statement; far fewer do, and keep a statement short. */
const AT_ONCE = 500;

/** Writes what is new or has changed, and of all others, which are most, only when they were seen. */
async function noteSeen(
  db: Db,
  summary: Omit<ScanSummary, "lost">,
  known: readonly Tables["holders"][],
  seen: readonly SeenHolder[],
): Promise<void> {
  const before = new Map(known.map((one) => [one.object_id, one]));
  const unchanged: string[] = [];
  for (const one of seen) {
    const row = {
      tenant_id: summary.tenantId,
      object_id: one.objectId,
      type: one.type,
      app_id: one.appId,
      display_name: one.displayName,
      seen_at: summary.scannedAt,
      missing_since: null,
      // what could not be compared stays as it was known
      key_ids:
        one.credentials === undefined
          ? (before.get(one.objectId)?.key_ids ?? null)
          : packKeyIds(one.credentials.map(({ keyId }) => keyId)),
    };
    if (isSame(before.get(one.objectId), row)) {
      unchanged.push(one.objectId);
      continue;
    }
    await db
      .insertInto("holders")
      .values(row)
      .onConflict((it) => it.columns(["tenant_id", "object_id"]).doUpdateSet(row))
      .execute();
  }
  const again = { tenant: summary.tenantId, at: summary.scannedAt };
  // mostly everything that is known was seen, and nothing has changed
  if (unchanged.length === seen.length && new Set(unchanged).size === known.length) await allSeenAgain(db, again);
  else {
    for (let from = 0; from < unchanged.length; from += AT_ONCE)
      await seenAgain(db, again, unchanged.slice(from, from + AT_ONCE));
  }
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
