/** A spender whose requests somebody watches on both sides of the gate: the simulator, which judges what the gate lets go. */
import { Spender } from "./budget.ts";
import type { Wire, WireRequest } from "./wire.ts";

/** Hears of each request, always as the same object. */
export interface Witness {
  /** It comes to the gate. */
  enters(request: WireRequest): void;
  /** It has passed, and goes to the service. */
  sent(request: WireRequest): void;
  answered(request: WireRequest, status: number): void;
  /** Answered or not, it is over. */
  leaves(request: WireRequest): void;
}

export class WitnessedSpender extends Spender {
  readonly #witness: Witness;

  constructor(witness: Witness, ...spender: ConstructorParameters<typeof Spender>) {
    super(...spender);
    this.#witness = witness;
  }

  override meter(wire: Wire): Wire {
    const witness = this.#witness;
    const metered = super.meter({
      send: async (request, signal) => {
        witness.sent(request);
        const answer = await wire.send(request, signal);
        witness.answered(request, answer.status);
        return answer;
      },
    });
    return {
      send: async (request, signal) => {
        witness.enters(request);
        try {
          return await metered.send(request, signal);
        } finally {
          witness.leaves(request);
        }
      },
    };
  }
}
