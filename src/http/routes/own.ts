/** What an Owner may see: applications the directory lists him as an owner of. Of others he does not even learn that they exist. */
import { NolapseError } from "../../core/errors.ts";
import type { Portrait } from "../../engine/views/portrait.ts";
import type { Caller } from "../caller.ts";
import { mayAll } from "../roles.ts";
import type { Tenant } from "../tenant.ts";

/** @throws NolapseError `incomplete` before the first scan. */
export function pictureOf(tenant: Tenant) {
  if (tenant.picture !== null) return tenant.picture;
  throw new NolapseError("incomplete", "the first scan of the tenant is not over yet", {
    next: "try again in a moment",
  });
}

/** Whether the caller may see what is about this application. */
export function maySee(tenant: Tenant, caller: Caller, portrait: Portrait | null): boolean {
  if (mayAll(caller.role, "Reader")) return true;
  if (portrait === null) return false;
  const owned = tenant.ownership?.ownedBy.get(caller.objectId.toLowerCase()) ?? [];
  return portrait.holders.some(({ objectId }) => owned.includes(objectId));
}

/** The application of an address. @throws NolapseError `not-found`. */
export function seenBy(tenant: Tenant, caller: Caller, id: string): Portrait {
  const portrait = pictureOf(tenant).find(id);
  if (portrait !== null && maySee(tenant, caller, portrait)) return portrait;
  throw new NolapseError("not-found", `there is no application ${id} in ${tenant.name} that you can see`, {
    next: "look for its name: it may have been deleted, or be in another tenant",
  });
}
