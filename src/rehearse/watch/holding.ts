/** What is not Nolapse's doing: a mode that keeps it from finishing what it has begun, as long as that is felt, and a clock that is ahead. */
import { type DurationMs, type EpochMs, epochMs } from "../../core/time.ts";

export class Holding {
  readonly #felt: DurationMs;
  /** How far ahead the clock was that a machine has had at worst: what ends so much later was reckoned by it. */
  ahead: DurationMs = 0;
  #holds = false;
  #until: EpochMs = epochMs(0);

  /** @param felt how long afterwards what was held back may still be unfinished. */
  constructor(felt: DurationMs) {
    this.#felt = felt;
  }

  /** The configuration has this mode from now on. */
  mode(isEnforced: boolean, now: EpochMs): void {
    if (this.#holds && isEnforced) this.#until = epochMs(now + this.#felt);
    this.#holds = !isEnforced;
  }

  isFelt(now: EpochMs): boolean {
    return this.#holds || now < this.#until;
  }
}
