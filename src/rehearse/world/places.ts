/** Places in memory that applications read their credential from. They outlive every crash of the manager. */
import { NolapseError } from "../../core/errors.ts";
import type { Reload } from "../../core/policy/policy.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { type EpochMs, epochMs, plus, SECOND } from "../../core/time.ts";
import type { Consignment, Copy, Receipt, Target } from "../../ports/target.ts";
import { type PlaceFaults, STALE_FOR } from "../plan/plan.ts";
import type { Chance } from "../stage/chance.ts";

/** Whose hand wrote the copy that a place holds. */
export type Writer = "first" | "nolapse" | "others";

export class Place implements Target {
  readonly name: string;
  readonly type = "rehearsed";
  readonly kinds = ["secret", "certificate"] as const;
  readonly reload: Reload;
  /** Left out by a place that can only be written. */
  readonly readBack?: () => Promise<Copy>;
  /** Somebody took the place itself away. */
  gone = false;
  readonly #now: () => EpochMs;
  readonly #chance: Chance;
  readonly #faults: PlaceFaults;
  readonly #onHook: () => void;
  readonly #onFault: () => void;
  #value: SecretValue;
  #writer: Writer = "first";
  #before: SecretValue;
  #staleUntil: EpochMs = epochMs(0);
  #version = 1;

  constructor(options: {
    readonly name: string;
    readonly reload: Reload;
    readonly value: SecretValue;
    readonly chance: Chance;
    readonly faults: PlaceFaults;
    readonly now: () => EpochMs;
    readonly onHook: () => void;
    /** Told of each fault of its own that was met. */
    readonly onFault?: (() => void) | undefined;
    readonly writeOnly?: boolean | undefined;
  }) {
    this.name = options.name;
    this.reload = options.reload;
    this.#value = options.value;
    this.#before = options.value;
    this.#chance = options.chance;
    this.#faults = options.faults;
    this.#now = options.now;
    this.#onHook = options.onHook;
    this.#onFault = options.onFault ?? (() => undefined);
    if (options.writeOnly !== true) this.readBack = () => this.#readBack();
    // nobody could tell that it forgot, or shows the old copy for a while: the receipt is all there is (design §4.1)
    else this.#faults = { ...options.faults, forgets: 0, stale: 0 };
  }

  /** What a consumer that looks now gets, an old copy included. */
  get copy(): SecretValue {
    return this.givesOld ? this.#before : this.#value;
  }

  /** It gives what it held before the last write, for a while. */
  get givesOld(): boolean {
    return this.#now() < this.#staleUntil;
  }

  get writer(): Writer {
    return this.#writer;
  }

  /** Until when a look may give an old copy. */
  get staleUntil(): EpochMs {
    return this.#staleUntil;
  }

  /** Another tool, or a person, writes a value. */
  overwrite(value: SecretValue): void {
    this.#before = this.#value;
    this.#value = value;
    this.#writer = "others";
    this.#version += 1;
  }

  /** What it held before the last write. */
  get former(): SecretValue {
    return this.#before;
  }

  async preflight(): Promise<void> {
    this.#mayFail("preflight");
  }

  async deliver(consignment: Consignment): Promise<Receipt> {
    this.#mayFail("deliver");
    if (this.#chance.hits(this.#faults.forgets)) {
      this.#onFault();
      return { version: String(this.#version) }; // it says yes and forgets
    }
    if (this.#value.reveal() !== consignment.value.reveal()) this.#before = this.#value;
    this.#value = consignment.value;
    this.#writer = "nolapse";
    this.#version += 1;
    if (this.#chance.hits(this.#faults.stale)) {
      this.#onFault();
      this.#staleUntil = plus(this.#now(), this.#chance.between(1, STALE_FOR / SECOND) * SECOND);
    }
    this.#mayFail("deliver");
    return { version: String(this.#version) };
  }

  async #readBack(): Promise<Copy> {
    this.#mayFail("readBack");
    return { state: "present", value: this.copy, version: String(this.#version) };
  }

  async reloadConsumer(): Promise<void> {
    this.#mayFail("reloadConsumer");
    if (this.reload === "hook") this.#onHook();
  }

  #mayFail(what: string): void {
    if (this.gone) throw new NolapseError("target-absent", `${what}: there is no ${this.name}`);
    if (!this.#chance.hits(this.#faults.fails)) return;
    this.#onFault();
    throw new NolapseError("target-unreachable", `${what}: no answer from ${this.name}`);
  }
}
