/** When applications could not sign in, as scans saw it. */
import type { EpochMs } from "../../core/time.ts";
import type { LapseStore } from "../../ports/lapses.ts";
import type { Database, Db } from "./database.ts";
import { prepared, type Value } from "./prepared.ts";

const watchOf = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db.selectFrom("watches").select("since").where("tenant_id", "=", value("tenant")),
);

const lapsesOf = (db: Db, value: Value<{ readonly tenant: string }>) =>
  db
    .selectFrom("lapses")
    .select(["app_id", "began", "ended", "over"])
    .where("tenant_id", "=", value("tenant"))
    // one that was over as soon as more was known was none
    .where((it) => it.or([it("ended", "is", null), it("ended", ">", it.ref("began"))]))
    .orderBy("began")
    .orderBy("app_id");

const allLapses = prepared(lapsesOf);
const lapsesOfApplication = prepared((db, value: Value<{ readonly tenant: string; readonly app: string }>) =>
  lapsesOf(db, value).where("app_id", "=", value("app")),
);

const openOf = prepared((db, value: Value<{ readonly tenant: string; readonly app: string }>) =>
  lapsesOf(db, value).where("app_id", "=", value("app")).where("ended", "is", null),
);

const toAsk = prepared((db, value: Value<{ readonly tenant: string; readonly most: number }>) =>
  db
    .selectFrom("lapses")
    .select("app_id")
    .where("tenant_id", "=", value("tenant"))
    .where("ended", "is", null)
    // what was never asked about has no time, which comes before all of them
    .orderBy("asked")
    .orderBy("began", "desc")
    .orderBy("app_id")
    .limit(value("most")),
);

const askedAt = prepared((db, value: Value<{ readonly tenant: string; readonly app: string; readonly at: number }>) =>
  db
    .updateTable("lapses")
    .set({ asked: value("at") })
    .where("tenant_id", "=", value("tenant"))
    .where("app_id", "=", value("app"))
    .where("ended", "is", null),
);

export function lapses({ read, write }: Database): LapseStore {
  return {
    lapses: (tenant, app) =>
      read(async (db) => {
        const [watch] = (await watchOf(db, { tenant })).rows;
        const { rows } = await (app === undefined
          ? allLapses(db, { tenant })
          : lapsesOfApplication(db, { tenant, app }));
        return {
          since: (watch?.since ?? null) as EpochMs | null,
          lapses: rows.map((row) => ({
            appId: row.app_id,
            from: row.began as EpochMs,
            to: row.ended as EpochMs | null,
            ...(row.over === null ? {} : { over: row.over }),
          })),
        };
      }),

    lapsesToAsk: (tenant, most) =>
      read(async (db) => (await toAsk(db, { tenant, most })).rows.map((row) => row.app_id)),

    noteLapses: (tenantId, at, seen, asked = []) =>
      write(async (db) => {
        const watch = db.insertInto("watches").values({ tenant_id: tenantId, since: at });
        await watch.onConflict((it) => it.doNothing()).execute();
        for (const { appId, from, to, over = null } of seen) {
          const open = await openOf(db, { tenant: tenantId, app: appId });
          // nothing has worked since that one began, so whatever begins now is part of it
          if (to === null && open.rows.length > 0) continue;
          const row = { tenant_id: tenantId, app_id: appId, began: from, ended: to, asked: null, over };
          await db
            .insertInto("lapses")
            .values(row)
            .onConflict((it) =>
              it
                .columns(["tenant_id", "app_id", "began"])
                .doUpdateSet({ ended: to, over })
                .where("lapses.ended", "is", null),
            )
            .execute();
        }
        for (const app of asked) await askedAt(db, { tenant: tenantId, app, at });
      }),
  };
}
