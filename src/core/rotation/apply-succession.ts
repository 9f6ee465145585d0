/** What a successor without a copy, and a later rotation of the slot, make of a rotation; part of `applyEvent`. */
import { provesUse } from "../credentials/federation.ts";
import type { EpochMs } from "../time.ts";
import type { Delivery, Rotation, RotationEvent } from "./rotation.ts";

type Of<T extends RotationEvent["type"]> = Extract<RotationEvent, { type: T }>;

/** A state is passed by without a proof of its own only where there is no value; a sign-in that only its issuer allows proves the use. */
export function changeFederated(r: Rotation, event: Of<"passed" | "sign-ins-read">): Rotation {
  if (r.federated === undefined) throw new TypeError("the successor is no federated credential");
  if (event.type === "passed") return { ...r, state: "delivered" };
  const { evidence, failure } = event;
  const read = { ...r, lastFailure: failure, federated: { ...r.federated, evidence } };
  if (r.state === "verified" || !provesUse(evidence)) return read;
  return { ...read, state: "verified", verifiedAt: event.at, assurance: "consumer-evidence" };
}

/**
 * The slot has moved on: what the later rotation has proven takes the place of what this one had. A place that it has served first is read
 * with the old one until then, so that the overlap begins there.
 */
export function succeededBy({ federated: _, ...r }: Rotation, { by, at }: Of<"succeeded">): Rotation {
  const isServedFirst = by.targets.some((target) => r.deliveries.every((one) => one.target !== target));
  return {
    ...r,
    kind: by.kind,
    verifiedAt: isServedFirst ? (by.verifiedAt ?? at) : r.verifiedAt,
    ...(by.federated === undefined ? {} : { federated: { ...by.federated, evidence: null } }),
    issued: by.issued,
    uses: null,
    assurance: by.assurance,
    deliveries: by.targets.map((target) => delivered(target, at)),
  };
}

/** A copy that a later rotation has delivered; its proof is made anew right before the removal. */
function delivered(target: string, at: EpochMs): Delivery {
  return { target, intendedAt: at, receipt: { version: null, at }, verifiedAt: null, assurance: null };
}
