/** The books beside the watch: limits, persons' words, approvals and pauses, values of privileged applications, shared slots; asked together after every effect. */
import type { TenantSettings } from "../../core/policy/settings.ts";
import type { EpochMs } from "../../core/time.ts";
import type { Change, Claim } from "../../ports/store.ts";
import type { Call, Outcome } from "../stage/story.ts";
import type { World } from "../world/world.ts";
import { ApprovalBooks } from "./approval-books.ts";
import type { Committed } from "./committed.ts";
import { doneToExcluded } from "./exclusion-books.ts";
import type { Watch } from "./invariants.ts";
import { PauseBooks } from "./pause-books.ts";
import { type Forbidden, RuleBooks } from "./rule-books.ts";
import { type SlotsAround, takenFromOtherSlots } from "./slot-books.ts";
import { ValueBooks } from "./value-books.ts";
import { WordBooks } from "./word-books.ts";

const NOTHING: readonly Forbidden[] = [];

export class Books {
  readonly rules: RuleBooks;
  readonly approvals: ApprovalBooks;
  readonly words: WordBooks;
  readonly pauses: PauseBooks;
  readonly values = new ValueBooks();
  readonly #rotations: Committed;
  readonly #slots: SlotsAround;
  readonly #now: () => EpochMs;

  constructor(world: World, watch: Watch, now: () => EpochMs) {
    const { rotations } = watch;
    const { limits, timeZone } = world.settings;
    const placed = world.inhabitants.flatMap(({ places, first }) => places.map((place) => ({ place, first })));
    this.#rotations = rotations;
    this.#now = now;
    this.words = new WordBooks({
      rotations,
      places: new Map(placed.map(({ place }) => [place.name, place])),
      firsts: new Map(placed.map(({ place, first }) => [place.name, first.keyId])),
      keyIdOf: (value) => watch.keyIdOf(value),
    });
    this.#slots = {
      rotations,
      copyIn: (target) => {
        const place = world.inhabitants.flatMap(({ places }) => places).find(({ name }) => name === target);
        return place === undefined || place.writer === "others" ? null : watch.keyIdOf(place.copy);
      },
    };
    this.pauses = new PauseBooks(rotations);
    this.rules = new RuleBooks({ rotations, limits, timeZone, said: this.words });
    const isPrivileged = (appId: string) => world.of(appId)?.isPrivileged === true;
    this.approvals = new ApprovalBooks({ rotations, isPrivileged, isLeaked: (one) => this.words.isLeaked(one), now });
  }

  /**
   * What was done although something forbids it, right after an effect of a process that was started with these settings.
   * @param isAhead its clock shows a time that is not come: it may begin too much too early, and takes nothing away.
   */
  after(call: Call, outcome: Outcome, settings: TenantSettings, isAhead: boolean): readonly Forbidden[] {
    const now = this.#now();
    const [rules, approvals] = [
      this.rules.after(call, outcome, now, { settings, isAhead }),
      this.approvals.after(call, outcome, settings.mode),
    ];
    const words = this.words.after(call, outcome, settings, now);
    const pauses = this.pauses.after(call, outcome);
    const excluded = doneToExcluded(call, outcome, this.#rotations, settings);
    const slots = takenFromOtherSlots(call, outcome, this.#slots, settings, now);
    // hardly ever is there anything, and this is after every effect
    const found = rules.length + approvals.length + words.length + pauses.length + excluded.length + slots.length;
    return found === 0 ? NOTHING : [...rules, ...approvals, ...words, ...pauses, ...excluded, ...slots];
  }

  /** The change that a call of the store has stored, null where it is no such call or stored nothing. */
  stored(
    { method, args }: Call,
    outcome: Outcome,
  ): { readonly change: Change; readonly found: readonly Forbidden[] } | null {
    const change = outcome.ok && outcome.value === true ? changeOf(method, args) : null;
    if (change === null) return null;
    this.approvals.committed(change.rotation);
    this.words.committed(change.rotation);
    return { change, found: this.values.committed(change, this.#now()) };
  }

  /** The store is what it was then, and older than the directory. */
  forget(since: EpochMs): void {
    this.rules.forget(since);
    this.approvals.forget(since);
    this.pauses.forget();
    this.values.forget();
  }
}

function changeOf(method: string, args: readonly unknown[]): Change | null {
  if (method === "open") return { rotation: args[0] as Change["rotation"], audit: [] };
  if (method !== "commit" && method !== "amend") return null;
  const [, change] = args as [Claim | Change["rotation"], Change];
  return change;
}
