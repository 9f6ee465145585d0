/** An application as something new is to be put on it: its object as it is now, who owns it, what makes it privileged, what policies say. */

import { NolapseError } from "../../core/errors.ts";
import type { EmergencyPlace } from "../../engine/commands/emergency.ts";
import type { Ground } from "../../engine/commands/new-credential.ts";
import { appPoliciesNow } from "../../engine/plan/plan.ts";
import type { ShownSubject } from "../../engine/values/shown-secret.ts";
import { retouch } from "../../engine/views/picture.ts";
import type { Portrait } from "../../engine/views/portrait.ts";
import type { Caller } from "../caller.ts";
import type { Tenant } from "../tenant.ts";
import { pictureOf, seenBy } from "./own.ts";

export async function groundOf(tenant: Tenant, { objectId, type, holders }: Portrait): Promise<Ground> {
  const { appPolicies: known } = pictureOf(tenant).plan;
  // where nothing is bound the plan has not asked
  const appPolicies = known.state === "not-asked" ? await appPoliciesNow(tenant.deps) : known;
  return {
    holder: holders.find((its) => its.type === type) ?? null,
    appPolicies,
    owners: tenant.ownership === null ? null : (tenant.ownership.ownersOf.get(objectId)?.length ?? 0),
  };
}

/** An application as it is now, with what is planned for it. @throws NolapseError `not-found`, and as the directory does. */
export async function placeOf(tenant: Tenant, appId: string): Promise<EmergencyPlace> {
  const fresh = await retouch(tenant.deps, pictureOf(tenant), appId, true);
  if (fresh === null) throw new NolapseError("not-found", "the application is gone");
  return { appId, holders: fresh.holders, items: fresh.items };
}

/** The registration of an application, on which secrets by hand are made. @throws NolapseError `not-found`, `refused-by-rule`. */
export async function subjectOf(tenant: Tenant, caller: Caller, wanted: string): Promise<ShownSubject & Ground> {
  const { appId } = seenBy(tenant, caller, wanted);
  const picture = pictureOf(tenant);
  const fresh = await retouch(tenant.deps, picture, appId, false);
  const ground = fresh === null ? null : await groundOf(tenant, fresh);
  const holder = fresh?.holders.find(({ type }) => type === "application") ?? fresh?.holders[0] ?? null;
  if (ground === null || holder === null) throw new NolapseError("not-found", "the application is gone");
  const { held, unread } = picture.scan.privileges;
  return { ...ground, holder, privileges: unread ? null : (held.get(appId) ?? []) };
}
