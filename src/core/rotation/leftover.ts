/**
 * A leftover: a credential that Nolapse was told to adopt and that no slot has as its current one, so that no rotation will ever replace it.
 * A person's *Remove now* on it opens a rotation of its own, which makes nothing: it begins as verified, by what the last rotation of the slot
 * has proven, and its retire step proves that anew like that of any other.
 */
import type { Credential } from "../credentials/credential.ts";
import { hardened } from "../policy/privilege.ts";
import type { EpochMs } from "../time.ts";
import { plannedRotation } from "./planned-rotation.ts";
import type { Delivery, Issued, Rotation } from "./rotation.ts";

/** What has a verified successor that a removal can rest on. */
export type Proven = Rotation & { readonly issued: Issued; readonly verifiedAt: EpochMs };

/** Whether it has made, delivered and verified this credential itself. */
export function hasProven(rotation: Rotation, keyId: string): rotation is Proven {
  return hasMade(rotation, keyId) && rotation.verifiedAt !== null;
}

/** Whether the credential is its own successor; a leftover's rotation only rests on one. */
export function hasMade({ leftover, issued }: Pick<Rotation, "leftover" | "issued">, keyId: string): boolean {
  return leftover !== true && issued?.keyId === keyId;
}

interface Begun {
  readonly id: string;
  readonly at: EpochMs;
  /** What makes the application privileged now. */
  readonly privileges: readonly string[];
}

/**
 * The rotation that lets `credential` go, resting on the current credential of the slot that `last` has made. It counts as proven since
 * then: from there on every declared consumer had that one. No word is on it yet, and without one it must not be stored.
 */
export function leftoverRotation(last: Proven, credential: Credential, { id, at, privileges }: Begun): Rotation {
  const { tenant, tenantId, holder, displayName, slot, kind, federated, consumersComplete } = last;
  const begun = plannedRotation({
    id,
    tenant,
    tenantId,
    holder,
    displayName,
    slot,
    kind,
    ...(federated === undefined ? {} : { federated: { ...federated, evidence: null } }),
    replaces: credential.keyId,
    replacesKind: credential.kind,
    replacesName: credential.name,
    replacesEnd: credential.end,
    reason: "removal-asked",
    policy: hardened(last.policy, privileges),
    consumersComplete,
    privileges,
    targets: [],
    at,
    // who asks for it starts it; whether the removal needs another word is the policy's to say
    approved: true,
  });
  return {
    ...begun,
    leftover: true,
    state: "verified",
    issued: last.issued,
    acceptedAt: last.acceptedAt,
    verifiedAt: last.verifiedAt,
    assurance: last.assurance,
    ownRequests: last.ownRequests,
    deliveries: last.deliveries.map(asProven),
  };
}

/** A copy that is there, without what became of its tries; its proof is made anew right before the removal where it is too old by then. */
function asProven({ target, intendedAt, receipt, verifiedAt, assurance }: Delivery): Delivery {
  return { target, intendedAt, receipt, verifiedAt, assurance };
}
