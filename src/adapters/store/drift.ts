import type { EpochMs } from "../../core/time.ts";
import type { Drift, DriftStore } from "../../ports/drift.ts";
import { writeAudit } from "./change.ts";
import type { Database } from "./database.ts";
import { unpackKeyIds } from "./key-ids.ts";

export function drift({ read, write }: Database): DriftStore {
  return {
    inventory: (tenantId, appIds) =>
      read(async (db) => {
        if (appIds.length === 0) return [];
        const rows = await db
          .selectFrom("holders")
          .select(["object_id", "seen_at", "key_ids"])
          .where("tenant_id", "=", tenantId)
          .where("app_id", "in", [...appIds])
          .where("key_ids", "is not", null)
          .execute();
        return rows.map((row) => ({
          objectId: row.object_id,
          seenAt: row.seen_at as EpochMs,
          keyIds: unpackKeyIds(row.key_ids ?? ""),
        }));
      }),

    noteDrift: (one, audit) =>
      write(async (db) => {
        const row = {
          tenant_id: one.tenantId,
          object_id: one.objectId,
          subject: one.target === null ? one.keyId : `${one.target} ${one.keyId}`,
          what: one.what,
          app_id: one.appId,
          at: one.at,
          body: JSON.stringify(one),
        };
        const added = await db
          .insertInto("drifts")
          .values(row)
          .onConflict((it) => it.doNothing())
          .executeTakeFirst();
        if (Number(added.numInsertedOrUpdatedRows ?? 0) === 0) return false;
        await writeAudit(db, [audit]);
        return true;
      }),

    drifts: (tenantId, appId, since) =>
      read(async (db) => {
        let query = db.selectFrom("drifts").select("body").where("tenant_id", "=", tenantId).where("at", ">=", since);
        if (appId !== null) query = query.where("app_id", "=", appId);
        const rows = await query.orderBy("at").orderBy("subject").execute();
        return rows.map((row) => JSON.parse(row.body) as Drift);
      }),
  };
}
