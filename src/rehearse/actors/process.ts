/**
 * One manager process on the rehearsal's stage: the engine with every port wrapped, so that each call parks its actor, may
 * be where the process dies, is told in the story and is looked at by the watch.
 */

import type { HolderRef } from "../../core/credentials/credential.ts";
import type { TenantSettings } from "../../core/policy/settings.ts";
import { type DurationMs, type EpochMs, plus } from "../../core/time.ts";
import type { Deps } from "../../engine/deps.ts";
import type { Brake } from "../../ports/brake.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Issuers } from "../../ports/issuer.ts";
import type { Random } from "../../ports/random.ts";
import type { Target, Targets } from "../../ports/target.ts";
import { type CrashPlan, isLooking } from "../plan/faults.ts";
import type { Booted } from "../stage/ground.ts";
import { rehearsedScheduler } from "../stage/scheduler.ts";
import type { Call, Outcome, Story } from "../stage/story.ts";
import { DROPPED, type Turns } from "../stage/turns.ts";
import type { Watch } from "../watch/invariants.ts";
import { changesTheWorld } from "../watch/writes.ts";

/** What all processes of a run share. */
export interface Stage {
  readonly turns: Turns;
  readonly story: Story;
  readonly watch: Watch;
  readonly crashes: CrashPlan;
  /** Calls that only look are places to park and to die, too; else only those that change something or take time. */
  readonly everyCall: boolean;
  latency(call: Call): DurationMs;
  /** After an effect outside, before its outcome goes back: the world may react to it. */
  react(call: Call, outcome: Outcome, process: ManagerProcess): Promise<void> | undefined;
  /** The process died here. */
  died(process: ManagerProcess): void;
}

const NEVER_PULLED: Brake = { pulled: async () => null };

export class ManagerProcess {
  readonly name: string;
  readonly deps: Deps;
  readonly #stage: Stage;
  readonly #booted: Booted;
  readonly #off: () => DurationMs;
  /** Calls whose effect has begun and may sleep in its middle. */
  readonly #underWay = new Set<Call>();
  /** Whose place it is, by the configuration this process has read. */
  readonly #owners: ReadonlyMap<string, string>;

