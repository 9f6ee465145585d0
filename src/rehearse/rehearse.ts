/**
 * One rehearsal: a tenant lives through years in minutes while the manager's processes crash and come back, answers get
 * lost and replication lags; after every port call the invariants are looked at. The same seed is the same run.
 */
import { asNolapseError, NolapseError } from "../core/errors.ts";
import { DAY, type DurationMs, MINUTE, plus, SECOND } from "../core/time.ts";
import { resume } from "../engine/control.ts";
import { run } from "../engine/maintain.ts";
import { Chance } from "./chance.ts";
import type { Consumer } from "./consumers.ts";
import { type CrashPlan, crashesByChance, latency, WEATHER_CHANGES_EVERY, weather } from "./faults.ts";
import type { Ground } from "./ground.ts";
import { Watch } from "./invariants.ts";
import { ManagerProcess, type Stage } from "./process.ts";
import type { Rehearsed } from "./report.ts";
import { type Call, type Outcome, Story } from "./story.ts";
import { Turns } from "./turns.ts";
import { buildWorld, drawWorld, type World, type WorldPlan } from "./world.ts";

export interface RehearsalOptions {
  readonly seed: number;
  readonly duration: DurationMs;
  /** Drawn from the seed where not given. */
  readonly plan?: WorldPlan;
  readonly applications?: number;
  /** By chance where not given. */
  readonly crashes?: CrashPlan;
  /** The directory's faults and slow calls; on where not given. */
  readonly faults?: boolean;
  /** Processes may interleave and crash at calls that only look, too (see {@link Stage}); off where not given. */
  readonly everyCall?: boolean;
  /** How often a manager process scans the whole tenant. */
  readonly scanEvery?: DurationMs;
  /** Ends the run early. */
  readonly enough?: (watch: Watch) => boolean;
  /** Told at the end of each simulated day. */
  readonly progress?: (done: number) => void;
}

/** Everything of the world that is not a process. */
const WORLD = "world";
const APPLICATIONS = 10;
const YEAR = 365 * DAY;
/** How often a process dies, per port call at stake. */
const CRASHES = 1 / 1_500;
const SCAN_EVERY = 1 * DAY;
/** Somebody looks at what Nolapse reports and lets it go on. */
const PERSON_LOOKS_EVERY = 1 * DAY;
/** After a reload a consumer signs in at once and a little later: a fresh secret may still flip. */
const AFTER_RELOAD: readonly DurationMs[] = [0, 20 * SECOND, 3 * MINUTE];

/** Lives through the whole of it. @throws what the rehearsal itself does wrong; the manager's faults are findings. */
export async function rehearse(ground: Ground, options: RehearsalOptions): Promise<Rehearsed> {
  const rehearsal = await Rehearsal.open(ground, options);
  return rehearsal.play();
}

class Rehearsal {
  readonly #ground: Ground;
  readonly #options: RehearsalOptions;
  readonly #world: World;
  readonly #turns: Turns;
  readonly #story: Story;
  readonly #watch: Watch;
  readonly #stage: Stage;
  readonly #chances: { readonly world: Chance; readonly weather: Chance };
  readonly #processes = new Set<ManagerProcess>();
  #boots = 0;
  #crashes = 0;
  #signIns = 0;
  readonly #ends = new Set<string>();

  static async open(ground: Ground, options: RehearsalOptions): Promise<Rehearsal> {
    const chance = Chance.of(options.seed, "world");
    const plan = options.plan ?? drawWorld(chance, options.applications ?? APPLICATIONS);
    return new Rehearsal(ground, options, await buildWorld(ground, plan, chance), chance);
  }

