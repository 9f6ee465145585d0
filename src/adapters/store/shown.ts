import type { ShownSecret, ShownStore } from "../../ports/shown.ts";
import { enterLedger, noteAttempts, writeAudit } from "./change.ts";
import type { Database } from "./database.ts";
import { prepared, type Value } from "./prepared.ts";
import { ledgerRow } from "./rows.ts";

const OPEN = ["asked", "held", "lapsed"];

const openOf = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db
    .selectFrom("shown_secrets")
    .select("body")
    .where("tenant_id", "=", value("tenant"))
    .where("state", "in", OPEN)
    .orderBy("asked_at")
    .orderBy("id"),
);

/** Client secrets that a person makes to see the value once. */
export function shown({ read, write }: Database): ShownStore {
  return {
    openShown: (tenantId) => read(async (db) => (await openOf(db, { tenant: tenantId })).rows.map(shownFrom)),

    shown: (id) =>
      read(async (db) => {
        const row = await db.selectFrom("shown_secrets").select("body").where("id", "=", id).executeTakeFirst();
        return row === undefined ? null : shownFrom(row);
      }),

    shownSealed: (id) =>
      read(async (db) => {
        const row = await db.selectFrom("shown_secrets").select("sealed").where("id", "=", id).executeTakeFirst();
        return row?.sealed ?? null;
      }),

    stepShown: (next, from, { audit, seal, ledger, removedAt }) =>
      write(async (db) => {
        const { id, tenantId, state, askedAt, attempt, keyId } = next;
        const found = await db.selectFrom("shown_secrets").select("state").where("id", "=", id).executeTakeFirst();
        if ((found?.state ?? null) !== from) return false;
        const row = { id, tenant_id: tenantId, state, asked_at: askedAt, body: JSON.stringify(next) };
        const sealed = seal === undefined ? {} : { sealed: seal };
        await db
          .insertInto("shown_secrets")
          .values({ ...row, sealed: null, ...sealed })
          .onConflict((it) => it.column("id").doUpdateSet({ ...row, ...sealed }))
          .execute();
        await noteAttempts(db, tenantId, [attempt]);
        if (ledger !== undefined) await enterLedger(db, ledgerRow(ledger));
        if (removedAt !== undefined && keyId !== null) {
          await db
            .updateTable("ledger")
            .set({ removed_at: removedAt })
            .where("tenant_id", "=", tenantId)
            .where("key_id", "=", keyId)
            .execute();
        }
        await writeAudit(db, audit);
        return true;
      }),
  };
}

function shownFrom({ body }: { readonly body: string }): ShownSecret {
  return JSON.parse(body) as ShownSecret;
}
