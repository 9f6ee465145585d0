/** The books: instance, ledger, slots, attempts, switches, tally. */
import { sql } from "kysely";
import {
  CLEAN_AFTER,
  ISSUE_ACTIONS,
  isCounted,
  issuesAmong,
  RAMP_ENDS_AT,
  RETIREMENT_ACTIONS,
  RETIREMENT_HELD,
  retirementsAmong,
} from "../../core/schedule/blast-radius.ts";
import { DAY, type EpochMs, HOUR } from "../../core/time.ts";
import type { Counted, Store, Switches, Tally } from "../../ports/store.ts";
import { enterLedger, noteAttempts, writeAudit } from "./change.ts";
import type { Database, Db } from "./database.ts";
import { prepared, preparedForEach, type Value } from "./prepared.ts";
import { ledgerFrom, ledgerRow, slotFrom } from "./rows.ts";
import { readPauses } from "./under-pause.ts";

/** How many outcomes the breaker looks back on, and how long a wave of retirements is remembered (design §4.7). */
const RECENT = 20;
const WAVES = 60 * DAY;

interface OfTenant {
  readonly tenant: string;
}

interface OfApplication extends OfTenant {
  readonly app: string;
}

const instanceOf = prepared((db) => db.selectFrom("meta").select("value").where("name", "=", "instance"));

/** SQLite takes 32,766 parameters in one statement; far fewer do, and keep a statement short. */
const ASKED_AT_ONCE = 250;

const attemptsOf = preparedForEach((db, value: Value<OfTenant>, attempts) =>
  db
    .selectFrom("attempts")
    .select("attempt")
    .where("tenant_id", "=", value("tenant"))
    .where("attempt", "in", [...attempts]),
);

const ledgerOf = prepared((db, value: Value<OfApplication>) =>
  db
    .selectFrom("ledger")
    .selectAll()
    .where("tenant_id", "=", value("tenant"))
    .where("app_id", "=", value("app"))
    .orderBy("entered_at")
    .orderBy("key_id"),
);

const ledgerOfEach = preparedForEach((db, value: Value<OfTenant>, apps) =>
  db
    .selectFrom("ledger")
    .selectAll()
    .where("tenant_id", "=", value("tenant"))
    .where("app_id", "in", [...apps])
    .orderBy("entered_at")
    .orderBy("key_id"),
);

const allSlots = prepared((db, value: Value<OfTenant>) =>
  db.selectFrom("slots").selectAll().where("tenant_id", "=", value("tenant")).orderBy("app_id").orderBy("slot"),
);

const slotsOf = prepared((db, value: Value<OfApplication>) =>
  db
    .selectFrom("slots")
    .selectAll()
    .where("tenant_id", "=", value("tenant"))
    .where("app_id", "=", value("app"))
    .orderBy("slot"),
);

const switchesOf = prepared((db, value: Value<OfTenant>) =>
  db.selectFrom("switches").selectAll().where("tenant_id", "=", value("tenant")),
);

/** The verbs of the ledger, slots and attempts. */
export function books({
  read,
  write,
}: Database): Pick<Store, "instance" | "ledger" | "adopt" | "slots" | "knownAttempts" | "noteAttempts"> {
  let made: string | undefined;
  return {
    instance: async (propose) => {
      // made once and kept, so it is asked for once
      made ??= (await read(async (db) => instanceOf(db, {}))).rows[0]?.value;
      if (made !== undefined) return made;
      return write(async (db) => {
        await db
          .insertInto("meta")
          .values({ name: "instance", value: propose })
          .onConflict((it) => it.doNothing())
          .execute();
        const row = await db
          .selectFrom("meta")
          .select("value")
          .where("name", "=", "instance")
          .executeTakeFirstOrThrow();
        return row.value;
      });
    },

    ledger: (tenantId, of) =>
      read(async (db) => {
        const tenant = { tenant: tenantId };
        const { rows } = await (typeof of === "string"
          ? ledgerOf(db, { ...tenant, app: of })
          : ledgerOfEach(db, tenant, of));
        return rows.map(ledgerFrom);
      }),

    adopt: (entry, audit) =>
      write(async (db) => {
        const known = await db
          .selectFrom("ledger")
          .select("key_id")
          .where("tenant_id", "=", entry.tenantId)
          .where("key_id", "=", entry.keyId)
          .executeTakeFirst();
        if (known !== undefined) return false;
        await enterLedger(db, ledgerRow(entry));
        await writeAudit(db, [audit]);
        return true;
      }),

    slots: (tenantId, appId) =>
      read(async (db) => {
        const tenant = { tenant: tenantId };
        const { rows } = appId === null ? await allSlots(db, tenant) : await slotsOf(db, { ...tenant, app: appId });
        return rows.map(slotFrom);
      }),

    knownAttempts: (tenantId, attempts) =>
      read(async (db) => {
        const known = new Set<string>();
        for (let from = 0; from < attempts.length; from += ASKED_AT_ONCE) {
          const asked = attempts.slice(from, from + ASKED_AT_ONCE);
          for (const { attempt } of (await attemptsOf(db, { tenant: tenantId }, asked)).rows) known.add(attempt);
        }
        return known;
      }),

    noteAttempts: (tenantId, attempts) => write((db) => noteAttempts(db, tenantId, attempts)),
  };
}

