/** The book of the faults that a run meets: how often each kind was met, and for how much of the time it could be. */
import { FAULT_KIND_NAMES, type FaultKind } from "../../core/fault-kinds.ts";
import type { DurationMs, EpochMs } from "../../core/time.ts";
import type { FaultRule } from "../stage/ground.ts";

/** Which kind each fault of a directory is, as people tell them apart. */
const KIND_OF = {
  "token-lag": "sign-in-lag",
  "read-lag": "read-lag",
  "object-lag": "read-lag",
  "lost-response": "lost-answer",
  "commit-then-stall": "lost-answer",
  "concurrency-violation": "conflict",
  throttle: "throttle",
  loop: "throttle",
  reset: "broken-connection",
  slow: "slow",
  "conditional-access": "conditional-access",
} as const satisfies Record<FaultRule["fault"], FaultKind>;

export function kindOf({ fault }: Pick<FaultRule, "fault">): FaultKind {
  return KIND_OF[fault];
}

export interface FaultTally {
  readonly kind: FaultKind;
  /** The part of the simulated time in which it could be met, from 0 to 1. */
  readonly share: number;
  readonly met: number;
}

/** What a directory has dealt out since it began. */
export type Dealt = Readonly<Partial<Record<FaultRule["fault"], number>>>;

export class FaultBook {
  readonly #start: EpochMs;
  readonly #met = new Map<FaultKind, number>();
  readonly #lasted = new Map<FaultKind, DurationMs>();
  #inForce: ReadonlySet<FaultKind> = new Set();
  #since: EpochMs;

  constructor(start: EpochMs) {
    this.#start = start;
    this.#since = start;
  }

  /** One more that the directory does not deal out. */
  meets(kind: FaultKind): void {
    this.#met.set(kind, (this.#met.get(kind) ?? 0) + 1);
  }

  /** From now on these can be met, and no others. */
  changes(kinds: Iterable<FaultKind>, now: EpochMs): void {
    this.#settle(now);
    this.#inForce = new Set(kinds);
  }

  /** All that was met until now. */
  total(dealt: Dealt): number {
    return [...this.#met.values(), ...Object.values(dealt)].reduce((sum, one) => sum + one, 0);
  }

  /** Each kind that could be met, in the order of the list of kinds. */
  tally(dealt: Dealt, now: EpochMs): readonly FaultTally[] {
    this.#settle(now);
    const lived = Math.max(1, now - this.#start);
    return FAULT_KIND_NAMES.filter((kind) => this.#lasted.has(kind)).map((kind) => ({
      kind,
      share: (this.#lasted.get(kind) ?? 0) / lived,
      met: (this.#met.get(kind) ?? 0) + ofKind(dealt, kind),
    }));
  }

  #settle(now: EpochMs): void {
    for (const kind of this.#inForce) this.#lasted.set(kind, (this.#lasted.get(kind) ?? 0) + (now - this.#since));
    this.#since = now;
  }
}

function ofKind(dealt: Dealt, kind: FaultKind): number {
  const faults = Object.entries(dealt) as [FaultRule["fault"], number][];
  return faults.reduce((sum, [fault, met]) => (KIND_OF[fault] === kind ? sum + met : sum), 0);
}
