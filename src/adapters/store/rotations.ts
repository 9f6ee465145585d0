/** Rotations: opening, finding, and the people's word on them. */
import { sql } from "kysely";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { EpochMs } from "../../core/time.ts";
import type { CertificateImage, Change, RotationFilter, Store } from "../../ports/store.ts";
import { enterLedger, writeAudit, writeChange } from "./change.ts";
import type { Database, Db } from "./database.ts";
import { prepared, preparedForEach, type Value } from "./prepared.ts";
import { ledgerRow, rotationRow } from "./rows.ts";
import { rotationsFrom } from "./under-pause.ts";

/** The verbs about rotations that need no lease. */
export function rotations(
  { read, write }: Database,
  mayBeAlive: (owner: string) => boolean,
): Pick<
  Store,
  | "open"
  | "rotation"
  | "rotations"
  | "rotationPage"
  | "replaced"
  | "renewals"
  | "amend"
  | "sealed"
  | "image"
  | "putImage"
  | "nextDue"
> {
  return {
    open: (rotation, ledger, ...audit) =>
      write(async (db) => {
        const { changed } = await opened(db, rotationRow(rotation));
        if (changed === 0) return false;
        for (const entry of ledger) await enterLedger(db, ledgerRow(entry));
        await writeAudit(db, audit);
        return true;
      }),

    rotation: (id) =>
      read(async (db) => {
        const [rotation] = await rotationsFrom(db, (await byId(db, { id })).rows);
        return rotation ?? null;
      }),

    rotations: (filter) => read((db) => findRotations(db, filter)),

    rotationPage: (filter) => read((db) => pageOf(db, filter)),

    replaced: (tenantId, appId) =>
      read(async (db) => {
        const { rows } = await (appId === null
          ? replacedOnes(db, { tenant: tenantId })
          : replacedOf(db, { tenant: tenantId, app: appId }));
        return rows.map(({ replaces }) => replaces);
      }),

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
        if (!(await isAsExpected(db, expected, mayBeAlive))) return false;
        await amendIn(db, expected, change);
        return true;
      }),

    sealed: (rotation) =>
      read(async (db) => {
        const [row] = (await sealOf(db, { rotation })).rows;
        return row === undefined ? null : { keyId: row.key_id, sealed: row.sealed };
      }),

    putImage: (name, image) =>
      write(async (db) => {
        await db.deleteFrom("images").where("rotation", "=", name).execute();
        if (image !== null)
          await db
            .insertInto("images")
            .values({ rotation: name, image: JSON.stringify(image) })
            .execute();
      }),

    image: (rotation) =>
      read(async (db) => {
        const [row] = (await imageOf(db, { rotation })).rows;
        return row === undefined ? null : (JSON.parse(row.image) as CertificateImage);
      }),

    nextDue: (tenantId) =>
      read(async (db) => {
        const [row] = (await earliestDue(db, { tenant: tenantId })).rows;
        return (row?.due ?? null) as EpochMs | null;
      }),
  };
}

/** Whether it is stored as its reader had it, and nobody works on it. */
export async function isAsExpected(
  db: Db,
  expected: Rotation,
  mayBeAlive: (owner: string) => boolean,
): Promise<boolean> {
  const row = await db
    .selectFrom("rotations")
    .select(["lease_owner", "body"])
    .where("id", "=", expected.id)
    .executeTakeFirst();
  if (row === undefined || (row.lease_owner !== null && mayBeAlive(row.lease_owner))) return false;
  return row.body === rotationRow(expected).body;
}

/** Stores a change on a person's word. */
export async function amendIn(db: Db, expected: Rotation, change: Change): Promise<void> {
  await db.updateTable("rotations").set(rotationRow(change.rotation)).where("id", "=", expected.id).execute();
  await writeChange(db, change, expected);
}

type RotationRow = ReturnType<typeof rotationRow>;

const opened = prepared((db, value: Value<RotationRow>) =>
  db
    .insertInto("rotations")
    .values({
      id: value("id"),
      tenant_id: value("tenant_id"),
      object_id: value("object_id"),
      app_id: value("app_id"),
      slot: value("slot"),
      replaces: value("replaces"),
      state: value("state"),
      due_at: value("due_at"),
      replaces_end: value("replaces_end"),
      priority: value("priority"),
      verified_at: value("verified_at"),
      failures: value("failures"),
      planned_at: value("planned_at"),
      updated_at: value("updated_at"),
      body: value("body"),
    })
    .onConflict((it) => it.doNothing()),
);

