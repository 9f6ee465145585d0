/** Does the troubles of a plan: the hands of people and other tools in the tenant, its places and its configuration. */
import { type HolderRef, isLive } from "../../core/credentials/credential.ts";
import type { Mode } from "../../core/policy/settings.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { DAY, type DurationMs, type EpochMs, earliest, epochMs, plus } from "../../core/time.ts";
import type { Trouble } from "../plan/troubles.ts";
import type { Ground, Registered } from "../stage/ground.ts";
import type { Story } from "../stage/story.ts";
import type { Watch } from "../watch/invariants.ts";
import type { Consumer } from "../world/consumers.ts";
import type { Inhabitant, World } from "../world/world.ts";

/** What of the run the hands need. */
export interface Reach {
  readonly ground: Ground;
  readonly world: World;
  readonly watch: Watch;
  readonly story: Story;
  now(): EpochMs;
  /** Later, something the world does by itself. */
  after(pause: DurationMs, work: () => Promise<void>): void;
  /** The processes read the configuration again: one after the other they are started anew. */
  reconfigured(): void;
  /** A person gives up the rotations of this application. */
  giveUp(appId: string): void;
  /** A person stops everything, and lets it go on later. */
  hold(lasts: DurationMs): void;
  /** Every process ends, `work` puts back a store of this age, and they start again. */
  restoring(age: DurationMs, work: () => Promise<void>): Promise<void>;
  /** A consumer may have got another copy without being told. */
  lookAgain(consumer: Consumer): void;
}

/** A place that holds nothing that works is mended by hand after this long. */
const MENDED_AFTER = 2 * DAY;
/** How long somebody else's new secret lasts. */
const THEIRS_LAST = 300 * DAY;

/** What happens in an instant is felt for this long. */
const FELT_FOR = 14 * DAY;

/** From the first trouble to the end of the last. */
export interface TroubleSpan {
  readonly since: EpochMs;
  readonly until: EpochMs;
}

function latest(instants: readonly EpochMs[]): EpochMs {
  return epochMs(Math.max(...instants));
}

export class Hands {
  readonly #reach: Reach;
  readonly #theirs = new Map<string, Registered[]>();
  /** By client id; the whole tenant's by none. */
  readonly #spans = new Map<string, TroubleSpan>();

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  /** The trouble an application has had that Nolapse may not be able to mend; null: none that anybody made. */
  troubleOf(appId: string): TroubleSpan | null {
    const spans = [this.#spans.get(appId), this.#spans.get("")].filter((one) => one !== undefined);
    if (spans.length === 0) return null;
    return { since: earliest(...spans.map(({ since }) => since)), until: latest(spans.map(({ until }) => until)) };
  }

  /** Before the run: what must be remembered for a later trouble. */
  prepare(troubles: readonly Trouble[]): void {
    const { ground, after } = this.#reach;
    for (const [index, trouble] of troubles.entries()) {
      if (trouble.what === "restored" && trouble.at > trouble.age) {
        after(trouble.at - trouble.age, async () => {
          await ground.backup(`backup-${index}`);
          this.#reach.watch.backedUp(`backup-${index}`);
        });
      }
      after(trouble.at, () => this.#meet(trouble, index));
    }
  }

  /** Where Nolapse says that a place holds what does not sign in, somebody puts a secret there that does. */
  async mendPlaces(): Promise<void> {
    const { world, watch, now } = this.#reach;
    for (const { state, lastFailure, plannedAt, holder } of watch.rotations.open()) {
      if (state !== "planned" || lastFailure?.code !== "target-foreign") continue;
      const inhabitant = world.of(holder.appId);
      if (inhabitant !== undefined && now() - plannedAt > MENDED_AFTER) await this.#mend(inhabitant);
    }
  }

  async #mend({ first, places, consumers }: Inhabitant): Promise<void> {
    const { ground, watch, now, story } = this.#reach;
    const works = (value: SecretValue) => {
      const keyId = watch.keyIdOf(value);
      return watch.truth(first.holder.objectId).some((one) => one.keyId === keyId && isLive(one, now()));
    };
    let value = places.find((one) => works(one.copy))?.copy;
    if (value === undefined) {
      const made = await ground.outside.addSecret(first.holder, {
        name: "by hand again",
        end: plus(now(), THEIRS_LAST),
      });
      watch.others(made);
      await watch.look(first.holder);
      value = made.value;
    }
    story.event(now(), "somebody puts a secret that works where none did", first.holder.appId);
    for (const place of places) {
      if (works(place.copy)) continue;
      place.overwrite(value);
      for (const one of consumers) if (one.place === place) this.#reach.lookAgain(one);
    }
  }

  /** Somebody edits the entry of one application, and the processes read the configuration again. */
  rebind(appId: string, change: Parameters<World["rebind"]>[1]): void {
    this.#reach.world.rebind(appId, change);
    this.#reach.reconfigured();
  }

  async #meet(trouble: Trouble, index: number): Promise<void> {
    const { world, story, now } = this.#reach;
    const inhabitant = "application" in trouble ? world.named(trouble.application) : undefined;
    const appId = inhabitant?.first.holder.appId ?? null;
    story.event(now(), `trouble: ${trouble.what} ${"application" in trouble ? trouble.application : ""}`.trim(), appId);
    this.#lasts(appId ?? "", trouble);
    if (inhabitant === undefined) await this.#meetTenant(trouble, index);
    else await this.#meetOne(trouble, inhabitant);
    if (inhabitant !== undefined) await this.#reach.watch.look(inhabitant.first.holder);
  }

