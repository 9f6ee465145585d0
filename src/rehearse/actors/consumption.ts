/** The consumers' side of a run: when they look at their places, when they sign in, and whose fault a refusal is. */
import { type DurationMs, type EpochMs, MINUTE, plus, SECOND } from "../../core/time.ts";
import type { Call, Outcome, Story } from "../stage/story.ts";
import { type Turns, WORLD } from "../stage/turns.ts";
import type { Books } from "../watch/books.ts";
import type { Watch } from "../watch/invariants.ts";
import type { Consumer } from "../world/consumers.ts";
import type { Inhabitant, World } from "../world/world.ts";
import type { TroubleSpan } from "./hands.ts";
import type { Notices } from "./notices.ts";

/** After a reload a consumer signs in at once and a little later: a fresh secret may still flip. */
const AFTER_RELOAD: readonly DurationMs[] = [0, 20 * SECOND, 3 * MINUTE];

/** The calls that change credentials; all but the first two may take one away. */
const CHANGES = new Set(["addSecret", "addKey", "removeSecret", "removeKey", "replaceCertificates"]);

export interface Surroundings {
  readonly world: World;
  readonly turns: Turns;
  readonly story: Story;
  readonly watch: Watch;
  readonly notices: Notices;
  readonly books: Books;
  /** The trouble that others have made for an application. */
  troubleOf(appId: string): TroubleSpan | null;
}

export class Consumption {
  signIns = 0;
  excused = 0;
  readonly #around: Surroundings;
  readonly #ends = new Set<string>();
  /** When each credential ends, by its key id: one that was over is no less so once it is swept. */
  readonly #endOf = new Map<string, EpochMs>();
  readonly #started = new Map<Consumer, EpochMs>();

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Before Nolapse comes: does it work, and from when on does it look at its place. */
  async begin(): Promise<void> {
    const { world } = this.#around;
    for (const { first } of world.inhabitants) {
      this.#endOf.set(first.keyId, first.end);
      this.#checkAt(first.holder.appId, first.end);
    }
    for (const consumer of world.consumers) await this.start(consumer);
  }

  /** From now on it signs in with the copy it has. */
  async start(consumer: Consumer): Promise<void> {
    this.#started.set(consumer, this.#around.turns.now);
    await this.signIn(consumer);
    this.#sample(consumer);
    if (consumer.reload === "start") this.#lookFrom(consumer, "for ever");
  }

  /** Nolapse looks after the application again: from now on it can tell. */
  lookedAfter({ consumers }: Inhabitant): void {
    for (const one of consumers) this.#started.set(one, this.#around.turns.now);
  }

  /** The client ids of applications one of whose consumers holds a copy that ends within this time, or has ended. */
  endingWithin(now: EpochMs, within: DurationMs): ReadonlySet<string> {
    const { world, watch } = this.#around;
    const ending = new Set<string>();
    for (const { first, consumers } of world.inhabitants) {
      const soon = consumers.some(({ held }) => {
        const keyId = watch.keyIdOf(held.value);
        const end = watch.truth(first.holder.objectId).find((one) => one.keyId === keyId)?.end;
        return end === undefined || end === null || end - now < within;
      });
      if (soon) ending.add(first.holder.appId);
    }
    return ending;
  }

  /** What the world does about an effect: consumers take what was delivered, and sign in when something was removed. */
  async react(call: Call, outcome: Outcome): Promise<void> {
    const { watch, world } = this.#around;
    if (CHANGES.has(call.method)) {
      const { objectId, appId } = call.args[0] as { objectId: string; appId: string };
      for (const { keyId, end } of watch.truth(objectId)) {
        if (end === null) continue;
        this.#endOf.set(keyId, end);
        this.#checkAt(appId, end);
      }
      if (call.method !== "addSecret" && call.method !== "addKey") await this.#check(appId);
    }
    if (call.port !== "target" || !(call.method === "deliver" || call.method === "reloadConsumer")) return;
    for (const consumer of world.consumers) {
      if (consumer.place.name !== call.args[0]) continue;
      if (call.method === "deliver") this.look(consumer);
      if (call.method === "reloadConsumer" && outcome.ok) await this.signIn(consumer);
    }
  }

