/** What scans saw. */
import { sql } from "kysely";
import { Order } from "../../core/pictures/order.ts";
import { missingNeedsPerson, scanTooLossy } from "../../core/schedule/blast-radius.ts";
import type { EpochMs } from "../../core/time.ts";
import type { KnownObject, ScanSummary, SeenHolder, Store } from "../../ports/store.ts";
import { writeAudit } from "./change.ts";
import type { Database, Db } from "./database.ts";
import { packKeyIds } from "./key-ids.ts";
import { prepared, preparedForEach, type Value } from "./prepared.ts";
import type { Tables } from "./tables.ts";

const lastScanOf = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db.selectFrom("scans").selectAll().where("tenant_id", "=", value("tenant")),
);

/** By the primary key, a part at a time. */
const knownAfter = prepared(
  (db, value: Value<{ readonly tenant: string; readonly after: string; readonly limit: number }>) =>
    db
      .selectFrom("holders")
      .select(["object_id", "type", "app_id", "display_name", "key_ids"])
      .where("tenant_id", "=", value("tenant"))
      .where("object_id", ">", value("after"))
      .orderBy("object_id")
      .limit(value("limit")),
);

/** The same of those that no complete scan has missed since. */
const standingAfter = prepared(
  (db, value: Value<{ readonly tenant: string; readonly after: string; readonly limit: number }>) =>
    db
      .selectFrom("holders")
      .select(["object_id", "type", "app_id", "display_name", "seen_at"])
      .where("tenant_id", "=", value("tenant"))
      .where("object_id", ">", value("after"))
      .where("missing_since", "is", null)
      .orderBy("object_id")
      .limit(value("limit")),
);

const noted = prepared((db, value: Value<Tables["holders"]>) => {
  const row = {
    tenant_id: value("tenant_id"),
    object_id: value("object_id"),
    type: value("type"),
    app_id: value("app_id"),
    display_name: value("display_name"),
    seen_at: value("seen_at"),
    missing_since: value("missing_since"),
    key_ids: value("key_ids"),
  };
  return db
    .insertInto("holders")
    .values(row)
    .onConflict((it) => it.columns(["tenant_id", "object_id"]).doUpdateSet(row));
});

const scanned = prepared((db, value: Value<ReturnType<typeof scanRow>>) => {
  const row = {
    tenant_id: value("tenant_id"),
    scanned_at: value("scanned_at"),
    applications: value("applications"),
    service_principals: value("service_principals"),
    complete: value("complete"),
    lost: value("lost"),
  };
  return db
    .insertInto("scans")
    .values(row)
    .onConflict((it) => it.column("tenant_id").doUpdateSet(row));
});

/** All from one place of the primary key to another one. */
const seenAgain = prepared((db, value: Value<{ readonly tenant: string; readonly at: number } & Run>) =>
  db
    .updateTable("holders")
    .set({ seen_at: value("at"), missing_since: null })
    .where("tenant_id", "=", value("tenant"))
    .where("object_id", ">=", value("first"))
    .where("object_id", "<=", value("last")),
);

interface Run {
  readonly first: string;
  readonly last: string;
}

const missed = preparedForEach((db, value: Value<{ readonly tenant: string; readonly at: number }>, objects) =>
  db
    .updateTable("holders")
    .set((it) => ({ missing_since: it.fn.coalesce("missing_since", sql<number>`${value("at")}`) }))
    .where("tenant_id", "=", value("tenant"))
    .where("object_id", "in", [...objects]),
);

const forgotten = preparedForEach((db, value: Value<{ readonly tenant: string }>, objects) =>
  db
    .deleteFrom("holders")
    .where("tenant_id", "=", value("tenant"))
    .where("object_id", "in", [...objects]),
);

