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
  const { id, tenantId } = rotation;
  const noted = new Set(before.attempts.map((one) => one.id));
  await noteAttempts(
    db,
    tenantId,
    rotation.attempts.flatMap((one) => (noted.has(one.id) ? [] : [one.id])),
  );
  if (change.seal !== undefined) {
    await sealed(db, { rotation: id, key_id: change.seal.keyId, sealed: change.seal.sealed });
  }
  if (change.image === null) await forgotImage(db, { rotation: id });
  else if (change.image !== undefined) await keptImage(db, { rotation: id, image: JSON.stringify(change.image) });
  if (change.erase === true) await erased(db, { rotation: id });
  for (const entry of change.ledger ?? []) await enterLedger(db, ledgerRow(entry));
  for (const { keyId, at } of change.removed ?? []) await removed(db, { tenant: tenantId, keyId, at });
  if (change.slot !== undefined) await slotMoved(db, slotRow(change.slot));
  await writeAudit(db, change.audit);
}

interface OfRotation {
  readonly rotation: string;
}

const sealed = prepared((db, value: Value<OfRotation & { readonly key_id: string; readonly sealed: string }>) => {
  const row = { rotation: value("rotation"), key_id: value("key_id"), sealed: value("sealed") };
  return db
    .insertInto("sealed")
    .values(row)
    .onConflict((it) => it.column("rotation").doUpdateSet(row));
});

const erased = prepared((db, value: Value<OfRotation>) =>
  db.deleteFrom("sealed").where("rotation", "=", value("rotation")),
);

const keptImage = prepared((db, value: Value<OfRotation & { readonly image: string }>) => {
  const row = { rotation: value("rotation"), image: value("image") };
  return db
    .insertInto("images")
    .values(row)
    .onConflict((it) => it.column("rotation").doUpdateSet(row));
});

const forgotImage = prepared((db, value: Value<OfRotation>) =>
  db.deleteFrom("images").where("rotation", "=", value("rotation")),
);

type Removal = { readonly tenant: string; readonly keyId: string; readonly at: number };

const removed = prepared((db, value: Value<Removal>) =>
  db
    .updateTable("ledger")
    .set({ removed_at: value("at") })
    .where("tenant_id", "=", value("tenant"))
    .where("key_id", "=", value("keyId")),
);

const slotMoved = prepared((db, value: Value<ReturnType<typeof slotRow>>) => {
  const row = {
    tenant_id: value("tenant_id"),
    app_id: value("app_id"),
    slot: value("slot"),
    kind: value("kind"),
    key_id: value("key_id"),
    since: value("since"),
  };
  return db
    .insertInto("slots")
    .values(row)
    .onConflict((it) => it.columns(["tenant_id", "app_id", "slot"]).doUpdateSet(row));
});

const entered = prepared((db, value: Value<ReturnType<typeof ledgerRow>>) => {
  const row = {
    tenant_id: value("tenant_id"),
    key_id: value("key_id"),
    type: value("type"),
    object_id: value("object_id"),
    app_id: value("app_id"),
    origin: value("origin"),
    rotation: value("rotation"),
    entered_at: value("entered_at"),
    removed_at: value("removed_at"),
  };
  return db
    .insertInto("ledger")
    .values(row)
    .onConflict((it) => it.columns(["tenant_id", "key_id"]).doUpdateSet(row));
});

export async function enterLedger(db: Db, row: ReturnType<typeof ledgerRow>): Promise<void> {
  await entered(db, row);
}

const attempted = prepared((db, value: Value<{ readonly tenant: string; readonly attempt: string }>) =>
  db
    .insertInto("attempts")
    .values({ tenant_id: value("tenant"), attempt: value("attempt") })
    .onConflict((it) => it.doNothing()),
);

export async function noteAttempts(db: Db, tenantId: string, attempts: readonly string[]): Promise<void> {
  for (const attempt of attempts) await attempted(db, { tenant: tenantId, attempt });
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
