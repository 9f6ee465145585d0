/** A value that is still sealed, shown on a person's word: a reason is given, and the trail has it first. */

import { NolapseError } from "../../core/errors.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { isPrivileged } from "../commands/approve.ts";
import { askedLine } from "../commands/noted.ts";
import type { Deps } from "../deps.ts";
import { rotationOf } from "../rotation/amend.ts";
import { rotationsNamed } from "../scan/named.ts";

/**
 * The value of the newest credential Nolapse issued for an application, while it is still sealed. A reveal: it takes a
 * reason, which goes into the trail. @throws NolapseError `not-found` when no value is kept, `usage` where several applications have the name.
 */
export async function showSecret(
  deps: Deps,
  named: string,
  reason: string,
  actor: string,
): Promise<{ readonly rotation: Rotation; readonly value: SecretValue }> {
  const rotations = await rotationsNamed(deps, named);
  for (const rotation of rotations) {
    const value = await openKept(deps, rotation, reason, actor);
    if (value !== null) return { rotation, value };
  }
  const delivered = rotations.find((one) => one.verifiedAt !== null);
  const places = delivered?.deliveries.map((one) => one.target).join(", ");
  throw new NolapseError("not-found", `no value of ${named} is kept`, {
    next:
      places === undefined || places === ""
        ? "values are kept from issue to delivery only, or with custody: keep in the policy; nolapse plan shows what is rotated"
        : `it was delivered and erased here: read it where it went (${places}), or set custody: keep in the policy`,
  });
}

/** The value one rotation issued, while it is still sealed: a reveal as well. @throws NolapseError `not-found`, `refused-by-rule`. */
export async function reveal(
  deps: Deps,
  id: string,
  reason: string,
  actor: string,
): Promise<{ readonly rotation: Rotation; readonly value: SecretValue }> {
  const rotation = await rotationOf(deps, id);
  const value = await openKept(deps, rotation, reason, actor);
  if (value !== null) return { rotation, value };
  throw new NolapseError(
    "not-found",
    "nolapse does not hold this value: it was not issued yet, or delivered and erased",
    {
      next: "read it where it went, or rotate it instead",
    },
  );
}

/** Opens what is sealed, noted in the trail before anybody sees it; null where nothing is. */
async function openKept(deps: Deps, rotation: Rotation, reason: string, actor: string): Promise<SecretValue | null> {
  const { appId } = rotation.holder;
  refuseReveal(rotation);
  const kept = await deps.store.sealed(rotation.id);
  if (kept === null) return null;
  const value = await deps.sealer.open(kept.sealed, { tenantId: rotation.tenantId, appId, keyId: kept.keyId });
  const at = await deps.clock.now();
  await deps.store.audit(
    askedLine(deps, actor, "revealed", at, { rotation: rotation.id, appId, keyId: kept.keyId }, { why: reason }),
  );
  return value;
}

function refuseReveal(rotation: Rotation): void {
  if (!isPrivileged(rotation)) return;
  const why = (rotation.privileges ?? []).join(", ");
  throw new NolapseError(
    "refused-by-rule",
    `values of ${rotation.displayName} are not shown: it is privileged by ${why}`,
    {
      next: "read it where it was delivered, or ask for it in the portal, where another Admin must approve",
    },
  );
}
