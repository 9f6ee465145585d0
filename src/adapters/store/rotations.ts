/** Rotations: opening, finding, and the people's word on them. */
import type { Rotation } from "../../core/rotation.ts";
import type { EpochMs } from "../../core/time.ts";
import type { CertificateImage, RotationFilter, Store } from "../../ports/store.ts";
import { enterLedger, writeAudit, writeChange } from "./change.ts";
import type { Database, Db } from "./database.ts";
import { prepared, type Value } from "./prepared.ts";
import { ledgerRow, rotationFrom, rotationRow } from "./rows.ts";

/** The verbs about rotations that need no lease. */
export function rotations(
  { read, write }: Database,
  mayBeAlive: (owner: string) => boolean,
): Pick<Store, "open" | "rotation" | "rotations" | "amend" | "sealed" | "image" | "nextDue"> {
  return {
    open: (rotation, ledger, audit) =>
      write(async (db) => {
        const added = await db
          .insertInto("rotations")
          .values(rotationRow(rotation))
          .onConflict((it) => it.doNothing())
          .executeTakeFirst();
        if (Number(added.numInsertedOrUpdatedRows ?? 0) === 0) return false;
        for (const entry of ledger) await enterLedger(db, ledgerRow(entry));
        await writeAudit(db, [audit]);
        return true;
      }),

    rotation: (id) =>
      read(async (db) => {
        const row = await db.selectFrom("rotations").select("body").where("id", "=", id).executeTakeFirst();
        return row === undefined ? null : rotationFrom(row);
      }),

    rotations: (filter) => read((db) => findRotations(db, filter)),

    amend: (expected, change) =>
      write(async (db) => {
        const row = await db
          .selectFrom("rotations")
          .select(["updated_at", "lease_owner", "body"])
          .where("id", "=", expected.id)
          .executeTakeFirst();
        const held = row?.lease_owner != null && mayBeAlive(row.lease_owner);
        if (row === undefined || held || row.body !== JSON.stringify(expected)) return false;
        await db.updateTable("rotations").set(rotationRow(change.rotation)).where("id", "=", expected.id).execute();
        await writeChange(db, change, expected);
        return true;
      }),

    sealed: (rotation) =>
      read(async (db) => {
        const [row] = (await sealOf(db, { rotation })).rows;
        return row === undefined ? null : { keyId: row.key_id, sealed: row.sealed };
      }),

    image: (rotation) =>
      read(async (db) => {
        const row = await db.selectFrom("images").select("image").where("rotation", "=", rotation).executeTakeFirst();
        return row === undefined ? null : (JSON.parse(row.image) as CertificateImage);
      }),

    nextDue: (tenantId) =>
      read(async (db) => {
        const [row] = (await earliestDue(db, { tenant: tenantId })).rows;
        return (row?.due ?? null) as EpochMs | null;
      }),
  };
}

const sealOf = prepared((db, value: Value<{ readonly rotation: string }>) =>
  db.selectFrom("sealed").selectAll().where("rotation", "=", value("rotation")),
);

const earliestDue = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db
    .selectFrom("rotations")
    .select((it) => it.fn.min("due_at").as("due"))
    .where("tenant_id", "=", value("tenant"))
    .where("due_at", "is not", null),
);

const ofApplication = prepared((db, value: Value<{ readonly tenant: string; readonly app: string }>) =>
  db
    .selectFrom("rotations")
    .select("body")
    .where("tenant_id", "=", value("tenant"))
    .where("app_id", "=", value("app"))
    .orderBy("planned_at", "desc")
    .orderBy("id"),
);

async function findRotations(db: Db, { tenantId, appId, states }: RotationFilter): Promise<Rotation[]> {
  if (tenantId !== undefined && appId !== undefined && states === undefined)
    return (await ofApplication(db, { tenant: tenantId, app: appId })).rows.map(rotationFrom);
  let query = db.selectFrom("rotations").select("body");
  if (tenantId !== undefined) query = query.where("tenant_id", "=", tenantId);
  if (appId !== undefined) query = query.where("app_id", "=", appId);
  if (states !== undefined) query = query.where("state", "in", [...states]);
  const rows = await query.orderBy("planned_at", "desc").orderBy("id").execute();
  return rows.map(rotationFrom);
}
