/** The books: instance, ledger, slots, attempts, switches, tally, audit trail. */
import { CLEAN_AFTER, ISSUE_ACTIONS, issuesAmong } from "../../core/blast-radius.ts";
import { DAY, type EpochMs, HOUR } from "../../core/time.ts";
import type { Store, Switches } from "../../ports/store.ts";
import { noteAttempts, writeAudit } from "./change.ts";
import type { Database, Db } from "./database.ts";
import { auditFrom, ledgerFrom, slotFrom } from "./rows.ts";

/** How many outcomes the breaker looks back on, and how long a wave of retirements is remembered (design §4.7). */
const RECENT = 20;
const WAVES = 60 * DAY;

/** The verbs of the ledger, slots and attempts. */
export function books({
  read,
  write,
}: Database): Pick<Store, "instance" | "ledger" | "slots" | "knownAttempts" | "noteAttempts"> {
  return {
    instance: (propose) =>
      write(async (db) => {
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
      }),

    ledger: (tenantId, appId) =>
      read(async (db) => {
        const rows = await db
          .selectFrom("ledger")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("app_id", "=", appId)
          .orderBy("entered_at")
          .orderBy("key_id")
          .execute();
        return rows.map(ledgerFrom);
      }),

    slots: (tenantId, appId) =>
      read(async (db) => {
        let query = db.selectFrom("slots").selectAll().where("tenant_id", "=", tenantId);
        if (appId !== null) query = query.where("app_id", "=", appId);
        return (await query.orderBy("app_id").orderBy("slot").execute()).map(slotFrom);
      }),

    knownAttempts: (tenantId, attempts) =>
      read(async (db) => {
        const known = new Set<string>();
        for (const attempt of attempts) {
          const row = await db
            .selectFrom("attempts")
            .select("attempt")
            .where("tenant_id", "=", tenantId)
            .where("attempt", "=", attempt)
            .executeTakeFirst();
          if (row !== undefined) known.add(row.attempt);
        }
        return known;
      }),

    noteAttempts: (tenantId, attempts) => write((db) => noteAttempts(db, tenantId, attempts)),
  };
}

/** The verbs of switches, tally and audit trail. */
export function trail({
  read,
  write,
}: Database): Pick<Store, "switches" | "turn" | "tally" | "audit" | "auditTrail" | "auditSince"> {
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

    tally: (tenantId, now) => read((db) => tally(db, tenantId, now)),

    audit: (entry) => write((db) => writeAudit(db, [entry])),

    auditTrail: (tenantId, after, limit) =>
      read(async (db) => {
        const rows = await db
          .selectFrom("audit")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("sequence", ">", after)
          .orderBy("sequence")
          .limit(limit)
          .execute();
        return rows.map(auditFrom);
      }),

    auditSince: (tenantId, actions, since) =>
      read(async (db) => {
        const rows = await db
          .selectFrom("audit")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("action", "in", [...actions])
          .where("at", ">=", since)
          .orderBy("sequence")
          .execute();
        return rows.map(auditFrom);
      }),
  };
}

async function readSwitches(db: Db, tenantId: string): Promise<Switches> {
  const rows = await db.selectFrom("switches").selectAll().where("tenant_id", "=", tenantId).execute();
  const value = (name: string) => {
    const row = rows.find((one) => one.name === name);
    return row === undefined ? null : JSON.parse(row.value);
  };
  return { stopped: value("stopped"), removalOff: value("removalOff"), breaker: value("breaker") };
}

async function tally(db: Db, tenantId: string, now: EpochMs): ReturnType<Store["tally"]> {
  const entries = (actions: readonly string[], since: number) =>
    db
      .selectFrom("audit")
      .select(["at", "details", "action", "rotation"])
      .where("tenant_id", "=", tenantId)
      .where("action", "in", actions)
      .where("at", ">", since)
      .orderBy("at")
      .orderBy("sequence")
      .execute();
  const issues = await entries(ISSUE_ACTIONS, now - 24 * HOUR);
  const removals = await entries(["removed"], now - WAVES);
  const clean = await db
    .selectFrom("rotations")
    .select((it) => it.fn.countAll<number>().as("count"))
    .where("tenant_id", "=", tenantId)
    .where("verified_at", "<=", now - CLEAN_AFTER)
    .where("failures", "=", 0)
    .where("state", "in", ["verified", "retired"])
    .executeTakeFirstOrThrow();
  const recent = await db
    .selectFrom("outcomes")
    .select("ok")
    .where("tenant_id", "=", tenantId)
    .orderBy("sequence", "desc")
    .limit(RECENT)
    .execute();
  return {
    issues: issuesAmong(issues.map((one) => ({ ...one, at: one.at as EpochMs }))),
    clean: Number(clean.count),
    earlyRetirements: removals
      .filter((one) => (JSON.parse(one.details) as { early?: unknown }).early === true)
      .map((one) => one.at as EpochMs),
    recent: recent.map((one) => one.ok === 1),
  };
}