/** The verbs about scans. */
export function inventory({
  read,
  write,
  writeAtLength,
}: Database): Pick<Store, "recordScan" | "lastScan" | "known" | "forgetMissing"> {
  return {
    recordScan: (summary, seen) =>
      writeAtLength(async (db, pause) => {
        const known = new KnownInOrder(db, summary.tenantId, pause);
        await noteSeen(db, pause, summary, known, seen);
        const lost = summary.complete ? await missUnseen(db, pause, summary, known) : 0;
        const full = { ...summary, lost };
        await scanned(db, scanRow(full));
        return full;
      }),

    lastScan: (tenantId) =>
      read(async (db) => {
        const [row] = (await lastScanOf(db, { tenant: tenantId })).rows;
        return row === undefined ? null : scanFrom(row);
      }),

    known: (tenantId, after, limit) =>
      read(async (db) => {
        const { rows } = await standingAfter(db, { tenant: tenantId, after, limit });
        return rows.map((row) => ({
          type: row.type as KnownObject["type"],
          objectId: row.object_id,
          appId: row.app_id,
          displayName: row.display_name,
          seenAt: row.seen_at as EpochMs,
        }));
      }),

    forgetMissing: (tenantId, audit) =>
      write(async (db) => {
        const { rows } = await lastScanOf(db, { tenant: tenantId });
        const { numDeletedRows } = await db
          .deleteFrom("holders")
          .where("tenant_id", "=", tenantId)
          .where("missing_since", "is not", null)
          .executeTakeFirst();
        const forgotten = Number(numDeletedRows);
        if (forgotten === 0 && !rows.some(({ lost }) => scanTooLossy(lost))) return 0;
        await db.updateTable("scans").set({ lost: 0 }).where("tenant_id", "=", tenantId).execute();
        await writeAudit(db, [{ ...audit, details: { ...audit.details, forgotten } }]);
        return forgotten;
      }),
  };
}

/**
 * SQLite takes 32,766 parameters in one statement; far fewer do, and keep a statement short. And so many rows are read, compared or written
 * before others have their turn.
 */
const AT_ONCE = 250;

type Pause = () => Promise<void>;
type Row = Tables["holders"];
/** What a scan is compared with. */
type Known = Pick<Row, "object_id" | "type" | "app_id" | "display_name" | "key_ids">;

/**
 * What is known, in the order of object ids and read a part at a time, beside what was seen in the same order: all of it at once is as much
 * memory as the scan itself. Ids are ASCII, as the directory's are; SQLite and JavaScript put those in the same order.
 */
class KnownInOrder {
  readonly #db: Db;
  readonly #tenant: string;
  readonly #pause: Pause;
  #rows: readonly Known[] = [];
  #place = 0;
  #isEnd = false;
  /** Whether the row at the place was asked for. */
  #isSeen = false;
  /** How many there are, as far as they were passed. */
  count = 0;
  /** Those passed that nobody asked for, by object id. */
  readonly unseen: string[] = [];

  constructor(db: Db, tenant: string, pause: Pause) {
    this.#db = db;
    this.#tenant = tenant;
    this.#pause = pause;
  }

  /** The row of an object whose id is not before any that was asked for. Reads nothing that is written behind it meanwhile. */
  async find(objectId: string): Promise<Known | undefined> {
    for (;;) {
      const row = this.#rows[this.#place];
      if (row === undefined) {
        if (!(await this.more())) return undefined;
      } else if (row.object_id < objectId) this.#pass(row);
      else if (row.object_id > objectId) return undefined;
      else {
        this.#isSeen = true;
        return row;
      }
    }
  }

