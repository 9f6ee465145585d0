/** What goes wrong in a run: the faults that the directory deals out now, slow calls, and when processes die; the book of faults hears of it. */
import type { FaultKind } from "../../core/fault-kinds.ts";
import { type DurationMs, plus, SECOND } from "../../core/time.ts";
import {
  type CrashPlan,
  crashesByChance,
  latency,
  NO_CRASHES,
  slowness,
  WEATHER_CHANGES_EVERY,
  weather,
} from "../plan/faults.ts";
import { type PlaceFaults, STALL } from "../plan/plan.ts";
import { Chance } from "../stage/chance.ts";
import type { FaultRule, Ground } from "../stage/ground.ts";
import type { Call } from "../stage/story.ts";
import { type Turns, WORLD } from "../stage/turns.ts";
import { type FaultBook, kindOf } from "../watch/fault-book.ts";

export interface FaultsAsked {
  readonly seed: number;
  /** By chance where not given. */
  readonly crashes?: CrashPlan;
  /** The directory's faults and slow calls: by chance where not given, none, or these from beginning to end. */
  readonly faults?: boolean | readonly FaultRule[];
  /** Kinds of faults that are left out; none where not given. Places have theirs from the plan. */
  readonly without?: readonly FaultKind[];
}

export interface WeatherAround {
  readonly ground: Ground;
  readonly turns: Turns;
  readonly book: FaultBook;
  readonly places: PlaceFaults;
  /** Graph's limits for a small tenant are in force, too. */
  readonly isLimited: boolean;
}

/** How often a process dies, per port call at stake. */
const CRASHES = 1 / 800;

export class Weather {
  readonly crashes: CrashPlan;
  readonly #asked: FaultsAsked;
  readonly #around: WeatherAround;
  readonly #chance: Chance;
  readonly #slow: Chance;
  /** What can be met whatever the weather. */
  readonly #always: readonly FaultKind[];
  #slowness: (call: Call) => DurationMs = () => 0;
  #isThrottling = false;

  constructor(asked: FaultsAsked, around: WeatherAround) {
    this.#asked = asked;
    this.#around = around;
    this.#chance = Chance.of(asked.seed, "weather");
    this.#slow = Chance.of(asked.seed, "slow");
    const crashes = asked.crashes ?? crashesByChance(Chance.of(asked.seed, "crashes"), CRASHES);
    this.crashes = asked.without?.includes("crash") === true ? NO_CRASHES : crashes;
    const always = {
      crash: this.crashes !== NO_CRASHES,
      place: Object.values(around.places).some((one) => one > 0),
      // by Graph's limits, whatever rules say
      throttle: around.isLimited,
    };
    this.#always = (["crash", "place", "throttle"] as const).filter((kind) => always[kind]);
  }

  get isThrottling(): boolean {
    return this.#isThrottling;
  }

  /** How long a call takes. */
  latency(call: Call): DurationMs {
    const { book, places } = this.#around;
    if (call.port === "target" && this.#slow.hits(places.stalls)) {
      book.meets("place");
      return this.#slow.between(1, STALL / SECOND) * SECOND;
    }
    if (this.#asked.faults === false) return 0;
    const usual = latency(call, this.#slow);
    const more = this.#slowness(call);
    if (more > 0) book.meets("slow");
    return usual + more;
  }

  /** It changes now, and every now and then from now on. */
  async change(): Promise<void> {
    const { ground, turns, book, isLimited } = this.#around;
    const { faults, without = [] } = this.#asked;
    if (faults === false) {
      book.changes(this.#always, turns.now);
      if (isLimited) await ground.weather(1, [], isLimited);
      return;
    }
    const given: readonly FaultRule[] = typeof faults === "object" ? faults : weather(this.#chance);
    const rules = given.filter((one) => !without.includes(kindOf(one)));
    book.changes([...this.#always, ...rules.map(kindOf)], turns.now);
    this.#isThrottling = rules.some((one) => one.fault === "throttle");
    const seed = this.#chance.between(1, 1_000_000);
    this.#slowness = slowness(rules, Chance.of(seed, "slow answers"));
    const dealt = rules.filter((one) => one.fault !== "slow");
    await ground.weather(seed, dealt, isLimited);
    if (typeof faults !== "object") turns.event(WORLD, plus(turns.now, WEATHER_CHANGES_EVERY), () => this.change());
  }
}
