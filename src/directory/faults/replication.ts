/**
 * Replication lag of new objects (reference graph-applications §17): for seconds after its creation an object is not found by some,
 * refused by others, and the token endpoint does not know it. Only where the fault plan says so.
 */
import { denied, notFound } from "../graph/graph-error.ts";
import type { Services } from "../services.ts";
import type { ObjectRecord } from "../state/state.ts";

/** Whether this moment's reader finds the object at all. */
export function isReplicated({ faults, clock }: Services, { entity, bornAt }: ObjectRecord): boolean {
  return bornAt === undefined || faults.objectVisibility(entity.id, bornAt, clock.now()) === "visible";
}

/**
 * Lets a request to an object pass that is everywhere.
 * @throws GraphError 404 with the key as it was sent, or 403, for one that is not
 */
export function requireReplicated(services: Services, record: ObjectRecord, shown: string): void {
  if (isReplicated(services, record)) return;
  const { faults, clock } = services;
  // where a fresh secret would be told expired, an object is found whose rights have not arrived
  throw faults.objectVisibility(record.entity.id, record.bornAt ?? 0, clock.now()) === "expired"
    ? denied()
    : notFound(shown);
}
