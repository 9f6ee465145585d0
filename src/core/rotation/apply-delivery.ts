/** What the events of a delivery and its proof make of a rotation. */
import type { Delivery, Rotation, RotationEvent } from "./rotation.ts";

/** A step that worked: the count of failed tries starts anew. */
export const CLEAR = { failures: 0, lastFailure: null, notBefore: null } as const;

type DeliveryEvent = Extract<
  RotationEvent,
  { type: "delivery-intended" | "delivered" | "verified" | "not-used-yet" | "drifted" }
>;

/** @throws TypeError when the rotation has no such target. */
export function changeDelivery(r: Rotation, event: DeliveryEvent): Rotation {
  const at = event.at;
  const with_ = (changes: Partial<Delivery>) => {
    if (!r.deliveries.some((one) => one.target === event.target)) throw new TypeError(`no target ${event.target}`);
    return r.deliveries.map((one) => (one.target === event.target ? { ...one, ...changes } : one));
  };
  switch (event.type) {
    case "delivery-intended":
      return { ...r, deliveries: with_({ intendedAt: at }) };
    case "delivered": {
      const deliveries = with_({ receipt: { version: event.version, at } });
      const all = deliveries.every((one) => one.receipt !== null);
      // the count of failures goes on: a target that loses what it took must not be written to at full pace for ever
      return { ...r, deliveries, notBefore: null, state: all ? "delivered" : r.state };
    }
    case "not-used-yet":
      return { ...r, ...CLEAR, deliveries: with_({ lookedAt: at }) };
    case "verified": {
      const hadFailed = r.deliveries.some((one) => one.target === event.target && one.failures !== undefined);
      const anew = hadFailed ? { failures: 0 } : {};
      const deliveries = with_({ verifiedAt: event.read, assurance: event.assurance, ...anew });
      const all = deliveries.every((one) => one.verifiedAt !== null);
      return {
        ...r,
        ...CLEAR,
        deliveries,
        ownRequests: event.request === null ? r.ownRequests : [...r.ownRequests, event.request],
        state: all ? "verified" : r.state,
        verifiedAt: all ? (r.verifiedAt ?? at) : r.verifiedAt,
        assurance: all ? weakest(deliveries) : r.assurance,
      };
    }
    case "drifted":
      // the copy is not ours: the proof of this target is gone, and with it the state that rested on it
      return {
        ...r,
        state: "accepted",
        verifiedAt: null,
        deliveries: with_({ receipt: null, verifiedAt: null, assurance: null }),
      };
  }
}

const STRENGTH = ["token", "consumer-evidence", "person", "receipt", "authenticated-blocked"] as const;

function weakest(deliveries: readonly Delivery[]): (typeof STRENGTH)[number] {
  const places = deliveries.map((one) => STRENGTH.indexOf(one.assurance ?? "authenticated-blocked"));
  return STRENGTH[Math.max(...places)] ?? "authenticated-blocked";
}
