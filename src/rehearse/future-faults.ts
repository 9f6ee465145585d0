/** Which faults a rehearsal met, over all its runs, and how Nolapse answered each kind. */
import { FAULT_KIND_NAMES, FAULT_KINDS, type FaultKind } from "../core/fault-kinds.ts";
import type { FaultTally } from "./watch/fault-book.ts";

export interface FutureFault {
  readonly kind: FaultKind;
  readonly name: string;
  /** The part of the simulated time in which it could be met, from 0 to 1. */
  readonly rate: number;
  readonly met: number;
  /** What Nolapse does then, in plain words; null where it was never met. */
  readonly answer: string | null;
}

/** Its rate in words: for how much of the time. */
export function shareWords(rate: number): string {
  const percent = Math.round(rate * 100);
  if (percent === 100) return "all the time";
  return percent === 0 ? "under 1 % of the time" : `${percent} % of the time`;
}

/** Each kind that could be met in any of the runs, in the order of the list of kinds. */
export function faultsOf(runs: readonly (readonly FaultTally[])[]): readonly FutureFault[] {
  return FAULT_KIND_NAMES.flatMap((kind) => {
    const tallies = runs.flatMap((tally) => tally.filter((one) => one.kind === kind));
    if (tallies.length === 0) return [];
    const { name, answer } = FAULT_KINDS[kind];
    const met = tallies.reduce((sum, one) => sum + one.met, 0);
    const share = tallies.reduce((sum, one) => sum + one.share, 0) / runs.length;
    return [{ kind, name, rate: Math.round(share * 1_000) / 1_000, met, answer: met === 0 ? null : answer }];
  });
}
