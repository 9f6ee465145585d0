/** Whether a mode keeps Nolapse from finishing what it has begun, and for how long that is felt afterwards. */
import { type DurationMs, type EpochMs, epochMs } from "../../core/time.ts";

export class Holding {
  readonly #felt: DurationMs;
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
