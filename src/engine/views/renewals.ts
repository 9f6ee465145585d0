/** When successors were verified, for the tenant's timeline: read once, and then followed by what is heard of each rotation. */
import { Instants } from "../../core/pictures/instants.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Store } from "../../ports/store.ts";

export class Renewals {
  readonly instants: Instants;
  /** Of those that are not retired, and may lose their proof again. */
  readonly #open: Map<string, EpochMs>;

  constructor({ open, retired }: Awaited<ReturnType<Store["renewals"]>>) {
    this.#open = new Map(open.map(({ id, verifiedAt }) => [id, verifiedAt]));
    this.instants = new Instants([...retired, ...this.#open.values()]);
  }

  /** Takes in how a rotation is now; whether that changes an instant. The same twice changes nothing. */
  heard({ id, state, verifiedAt, leftover }: Pick<Rotation, "id" | "state" | "verifiedAt" | "leftover">): boolean {
    if (leftover === true) return false;
    const former = this.#open.get(id);
    if (state === "retired") {
      // it was verified before, so its instant is there already and stays
      this.#open.delete(id);
      return false;
    }
    const present = state === "verified" ? verifiedAt : null;
    if (former === present || (former === undefined && present === null)) return false;
    if (former !== undefined) this.instants.drop(former);
    this.#open.delete(id);
    if (present !== null) {
      this.instants.add(present);
      this.#open.set(id, present);
    }
    return true;
  }
}
