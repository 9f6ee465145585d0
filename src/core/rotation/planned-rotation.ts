/** How a rotation begins: what is fixed from the first moment, and everything else not known yet. */

import type { EpochMs } from "../time.ts";
import type { Delivery, Rotation } from "./rotation.ts";

/** What is fixed when a rotation is opened. */
export type Opening = Pick<
  Rotation,
  | "id"
  | "tenant"
  | "tenantId"
  | "holder"
  | "displayName"
  | "slot"
  | "kind"
  | "federated"
  | "replaces"
  | "replacesKind"
  | "replacesName"
  | "replacesEnd"
  | "reason"
  | "policy"
  | "consumersComplete"
  | "privileges"
  | "wish"
> & { readonly targets: readonly string[]; readonly at: EpochMs; readonly approved: boolean; readonly self?: boolean };

/** A rotation of which nothing has been proven yet, due at once. */
export function plannedRotation({ targets, at, approved, self = false, ...fixed }: Opening): Rotation {
  return {
    ...fixed,
    self,
    state: "planned",
    from: null,
    haltReason: null,
    preflightAt: null,
    attempts: [],
    issued: null,
    probes: [],
    probingSince: null,
    acceptedAt: null,
    ownRequests: [],
    deliveries: targets.map(undelivered),
    verifiedAt: null,
    assurance: null,
    listReadAt: null,
    listWrite: null,
    listLosses: [],
    withdrawIntendedAt: null,
    uses: null,
    former: null,
    ownProof: null,
    replacesCertificate: null,
    undo: null,
    retireIntendedAt: null,
    removedAt: null,
    absentReads: [],
    retiredAt: null,
    approvals: { issue: approved ? at : null, retire: null },
    failures: 0,
    lastFailure: null,
    notBefore: null,
    dueAt: at,
    plannedAt: at,
    updatedAt: at,
  };
}

/** A place of which nothing has been proven yet. */
export function undelivered(target: string): Delivery {
  return { target, intendedAt: null, receipt: null, verifiedAt: null, assurance: null };
}
