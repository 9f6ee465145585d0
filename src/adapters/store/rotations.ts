/** Rotations: opening, finding, and the people's word on them. */
import type { Rotation } from "../../core/rotation/rotation.ts";
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
): Pick<
  Store,
  "open" | "rotation" | "rotations" | "rotationPage" | "renewals" | "amend" | "sealed" | "image" | "nextDue"
> {
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

    rotationPage: (filter) => read((db) => pageOf(db, filter)),

    renewals: (tenantId) =>
      read(async (db) => ({
        open: (await verifiedOnes(db, { tenant: tenantId })).rows.map(({ id, verified_at }) => ({
          id,
          verifiedAt: verified_at as EpochMs,
        })),
        retired: (await retiredInstants(db, { tenant: tenantId })).rows.map(
          ({ verified_at }) => verified_at as EpochMs,
        ),
      })),

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

/** Both by `rotations_state`, which holds the instants: no row is read but those in overlap. */
const verifiedOnes = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db
    .selectFrom("rotations")
    .select(["id", "verified_at"])
    .where("tenant_id", "=", value("tenant"))
    .where("state", "=", "verified")
    .where("verified_at", "is not", null),
);

const retiredInstants = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db
    .selectFrom("rotations")
    .select("verified_at")
    .where("tenant_id", "=", value("tenant"))
    .where("state", "=", "retired")
    .where("verified_at", "is not", null),
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

type Page = Parameters<Store["rotationPage"]>[0];

/** By `rotations_newest`, or `rotations_newest_by_state` where the states are named: one place in the index, and the bodies of a page. */
async function pageOf(db: Db, { tenantId, states, limit, after }: Page): ReturnType<Store["rotationPage"]> {
  let query = db.selectFrom("rotations").where("tenant_id", "=", tenantId);
  if (states !== undefined) query = query.where("state", "in", [...states]);
  const { total } = await query.select((it) => it.fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
  const perState = states === undefined ? [undefined] : states;
  const found: { readonly id: string; readonly planned_at: number }[] = [];
  // a state at a time: in each the index gives the newest without sorting all of them
  for (const state of perState) {
    let part = db.selectFrom("rotations").select(["id", "planned_at"]).where("tenant_id", "=", tenantId);
    if (state !== undefined) part = part.where("state", "=", state);
    if (after !== null) {
      part = part
        .where("planned_at", "<=", after.plannedAt)
        .where((it) => it.or([it("planned_at", "<", after.plannedAt), it("id", ">", after.id)]));
    }
    found.push(
      ...(await part
        .orderBy("planned_at", "desc")
        .orderBy("id")
        .limit(limit + 1)
        .execute()),
    );
  }
  found.sort((a, b) => b.planned_at - a.planned_at || (a.id < b.id ? -1 : 1));
  const shown = found.slice(0, limit);
  const bodies = await db
    .selectFrom("rotations")
    .select(["id", "body"])
    .where(
      "id",
      "in",
      shown.map(({ id }) => id),
    )
    .execute();
  const byId = new Map(bodies.map((row) => [row.id, row]));
  const last = shown.at(-1);
  return {
    items: shown.flatMap(({ id }) => {
      const row = byId.get(id);
      return row === undefined ? [] : [rotationFrom(row)];
    }),
    total: Number(total),
    next: found.length > limit && last !== undefined ? { plannedAt: last.planned_at as EpochMs, id: last.id } : null,
  };
}