  /** Its place has changed: it takes the copy when its habit has it look next. */
  look(consumer: Consumer): void {
    if (consumer.reload !== "start") this.#lookFrom(consumer, "once");
  }

  async signIn(consumer: Consumer): Promise<void> {
    const { story, turns, watch, books } = this.#around;
    // whoever has not been started signs in nowhere
    if (!this.#started.has(consumer)) return;
    this.signIns += 1;
    const { outcome, lapse } = await consumer.signIn();
    const about = outcome === "issued" ? "" : consumer.appId;
    story.event(turns.now, `${consumer.name} signs in: ${outcome}`, about);
    const keyId = outcome === "issued" ? watch.keyIdOf(consumer.held.value) : null;
    if (keyId !== null) books.rules.signedIn(consumer.appId, keyId, turns.now);
    if (lapse) this.#lapsed(consumer, outcome);
  }

  /** A refusal of what worked before. Others may have caused it; else it is ours, or should have been announced. */
  #lapsed(consumer: Consumer, outcome: string): void {
    const { world, watch, turns, notices, books, troubleOf } = this.#around;
    const { now } = turns;
    const { appId, held, name } = consumer;
    const keyId = watch.keyIdOf(held.value) ?? "";
    const objectId = world.of(appId)?.first.holder.objectId ?? "";
    const truth = watch.truth(objectId);
    const byOthers = truth.length === 0 || held.from === "others" || watch.wasRemovedByOthers(keyId);
    const isDeclared = world.isDeclared(consumer) && consumer.reload === consumer.place.reload;
    const announced = books.words.announced(keyId);
    if (announced === "untold" && !isDeclared && !byOthers) {
      const why = `${name} is refused: ${outcome}; a person had it removed, and was told of nobody who might use it`;
      watch.unannounced(now, why, appId);
      return;
    }
    const byWord = announced === "leaked" || (announced === "told" && !isDeclared);
    if (byOthers || byWord || !world.isDeclared(consumer)) {
      this.excused += 1;
      return;
    }
    const end = truth.find((one) => one.keyId === keyId)?.end ?? this.#endOf.get(keyId) ?? null;
    if (end === null || end > now) {
      watch.lapse(now, `${name} is refused: ${outcome}`, appId);
      return;
    }
    // of what is to be left alone nobody is told when it ends by itself
    const why = world.isExcluded(appId)
      ? null
      : notices.unannounced(appId, now, troubleOf(appId), this.#started.get(consumer) ?? now);
    if (why === null) this.excused += 1;
    else watch.unannounced(now, `${name} is refused: ${outcome}; ${why}`, appId);
  }

  /** Once, or again and again for one that is started anew now and then, the consumer takes the copy of its place. */
  #lookFrom(consumer: Consumer, how: "once" | "for ever"): void {
    const { turns, story } = this.#around;
    const at = consumer.nextLook(turns.now);
    if (at === null) return;
    turns.event(WORLD, at, async () => {
      // an old copy was given: it sees the new one at its next look
      if (how === "once" && consumer.place.staleUntil > turns.now) this.#lookFrom(consumer, how);
      if (consumer.take()) {
        story.event(turns.now, `${consumer.name} takes the new copy`, consumer.appId);
        for (const later of AFTER_RELOAD) {
          turns.event(WORLD, plus(turns.now, later), () => this.signIn(consumer));
        }
      }
      if (how === "for ever") this.#lookFrom(consumer, how);
    });
  }

  #sample(consumer: Consumer): void {
    this.#around.turns.event(WORLD, consumer.nextSample(this.#around.turns.now), async () => {
      await this.signIn(consumer);
      this.#sample(consumer);
    });
  }

  /** At the end of a credential's life everybody who could hold it signs in. */
  #checkAt(appId: string, end: number): void {
    const { turns } = this.#around;
    const key = `${appId} ${end}`;
    if (this.#ends.has(key) || end <= turns.now) return;
    this.#ends.add(key);
    turns.event(WORLD, plus(turns.now, end - turns.now + SECOND), () => this.#check(appId));
  }

  async #check(appId: string): Promise<void> {
    for (const consumer of this.#around.world.consumers) if (consumer.appId === appId) await this.signIn(consumer);
  }
}
