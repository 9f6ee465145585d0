/** Rotations as they are under the pauses of their applications, which are kept beside them. */
import { underPause } from "../../core/rotation/application-pause.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { ApplicationPause } from "../../core/rotation/words.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Db } from "./database.ts";
import { prepared, type Value } from "./prepared.ts";
import { rotationFrom } from "./rows.ts";
import type { Tables } from "./tables.ts";

const pausesOf = prepared((db, value: Value<{ readonly tenant: string }>) =>
  db.selectFrom("application_pauses").selectAll().where("tenant_id", "=", value("tenant")).orderBy("app_id"),
);

/** The pauses of a tenant; there are few. */
export async function readPauses(db: Db, tenant: string): Promise<readonly ApplicationPause[]> {
  return (await pausesOf(db, { tenant })).rows.map(pauseFrom);
}

export function pauseFrom({ app_id, paused_by, at, reason }: Tables["application_pauses"]): ApplicationPause {
  return { appId: app_id, by: paused_by, at: at as EpochMs, reason };
}

/** The rotations of these documents, each under the pause of its application. */
export async function rotationsFrom(db: Db, rows: readonly { readonly body: string }[]): Promise<Rotation[]> {
  const rotations = rows.map(rotationFrom);
  for (const tenant of new Set(rotations.map(({ tenantId }) => tenantId))) {
    const pauses = await readPauses(db, tenant);
    if (pauses.length === 0) continue;
    const byApp = new Map(pauses.map((one) => [one.appId, one]));
    for (const [place, one] of rotations.entries())
      if (one.tenantId === tenant) rotations[place] = underPause(one, byApp.get(one.holder.appId));
  }
  return rotations;
}
