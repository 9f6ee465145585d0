/** Rehearsals that people have asked for: one at a time, for it takes a processor; the last few of each tenant are kept until the server ends. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Holder } from "../core/credentials/credential.ts";
import { NolapseError } from "../core/errors.ts";
import { FAULT_KIND_NAMES, type FaultKind } from "../core/fault-kinds.ts";
import type { TenantSettings } from "../core/policy/settings.ts";
import type { Plan } from "../engine/plan/plan.ts";
import { count, instant } from "./routes/shapes.ts";

const date = z.iso.date();
const lapse = z.strictObject({
  appId: z.string(),
  displayName: z.string(),
  credentialName: z.string().nullable(),
  at: instant,
  because: z.string().nullable().meta({ description: "a reason code; null where Nolapse itself would be at fault" }),
  sentence: z.string(),
  runs: count.meta({ description: "in how many of the runs" }),
});

export const faultKind = z.enum(FAULT_KIND_NAMES);

/** What a rehearsal that goes on has come to; of the run under way. */
export const underway = z.strictObject({
  done: z.number().min(0).max(1).meta({ description: "over all runs" }),
  run: count.meta({ description: "which of the runs, from 1" }),
  from: instant.meta({ description: "the time of the copy, at which each run begins" }),
  at: instant.meta({ description: "the simulated time" }),
  bound: count.meta({ description: "applications looked after" }),
  rotations: count,
  finished: count.meta({ description: "of the rotations, those whose old credential is retired" }),
  signIns: count,
  faults: count.meta({ description: "faults met" }),
  stopped: z
    .array(z.strictObject({ week: date, without: count, with: count }))
    .meta({ description: "how many applications have stopped by the end of each week, so far in the last one" }),
});

export type Underway = z.infer<typeof underway>;

/** What a rehearsal found. */
export const rehearsalReport = z.strictObject({
  from: instant,
  until: instant,
  complete: z.boolean(),
  seed: count,
  runs: count,
  applications: count,
  bound: count,
  applicationYears: z.number(),
  rotations: count,
  signIns: count,
  crashes: count,
  busiestDay: z.strictObject({ issues: count, requests: count }),
  issuesPerDay: count.nullable(),
  without: z.array(lapse),
  with: z.array(lapse),
  people: z.array(
    z.strictObject({
      appId: z.string(),
      displayName: z.string(),
      by: instant.nullable(),
      reason: z.string(),
      sentence: z.string(),
    }),
  ),
  days: z.array(z.strictObject({ day: date, issues: count, writes: count, requests: count })),
  findings: z.array(z.string()).meta({ description: "faults of Nolapse itself" }),
  storyHashes: z.array(z.string()),
  faults: z
    .array(
      z.strictObject({
        kind: faultKind,
        name: z.string(),
        rate: z.number().min(0).max(1).meta({ description: "the part of the simulated time in which it could be met" }),
        met: count,
        answer: z.string().nullable().meta({ description: "what Nolapse does then; null where it was never met" }),
      }),
    )
    .meta({ description: "what was thrown at it, over all runs" }),
});

export type RehearsalReport = z.infer<typeof rehearsalReport>;

export interface RehearsalAsked {
  readonly days: number;
  readonly runs: number;
  readonly seed: number;
  /** The kinds that it may meet. */
  readonly faults: readonly FaultKind[];
}

/** What is copied: names, dates and rules, no value. */
export interface Copied {
  readonly plan: Plan;
  readonly holders: readonly Holder[];
  readonly settings: TenantSettings;
}

export interface Finished {
  readonly report: RehearsalReport;
  /** One HTML document that needs no server. */
  readonly page: string;
}

export interface Running {
  readonly done: Promise<Finished>;
  /** It ends soon, with what it has lived through. */
  stop(): void;
}

/** Lives through the future of a copy, beside the server's own work, and tells how far it is. */
export type Rehearse = (copied: Copied, asked: RehearsalAsked, progress: (underway: Underway) => void) => Running;

export interface Rehearsal {
  readonly id: string;
  readonly tenant: string;
  readonly asked: RehearsalAsked;
  /** Who asked, as the trail names him. */
  readonly by: string;
  /** ISO 8601 UTC. */
  readonly copiedAt: string;
  readonly complete: boolean;
  /** Null until it has begun. */
  readonly underway: Underway | null;
  readonly state: "running" | "done" | "failed";
  readonly finished: Finished | null;
  /** Why it failed. */
  readonly failure: string | null;
}

type Entry = { -readonly [Name in keyof Rehearsal]: Rehearsal[Name] } & { running: Running | null };

/** Of each tenant. */
const KEPT = 5;

export class Rehearsals {
  readonly #rehearse: Rehearse;
  readonly #all: Entry[] = [];

  constructor(rehearse: Rehearse) {
    this.#rehearse = rehearse;
  }

  /** Newest first. */
  of(tenant: string): readonly Rehearsal[] {
    return this.#all.filter((one) => one.tenant === tenant).toReversed();
  }

  /** @throws NolapseError `not-found`. */
  find(tenant: string, id: string): Rehearsal {
    return this.#entry(tenant, id);
  }

  /** Begins one; `told` is called whenever it has come a hundredth further and when it is over. @throws NolapseError `refused-by-rule`. */
  start(
    copied: Copied,
    asked: RehearsalAsked,
    about: Pick<Rehearsal, "tenant" | "by" | "copiedAt" | "complete">,
    told: () => void,
  ): Rehearsal {
    const busy = this.#all.find(({ state }) => state === "running");
    if (busy !== undefined) {
      throw new NolapseError("refused-by-rule", `a rehearsal of ${busy.tenant} is under way`, {
        next: "wait until it is over, or stop it",
      });
    }
    const outcome = { underway: null, state: "running", finished: null, failure: null } as const;
    const entry: Entry = { id: randomUUID(), asked, ...about, ...outcome, running: null };
    this.#keep(entry);
    const running = this.#rehearse(copied, asked, (underway) => {
      if (entry.underway !== null && underway.done - entry.underway.done < 0.01) return;
      entry.underway = underway;
      told();
    });
    entry.running = running;
    running.done
      .then(
        (finished) => Object.assign(entry, { state: "done", finished }),
        (thrown: unknown) =>
          Object.assign(entry, { state: "failed", failure: thrown instanceof Error ? thrown.message : "it broke off" }),
      )
      .finally(() => {
        entry.running = null;
        told();
      });
    return entry;
  }

  /** Ends one with what it has lived through. @throws NolapseError `not-found`. */
  stop(tenant: string, id: string): Rehearsal {
    const entry = this.#entry(tenant, id);
    entry.running?.stop();
    return entry;
  }

  /** Ends whatever runs, and settles once nothing does. */
  async close(): Promise<void> {
    const running = this.#all.flatMap((one) => one.running ?? []);
    for (const one of running) one.stop();
    await Promise.allSettled(running.map(({ done }) => done));
  }

  #entry(tenant: string, id: string): Entry {
    const found = this.#all.find((one) => one.tenant === tenant && one.id === id);
    if (found !== undefined) return found;
    throw new NolapseError("not-found", `there is no rehearsal ${id} of ${tenant} here`, {
      next: "rehearsals are kept until the server ends, the last five of each tenant; start another one",
    });
  }

  #keep(entry: Entry): void {
    this.#all.push(entry);
    const [oldest, ...others] = this.#all.filter((one) => one.tenant === entry.tenant);
    if (oldest !== undefined && others.length >= KEPT) this.#all.splice(this.#all.indexOf(oldest), 1);
  }
}
