/** Rotations as the conformance suites of the store open, claim and change them. */
import type { Rotation } from "../../src/core/rotation/rotation.ts";
import type { EpochMs } from "../../src/core/time.ts";
import type { Change, LedgerEntry, Store } from "../../src/ports/store.ts";
import { NOW, rotation, TENANT } from "../core/make.ts";
import { audit } from "./store-trail.suite.ts";

export const LEASE = 30_000;

/** A rotation of its own application, so that several can be open at once. */
export function numbered(number: number, parts: Partial<Rotation> = {}): Rotation {
  const holder = {
    type: "application",
    objectId: `11110000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    appId: `0b0e0000-0000-4000-8000-${String(number).padStart(12, "0")}`,
  } as const;
  return rotation({ id: `r${number}`, holder, replaces: `old${number}`, ...parts });
}

export function entry(of: Rotation, parts: Partial<LedgerEntry> = {}): LedgerEntry {
  const { tenantId, holder, replaces, id } = of;
  return {
    tenantId,
    holder,
    keyId: replaces,
    origin: "adopted",
    rotation: id,
    enteredAt: NOW,
    removedAt: null,
    ...parts,
  };
}

export const open = (store: Store, of: Rotation) => store.open(of, [entry(of)], audit("planned", { rotation: of.id }));
export const claim = (store: Store, now: EpochMs = NOW, processNow = 0, only?: readonly string[]) =>
  store.claim({ tenantId: TENANT, now, processNow, leaseMs: LEASE, ...(only === undefined ? {} : { only }) });
export const change = (after: Rotation, more: Partial<Change> = {}): Change => ({
  rotation: after,
  audit: [],
  ...more,
});
