/** What a rehearsal found, and how it is said. */

import type { Rotation } from "../core/rotation/rotation.ts";
import type { EpochMs } from "../core/time.ts";
import type { FaultTally } from "./watch/fault-book.ts";
import type { Finding, FindingKind } from "./watch/finding.ts";

/** What `npm run simulate -- --json` prints. */
export interface RehearsalReport {
  readonly seed: number;
  /** How many years of one application were lived through. */
  readonly applicationYears: number;
  /** Port calls of the manager. */
  readonly steps: number;
  readonly lapses: number;
  readonly orphans: number;
  /** Violations of the other invariants of design §4.3. */
  readonly breaks: number;
  /** SHA-256 of the ordered story of port calls and outcomes. */
  readonly storyHash: string;
}

/** Figures beside the report, for tests and people. */
export interface RehearsalFigures {
  readonly rotations: number;
  readonly retired: number;
  readonly halted: number;
  readonly crashes: number;
  readonly signIns: number;
  /** Things that people and other tools did. */
  readonly troubles: number;
  /** Each kind of fault that could be met. */
  readonly faults: readonly FaultTally[];
  /** Sign-ins refused because of what other hands did, and lapses that were announced in time. */
  readonly excused: number;
  /** What persons asked of Nolapse, by its kind; ` done` behind it, or the code of the refusal, for what came of it. */
  readonly words: Readonly<Record<string, number>>;
}

/** What a run that goes on has come to. */
export interface Lived {
  readonly at: EpochMs;
  /** From 0 to 1. */
  readonly done: number;
  readonly rotations: number;
  /** Those of them whose old credential is retired. */
  readonly finished: number;
  readonly signIns: number;
  /** Faults met. */
  readonly faults: number;
  /** Who has lapsed, and when. */
  readonly lapses: readonly Finding[];
}

type Watched = Pick<Rehearsed, "findings"> & { readonly rotations: ReadonlyMap<string, Pick<Rotation, "state">> };

export function lived({ findings, rotations }: Watched, so: Pick<Lived, "at" | "done" | "signIns" | "faults">): Lived {
  let finished = 0;
  for (const { state } of rotations.values()) if (state === "retired") finished += 1;
  return { ...so, rotations: rotations.size, finished, lapses: findings.filter(isLapse) };
}

export function isLapse({ kind }: Pick<Finding, "kind">): boolean {
  return kind === "lapse" || kind === "unannounced";
}

export interface Rehearsed {
  readonly report: RehearsalReport;
  readonly findings: readonly Finding[];
  readonly figures: RehearsalFigures;
}

/** The report of a run: how long it was and how it went, and what the watch knows of it. */
export function rehearsed(
  { seed, years, steps, storyHash }: Pick<RehearsalReport, "seed" | "steps" | "storyHash"> & { readonly years: number },
  watch: Watched,
  figures: Omit<RehearsalFigures, "rotations" | "retired" | "halted">,
): Rehearsed {
  const { findings } = watch;
  const of = (...kinds: FindingKind[]) => findings.filter((one) => kinds.includes(one.kind)).length;
  const states = [...watch.rotations.values()].map((one) => one.state);
  const inState = (state: Rotation["state"]) => states.filter((one) => one === state).length;
  return {
    report: {
      seed,
      applicationYears: Math.round(years * 1_000) / 1_000,
      steps,
      lapses: of("lapse", "unannounced"),
      orphans: of("orphan"),
      breaks: of("break"),
      storyHash,
    },
    findings,
    figures: { ...figures, rotations: states.length, retired: inState("retired"), halted: inState("halted") },
  };
}

export function hasFindings({ lapses, orphans, breaks }: RehearsalReport): boolean {
  return lapses + orphans + breaks > 0;
}
