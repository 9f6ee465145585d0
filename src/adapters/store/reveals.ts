import type { RevealRequest, RevealStore } from "../../ports/reveals.ts";
import { writeAudit } from "./change.ts";
import type { Database } from "./database.ts";
import { prepared, type Value } from "./prepared.ts";

const OPEN = ["asked", "approved"];

const openOf = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db
    .selectFrom("reveal_requests")
    .select("body")
    .where("tenant_id", "=", value("tenant"))
    .where("state", "in", OPEN)
    .orderBy("asked_at")
    .orderBy("id"),
);

/** Requests of one person to see a value, which another one approves. */
export function reveals({ read, write }: Database): RevealStore {
  return {
    openReveals: (tenantId) => read(async (db) => (await openOf(db, { tenant: tenantId })).rows.map(requestFrom)),

    revealRequest: (id) =>
      read(async (db) => {
        const row = await db.selectFrom("reveal_requests").select("body").where("id", "=", id).executeTakeFirst();
        return row === undefined ? null : requestFrom(row);
      }),

    stepReveal: (next, from, audit) =>
      write(async (db) => {
        const { id, tenantId, state, askedAt } = next;
        const found = await db.selectFrom("reveal_requests").select("state").where("id", "=", id).executeTakeFirst();
        if ((found?.state ?? null) !== from) return false;
        const row = { id, tenant_id: tenantId, state, asked_at: askedAt, body: JSON.stringify(next) };
        await db
          .insertInto("reveal_requests")
          .values(row)
          .onConflict((it) => it.column("id").doUpdateSet(row))
          .execute();
        await writeAudit(db, audit);
        return true;
      }),
  };
}

function requestFrom({ body }: { readonly body: string }): RevealRequest {
  return JSON.parse(body) as RevealRequest;
}