  private constructor(ground: Ground, options: RehearsalOptions, world: World, chance: Chance) {
    const { seed } = options;
    this.#ground = ground;
    this.#options = options;
    this.#world = world;
    this.#chances = { world: chance, weather: Chance.of(seed, "weather") };
    this.#turns = new Turns({
      start: ground.start,
      chance: Chance.of(seed, "turns"),
      moveClock: (to) => ground.moveClock(to),
    });
    this.#story = new Story(ground.digest());
    this.#watch = new Watch(ground, this.#story);
    const slow = Chance.of(seed, "slow");
    this.#stage = {
      turns: this.#turns,
      story: this.#story,
      watch: this.#watch,
      everyCall: options.everyCall ?? false,
      crashes: options.crashes ?? crashesByChance(Chance.of(seed, "crashes"), CRASHES),
      latency: (call) => (options.faults === false ? 0 : latency(call, slow)),
      react: (call, outcome) => this.#react(call, outcome),
      died: (process) => {
        this.#processes.delete(process);
        this.#crashes += 1;
        this.#bootAfter(this.#stage.crashes.downtime());
      },
    };
  }

  async play(): Promise<Rehearsed> {
    const { seed, duration, enough } = this.#options;
    for (const one of this.#world.registered) {
      await this.#watch.know(one);
      this.#checkAt(one.holder.appId, one.end);
    }
    for (const consumer of this.#world.consumers) await this.#settle(consumer);
    await this.#changeWeather();
    this.#everyDay();
    for (let manager = 0; manager < this.#world.managers; manager++) this.#bootAfter(0);
    const horizon = plus(this.#ground.start, duration);
    await this.#turns.run(horizon, () => enough?.(this.#watch) ?? false);
    await this.#end();
    const { findings, rotations } = this.#watch;
    const of = (kind: string) => findings.filter((one) => one.kind === kind).length;
    const states = [...rotations.values()].map((one) => one.state);
    const years = (this.#world.registered.length * (this.#turns.now - this.#ground.start)) / YEAR;
    return {
      report: {
        seed,
        applicationYears: Math.round(years * 1_000) / 1_000,
        steps: this.#story.steps,
        lapses: of("lapse"),
        orphans: of("orphan"),
        breaks: of("break"),
        storyHash: this.#story.hash(),
      },
      findings,
      figures: {
        rotations: states.length,
        retired: states.filter((one) => one === "retired").length,
        halted: states.filter((one) => one === "halted").length,
        crashes: this.#crashes,
        signIns: this.#signIns,
      },
    };
  }

  /** Before Nolapse comes: does it work, and from when on does it look at its place. */
  async #settle(consumer: Consumer): Promise<void> {
    await this.#signIn(consumer);
    this.#sample(consumer);
    if (consumer.reload === "start") this.#look(consumer, "for ever");
  }

  async #end(): Promise<void> {
    for (const consumer of this.#world.consumers) await this.#signIn(consumer);
    for (const process of this.#processes) await process.die();
    const last = await this.#ground.boot(this.#clock(), Chance.of(0, "last"), "last");
    await this.#watch.compare(last.store, this.#turns.now);
    await last.die();
    await this.#watch.end(this.#turns.now);
  }

  /** The next process: reopens the store and runs the engine's own loop. */
  #bootAfter(pause: DurationMs): void {
    this.#turns.event(WORLD, plus(this.#turns.now, pause), async () => {
      this.#boots += 1;
      const name = `manager-${this.#boots}`;
      const random = Chance.of(this.#options.seed, name);
      const booted = await this.#ground.boot(this.#clock(), random, name);
      if (this.#boots > 1) await this.#watch.compare(booted.store, this.#turns.now);
      const { settings, targets } = this.#world;
      const process = new ManagerProcess(this.#stage, { name, booted, settings, targets, random });
      this.#processes.add(process);
      this.#story.event(this.#turns.now, `${name} starts`, null);
      this.#turns.start(name, this.#turns.now, () => this.#live(process));
    });
  }

  /** The life of a process: the loop ends only by a failure that the engine leaves to whoever started it. */
  async #live(process: ManagerProcess): Promise<void> {
    const { signal } = new AbortController();
    try {
      await run(process.deps, {
        signal,
        scanEvery: this.#options.scanEvery ?? SCAN_EVERY,
        onScan: (result) => {
          if (result instanceof NolapseError) this.#failed("a scan", result);
        },
      });
    } catch (thrown) {
      this.#failed(process.name, asNolapseError(thrown));
    }
    await process.die();
    this.#processes.delete(process);
    this.#bootAfter(MINUTE);
  }

  /** A failure of the outside is a line of the story; a fault of our own is a finding. */
  #failed(what: string, error: NolapseError): void {
    const now = this.#turns.now;
    this.#story.event(now, `${what} fails: ${error.code}`, null);
    if (error.code === "unexpected") this.#watch.broken(now, `${what} met a fault of our own: ${error.message}`, null);
  }

  /** Adapters tell the time without parking: their calls are parked already. */
  #clock() {
    const turns = this.#turns;
    return {
      now: async () => turns.now,
      frozen: async () => true,
      processNow: () => turns.now,
      wait: async () => undefined,
    };
  }

  #everyDay(): void {
    const at = plus(this.#turns.now, PERSON_LOOKS_EVERY);
    this.#turns.event(WORLD, at, async () => {
      this.#options.progress?.((at - this.#ground.start) / this.#options.duration);
      const halted = [...this.#watch.rotations.values()].some((one) => one.state === "halted");
      const [process] = this.#processes;
      if (process !== undefined && (halted || this.#watch.breakerOpen)) {
        // somebody else's process, which a crash may end in the middle, too
        this.#turns.start(process.name, this.#turns.now, () =>
          resume(process.deps, "person").then(
            () => {},
            () => {},
          ),
        );
      }
      this.#everyDay();
    });
  }

  async #changeWeather(): Promise<void> {
    if (this.#options.faults === false) return;
    const rules = weather(this.#chances.weather);
    await this.#ground.weather(this.#chances.weather.between(1, 1_000_000), rules);
    this.#turns.event(WORLD, plus(this.#turns.now, WEATHER_CHANGES_EVERY), () => this.#changeWeather());
  }

  /** What the world does about an effect: consumers take what was delivered, and sign in when something was removed. */
  async #react(call: Call, outcome: Outcome): Promise<void> {
    if (call.port === "entra" && (call.method === "addSecret" || call.method === "removeSecret")) {
      const { objectId, appId } = call.args[0] as { objectId: string; appId: string };
      for (const { end } of this.#watch.truth(objectId)) if (end !== null) this.#checkAt(appId, end);
      if (call.method === "removeSecret") await this.#check(appId);
    }
    if (call.port !== "target" || !(call.method === "deliver" || call.method === "reloadConsumer")) return;
    for (const consumer of this.#world.consumers) {
      if (consumer.place.name !== call.args[0]) continue;
      if (call.method === "deliver" && consumer.reload !== "start") this.#look(consumer, "once");
      if (call.method === "reloadConsumer" && outcome.ok) await this.#signIn(consumer);
    }
  }

  /** Once, or again and again for one that is started anew now and then, the consumer takes the copy of its place. */
  #look(consumer: Consumer, how: "once" | "for ever"): void {
    const at = consumer.nextLook(this.#turns.now);
    if (at === null) return;
    this.#turns.event(WORLD, at, async () => {
      if (consumer.take()) {
        this.#story.event(this.#turns.now, `${consumer.name} takes the new copy`, consumer.appId);
        for (const later of AFTER_RELOAD) {
          this.#turns.event(WORLD, plus(this.#turns.now, later), () => this.#signIn(consumer));
        }
      }
      if (how === "for ever") this.#look(consumer, how);
    });
  }

  #sample(consumer: Consumer): void {
    this.#turns.event(WORLD, consumer.nextSample(this.#turns.now), async () => {
      await this.#signIn(consumer);
      this.#sample(consumer);
    });
  }

  /** At the end of a credential's life everybody who could hold it signs in. */
  #checkAt(appId: string, end: number): void {
    const key = `${appId} ${end}`;
    if (this.#ends.has(key) || end <= this.#turns.now) return;
    this.#ends.add(key);
    this.#turns.event(WORLD, plus(this.#turns.now, end - this.#turns.now + SECOND), () => this.#check(appId));
  }

  async #check(appId: string): Promise<void> {
    for (const consumer of this.#world.consumers) if (consumer.appId === appId) await this.#signIn(consumer);
  }

  async #signIn(consumer: Consumer): Promise<void> {
    this.#signIns += 1;
    const { outcome, lapse } = await consumer.signIn();
    this.#story.event(
      this.#turns.now,
      `${consumer.name} signs in: ${outcome}`,
      outcome === "issued" ? "" : consumer.appId,
    );
    if (lapse) this.#watch.lapse(this.#turns.now, `${consumer.name} is refused: ${outcome}`, consumer.appId);
  }
}
