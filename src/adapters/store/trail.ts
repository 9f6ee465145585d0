/** The audit trail: one line of it written, and its parts read. */
import { sql } from "kysely";
import type { ReasonCode } from "../../core/reasons.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Store } from "../../ports/store.ts";
import { writeAudit } from "./change.ts";
import type { Database, Db } from "./database.ts";
import { prepared, preparedForEach, type Value } from "./prepared.ts";
import { auditFrom } from "./rows.ts";

const actionAfter = prepared((db, value: Value<{ readonly tenant: string; readonly action: string }>) =>
  db
    .selectFrom("audit")
    .select("action")
    .where("tenant_id", "=", value("tenant"))
    .where("action", ">", value("action"))
    .orderBy("action")
    .limit(1),
);

/** In an order that is calculated, and so is in no index: else the one in that order is taken, and the whole trail of the tenant is read. */
const linesSince = preparedForEach((db, value: Value<{ readonly tenant: string; readonly since: number }>, actions) =>
  db
    .selectFrom("audit")
    .selectAll()
    .where("tenant_id", "=", value("tenant"))
    .where("action", "in", [...actions])
    .where("at", ">=", value("since"))
    .orderBy(sql<number>`sequence + 0`),
);

interface OfRotation {
  readonly tenant: string;
  readonly rotation: string;
  readonly limit: number;
}

/** Of each line only what is shown of it: half of the time of a query goes into the columns that it gives. */
const linesOf = (db: Db, value: Value<OfRotation>, order: "asc" | "desc") =>
  db
    .selectFrom("audit")
    .select(["sequence", "at", "actor", "action", "reason"])
    .where("rotation", "=", value("rotation"))
    .where("tenant_id", "=", value("tenant"))
    .orderBy("sequence", order)
    .limit(value("limit"));

const firstLinesOf = prepared((db, value: Value<OfRotation>) => linesOf(db, value, "asc"));
const lastLinesOf = prepared((db, value: Value<OfRotation>) => linesOf(db, value, "desc"));

export function trail({
  read,
  write,
}: Database): Pick<Store, "audit" | "auditPage" | "auditActions" | "auditSince" | "auditOf"> {
  return {
    audit: (entry) => write((db) => writeAudit(db, [entry])),

    auditPage: (tenantId, { after, before, appId, action, limit }) =>
      read(async (db) => {
        let query = db.selectFrom("audit").selectAll().where("tenant_id", "=", tenantId);
        if (after !== undefined) query = query.where("sequence", ">", after);
        if (before !== undefined) query = query.where("sequence", "<", before);
        if (appId !== undefined) query = query.where("app_id", "=", appId);
        if (action !== undefined) query = query.where("action", "=", action);
        const rows = await query
          .orderBy("sequence", after === undefined ? "desc" : "asc")
          .limit(limit)
          .execute();
        return rows.map(auditFrom);
      }),

    auditActions: (tenantId) =>
      read(async (db) => {
        const found: string[] = [];
        // from one to the next by the index: there are a few dozen, and many lines of each
        for (let last: string | undefined = ""; last !== undefined; ) {
          last = (await actionAfter(db, { tenant: tenantId, action: last })).rows[0]?.action;
          if (last !== undefined) found.push(last);
        }
        return found;
      }),

    auditSince: (tenantId, actions, since) =>
      read(async (db) => (await linesSince(db, { tenant: tenantId, since }, actions)).rows.map(auditFrom)),

    auditOf: (tenantId, rotation, order, limit) =>
      read(async (db) => {
        const of = { tenant: tenantId, rotation, limit };
        const { rows } = await (order === "oldest" ? firstLinesOf : lastLinesOf)(db, of);
        return rows.map(({ sequence, at, actor, action, reason }) => {
          return { sequence, at: at as EpochMs, actor, action, reason: reason as ReasonCode | null };
        });
      }),
  };
}
