/** What scans saw. */
import type { EpochMs } from "../../core/time.ts";
import type { ScanSummary, Store } from "../../ports/store.ts";
import type { Database, Db } from "./database.ts";
import { packKeyIds } from "./key-ids.ts";
import type { Tables } from "./tables.ts";

/** The verbs about scans. */
export function inventory({ read, write }: Database): Pick<Store, "recordScan" | "lastScan"> {
  return {
    recordScan: (summary, seen) =>
      write(async (db) => {
        const lost = summary.complete ? await forgetUnseen(db, summary, seen) : 0;
        for (const one of seen) {
          const row = {
            tenant_id: summary.tenantId,
            object_id: one.objectId,
            type: one.type,
            app_id: one.appId,
            display_name: one.displayName,
            seen_at: summary.scannedAt,
            ...(one.credentials === undefined
              ? {}
              : { key_ids: packKeyIds(one.credentials.map(({ keyId }) => keyId)) }),
          };
          await db
            .insertInto("holders")
            .values({ key_ids: null, ...row })
            .onConflict((it) => it.columns(["tenant_id", "object_id"]).doUpdateSet(row))
            .execute();
        }
        const full = { ...summary, lost };
        const row = scanRow(full);
        await db
          .insertInto("scans")
          .values(row)
          .onConflict((it) => it.column("tenant_id").doUpdateSet(row))
          .execute();
        return full;
      }),

    lastScan: (tenantId) =>
      read(async (db) => {
        const row = await db.selectFrom("scans").selectAll().where("tenant_id", "=", tenantId).executeTakeFirst();
        return row === undefined ? null : scanFrom(row);
      }),
  };
}

/** Objects known before and not seen by this complete scan are forgotten; their share of those known is the loss. */
async function forgetUnseen(
  db: Db,
  { tenantId }: { readonly tenantId: string },
  seen: readonly { readonly objectId: string }[],
): Promise<number> {
  const known = await db.selectFrom("holders").select("object_id").where("tenant_id", "=", tenantId).execute();
  const now = new Set(seen.map((one) => one.objectId));
  const gone = known.filter((one) => !now.has(one.object_id));
  for (const one of gone) {
    await db.deleteFrom("holders").where("tenant_id", "=", tenantId).where("object_id", "=", one.object_id).execute();
  }
  return known.length === 0 ? 0 : gone.length / known.length;
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