  #lasts(whose: string, trouble: Trouble): void {
    const { now } = this.#reach;
    const known = this.#spans.get(whose);
    const until = plus(now(), "lasts" in trouble && trouble.lasts !== null ? trouble.lasts : FELT_FOR);
    this.#spans.set(whose, { since: known?.since ?? now(), until: latest([until, ...(known ? [known.until] : [])]) });
  }

  async #meetTenant(trouble: Trouble, index: number): Promise<void> {
    const { ground, world, watch, after, hold, restoring } = this.#reach;
    if (trouble.what === "forbidden") {
      await ground.outside.limitSecrets(trouble.longest);
      after(trouble.lasts, () => ground.outside.limitSecrets("none"));
    }
    if (trouble.what === "stopped") hold(trouble.lasts);
    if (trouble.what === "mode-changed") {
      this.#setMode(trouble.mode);
      after(trouble.lasts, async () => {
        // what somebody has changed it to in between stays
        if (world.settings.mode === trouble.mode) this.#setMode("enforce");
      });
    }
    if (trouble.what === "restored" && trouble.at > trouble.age) {
      const name = `backup-${index}`;
      await restoring(trouble.age, async () => {
        await ground.restore(name);
        watch.restored(name);
      });
    }
  }

  #setMode(mode: Mode): void {
    const { world, watch, now, reconfigured } = this.#reach;
    world.setMode(mode);
    watch.holding.mode(mode === "enforce", now());
    reconfigured();
  }

  async #meetOne(trouble: Trouble, inhabitant: Inhabitant): Promise<void> {
    const { ground, giveUp, after } = this.#reach;
    const { holder } = inhabitant.first;
    switch (trouble.what) {
      case "secret-added":
        return this.#addSecret(holder, trouble.lasts);
      case "secret-swept":
        return this.#remove(inhabitant, (keyId, isHeld) => !isHeld && keyId !== "");
      case "secret-removed":
        return this.#remove(inhabitant, (_, isHeld) => isHeld);
      case "put-back": {
        const place = inhabitant.places[trouble.place];
        place?.overwrite(place.former);
        for (const one of inhabitant.consumers) if (one.place === place) this.#reach.lookAgain(one);
        return;
      }
      case "deleted":
        await ground.outside.deleteApplication(holder);
        after(trouble.lasts, async () => {
          await ground.outside.restoreApplication(holder);
          await this.#reach.watch.look(holder);
        });
        return;
      case "target-unbound":
        return this.#unbind(inhabitant, trouble.place, trouble.lasts);
      case "target-gone": {
        const place = inhabitant.places[trouble.place];
        if (place === undefined) return;
        place.gone = true;
        after(trouble.lasts, async () => {
          place.gone = false;
        });
        return;
      }
      case "policy-changed":
        return this.rebind(holder.appId, (binding) => ({ ...binding, policy: trouble.policy }));
      case "cancelled":
        return giveUp(holder.appId);
      default:
        return;
    }
  }

  async #addSecret(holder: HolderRef, lasts: DurationMs | null): Promise<void> {
    const { ground, watch, now, after } = this.#reach;
    const added = await ground.outside.addSecret(holder, { name: "added by hand", end: plus(now(), THEIRS_LAST) });
    watch.others(added);
    this.#theirs.set(holder.objectId, [...(this.#theirs.get(holder.objectId) ?? []), added]);
    if (lasts === null) return;
    after(lasts, async () => {
      await ground.outside.removeSecret(holder, added.keyId);
      await watch.look(holder);
    });
  }

  /** Removes the first credential that the choice allows and that is not somebody else's. */
  async #remove(inhabitant: Inhabitant, choose: (keyId: string, isHeld: boolean) => boolean): Promise<void> {
    const { ground, watch } = this.#reach;
    const { holder } = inhabitant.first;
    const theirs = (this.#theirs.get(holder.objectId) ?? []).map((one) => one.keyId);
    const held = new Set(inhabitant.consumers.map((one) => watch.keyIdOf(one.held.value)));
    const placed = new Set(inhabitant.places.map((one) => watch.keyIdOf(one.copy)));
    const found = watch
      .truth(holder.objectId)
      .find(({ keyId }) => !theirs.includes(keyId) && choose(keyId, held.has(keyId) || placed.has(keyId)));
    if (found === undefined) return;
    watch.removedByOthers(found.keyId);
    if (found.kind === "secret") return ground.outside.removeSecret(holder, found.keyId);
    const entries = await ground.outside.readList(holder);
    const kept = entries.filter((entry) => !entry.includes(found.keyId));
    await ground.outside.writeList(holder, { kept, added: null });
  }

  /** Somebody takes a place out of the configuration; who puts it back in puts a working value there first. */
  #unbind(inhabitant: Inhabitant, index: number, lasts: DurationMs): void {
    const { world, reconfigured, after } = this.#reach;
    const place = inhabitant.places[index];
    const { appId } = inhabitant.first.holder;
    if (place === undefined || inhabitant.places.length < 2) return;
    const only = (keep: (name: string) => boolean, add: readonly string[]) =>
      world.rebind(appId, (binding) => ({
        ...binding,
        slots: binding.slots.map((slot, first) => ({
          ...slot,
          targets: [...slot.targets.filter(keep), ...(first === 0 ? add : [])],
        })),
      }));
    only((name) => name !== place.name, []);
    reconfigured();
    after(lasts, async () => {
      const other = inhabitant.places.find((one) => one !== place && !one.gone);
      if (other !== undefined) place.overwrite(other.copy);
      for (const one of inhabitant.consumers) if (one.place === place) one.take();
      only((name) => name !== place.name, [place.name]);
      reconfigured();
    });
  }
}
