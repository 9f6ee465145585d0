import type { NoticeStore } from "../../ports/notices.ts";
import type { Database } from "./database.ts";

/** What each recipient was told last. */
export function notices({ read, write }: Database): NoticeStore {
  return {
    lastNotice: (tenantId, channel, recipient) =>
      read(async (db) => {
        const row = await db
          .selectFrom("notices")
          .select("digest")
          .where("tenant_id", "=", tenantId)
          .where("channel", "=", channel)
          .where("recipient", "=", recipient)
          .executeTakeFirst();
        return row?.digest ?? null;
      }),

    noteNotice: (tenantId, channel, recipient, digest, at) =>
      write(async (db) => {
        const row = { tenant_id: tenantId, channel, recipient, digest, sent_at: at };
        await db
          .insertInto("notices")
          .values(row)
          .onConflict((it) => it.columns(["tenant_id", "channel", "recipient"]).doUpdateSet(row))
          .execute();
      }),
  };
}