/** The verbs of switches and tally. */
export function switchboard({ read, write }: Database): Pick<Store, "switches" | "turn" | "tally"> {
  return {
    switches: (tenantId) => read((db) => readSwitches(db, tenantId)),

    turn: (tenantId, which, value, audit) =>
      write(async (db) => {
        await db.deleteFrom("switches").where("tenant_id", "=", tenantId).where("name", "=", which).execute();
        if (value !== null) {
          const row = { tenant_id: tenantId, name: which, value: JSON.stringify(value) };
          await db.insertInto("switches").values(row).execute();
        } else if (which === "breaker") {
          await db.deleteFrom("outcomes").where("tenant_id", "=", tenantId).execute();
        }
        await writeAudit(db, [audit]);
      }),

    tally: (tenantId, now, of) => read((db) => tally(db, tenantId, now, of)),
  };
}

async function readSwitches(db: Db, tenantId: string): Promise<Switches> {
  const { rows } = await switchesOf(db, { tenant: tenantId });
  const value = (name: string) => {
    const row = rows.find((one) => one.name === name);
    return row === undefined ? null : JSON.parse(row.value);
  };
  const paused = await readPauses(db, tenantId);
  return { stopped: value("stopped"), removalOff: value("removalOff"), breaker: value("breaker"), paused };
}

const issuesOf = prepared((db, value: Value<OfTenant & { readonly since: number }>) =>
  db
    .selectFrom("audit")
    .select(["at", "details", "action", "rotation"])
    .where("tenant_id", "=", value("tenant"))
    .where("action", "in", ISSUE_ACTIONS)
    .where("at", ">", value("since"))
    .orderBy("at")
    .orderBy("sequence"),
);

/**
 * How the details of an early retirement are written: nothing else looks like it, as quotation marks in a text are escaped and details have
 * nothing nested. In the very words of `audit_early`, as an index of a part of the rows is found by.
 */
const isEarly = sql<boolean>`details LIKE '%"early":true%'`;

const removalsOf = prepared((db, value: Value<OfTenant & { readonly since: number }>) =>
  db
    .selectFrom("audit")
    .select(["at", "action", "rotation"])
    .where("tenant_id", "=", value("tenant"))
    .where("action", "in", RETIREMENT_ACTIONS)
    .where("at", ">", value("since"))
    .where(isEarly)
    .orderBy("at")
    .orderBy("sequence"),
);

/** Their instants alone, as one text: sixty days of a large tenant have thousands, and each row of an answer costs. */
const removedOf = prepared((db, value: Value<OfTenant & { readonly since: number }>) =>
  db
    .selectFrom("audit")
    .select(sql<string>`json_group_array(at)`.as("instants"))
    .where("tenant_id", "=", value("tenant"))
    .where("action", "=", "removed")
    .where("at", ">", value("since"))
    .where(isEarly),
);

/** No further than the ramp goes: a store of years has thousands of them. */
const cleanOf = prepared((db, value: Value<OfTenant & { readonly before: number }>) =>
  db
    .selectFrom((it) =>
      it
        .selectFrom("rotations")
        .select("id")
        .where("tenant_id", "=", value("tenant"))
        .where("verified_at", "<=", value("before"))
        .where("failures", "=", 0)
        .where("state", "in", ["verified", "retired"])
        .limit(RAMP_ENDS_AT)
        .as("some"),
    )
    .select((it) => it.fn.countAll<number>().as("count")),
);

const outcomesOf = prepared((db, value: Value<OfTenant>) =>
  db
    .selectFrom("outcomes")
    .select("ok")
    .where("tenant_id", "=", value("tenant"))
    .orderBy("sequence", "desc")
    .limit(RECENT),
);

/** The numbers of the limits, as one transaction sees them; only those of one part where it is named. */
export async function tally(db: Db, tenant: string, now: EpochMs, of?: Counted): ReturnType<Store["tally"]> {
  const wants = (part: Counted) => of === undefined || of === part;
  const none = { issues: [], clean: 0, earlyRetirements: [], retiring: [], recent: [] };
  return {
    ...none,
    ...(wants("issues") ? await issuesAndClean(db, tenant, now) : {}),
    ...(wants("retirements") ? await retirements(db, tenant, now) : {}),
    ...(wants("outcomes") ? { recent: (await outcomesOf(db, { tenant })).rows.map((one) => one.ok === 1) } : {}),
  };
}

async function issuesAndClean(db: Db, tenant: string, now: EpochMs): Promise<Pick<Tally, "issues" | "clean">> {
  const issues = await issuesOf(db, { tenant, since: now - 24 * HOUR });
  const clean = await cleanOf(db, { tenant, before: now - CLEAN_AFTER });
  return {
    issues: issuesAmong(
      issues.rows.map((one) => ({ ...one, at: one.at as EpochMs })),
      now,
    ),
    clean: Number(clean.rows[0]?.count ?? 0),
  };
}

async function retirements(
  db: Db,
  tenant: string,
  now: EpochMs,
): Promise<Pick<Tally, "earlyRetirements" | "retiring">> {
  const removed = await removedOf(db, { tenant, since: now - WAVES });
  const done: EpochMs[] = JSON.parse(removed.rows[0]?.instants ?? "[]");
  const recent = await removalsOf(db, { tenant, since: now - RETIREMENT_HELD });
  const { begun } = retirementsAmong(
    recent.rows.map(({ at, action, rotation }) => ({ at: at as EpochMs, action, rotation })),
    now,
  );
  return { earlyRetirements: done.filter((at) => isCounted(at, now)).sort((a, b) => a - b), retiring: begun };
}
