/** Places in memory that applications read their credential from. They outlive every crash of the manager. */
import { NolapseError } from "../core/errors.ts";
import type { Reload } from "../core/policy.ts";
import type { SecretValue } from "../core/secret-value.ts";
import type { Consignment, Copy, Receipt, Target } from "../ports/target.ts";
import type { Chance } from "./chance.ts";

export class Place implements Target {
  readonly name: string;
  readonly type = "rehearsed";
  readonly kinds = ["secret", "certificate"] as const;
  readonly reload: Reload;
  readonly #chance: Chance;
  readonly #flaky: number;
  readonly #onHook: () => void;
  #value: SecretValue;
  #version = 1;

  constructor(options: {
    readonly name: string;
    readonly reload: Reload;
    readonly value: SecretValue;
    readonly chance: Chance;
    /** Probability that a call fails, or a write is lost. */
    readonly flaky: number;
    readonly onHook: () => void;
  }) {
    this.name = options.name;
    this.reload = options.reload;
    this.#value = options.value;
    this.#chance = options.chance;
    this.#flaky = options.flaky;
    this.#onHook = options.onHook;
  }

  /** The copy a consumer would take now, past every fault. */
  get copy(): SecretValue {
    return this.#value;
  }

  async preflight(): Promise<void> {
    this.#mayFail("preflight");
  }

  async deliver(consignment: Consignment): Promise<Receipt> {
    this.#mayFail("deliver");
    if (this.#chance.hits(this.#flaky / 4)) return { version: String(this.#version) }; // it says yes and forgets
    this.#value = consignment.value;
    this.#version += 1;
    this.#mayFail("deliver");
    return { version: String(this.#version) };
  }

  async readBack(): Promise<Copy> {
    this.#mayFail("readBack");
    return { state: "present", value: this.#value, version: String(this.#version) };
  }

  async reloadConsumer(): Promise<void> {
    this.#mayFail("reloadConsumer");
    if (this.reload === "hook") this.#onHook();
  }

  #mayFail(what: string): void {
    if (this.#chance.hits(this.#flaky))
      throw new NolapseError("target-unreachable", `${what}: no answer from ${this.name}`);
  }
}
