/** Which applications persons hold, read from the store without opening it for work: for what needs no store, and must not update one. */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { NamedPause } from "../../core/rotation/words.ts";
import type { Tables } from "./tables.ts";
import { pauseFrom } from "./under-pause.ts";

const PAUSES = "SELECT app_id, paused_by, at, reason FROM application_pauses WHERE tenant_id = ? ORDER BY app_id";

/** What scans have noted is in the order of object ids, and gone through once, however many are paused; an application's own name comes last. */
const NAMES = `
  SELECT app_id, display_name FROM holders
  WHERE tenant_id = ?1 AND app_id IN (SELECT app_id FROM application_pauses WHERE tenant_id = ?1)
  ORDER BY type DESC`;

/**
 * The pauses of a tenant, each with the application's name where a scan has noted one. None where there is no store, or one that cannot be
 * read: what is wrong with it the check of the store says.
 */
export function pausedAtRest(path: string, tenantId: string): NamedPause[] {
  if (!existsSync(path)) return [];
  try {
    const handle = new DatabaseSync(path, { readOnly: true });
    try {
      const rows = handle.prepare(PAUSES).all(tenantId) as unknown as readonly Tables["application_pauses"][];
      if (rows.length === 0) return [];
      const noted = handle.prepare(NAMES).all(tenantId) as { readonly app_id: string; readonly display_name: string }[];
      const names = new Map(noted.map(({ app_id, display_name }) => [app_id, display_name]));
      return rows.map((row) => {
        const displayName = names.get(row.app_id);
        return { ...pauseFrom(row), ...(displayName === undefined ? {} : { displayName }) };
      });
    } finally {
      handle.close();
    }
  } catch {
    // of an older program, held by somebody, or no store at all
    return [];
  }
}
