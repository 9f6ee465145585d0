import type { EpochMs } from "../../core/time.ts";
import type { AnswerStore } from "../../ports/answers.ts";
import type { Database } from "./database.ts";

/** What the HTTP API answered under an Idempotency-Key. */
export function answers({ read, write }: Database): AnswerStore {
  return {
    keptAnswer: (tenantId, who, key) =>
      read(async (db) => {
        const row = await db
          .selectFrom("answers")
          .select(["asked", "answer", "at"])
          .where("tenant_id", "=", tenantId)
          .where("who", "=", who)
          .where("answer_key", "=", key)
          .executeTakeFirst();
        return row === undefined ? null : { asked: row.asked, answer: row.answer, at: row.at as EpochMs };
      }),

    keepAnswer: (tenantId, who, key, { asked, answer, at }, forget) =>
      write(async (db) => {
        await db.deleteFrom("answers").where("tenant_id", "=", tenantId).where("at", "<", forget).execute();
        await db
          .insertInto("answers")
          .values({ tenant_id: tenantId, who, answer_key: key, asked, answer, at })
          .onConflict((it) => it.doNothing())
          .execute();
      }),
  };
}
