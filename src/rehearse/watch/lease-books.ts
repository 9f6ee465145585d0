/** Who holds what, by what passes through the ports (design §4.3, invariant 6): a step of an application has one holder. */
import type { EpochMs } from "../../core/time.ts";
import type { Change, Claim } from "../../ports/store.ts";
import type { Call, Outcome } from "../stage/story.ts";

interface Lease {
  readonly process: string;
  readonly rotation: string;
  readonly until: number;
}

export class LeaseBooks {
  /** By the object that the rotation is about. */
  readonly #leases = new Map<string, Lease>();

  /** Why a claim may not have been given; null when it may, or when nothing was claimed. */
  after({ port, method, args }: Call, outcome: Outcome, process: string, now: EpochMs): string | null {
    if (port !== "store" || !outcome.ok) return null;
    if (method === "claim") return this.#claimed(outcome.value as Claim | null, args[0] as Asked, process, now);
    const claim = args[0] as Claim;
    if (method === "renew") this.#renewed(claim, process, Number(args[1]) + Number(args[2]));
    const isOver = method === "commit" && outcome.value === true && (args[1] as Change).release === true;
    if (method === "release" || isOver) this.#free(claim, process);
    return null;
  }

  /** The process that works on a rotation of this object, until it gives it back; null where nobody does. */
  holderOf(objectId: string): string | null {
    return this.#leases.get(objectId)?.process ?? null;
  }

  /** What a dead process held is free at once. */
  died(process: string): void {
    for (const [object, lease] of this.#leases) if (lease.process === process) this.#leases.delete(object);
  }

  #claimed(claim: Claim | null, { processNow, leaseMs }: Asked, process: string, now: EpochMs): string | null {
    if (claim === null) return null;
    const { id, holder } = claim.rotation;
    const held = this.#leases.get(holder.objectId);
    this.#leases.set(holder.objectId, { process, rotation: id, until: processNow + leaseMs });
    if (held === undefined || held.until <= now) return null;
    return `rotation ${id} was handed to ${process} while ${held.process} held ${held.rotation} of the same application`;
  }

  #renewed({ rotation }: Claim, process: string, until: number): void {
    const held = this.#leases.get(rotation.holder.objectId);
    if (held?.process === process) this.#leases.set(rotation.holder.objectId, { ...held, until });
  }

  #free({ rotation }: Claim, process: string): void {
    const held = this.#leases.get(rotation.holder.objectId);
    if (held?.process === process && held.rotation === rotation.id) this.#leases.delete(rotation.holder.objectId);
  }
}

interface Asked {
  readonly processNow: number;
  readonly leaseMs: number;
}
