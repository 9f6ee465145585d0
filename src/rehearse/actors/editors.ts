/**
 * What changes under a rotation that is under way, whether or not anybody knows of it: one more place is read, for the same slot or for another one that names the
 * same credential, a clock is wrong, an application is excluded for a while, a freeze is announced or taken back, an overlap is made longer or shorter.
 * What it is stands in the plan (`plan/words.ts`), which says at what moment as well.
 */
import { completePolicy, type Policy, type Reload } from "../../core/policy/policy.ts";
import type { Binding } from "../../core/policy/settings.ts";
import type { Rotation } from "../../core/rotation/rotation.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { type DurationMs, formatInstant, MINUTE, plus } from "../../core/time.ts";
import { ask } from "../../engine/commands/rotate.ts";
import type { Deps } from "../../engine/deps.ts";
import type { Edit } from "../plan/words.ts";
import { type Inhabitant, policyOf } from "../world/world.ts";
import type { Reach as AskersReach } from "./askers.ts";
import { FIRST } from "./person.ts";

/** What of the run the editors need. */
export interface Reach extends AskersReach {
  /** Something a person does by a command, which may be refused. */
  does(what: string, work: (deps: Deps) => Promise<void>): void;
}

/** Who starts an application does so when every process goes by the configuration that names its place. */
const STARTED_AFTER = 5 * MINUTE;

const SECOND_SLOT = "second";

export class Editors {
  readonly #reach: Reach;

  constructor(reach: Reach) {
    this.#reach = reach;
  }

  async does(edit: Edit, inhabitant: Inhabitant): Promise<void> {
    switch (edit.what) {
      case "place-added":
        return this.#addPlace(edit, inhabitant);
      case "clock-ahead":
        return this.#setClock(edit);
      case "freeze-announced":
        return this.#freeze(edit, inhabitant);
      case "excluded":
        return this.#exclude(edit, inhabitant);
      case "slot-shared":
        return this.#shareSlot(edit, inhabitant);
      case "overlap-edited":
        return this.#editOverlap(edit, inhabitant);
    }
  }

  /** Somebody has the old value still, and knows nothing of the rotation that replaces it. */
  async #addPlace({ reload, served }: Edit & { readonly what: "place-added" }, inhabitant: Inhabitant): Promise<void> {
    const { appId } = inhabitant.first.holder;
    const rotation = this.#rotationOf(appId);
    if (rotation === undefined) return;
    const bind = (binding: Binding, name: string): Binding => ({
      ...binding,
      slots: binding.slots.map((slot) =>
        slot.slot === rotation.slot ? { ...slot, targets: [...slot.targets, name] } : slot,
      ),
    });
    if (this.#settle(inhabitant, reload, rotation.replaces, bind) === null) return;
    if (served !== null) this.#reach.after(served, async () => this.#serve(appId));
  }

  /** Somebody has given the same credential to another part of the application, and takes it for a line of succession of its own. */
  async #shareSlot({ reload, mended }: Edit & { readonly what: "slot-shared" }, inhabitant: Inhabitant): Promise<void> {
    const { world, watch, rebind, after } = this.#reach;
    const { first, places } = inhabitant;
    const { appId } = first.holder;
    const slots = world.settings.bindings.find((one) => one.appId === appId)?.slots ?? [];
    const held = places[0] === undefined ? null : watch.keyIdOf(places[0].copy);
    const keyId = this.#rotationOf(appId)?.replaces ?? held;
    const had = slots[0]?.current ?? null;
    if (keyId === null || slots.length > 1) return;
    const bind = (binding: Binding, name: string): Binding => ({
      ...binding,
      // of several each says which it means
      slots: [
        ...binding.slots.map((slot) => ({ ...slot, current: slot.current ?? keyId })),
        { slot: SECOND_SLOT, current: keyId, targets: [name] },
      ],
    });
    const name = this.#settle(inhabitant, reload, keyId, bind);
    if (name === null || mended === null) return;
    after(mended, async () => {
      rebind(appId, (binding) => ({
        ...binding,
        slots: binding.slots
          .filter(({ slot }) => slot !== SECOND_SLOT)
          .map((slot) => ({ ...slot, current: had, targets: [...slot.targets, name] })),
      }));
      after(STARTED_AFTER, async () => this.#serve(appId));
    });
  }

