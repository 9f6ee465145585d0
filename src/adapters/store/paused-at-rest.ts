/** Which applications persons hold, read from the store without opening it for work: for what needs no store, and must not update one. */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { NamedPause } from "../../core/rotation/words.ts";
import type { Tables } from "./tables.ts";
import { pauseFrom } from "./under-pause.ts";

const PAUSES = `
  SELECT app_id, paused_by, at, reason,
    (SELECT display_name FROM holders WHERE tenant_id = held.tenant_id AND app_id = held.app_id) AS display_name
  FROM application_pauses AS held WHERE tenant_id = ? ORDER BY app_id`;

/**
 * The pauses of a tenant, each with the application's name where a scan has noted one. None where there is no store, or one that cannot be
 * read: what is wrong with it the check of the store says.
 */
export function pausedAtRest(path: string, tenantId: string): NamedPause[] {
  if (!existsSync(path)) return [];
  try {
    const handle = new DatabaseSync(path, { readOnly: true });
    try {
      const rows = handle.prepare(PAUSES).all(tenantId) as unknown as (Tables["application_pauses"] & {
        readonly display_name: string | null;
      })[];
      return rows.map((row) => ({
        ...pauseFrom(row),
        ...(row.display_name === null ? {} : { displayName: row.display_name }),
      }));
    } finally {
      handle.close();
    }
  } catch {
    // of an older program, held by somebody, or no store at all
    return [];
  }
}
