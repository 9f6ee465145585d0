/** How the rotation debt goes: what came past its renewal time lately, and what is past it no more because its renewal began. */
import type { Rotation } from "../../core/rotation/rotation.ts";
import { type EpochMs, earliest } from "../../core/time.ts";
import type { RotationPlace } from "../../ports/store.ts";
import type { Deps } from "../deps.ts";
import { forecastOf } from "../facts.ts";
import type { Portrait } from "./portrait.ts";

/** Rotations that are read at once: few of them are as many as a week has. */
const PART = 500;

/** What a rotation is about, when it was opened, and since when its credential had been past its renewal time. */
interface Begun {
  readonly appId: string;
  readonly at: EpochMs;
  readonly since: EpochMs;
}

export class Debts {
  readonly #deps: Deps;
  readonly #begun = new Map<string, Begun>();

  private constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** From the rotations that were opened after an instant; later ones are heard of. @throws NolapseError as the store does. */
  static async of(deps: Deps, after: EpochMs): Promise<Debts> {
    const debts = new Debts(deps);
    const { tenantId } = deps.settings;
    let place: RotationPlace | null = null;
    do {
      const page: Awaited<ReturnType<Deps["store"]["rotationPage"]>> = await deps.store.rotationPage({
        tenantId,
        limit: PART,
        after: place,
      });
      for (const one of page.items) debts.heard(one);
      const last = page.items.at(-1);
      place = last !== undefined && last.plannedAt > after ? page.next : null;
      await deps.scheduler.turn?.();
    } while (place !== null);
    return debts;
  }

  /** Takes in how a rotation is now. The same twice changes nothing. */
  heard(rotation: Rotation): void {
    const { id, holder, state, plannedAt: at, reason, leftover } = rotation;
    const known = forecastOf(this.#deps, rotation, at);
    // of what is renewed for its age nothing here says when it began to be
    const since = reason === "age-reached" ? at : (known?.rotateAt ?? at);
    // what is renewed before its time was no debt, and what was given up is one again
    if (leftover === true || state === "cancelled" || since > at) this.#begun.delete(id);
    else this.#begun.set(id, { appId: holder.appId, at, since });
  }

  /**
   * How many applications came to the debt after an instant and until now, also those that are out of it since, and how many left it because
   * their renewal began; what left it otherwise, renewed by hand or gone, is in neither.
   */
  between(
    after: EpochMs,
    now: EpochMs,
    owing: readonly Pick<Portrait, "appId" | "debt">[],
  ): { came: number; left: number } {
    // what would not be due yet is no new debt, and neither is what nobody knows the age of
    const isNew = (since: EpochMs | null) => since !== null && since > after && since <= now;
    const present = new Set(owing.map(({ appId }) => appId));
    const left = new Map<string, EpochMs>();
    for (const { appId, at, since } of this.#begun.values()) {
      if (at > after && at <= now && !present.has(appId)) left.set(appId, earliest(since, left.get(appId) ?? since));
    }
    const came = owing.filter(({ debt }) => isNew(debt?.since ?? null)).length;
    return { came: came + [...left.values()].filter(isNew).length, left: left.size };
  }
}
