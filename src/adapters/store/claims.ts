/** Leases: one holder of one step, fenced, so that a process that lost its lease can store nothing. */
import { sql } from "kysely";
import { NolapseError } from "../../core/errors.ts";
import type { Claim, Store } from "../../ports/store.ts";
import { writeChange } from "./change.ts";
import type { Database, Db } from "./database.ts";
import { rotationFrom, rotationRow } from "./rows.ts";

export interface LeaseOptions {
  /** This process, as it stands in leases. */
  readonly owner: string;
  /** Whether the owner of a lease may still be alive. */
  readonly mayBeAlive: (owner: string) => boolean;
}

/** The verbs under a lease. */
export function claims(
  { write }: Database,
  { owner, mayBeAlive }: LeaseOptions,
): Pick<Store, "claim" | "renew" | "release" | "commit"> {
  return {
    claim: (request) => write((db) => claim(db, request, owner, mayBeAlive)),

    renew: (claimed, processNow, leaseMs) =>
      write(async (db) => {
        const result = await db
          .updateTable("rotations")
          .set({ lease_until: processNow + leaseMs })
          .where("id", "=", claimed.rotation.id)
          .where("fence", "=", claimed.fence)
          .where("lease_owner", "=", owner)
          .executeTakeFirst();
        if (Number(result.numUpdatedRows) === 0) throw leaseLost(claimed);
      }),

    release: (claimed) =>
      write(async (db) => {
        await db
          .updateTable("rotations")
          .set({ lease_owner: null, lease_until: null })
          .where("id", "=", claimed.rotation.id)
          .where("fence", "=", claimed.fence)
          .where("lease_owner", "=", owner)
          .execute();
      }),

    commit: (claimed, change) =>
      write(async (db) => {
        const result = await db
          .updateTable("rotations")
          .set(rotationRow(change.rotation))
          .where("id", "=", claimed.rotation.id)
          .where("fence", "=", claimed.fence)
          .where("lease_owner", "=", owner)
          .executeTakeFirst();
        if (Number(result.numUpdatedRows) === 0) throw leaseLost(claimed);
        await writeChange(db, change);
      }),
  };
}

function leaseLost({ rotation }: Claim): NolapseError {
  return new NolapseError("lease-lost", `another process has taken over the rotation of ${rotation.displayName}`);
}

async function claim(
  db: Db,
  request: Parameters<Store["claim"]>[0],
  owner: string,
  mayBeAlive: (owner: string) => boolean,
): Promise<Claim | null> {
  const { tenantId, now, processNow, leaseMs, only } = request;
  const leased = await db
    .selectFrom("rotations")
    .select(["object_id", "lease_owner"])
    .where("tenant_id", "=", tenantId)
    .where("lease_owner", "is not", null)
    .where("lease_until", ">", processNow)
    .execute();
  const busy = leased
    .filter((one) => one.lease_owner !== null && mayBeAlive(one.lease_owner))
    .map((one) => one.object_id);
  let query = db
    .selectFrom("rotations")
    .select(["id", "fence", "body"])
    .where("tenant_id", "=", tenantId)
    .where("due_at", "is not", null)
    .where("due_at", "<=", now);
  if (busy.length > 0) query = query.where("object_id", "not in", busy);
  if (only !== undefined) query = query.where("id", "in", [...only]);
  const row = await query
    .orderBy(sql`replaces_end IS NULL`)
    .orderBy("replaces_end")
    .orderBy("priority", "desc")
    .orderBy("id")
    .executeTakeFirst();
  if (row === undefined) return null;
  const fence = row.fence + 1;
  await db
    .updateTable("rotations")
    .set({ fence, lease_owner: owner, lease_until: processNow + leaseMs })
    .where("id", "=", row.id)
    .execute();
  return { rotation: rotationFrom(row), fence };
}