const byId = prepared((db, value: Value<{ readonly id: string }>) =>
  db.selectFrom("rotations").select("body").where("id", "=", value("id")),
);

const imageOf = prepared((db, value: Value<{ readonly rotation: string }>) =>
  db.selectFrom("images").select("image").where("rotation", "=", value("rotation")),
);

const sealOf = prepared((db, value: Value<{ readonly rotation: string }>) =>
  db.selectFrom("sealed").selectAll().where("rotation", "=", value("rotation")),
);

/** By an index of states. */
const replacedOnes = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db
    .selectFrom("rotations")
    .select("replaces")
    .where("tenant_id", "=", value("tenant"))
    .where("state", "=", "verified"),
);

/** By `rotations_of_app`. */
const replacedOf = prepared((db, value: Value<{ readonly tenant: string; readonly app: string }>) =>
  db
    .selectFrom("rotations")
    .select("replaces")
    .where("tenant_id", "=", value("tenant"))
    .where("app_id", "=", value("app"))
    .where("state", "=", "verified"),
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

/** An instant that is calculated is in no index: else one in this order is taken, and all rotations of the tenant are read to find a few. */
const newest = sql<number>`planned_at + 0`;

/** Both by `rotations_of_app`, which has them in this order: to sort them costs as much as to find them. */
const ofApplication = prepared((db, value: Value<{ readonly tenant: string; readonly app: string }>) =>
  db
    .selectFrom("rotations")
    .select("body")
    .where("tenant_id", "=", value("tenant"))
    .where("app_id", "=", value("app"))
    .orderBy("planned_at", "desc")
    .orderBy("id"),
);

const ofApplications = preparedForEach((db, value: Value<{ readonly tenant: string }>, apps) =>
  db
    .selectFrom("rotations")
    .select("body")
    .where("tenant_id", "=", value("tenant"))
    .where("app_id", "in", [...apps])
    .orderBy(newest, "desc")
    .orderBy("id"),
);

const ofApplicationInStates = preparedForEach(
  (db, value: Value<{ readonly tenant: string; readonly app: string }>, states) =>
    db
      .selectFrom("rotations")
      .select("body")
      .where("tenant_id", "=", value("tenant"))
      .where("app_id", "=", value("app"))
      .where("state", "in", [...states])
      .orderBy("planned_at", "desc")
      .orderBy("id"),
);

/** By `rotations_state`: those under way are few beside years of finished ones. */
const ofTenantInStates = preparedForEach((db, value: Value<{ readonly tenant: string }>, states) =>
  db
    .selectFrom("rotations")
    .select("body")
    .where("tenant_id", "=", value("tenant"))
    .where("state", "in", [...states])
    .orderBy(newest, "desc")
    .orderBy("id"),
);

const ofTenant = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db
    .selectFrom("rotations")
    .select("body")
    .where("tenant_id", "=", value("tenant"))
    .orderBy("planned_at", "desc")
    .orderBy("id"),
);

async function findRotations(
  db: Db,
  { tenantId, appId, appIds, objectId, states }: RotationFilter,
): Promise<Rotation[]> {
  const { rows } = await rowsOf(db, { tenantId, appId, appIds, objectId, states });
  return rotationsFrom(db, rows);
}

async function rowsOf(db: Db, filter: { [K in keyof RotationFilter]-?: RotationFilter[K] | undefined }) {
  const { tenantId, appId, appIds, objectId, states } = filter;
  if (tenantId !== undefined && appIds === undefined && objectId === undefined) {
    const tenant = { tenant: tenantId };
    if (appId === undefined) return states === undefined ? ofTenant(db, tenant) : ofTenantInStates(db, tenant, states);
    const application = { ...tenant, app: appId };
    if (states === undefined) return ofApplication(db, application);
    return ofApplicationInStates(db, application, states);
  }
  if (tenantId !== undefined && appIds !== undefined && [appId, objectId, states].every((one) => one === undefined))
    return ofApplications(db, { tenant: tenantId }, appIds);
  let query = db.selectFrom("rotations").select("body");
  if (tenantId !== undefined) query = query.where("tenant_id", "=", tenantId);
  if (appIds !== undefined) query = query.where("app_id", "in", [...appIds]);
  if (appId !== undefined) query = query.where("app_id", "=", appId);
  if (objectId !== undefined) query = query.where("object_id", "=", objectId);
  if (states !== undefined) query = query.where("state", "in", [...states]);
  return {
    rows: await query
      .orderBy(appIds === undefined ? "planned_at" : newest, "desc")
      .orderBy("id")
      .execute(),
  };
}

