/** What a step proved, written within the transaction of its verb. */
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { AuditEntry, Change } from "../../ports/store.ts";
import type { Db } from "./database.ts";
import { prepared, type Value } from "./prepared.ts";
import { auditRow, ledgerRow, slotRow } from "./rows.ts";

/** Which audit actions count as an outcome for the breaker. */
const OUTCOMES: Readonly<Record<string, number>> = {
  accepted: 1,
  verified: 1,
  "accept-failed": 0,
  "verify-failed": 0,
};

/** `before` is the rotation as it is in the store: what it names is noted there already. */
export async function writeChange(db: Db, change: Change, before: Rotation): Promise<void> {
  const { rotation } = change;
  const { tenantId } = rotation;
  const noted = new Set(before.attempts.map((one) => one.id));
  await noteAttempts(
    db,
    tenantId,
    rotation.attempts.flatMap((one) => (noted.has(one.id) ? [] : [one.id])),
  );
  if (change.seal !== undefined) {
    const row = { rotation: rotation.id, key_id: change.seal.keyId, sealed: change.seal.sealed };
    await db
      .insertInto("sealed")
      .values(row)
      .onConflict((it) => it.column("rotation").doUpdateSet(row))
      .execute();
  }
  if (change.image === null) await db.deleteFrom("images").where("rotation", "=", rotation.id).execute();
  else if (change.image !== undefined) {
    const row = { rotation: rotation.id, image: JSON.stringify(change.image) };
    await db
      .insertInto("images")
      .values(row)
      .onConflict((it) => it.column("rotation").doUpdateSet(row))
      .execute();
  }
  if (change.erase === true) await db.deleteFrom("sealed").where("rotation", "=", rotation.id).execute();
  for (const entry of change.ledger ?? []) await enterLedger(db, ledgerRow(entry));
  for (const { keyId, at } of change.removed ?? []) {
    await db
      .updateTable("ledger")
      .set({ removed_at: at })
      .where("tenant_id", "=", tenantId)
      .where("key_id", "=", keyId)
      .execute();
  }
  if (change.slot !== undefined) {
    const row = slotRow(change.slot);
    await db
      .insertInto("slots")
      .values(row)
      .onConflict((it) => it.columns(["tenant_id", "app_id", "slot"]).doUpdateSet(row))
      .execute();
  }
  await writeAudit(db, change.audit);
}

export async function enterLedger(db: Db, row: ReturnType<typeof ledgerRow>): Promise<void> {
  await db
    .insertInto("ledger")
    .values(row)
    .onConflict((it) => it.columns(["tenant_id", "key_id"]).doUpdateSet(row))
    .execute();
}

export async function noteAttempts(db: Db, tenantId: string, attempts: readonly string[]): Promise<void> {
  if (attempts.length === 0) return;
  await db
    .insertInto("attempts")
    .values(attempts.map((attempt) => ({ tenant_id: tenantId, attempt })))
    .onConflict((it) => it.doNothing())
    .execute();
}

type AuditRow = ReturnType<typeof auditRow>;

const audited = prepared((db, value: Value<AuditRow>) =>
  db.insertInto("audit").values({
    tenant_id: value("tenant_id"),
    at: value("at"),
    actor: value("actor"),
    action: value("action"),
    rotation: value("rotation"),
    app_id: value("app_id"),
    key_id: value("key_id"),
    reason: value("reason"),
    details: value("details"),
    written: value("written"),
  }),
);

const counted = prepared((db, value: Value<{ readonly tenant: string; readonly ok: number }>) =>
  db.insertInto("outcomes").values({ tenant_id: value("tenant"), ok: value("ok") }),
);

export async function writeAudit(db: Db, entries: readonly AuditEntry[]): Promise<void> {
  for (const entry of entries) {
    await audited(db, auditRow(entry));
    const ok = OUTCOMES[entry.action];
    if (ok !== undefined) await counted(db, { tenant: entry.tenantId, ok });
  }
}
