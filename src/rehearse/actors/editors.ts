/**
 * What changes under a rotation that is under way, whether or not anybody knows of it: one more place is read, a clock is wrong, an application is excluded for a while,
 * a freeze is announced or taken back.
 * What it is stands in the plan (`plan/words.ts`), which says at what moment as well.
 */
import type { SecretValue } from "../../core/secret-value.ts";
import { type DurationMs, formatInstant, MINUTE, plus } from "../../core/time.ts";
import { ask } from "../../engine/commands/rotate.ts";
import type { Deps } from "../../engine/deps.ts";
import type { Edit } from "../plan/words.ts";
import type { Inhabitant } from "../world/world.ts";
import type { Reach as AskersReach } from "./askers.ts";
import { FIRST } from "./person.ts";

/** What of the run the editors need. */
export interface Reach extends AskersReach {
  /** Something a person does by a command, which may be refused. */
  does(what: string, work: (deps: Deps) => Promise<void>): void;
}

/** Who starts an application does so when every process goes by the configuration that names its place. */
const STARTED_AFTER = 5 * MINUTE;

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
    }
  }

  /** Somebody has the old value still, and knows nothing of the rotation that replaces it. */
  async #addPlace({ reload, served }: Edit & { readonly what: "place-added" }, inhabitant: Inhabitant): Promise<void> {
    const { world, watch, books, rebind, start, after } = this.#reach;
    const { appId } = inhabitant.first.holder;
    const rotation = watch.rotations.open().find((one) => one.holder.appId === appId && one.leftover !== true);
    const value = rotation === undefined ? undefined : this.#valueOf(inhabitant, rotation.replaces);
    if (rotation === undefined || value === undefined) return;
    const consumer = world.settle(inhabitant, reload, value);
    const { name } = consumer.place;
    books.words.settles(consumer.place, rotation.replaces);
    rebind(appId, (binding) => ({
      ...binding,
      slots: binding.slots.map((slot) =>
        slot.slot === rotation.slot ? { ...slot, targets: [...slot.targets, name] } : slot,
      ),
    }));
    let isGone = false;
    // until then one of the processes may go by the configuration that does not name it: with what it has removed nobody starts
    after(this.#processes() * MINUTE, async () => {
      isGone = !watch.truth(rotation.holder.objectId).some(({ keyId }) => keyId === rotation.replaces);
    });
    after(STARTED_AFTER, async () => {
      if (isGone) this.#reach.story.event(this.#reach.now(), `${name} is bound too late, and does not start`, appId);
      else await start(consumer);
    });
    if (served !== null) after(served, async () => this.#serve(appId));
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
    world.editPolicy(appId, (policy) => ({ ...policy, freeze: [...policy.freeze, freeze] }));
    reconfigured();
    if (edit.back === null) return;
    after(edit.back, async () => {
      world.editPolicy(appId, (policy) => ({ ...policy, freeze: policy.freeze.filter((one) => one !== freeze) }));
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
