/** The chain over the audit trail: links and checkpoints, which the database lets nobody change. */
import { type EpochMs, formatInstant } from "../../core/time.ts";
import type { Checkpoint, Link, TrailStore } from "../../ports/trail.ts";
import type { Database, Db } from "./database.ts";
import { auditFrom } from "./rows.ts";

/**
 * How far behind the last link an entry can still be without one: where several write at once, an entry may be committed
 * after one with a higher number was sealed.
 */
const LATE = 1_000;

export function chain({ read, write }: Database): TrailStore {
  return {
    unsealed: (tenantId, limit) =>
      read(async (db) => {
        const head = await lastLink(db, tenantId);
        const rows = await db
          .selectFrom("audit")
          .leftJoin("links", "links.sequence", "audit.sequence")
          .selectAll("audit")
          .where("audit.tenant_id", "=", tenantId)
          .where("audit.sequence", ">", (head?.sequence ?? 0) - LATE)
          .where("links.sequence", "is", null)
          .orderBy("audit.sequence")
          .limit(limit)
          .execute();
        return { head, entries: rows.map(auditFrom) };
      }),

    seal: (tenantId, links, checkpoint) =>
      write(async (db) => {
        const first = links[0]?.position ?? 1;
        if (((await lastLink(db, tenantId))?.position ?? 0) !== first - 1) return false;
        for (const { position, sequence, hash } of links) {
          await db.insertInto("links").values({ tenant_id: tenantId, position, sequence, hash }).execute();
        }
        await db
          .insertInto("checkpoints")
          .values({ tenant_id: tenantId, ...checkpoint })
          .execute();
        return true;
      }),

    links: (tenantId, after, limit) => read((db) => linksAfter(db, tenantId, after, limit)),

    checkpoints: (tenantId, after, limit) =>
      read(async (db) => {
        const rows = await db
          .selectFrom("checkpoints")
          .selectAll()
          .where("tenant_id", "=", tenantId)
          .where("position", ">", after)
          .orderBy("position")
          .limit(limit)
          .execute();
        return rows.map(
          ({ position, hash, at, signature }): Checkpoint => ({ position, hash, at: at as EpochMs, signature }),
        );
      }),
  };
}

async function lastLink(db: Db, tenantId: string): Promise<Link | null> {
  const row = await db
    .selectFrom("links")
    .select(["position", "sequence", "hash"])
    .where("tenant_id", "=", tenantId)
    .orderBy("position", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

async function linksAfter(db: Db, tenantId: string, after: number, limit: number): ReturnType<TrailStore["links"]> {
  const links = await db
    .selectFrom("links")
    .select(["position", "sequence", "hash"])
    .where("tenant_id", "=", tenantId)
    .where("position", ">", after)
    .orderBy("position")
    .limit(limit)
    .execute();
  if (links.length === 0) return [];
  const entries = await db
    .selectFrom("audit")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where(
      "sequence",
      "in",
      links.map((one) => one.sequence),
    )
    .execute();
  const bySequence = new Map(entries.map((row) => [row.sequence, readable(row)]));
  return links.map((link) => ({ link, entry: bySequence.get(link.sequence) ?? null }));
}

/** Null for a row that no program has written so: somebody has been at the file, and the check of the chain is to say so. */
function readable(row: Parameters<typeof auditFrom>[0]): ReturnType<typeof auditFrom> | null {
  try {
    const entry = auditFrom(row);
    formatInstant(entry.at);
    return entry;
  } catch {
    return null;
  }
}
