/**
 * One rehearsal: a tenant lives through years in minutes while the manager's processes crash and come back, answers get
 * lost, replication lags, and people and other tools do what they do; after every port call the invariants are looked at.
 * The same seed is the same run.
 */
import { asNolapseError, NolapseError } from "../core/errors.ts";
import { DAY, type DurationMs, type EpochMs, MINUTE, plus, SECOND } from "../core/time.ts";
import type { Deps } from "../engine/deps.ts";
import { run } from "../engine/maintain.ts";
import type { Scan } from "../engine/scan/discover.ts";
import { Askers } from "./actors/askers.ts";
import { Consumption } from "./actors/consumption.ts";
import { Hands } from "./actors/hands.ts";
import { ListTool } from "./actors/list-tool.ts";
import { Notices } from "./actors/notices.ts";
import { giveUp, holdBack, lookAfter } from "./actors/person.ts";
import { ManagerProcess, type Stage } from "./actors/process.ts";
import { Quota } from "./actors/quota.ts";
import { type FaultsAsked, Weather } from "./actors/weather.ts";
import { drawWorld, type Pace, type WorldPlan } from "./plan/plan.ts";
import { type WordsAsked, withWords } from "./plan/words.ts";
import { type Lived, lived, type Rehearsed, rehearsed } from "./report.ts";
import { Chance } from "./stage/chance.ts";
import { Clocks } from "./stage/clocks.ts";
import type { Ground } from "./stage/ground.ts";
import { type Call, type Outcome, Story } from "./stage/story.ts";
import { Turns, WORLD } from "./stage/turns.ts";
import { Books } from "./watch/books.ts";
import { FaultBook } from "./watch/fault-book.ts";
import { FaultsSeen } from "./watch/faults-seen.ts";
import { Watch } from "./watch/invariants.ts";
import { changesTheWorld, FELT } from "./watch/writes.ts";
import type { Consumer } from "./world/consumers.ts";
import { buildWorld, type Inhabitant, type World } from "./world/world.ts";

export interface RehearsalOptions extends WordsAsked, FaultsAsked {
  /** Drawn from the seed where not given. */
  readonly plan?: WorldPlan;
  readonly applications?: number;
  /** Of a drawn tenant; `brisk` where not given. */
  readonly pace?: Pace;
  /** Processes may interleave and crash at calls that only look, too (see {@link Stage}); off where not given. */
  readonly everyCall?: boolean;
  /** How often a manager process scans the whole tenant. */
  readonly scanEvery?: DurationMs;
  /** Ends the run early. */
  readonly enough?: (watch: Watch) => boolean;
  /** Told of every call to the outside. */
  readonly observe?: (call: Call, at: EpochMs) => void;
  /** Told when it is over, and at what time of the world. */
  readonly ended?: (at: EpochMs) => void;
  /** Told at the end of each simulated day what it has come to. */
  readonly progress?: (lived: Lived) => void;
}

const APPLICATIONS = 10;
const YEAR = 365 * DAY;
/** More turns than this without a millisecond passing are no work any more. */
const GOES_ROUND = 40_000;
/** Somebody looks at what Nolapse reports and lets it go on. */
const PERSON_LOOKS_EVERY = DAY;
/** What ends within this is looked at for notices. */
const NOTICED_WITHIN = 12 * DAY;

/** Lives through the whole of it. @throws what the rehearsal itself does wrong; the manager's faults are findings. */
export async function rehearse(ground: Ground, options: RehearsalOptions): Promise<Rehearsed> {
  const rehearsal = await Rehearsal.open(ground, options);
  return rehearsal.play();
}

export class Rehearsal {
  readonly #ground: Ground;
  readonly #options: RehearsalOptions;
  readonly #world: World;
  readonly #turns: Turns;
  readonly #story: Story;
  readonly #clocks: Clocks;
  readonly watch: Watch;
  readonly #stage: Stage;
  readonly #weather: Weather;
  readonly #faults: FaultBook;
  readonly #faultsSeen = new FaultsSeen();
  readonly #processes = new Map<ManagerProcess, number>();
  readonly #notices = new Notices();
  readonly #hands: Hands;
  readonly #tool: ListTool;
  readonly #books: Books;
  readonly #askers: Askers;
  /** Null where nothing is limited. */
  readonly #quota: Quota | null;
  readonly #consumption: Consumption;
  #scan: Scan | null = null;
  #boots = 0;
  #crashes = 0;
  #held = 0;
  #closed = false;