  constructor(
    stage: Stage,
    options: {
      readonly name: string;
      readonly booted: Booted;
      readonly settings: TenantSettings;
      readonly targets: Targets;
      readonly random: Random;
      /** How far this process's clock is off now. */
      readonly off: () => DurationMs;
    },
  ) {
    this.#stage = stage;
    this.#booted = options.booted;
    this.#off = options.off;
    this.name = options.name;
    const { bindings } = options.settings;
    // the first one's, where several name it
    this.#owners = new Map(
      bindings
        .flatMap(({ appId, slots }) => slots.flatMap(({ targets }) => targets.map((one) => [one, appId] as const)))
        .reverse(),
    );
    const { entra, certificates, logs, federation, samlSigning, issuers, verifier, sealer, store } = options.booted;
    const { deadlines } = options.booted;
    this.deps = {
      settings: options.settings,
      entra: this.#wrapped("entra", entra),
      certificates: this.#wrapped("certificates", certificates),
      logs: this.#wrapped("logs", logs),
      federation: this.#wrapped("federation", federation),
      samlSigning: this.#wrapped("samlSigning", samlSigning),
      issuers: this.#issuers(issuers),
      verifier: this.#wrapped("verifier", verifier),
      sealer: this.#wrapped("sealer", sealer),
      store: this.#wrapped("store", store),
      brake: this.#wrapped("brake", NEVER_PULLED),
      targets: this.#targets(options.targets),
      clock: this.#clock(),
      random: options.random,
      scheduler: rehearsedScheduler(stage.turns, this.name),
      ...(deadlines === undefined ? {} : { deadlines }),
    };
  }

  /** The end of the process, wanted or not: none of its actors goes on. */
  async die(): Promise<void> {
    const { turns, watch } = this.#stage;
    turns.drop(this.name);
    watch.leases.died(this.name);
    await this.#booted.die();
    // what was half done stays so, and nobody hears of it
    for (const call of this.#underWay)
      if (call.port !== "target" && changesTheWorld(call)) await watch.look(call.args[0] as HolderRef);
  }

  #clock(): Clock {
    const { turns, everyCall } = this.#stage;
    const call = (method: string) => ({ port: "clock", method, args: [] }) as const;
    const looks = <T>(method: string, effect: () => Promise<T>) =>
      everyCall ? () => this.#call(call(method), effect) : effect;
    return {
      now: looks("now", async () => plus(turns.now, this.#off())),
      // the rehearsal moves time whenever everybody waits, so waiting is never in vain
      frozen: looks("frozen", async () => false),
      // both clocks go together here, but for sleeping: nothing happens meanwhile that the store does not know as due
      processNow: () => turns.now,
      wait: (until) => this.#call(call("wait"), async () => undefined, plus(until, -this.#off())),
    };
  }

  #issuers(issuers: Issuers): Issuers {
    return {
      get: (name) => {
        const issuer = issuers.get(name);
        return issuer === null ? null : this.#wrapped("issuer", issuer, [name]);
      },
    };
  }

  #targets(targets: Targets): Targets {
    const wrapped = new Map<string, Target | null>();
    return {
      get: (name) => {
        const known = wrapped.get(name);
        if (known !== undefined) return known;
        const target = targets.get(name);
        const outside = target === null ? null : this.#wrapped("target", target, [name]);
        wrapped.set(name, outside);
        return outside;
      },
    };
  }

  /** The same port, each method a port call of this process. Methods it lacks stay lacking. */
  #wrapped<T extends object>(port: Call["port"], inner: T, about: readonly unknown[] = []): T {
    const methods = new Map<string | symbol, unknown>();
    const method = (target: T, key: string | symbol): unknown => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== "function") return member;
      const name = String(key);
      // answered at once: to die there, or to let others run there, is the same as at the next call
      if (!this.#stage.everyCall && isLooking(name)) return async (...args: unknown[]) => member.apply(target, args);
      return (...args: unknown[]) =>
        this.#call({ port, method: name, args: about.length === 0 ? args : [...about, ...args] }, () =>
          member.apply(target, args),
        );
    };
    return new Proxy(inner, {
      get: (target, key) => {
        const known = methods.get(key);
        if (known !== undefined) return known;
        const made = method(target, key);
        methods.set(key, made);
        return made;
      },
    });
  }

  #call<T>(call: Call, effect: () => Promise<T>, until?: EpochMs): Promise<T> {
    const { turns } = this.#stage;
    const at = until ?? plus(turns.now, this.#stage.latency(call));
    return turns.park<T>(this.name, at, () => this.#step(call, effect));
  }

  async #step<T>(call: Call, effect: () => Promise<T>): Promise<T | typeof DROPPED> {
    const { turns, crashes, watch, story } = this.#stage;
    const moment = crashes.moment(call, story.steps);
    if (moment === "before") return this.#crash(call, moment);
    watch.before(call, turns.now);
    let outcome: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly thrown: unknown };
    this.#underWay.add(call);
    try {
      outcome = { ok: true, value: await effect() };
    } catch (thrown) {
      outcome = { ok: false, thrown };
    }
    this.#underWay.delete(call);
    const about = call.port === "target" ? this.#appOf(String(call.args[0])) : aboutOf(call, outcome);
    const line = story.call(turns.now, this.name, call, outcome, about);
    // mostly nothing is looked up outside: an await in vain would cost more than the look
    const looking = watch.after(call, outcome, line, turns.now, this.name);
    if (looking !== undefined) await looking;
    const reacting = this.#stage.react(call, outcome, this);
    if (reacting !== undefined) await reacting;
    if (moment === "after") return this.#crash(call, moment);
    if (!outcome.ok) throw outcome.thrown;
    return outcome.value;
  }

  #appOf(target: string): string | null {
    return this.#owners.get(target) ?? null;
  }

  async #crash(call: Call, moment: string): Promise<typeof DROPPED> {
    const { turns, story } = this.#stage;
    story.event(turns.now, `${this.name} crashes ${moment} ${call.port}.${call.method}`, null);
    await this.die();
    this.#stage.died(this);
    return DROPPED;
  }
}

/** The client id a call is about, null when it is about the whole tenant. */
function aboutOf({ args }: Call, outcome: Outcome): string | null {
  for (const one of args) {
    const about = namedIn(one);
    if (about !== null) return about;
  }
  return outcome.ok ? namedIn(outcome.value) : null;
}

function namedIn(one: unknown): string | null {
  if (typeof one !== "object" || one === null) return null;
  const { appId, clientId, holder, rotation } = one as {
    appId?: string;
    clientId?: string;
    holder?: HolderRef;
    rotation?: { holder?: HolderRef };
  };
  const about = appId ?? clientId ?? holder?.appId ?? rotation?.holder?.appId;
  return typeof about === "string" ? about : null;
}