type Page = Parameters<Store["rotationPage"]>[0];

const allCounted = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db
    .selectFrom("rotations")
    .select((it) => it.fn.countAll<number>().as("total"))
    .where("tenant_id", "=", value("tenant")),
);

const countedInStates = preparedForEach((db, value: Value<{ readonly tenant: string }>, states) =>
  db
    .selectFrom("rotations")
    .select((it) => it.fn.countAll<number>().as("total"))
    .where("tenant_id", "=", value("tenant"))
    .where("state", "in", [...states]),
);

interface Part {
  readonly tenant: string;
  readonly state: string;
  readonly at: number;
  readonly id: string;
  readonly limit: number;
}

const placed = (db: Db, value: Value<Part>) =>
  db
    .selectFrom("rotations")
    .select(["id", "planned_at"])
    .where("tenant_id", "=", value("tenant"))
    .orderBy("planned_at", "desc")
    .orderBy("id")
    .limit(value("limit"));

type Placed = ReturnType<typeof placed>;

const behind = (query: Placed, value: Value<Part>): Placed =>
  query
    .where("planned_at", "<=", value("at"))
    .where((it) => it.or([it("planned_at", "<", value("at")), it("id", ">", value("id"))]));

const firstOfAll = prepared((db, value: Value<Part>) => placed(db, value));
const laterOfAll = prepared((db, value: Value<Part>) => behind(placed(db, value), value));
const firstOfState = prepared((db, value: Value<Part>) => placed(db, value).where("state", "=", value("state")));
const laterOfState = prepared((db, value: Value<Part>) =>
  behind(placed(db, value).where("state", "=", value("state")), value),
);

const bodiesOf = preparedForEach((db, _value: Value<object>, ids) =>
  db
    .selectFrom("rotations")
    .select(["id", "body"])
    .where("id", "in", [...ids]),
);

/** By `rotations_newest`, or `rotations_newest_by_state` where the states are named: one place in the index, and the bodies of a page. */
async function pageOf(db: Db, { tenantId, states, limit, after }: Page): ReturnType<Store["rotationPage"]> {
  const tenant = { tenant: tenantId };
  const { rows: counted } = await (states === undefined ? allCounted(db, tenant) : countedInStates(db, tenant, states));
  const total = Number(counted[0]?.total ?? 0);
  // who only counts reads no rotation
  if (limit === 0) return { items: [], total, next: null };
  const found: { readonly id: string; readonly planned_at: number }[] = [];
  const place = { ...tenant, at: after?.plannedAt ?? 0, id: after?.id ?? "", limit: limit + 1 };
  // a state at a time: in each the index gives the newest without sorting all of them
  for (const state of states ?? [""]) {
    const part = { ...place, state };
    const ofAll = after === null ? firstOfAll : laterOfAll;
    const ofState = after === null ? firstOfState : laterOfState;
    found.push(...(await (states === undefined ? ofAll : ofState)(db, part)).rows);
  }
  found.sort((a, b) => b.planned_at - a.planned_at || (a.id < b.id ? -1 : 1));
  const shown = found.slice(0, limit);
  const ids = shown.map(({ id }) => id);
  const items = new Map((await rotationsFrom(db, (await bodiesOf(db, {}, ids)).rows)).map((one) => [one.id, one]));
  const last = shown.at(-1);
  return {
    items: ids.flatMap((id) => {
      const rotation = items.get(id);
      return rotation === undefined ? [] : [rotation];
    }),
    total,
    next: found.length > limit && last !== undefined ? { plannedAt: last.planned_at as EpochMs, id: last.id } : null,
  };
}
