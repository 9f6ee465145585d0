/** The pause of an application, and its end. */
import type { Store } from "../../ports/store.ts";
import { writeAudit } from "./change.ts";
import type { Database } from "./database.ts";
import { amendIn, isAsExpected } from "./rotations.ts";
import { readPauses } from "./under-pause.ts";

/** The verbs of pauses; what nobody alive works on may be held. */
export function pauses(
  { write }: Database,
  mayBeAlive: (owner: string) => boolean,
): Pick<Store, "pauseApplication" | "continueApplication"> {
  return {
    pauseApplication: (tenantId, pause, audit) =>
      write(async (db) => {
        const known = (await readPauses(db, tenantId)).find(({ appId }) => appId === pause.appId);
        if (known !== undefined) return known;
        const leases = await db
          .selectFrom("rotations")
          .select("lease_owner")
          .where("tenant_id", "=", tenantId)
          .where("app_id", "=", pause.appId)
          .where("lease_owner", "is not", null)
          .execute();
        if (leases.some(({ lease_owner }) => lease_owner !== null && mayBeAlive(lease_owner))) return null;
        const { appId, by, at, reason } = pause;
        const row = { tenant_id: tenantId, app_id: appId, paused_by: by, at, reason };
        await db.insertInto("application_pauses").values(row).execute();
        await writeAudit(db, [audit]);
        return pause;
      }),

    continueApplication: (tenantId, { appId, by, at: since }, changes, audit) =>
      write(async (db) => {
        const held = (await readPauses(db, tenantId)).find((one) => one.appId === appId);
        if (held === undefined || held.by !== by || held.at !== since) return false;
        // all or none: what is refused here leaves nothing behind
        for (const { expected } of changes) if (!(await isAsExpected(db, expected, mayBeAlive))) return false;
        for (const { expected, change } of changes) await amendIn(db, expected, change);
        await db
          .deleteFrom("application_pauses")
          .where("tenant_id", "=", tenantId)
          .where("app_id", "=", appId)
          .execute();
        await writeAudit(db, [audit]);
        return true;
      }),
  };
}
