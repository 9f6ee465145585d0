/**
 * The applications that live on what Nolapse delivers: each holds the copy it last read from its place and signs in with
 * it at the real token endpoint. One that worked before Nolapse came and is refused afterwards is a lapse.
 */

import type { SignIn } from "../../core/credentials/sign-in.ts";
import type { Reload } from "../../core/policy/policy.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { DAY, type DurationMs, type EpochMs, epochMs, plus, SECOND } from "../../core/time.ts";
import type { Verifier } from "../../ports/verifier.ts";
import type { Chance } from "../stage/chance.ts";
import type { Place, Writer } from "./places.ts";

/** A consumer that reloads only when it starts is started again about this often. */
const RESTART_WITHIN = 2 * DAY;
/** A consumer that polls at once looks this often. */
const AT_ONCE: DurationMs = 1 * SECOND;
/** A sparse sample of sign-ins, for what no known change would explain. */
const SAMPLE_EVERY = 60 * DAY;

export class Consumer {
  readonly name: string;
  readonly appId: string;
  readonly place: Place;
  /** How it takes a new value, whatever the configuration says. */
  readonly reload: Reload;
  readonly #verifier: Verifier;
  readonly #signIn: SignIn;
  readonly #chance: Chance;
  readonly #phase: number;
  #held: SecretValue;
  #heldFrom: Writer = "first";
  #worked = false;
  #lapsed = false;
  /** The values it was refused with once and not accepted with since. */
  readonly #refused = new Set<string>();
  /** Its place gave it what it held before the last write. */
  #heldIsOld = false;

  constructor(options: {
    readonly place: Place;
    readonly reload: Reload;
    readonly signIn: SignIn;
    readonly verifier: Verifier;
    readonly chance: Chance;
  }) {
    this.place = options.place;
    this.reload = options.reload;
    this.name = `consumer of ${options.place.name}`;
    this.appId = options.signIn.clientId;
    this.#signIn = options.signIn;
    this.#verifier = options.verifier;
    this.#chance = options.chance;
    this.#phase = options.chance.fraction();
    this.#held = options.place.copy;
  }

  /** Takes the copy its place holds now; whether it is another one. */
  take(): boolean {
    const changed = this.#held.reveal() !== this.place.copy.reveal();
    this.#held = this.place.copy;
    this.#heldFrom = this.place.writer;
    this.#heldIsOld = this.place.givesOld;
    return changed;
  }

  /** The value it signs in with, and whose hand it got it from. */
  get held(): { readonly value: SecretValue; readonly from: Writer } {
    return { value: this.#held, from: this.#heldFrom };
  }

  /** Whether its last sign-in was refused after it had worked. */
  get isLapsed(): boolean {
    return this.#lapsed;
  }

  /** When it looks at its place again after `now`; null when only a hook makes it look. */
  nextLook(now: EpochMs): EpochMs | null {
    const { reload } = this;
    if (reload === "hook") return null;
    if (reload === "start") return plus(now, Math.ceil(this.#chance.fraction() * RESTART_WITHIN));
    return nextBeat(now, periodOf(reload), this.#phase);
  }

  nextSample(now: EpochMs): EpochMs {
    return plus(now, Math.ceil(SAMPLE_EVERY * (0.5 + this.#chance.fraction())));
  }

  /**
   * Signs in once. `lapse`: it is refused, worked before, and was not refused the last time. A place that gives the copy
   * from before its last write once more, with which it was refused before, shows it the same lapse and no new one.
   */
  async signIn(): Promise<{ readonly outcome: string; readonly lapse: boolean }> {
    const { outcome, code } = await this.#verifier.probe(this.#signIn, this.#held);
    if (outcome === "issued") {
      this.#worked = true;
      this.#lapsed = false;
      this.#refused.delete(this.#held.reveal());
      return { outcome, lapse: false };
    }
    // who is refused after it has proven itself has the right copy: the refusal is the tenant's own policy
    if (outcome === "inconclusive" || outcome === "authenticated-refused") return { outcome, lapse: false };
    const isKnown = this.#heldIsOld && this.#refused.has(this.#held.reveal());
    this.#refused.add(this.#held.reveal());
    const lapse = this.#worked && !this.#lapsed && !isKnown;
    if (!isKnown) this.#lapsed = this.#worked;
    return { outcome: `${outcome} ${code ?? ""}`.trim(), lapse };
  }
}

function periodOf(reload: Exclude<Reload, string>): DurationMs {
  return Math.max(reload, AT_ONCE);
}

/** The first instant after `now` at which something with this period and phase happens. */
function nextBeat(now: EpochMs, period: DurationMs, phase: number): EpochMs {
  const offset = Math.floor(period * phase);
  return epochMs((Math.floor((now - offset) / period) + 1) * period + offset);
}
