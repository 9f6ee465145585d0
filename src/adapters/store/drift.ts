import type { EpochMs } from "../../core/time.ts";
import type { Drift, DriftStore } from "../../ports/drift.ts";
import { writeAudit } from "./change.ts";
import type { Database, Db } from "./database.ts";
import { unpackKeyIds } from "./key-ids.ts";
import { prepared, preparedForEach, type Value } from "./prepared.ts";
import { rotationFrom, slotFrom } from "./rows.ts";

const issuedInto = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db
    .selectFrom("slots")
    .innerJoin("ledger", (it) =>
      it.onRef("ledger.tenant_id", "=", "slots.tenant_id").onRef("ledger.key_id", "=", "slots.key_id"),
    )
    .innerJoin("rotations", "rotations.id", "ledger.rotation")
    .selectAll("slots")
    .select("rotations.body")
    .where("slots.tenant_id", "=", value("tenant"))
    .orderBy("slots.app_id")
    .orderBy("slots.slot"),
);

const keysOf = preparedForEach((db, value: Value<{ readonly tenant: string }>, appIds) =>
  db
    .selectFrom("holders")
    .select(["object_id", "seen_at", "key_ids"])
    .where("tenant_id", "=", value("tenant"))
    .where("app_id", "in", [...appIds])
    .where("key_ids", "is not", null),
);

interface Since {
  readonly tenant: string;
  readonly since: number;
}

const driftsOf = (db: Db, value: Value<Since>) =>
  db.selectFrom("drifts").select("body").where("tenant_id", "=", value("tenant")).where("at", ">=", value("since"));

const allDrifts = prepared((db, value: Value<Since>) => driftsOf(db, value).orderBy("at").orderBy("subject"));

const driftsOfApplication = prepared((db, value: Value<Since & { readonly app: string }>) =>
  driftsOf(db, value).where("app_id", "=", value("app")).orderBy("at").orderBy("subject"),
);

export function drift({ read, write }: Database): DriftStore {
  return {
    inventory: (tenantId, appIds) =>
      read(async (db) => {
        if (appIds.length === 0) return [];
        const { rows } = await keysOf(db, { tenant: tenantId }, appIds);
        return rows.map((row) => ({
          objectId: row.object_id,
          seenAt: row.seen_at as EpochMs,
          keyIds: unpackKeyIds(row.key_ids ?? ""),
        }));
      }),

    issuances: (tenantId) =>
      read(async (db) => {
        const { rows } = await issuedInto(db, { tenant: tenantId });
        return rows.map((row) => ({ slot: slotFrom(row), rotation: rotationFrom(row) }));
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
        const values = { tenant: tenantId, since };
        const { rows } = await (appId === null
          ? allDrifts(db, values)
          : driftsOfApplication(db, { ...values, app: appId }));
        return rows.map((row) => JSON.parse(row.body) as Drift);
      }),
  };
}