  /** Passes those that were read, and reads the next part; false where there is none. */
  async more(): Promise<boolean> {
    for (let row = this.#rows[this.#place]; row !== undefined; row = this.#rows[this.#place]) this.#pass(row);
    if (this.#isEnd) return false;
    const after = this.#rows.at(-1)?.object_id ?? "";
    await this.#pause();
    this.#rows = (await knownAfter(this.#db, { tenant: this.#tenant, after, limit: AT_ONCE })).rows;
    await this.#pause();
    this.#place = 0;
    this.#isEnd = this.#rows.length < AT_ONCE;
    return this.#rows.length > 0;
  }

  #pass({ object_id }: Known): void {
    if (!this.#isSeen) this.unseen.push(object_id);
    this.#isSeen = false;
    this.count += 1;
    this.#place += 1;
  }
}

/**
 * Objects known before and not seen by this complete scan are forgotten, or kept as missing where that needs a person; their
 * share of those known is the loss.
 */
async function missUnseen(
  db: Db,
  pause: Pause,
  { tenantId: tenant, scannedAt: at }: { readonly tenantId: string; readonly scannedAt: EpochMs },
  known: KnownInOrder,
): Promise<number> {
  // all that is left was not seen
  while (await known.more());
  const { unseen, count } = known;
  if (count === 0) return 0;
  const areKept = missingNeedsPerson(unseen.length, count);
  for (let from = 0; from < unseen.length; from += AT_ONCE) {
    const ids = unseen.slice(from, from + AT_ONCE);
    await pause();
    await (areKept ? missed(db, { tenant, at }, ids) : forgotten(db, { tenant }, ids));
  }
  return unseen.length / count;
}

/**
 * In the order of the primary key: page after page is then written once. In any other one a page that does not fit in the cache is written
 * again and again, and where it is done so SQLite reads and sums up the whole log anew when it commits.
 */
async function byObject(seen: readonly SeenHolder[], pause: Pause): Promise<Order> {
  const ids = seen.map(({ objectId }) => objectId);
  const compare = (a: number, b: number) => {
    const [one, other] = [ids[a] as string, ids[b] as string];
    return one < other ? -1 : one > other ? 1 : 0;
  };
  const work = Order.of(ids.keys(), compare);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    await pause();
  }
}

/**
 * Writes what is new or has changed, and of all others, which are most, only when they were seen: in runs that nothing else stands
 * between.
 */
async function noteSeen(
  db: Db,
  pause: Pause,
  summary: Omit<ScanSummary, "lost">,
  known: KnownInOrder,
  seen: readonly SeenHolder[],
): Promise<void> {
  const again = { tenant: summary.tenantId, at: summary.scannedAt };
  const order = await byObject(seen, pause);
  for (let from = 0; from < seen.length; from += AT_ONCE) {
    await pause();
    let run: Run | undefined;
    let unseen = known.unseen.length;
    for (let place = from; place < Math.min(from + AT_ONCE, seen.length); place += 1) {
      const one = seen[order.at(place)] as SeenHolder;
      const before = await known.find(one.objectId);
      const row = holderRow(summary, one, before);
      const isUnchanged = isSame(before, row);
      if (run !== undefined && (!isUnchanged || known.unseen.length > unseen)) {
        await seenAgain(db, { ...again, ...run });
        run = undefined;
      }
      if (!isUnchanged) await noted(db, row);
      else run = { first: run?.first ?? one.objectId, last: one.objectId };
      unseen = known.unseen.length;
    }
    if (run !== undefined) await seenAgain(db, { ...again, ...run });
  }
}

function holderRow(
  { tenantId, scannedAt }: Omit<ScanSummary, "lost">,
  { objectId, type, appId, displayName, credentials }: SeenHolder,
  before: Known | undefined,
): Row {
  return {
    tenant_id: tenantId,
    object_id: objectId,
    type,
    app_id: appId,
    display_name: displayName,
    seen_at: scannedAt,
    missing_since: null,
    // what could not be compared stays as it was known
    key_ids: credentials === undefined ? (before?.key_ids ?? null) : packKeyIds(credentials.map(({ keyId }) => keyId)),
  };
}

function isSame(old: Known | undefined, row: Known): boolean {
  return (
    old?.type === row.type &&
    old.app_id === row.app_id &&
    old.display_name === row.display_name &&
    old.key_ids === row.key_ids
  );
}

function scanRow(scan: ScanSummary) {
  return {
    tenant_id: scan.tenantId,
    scanned_at: scan.scannedAt,
    applications: scan.applications,
    service_principals: scan.servicePrincipals,
    complete: scan.complete ? 1 : 0,
    lost: scan.lost,
  };
}

function scanFrom(row: Tables["scans"]): ScanSummary {
  return {
    tenantId: row.tenant_id,
    scannedAt: row.scanned_at as EpochMs,
    applications: row.applications,
    servicePrincipals: row.service_principals,
    complete: row.complete === 1,
    lost: row.lost,
  };
}