  /** One more place holds a copy of this credential, and who reads it starts as soon as every process knows of it; null where nobody has its value. */
  #settle(
    inhabitant: Inhabitant,
    reload: Reload,
    keyId: string,
    bind: (binding: Binding, name: string) => Binding,
  ): string | null {
    const { world, watch, books, rebind, start, after } = this.#reach;
    const { appId, objectId } = inhabitant.first.holder;
    const value = this.#valueOf(inhabitant, keyId);
    if (value === undefined) return null;
    const consumer = world.settle(inhabitant, reload, value);
    const { name } = consumer.place;
    books.words.settles(consumer.place, keyId);
    rebind(appId, (binding) => bind(binding, name));
    let isGone = false;
    // until then one of the processes may go by the configuration that does not name it: with what it has removed nobody starts
    after(this.#processes() * MINUTE, async () => {
      isGone = !watch.truth(objectId).some((one) => one.keyId === keyId);
    });
    after(STARTED_AFTER, async () => {
      if (isGone) this.#reach.story.event(this.#reach.now(), `${name} is bound too late, and does not start`, appId);
      else await start(consumer);
    });
    return name;
  }

  async #setClock({ machine, by, lasts }: Edit & { readonly what: "clock-ahead" }): Promise<void> {
    const { watch, clocks, story, now, after } = this.#reach;
    const one = machine % this.#processes();
    clocks.set(one, by);
    watch.holding.ahead = Math.max(watch.holding.ahead, by);
    after(lasts, async () => {
      story.event(now(), `the clock of machine ${one + 1} is set right`, null);
      clocks.set(one, 0);
    });
  }

  async #freeze(edit: Edit & { readonly what: "freeze-announced" }, { first }: Inhabitant): Promise<void> {
    const { world, reconfigured, now, after } = this.#reach;
    const { appId } = first.holder;
    const dateAfter = (pause: DurationMs) => formatInstant(plus(now(), pause)).slice(0, "2026-01-01".length);
    const freeze = { from: dateAfter(edit.in), to: dateAfter(edit.in + edit.lasts), reason: "announced late" };
    const name = policyOf(world.settings, appId)?.name;
    if (name === undefined) return;
    world.editPolicy(name, (policy) => ({ ...policy, freeze: [...policy.freeze, freeze] }));
    reconfigured();
    if (edit.back === null) return;
    after(edit.back, async () => {
      world.editPolicy(name, (policy) => ({ ...policy, freeze: policy.freeze.filter((one) => one !== freeze) }));
      reconfigured();
    });
  }

  async #exclude({ lasts }: Edit & { readonly what: "excluded" }, inhabitant: Inhabitant): Promise<void> {
    const { world, reconfigured, lookedAfter, after } = this.#reach;
    world.exclude(inhabitant, true);
    reconfigured();
    after(lasts, async () => {
      world.exclude(inhabitant, false);
      reconfigured();
      lookedAfter(inhabitant);
    });
  }

  async #editOverlap(
    { overlap, back }: Edit & { readonly what: "overlap-edited" },
    { first }: Inhabitant,
  ): Promise<void> {
    const { world, reconfigured, after } = this.#reach;
    const { appId } = first.holder;
    const had = policyOf(world.settings, appId);
    if (had === undefined) return;
    const edit = (to: Pick<Policy, "overlap" | "renewBefore">) => {
      // what hangs on it is reckoned anew, as where the file is read
      world.editPolicy(had.name, ({ name, ...policy }) => completePolicy(name, { ...policy, ...to }));
      reconfigured();
    };
    edit({ overlap, renewBefore: had.renewBefore });
    if (back !== null) after(back, async () => edit(had));
  }

  #processes(): number {
    return this.#reach.world.plan.managers ?? 1;
  }

  /** What Nolapse advises there. */
  #serve(appId: string): void {
    this.#reach.does("place-served", async (deps) => {
      this.#reach.books.approvals.asks(appId);
      await ask(deps, [appId], { now: true, actor: FIRST.actor });
    });
  }

  /** What replaces a credential of its, and is not over. */
  #rotationOf(appId: string): Rotation | undefined {
    return this.#reach.watch.rotations.open().find((one) => one.holder.appId === appId && one.leftover !== true);
  }

  /** A copy of this credential that anybody of the application has, or had right before. */
  #valueOf({ first, places, consumers }: Inhabitant, keyId: string): SecretValue | undefined {
    const values = [
      first.value,
      ...places.flatMap(({ copy, former }) => [copy, former]),
      ...consumers.map((one) => one.held.value),
    ];
    return values.find((one) => this.#reach.watch.keyIdOf(one) === keyId);
  }
}