  static async open(ground: Ground, options: RehearsalOptions): Promise<Rehearsal> {
    const chance = Chance.of(options.seed, "world");
    const { applications = APPLICATIONS, pace = "brisk", duration: length, plan: given } = options;
    const plan = given ?? withWords(options, drawWorld(chance, { applications, pace, start: ground.start, length }));
    const turns = new Turns({
      start: ground.start,
      chance: Chance.of(options.seed, "turns"),
      moveClock: (to) => ground.moveClock(to),
    });
    const faults = new FaultBook(ground.start);
    const world = await buildWorld(ground, plan, {
      chance,
      now: () => turns.now,
      onFault: () => faults.meets("place"),
    });
    return new Rehearsal(ground, options, { world, turns, faults });
  }

  private constructor(
    ground: Ground,
    options: RehearsalOptions,
    { world, turns, faults }: { readonly world: World; readonly turns: Turns; readonly faults: FaultBook },
  ) {
    this.#ground = ground;
    this.#faults = faults;
    this.#options = options;
    this.#world = world;
    this.#turns = turns;
    this.#story = new Story(ground.digest());
    this.#clocks = new Clocks(turns, world.plan.skew ?? 0);
    this.watch = new Watch(ground, this.#story, () => turns.now);
    this.#hands = this.#makeHands();
    this.#books = new Books(world, this.watch, () => turns.now);
    const asPerson = (work: (deps: Deps) => Promise<void>) => this.#asPerson(work);
    const rebind: World["rebind"] = (appId, change) => this.#hands.rebind(appId, change);
    this.#consumption = new Consumption({
      books: this.#books,
      world,
      turns,
      story: this.#story,
      watch: this.watch,
      notices: this.#notices,
      troubleOf: (appId) => this.#hands.troubleOf(appId),
    });
    const start = (consumer: Consumer) => this.#consumption.start(consumer);
    const reconfigured = () => this.#reconfigured();
    const lookedAfter = (inhabitant: Inhabitant) => this.#consumption.lookedAfter(inhabitant);
    const edits = { rebind, reconfigured, start, lookedAfter };
    this.#askers = new Askers({ ...this.#reach(), ...edits, books: this.#books, asPerson });
    this.#tool = new ListTool({
      ...this.#reach(),
      chance: Chance.of(options.seed, "another tool"),
      isContested: (appId) => world.of(appId)?.isContested === true,
    });
    this.#quota = Quota.of(world.plan, {
      ground,
      turns,
      chance: Chance.of(options.seed, "quota"),
      rotations: this.watch.rotations,
      holderOf: (objectId) => this.watch.leases.holderOf(objectId),
      isThrottling: () => this.#weather.isThrottling,
      broken: (what) => this.watch.broken(turns.now, what, null),
    });
    const isLimited = this.#quota !== null;
    const weather = new Weather(options, { ground, turns, book: faults, places: world.plan.places, isLimited });
    this.#weather = weather;
    this.#stage = {
      turns,
      story: this.#story,
      watch: this.watch,
      everyCall: options.everyCall ?? false,
      crashes: weather.crashes,
      latency: (call) => weather.latency(call),
      react: (call, outcome, process) => {
        options.observe?.(call, turns.now);
        if (call.port === "store") this.#stored(call, outcome);
        this.#faultsSeen.after(call, outcome);
        return FELT.has(call.port) ? this.#felt(call, outcome, process) : undefined;
      },
      died: (process) => {
        this.#crashes += 1;
        faults.meets("crash");
        this.#faultsSeen.dies();
        this.#bootAgain(process, this.#stage.crashes.downtime());
      },
    };
  }

  async play(): Promise<Rehearsed> {
    const { seed, duration, enough } = this.#options;
    this.watch.holding.mode(this.#world.settings.mode === "enforce", this.#turns.now);
    for (const { first, isContested } of this.#world.inhabitants) {
      if (isContested) await this.#tool.begin(first.holder);
      await this.watch.know(first);
    }
    await this.#consumption.begin();
    await this.#weather.change();
    this.#everyDay();
    const troubles = this.#world.plan.troubles ?? [];
    this.#hands.prepare(troubles);
    this.#askers.prepare(this.#world.plan.words ?? []);
    for (let place = 0; place < (this.#world.plan.managers ?? 1); place++) this.#bootAfter(place, 0);
    const horizon = plus(this.#ground.start, duration);
    await this.#turns.run(horizon, () => this.#goesRound() || (enough?.(this.watch) ?? false));
    const until = this.#turns.now;
    this.#options.ended?.(until);
    await this.#end();
    const years = (this.#world.inhabitants.length * (this.#turns.now - this.#ground.start)) / YEAR;
    const { signIns, excused } = this.#consumption;
    const told = { seed, years, steps: this.#story.steps, storyHash: this.#story.hash() };
    const met = this.#ground.met();
    const faults = this.#faults.tally(met, until);
    for (const what of this.#faultsSeen.untold(faults, this.#faults.total(met))) this.watch.broken(until, what, null);
    const counted = { crashes: this.#crashes, troubles: troubles.length, words: this.#askers.counts, faults };
    return rehearsed(told, this.watch, { ...counted, signIns, excused });
  }

  /** An effect outside: whether it was allowed, and what the world does about it. */
  #felt(call: Call, outcome: Outcome, process: ManagerProcess): Promise<void> | undefined {
    const isAhead = this.#clocks.isAhead(this.#processes.get(process) ?? 0);
    for (const { what, about } of this.#books.after(call, outcome, process.deps.settings, isAhead))
      this.watch.broken(this.#turns.now, what, about);
    return changesTheWorld(call) ? this.#react(call, outcome) : undefined;
  }

  async #react(call: Call, outcome: Outcome): Promise<void> {
    await this.#consumption.react(call, outcome);
    await this.#tool.beside(call);
    await this.#quota?.beside(call);
  }

  /** What persons wait for may have come, and what is kept is looked at. */
  #stored(call: Call, outcome: Outcome): void {
    const stored = this.#books.stored(call, outcome);
    if (stored === null) return;
    for (const { what, about } of stored.found) this.watch.broken(this.#turns.now, what, about);
    this.#askers.sees(stored.change.rotation);
  }

  /** Whether the engine is at work for ever at one instant, which is a finding. */
  #goesRound(): boolean {
    if (this.#turns.spins < GOES_ROUND) return false;
    this.watch.broken(
      this.#turns.now,
      "work at one instant comes to no end: the same steps are taken again and again",
      null,
    );
    return true;
  }

  async #end(): Promise<void> {
    this.#closed = true;
    for (const consumer of this.#world.consumers) await this.#consumption.signIn(consumer);
    for (const process of [...this.#processes.keys()]) await process.die();
    const last = await this.#ground.boot(new Clocks(this.#turns, 0).of(0), Chance.of(0, "last"), "last");
    await this.watch.compare(last.store, this.#turns.now);
    await last.die();
    await this.watch.end(this.#turns.now);
  }

  #bootAgain(process: ManagerProcess, pause: DurationMs): void {
    const place = this.#processes.get(process);
    if (place === undefined) return;
    this.#processes.delete(process);
    this.#bootAfter(place, pause);
  }

  /** The next process in this place: reopens the store and runs the engine's own loop. */
  #bootAfter(place: number, pause: DurationMs): void {
    this.#turns.event(WORLD, plus(this.#turns.now, pause), async () => {
      if (this.#closed) return;
      this.#boots += 1;
      const name = `manager-${this.#boots}`;
      const random = Chance.of(this.#options.seed, name);
      const booted = await this.#ground.boot(this.#clocks.of(place), random, name, this.#quota?.gate(name));
      if (this.#boots > 1) await this.watch.compare(booted.store, this.#turns.now);
      const { settings, targets } = this.#world;
      const off = () => this.#clocks.off(place);
      const process = new ManagerProcess(this.#stage, { name, booted, settings, targets, random, off });
      this.#processes.set(process, place);
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
        scanEvery: this.#options.scanEvery ?? this.#world.plan.scanEvery ?? DAY,
        onScan: (result) => {
          if (result instanceof NolapseError) this.#failed("a scan", result);
          else this.#scan = result;
        },
      });
    } catch (thrown) {
      this.#failed(process.name, asNolapseError(thrown));
    }
    await process.die();
    this.#bootAgain(process, MINUTE);
  }

  /** A failure of the outside is a line of the story; a fault of our own is a finding. */
  #failed(what: string, error: NolapseError): void {
    const now = this.#turns.now;
    this.#story.event(now, `${what} fails: ${error.code}`, null);
    if (error.code === "unexpected") this.watch.broken(now, `${what} met a fault of our own: ${error.message}`, null);
  }

  #everyDay(): void {
    const at = plus(this.#turns.now, PERSON_LOOKS_EVERY);
    this.#turns.event(WORLD, at, async () => {
      this.#options.progress?.(
        lived(this.watch, {
          at,
          done: (at - this.#ground.start) / this.#options.duration,
          signIns: this.#consumption.signIns,
          faults: this.#faults.total(this.#ground.met()),
        }),
      );
      this.#asPerson((deps) => this.#lookAround(deps, at));
      await this.#hands.mendPlaces();
      this.#everyDay();
    });
  }

  async #lookAround(deps: Deps, now: EpochMs): Promise<void> {
    // who lets it go on has read first why it stood still
    const ending = this.#consumption.endingWithin(now, NOTICED_WITHIN);
    if (ending.size > 0 && this.#scan !== null) await this.#notices.look(deps, this.#scan, ending, now);
    await lookAfter(deps, {
      watch: this.watch,
      approvals: this.#books.approvals,
      isStopped: this.#held > 0,
      hasSecond: this.#world.plan.withoutSecond !== true,
    });
  }

  /** Something a person does by a command: in somebody else's process, which a crash may end in the middle, too. */
  #asPerson(work: (deps: Deps) => Promise<void>): void {
    const [process] = this.#processes.keys();
    if (process === undefined) return;
    this.#turns.start(process.name, this.#turns.now, () =>
      work(process.deps).catch((thrown: unknown) => this.#failed("a person's command", asNolapseError(thrown))),
    );
  }

  /** What whoever does something in the world needs of it. */
  #reach() {
    const turns = this.#turns;
    return {
      ground: this.#ground,
      world: this.#world,
      watch: this.watch,
      story: this.#story,
      clocks: this.#clocks,
      now: () => turns.now,
      after: (pause: DurationMs, work: () => Promise<void>) => turns.event(WORLD, plus(turns.now, pause), work),
    };
  }

  /** One after the other, so that for a while two processes go by two files. */
  #reconfigured(): void {
    for (const [index, process] of [...this.#processes.keys()].entries()) {
      this.#turns.event(WORLD, plus(this.#turns.now, index * MINUTE), async () => {
        if (!this.#processes.has(process)) return;
        await process.die();
        this.#bootAgain(process, SECOND);
      });
    }
  }

  #makeHands(): Hands {
    const turns = this.#turns;
    return new Hands({
      ...this.#reach(),
      reconfigured: () => this.#reconfigured(),
      giveUp: (appId) => this.#asPerson((deps) => giveUp(deps, this.watch, appId)),
      hold: (lasts) => {
        this.#held += 1;
        this.#asPerson(holdBack);
        turns.event(WORLD, plus(turns.now, lasts), async () => {
          this.#held -= 1;
        });
      },
      restoring: async (age, work) => {
        const running = [...this.#processes.keys()];
        for (const process of running) await process.die();
        await work();
        this.#books.forget(plus(turns.now, -age));
        for (const process of running) this.#bootAgain(process, MINUTE);
      },
      lookAgain: (consumer) => this.#consumption.look(consumer),
    });
  }
}
