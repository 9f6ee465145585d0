/** Many seeds side by side: worker processes, each with one seed in hand, until so many application-years are lived. */
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import type { Pace } from "../../src/rehearse/plan/plan.ts";
import type { RehearsalFigures, RehearsalReport } from "../../src/rehearse/report.ts";

/** The tenant of a seed, and for how long it lives. */
export interface SeedWorld {
  readonly years: number;
  readonly applications: number;
  readonly pace: Pace;
}

/** What a worker is asked for. */
export interface SeedAsked extends SeedWorld {
  readonly seed: number;
}

/** Short lives work the engine hardest: ten applications, four rotations a year of each. */
const BRISK: SeedWorld = { applications: 10, years: 1, pace: "brisk" };
/** A tenant as most are, through the longest life that a secret has. */
const USUAL: SeedWorld = { applications: 50, years: 2, pace: "usual" };
/** One whose secrets mostly last as long as they may, through two of those lives and a half. */
const LASTING: SeedWorld = { applications: 48, years: 5, pace: "lasting" };
const ROUND = [BRISK, USUAL, LASTING, LASTING, LASTING] as const;

/** What `npm run prove` and CI live through: of five seeds one is brisk, one is usual, and three are lasting. */
export function worldOf(seed: number): SeedWorld {
  return ROUND[(seed - 1) % ROUND.length] ?? BRISK;
}

export interface SeedLived {
  readonly report: RehearsalReport;
  readonly figures: RehearsalFigures;
  readonly cpuSeconds: number;
  readonly findings: readonly { readonly kind: string; readonly what: string; readonly told: string }[];
}

export interface ManyOptions {
  readonly firstSeed: number;
  /** At least so many; seeds are lived to their end. */
  readonly applicationYears: number;
  /** {@link worldOf} where not given. */
  readonly world?: (seed: number) => SeedWorld;
  /** Processes side by side, never more than the machine has cores. */
  readonly workers: number;
  /** Once aborted, no further seed is begun. */
  readonly signal?: AbortSignal;
  readonly each?: (lived: SeedLived) => void;
}

/** The sum over many seeds. */
export interface Total {
  readonly seeds: { readonly first: number; readonly last: number; readonly count: number };
  readonly applicationYears: number;
  readonly steps: number;
  readonly rotations: number;
  readonly crashes: number;
  readonly troubles: number;
  readonly excused: number;
  readonly signIns: number;
  readonly lapses: number;
  readonly orphans: number;
  readonly breaks: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly workers: number;
  /** SHA-256 is of one story; this is theirs in the order of seeds, so that two machines can compare. */
  readonly storyHashes: readonly string[];
}

/**
 * Lives through seeds one after the other in each worker. @throws when a worker ends by itself; then no further seed is begun.
 */
export async function simulateMany(options: ManyOptions): Promise<{ total: Total; lived: readonly SeedLived[] }> {
  const { firstSeed, applicationYears, world = worldOf } = options;
  const count = seedsFor(applicationYears, firstSeed, world);
  const workers = Math.max(1, Math.min(options.workers, availableParallelism(), count));
  const began = performance.now();
  const lived: SeedLived[] = [];
  let next = firstSeed;
  let hasFailed = false;
  const goesOn = () => !hasFailed && options.signal?.aborted !== true;
  const work = async (): Promise<void> => {
    const worker = fork(new URL("./worker.ts", import.meta.url), {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      // a group of its own: Ctrl-C in a terminal goes to the whole group, and the seed in hand is to be lived to its end
      detached: true,
    });
    try {
      for (let seed = next++; seed < firstSeed + count && goesOn(); seed = next++) {
        const one = await ask(worker, { seed, ...world(seed) });
        lived.push(one);
        options.each?.(one);
      }
    } catch (failure) {
      hasFailed = true;
      throw failure;
    } finally {
      worker.kill();
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  lived.sort((a, b) => a.report.seed - b.report.seed);
  return { total: sum(lived, { firstSeed, seconds: (performance.now() - began) / 1_000, workers }), lived };
}

/** How many seeds from the first one on are so many application-years. */
function seedsFor(applicationYears: number, firstSeed: number, world: (seed: number) => SeedWorld): number {
  let count = 0;
  for (let lived = 0; lived < applicationYears; count += 1) {
    const { years, applications } = world(firstSeed + count);
    lived += years * applications;
  }
  return count;
}

function ask(worker: ChildProcess, asked: SeedAsked): Promise<SeedLived> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null) => reject(new Error(`the worker of seed ${asked.seed} ended with ${code}`));
    worker.once("exit", gone);
    worker.once("message", (lived) => {
      worker.off("exit", gone);
      resolve(lived as SeedLived);
    });
    worker.send(asked);
  });
}

function sum(
  lived: readonly SeedLived[],
  { firstSeed, seconds, workers }: { firstSeed: number; seconds: number; workers: number },
): Total {
  const add = (of: (one: SeedLived) => number) => lived.reduce((all, one) => all + of(one), 0);
  return {
    seeds: { first: firstSeed, last: lived.at(-1)?.report.seed ?? firstSeed, count: lived.length },
    applicationYears: Math.round(add((one) => one.report.applicationYears)),
    steps: add((one) => one.report.steps),
    rotations: add((one) => one.figures.rotations),
    crashes: add((one) => one.figures.crashes),
    troubles: add((one) => one.figures.troubles),
    excused: add((one) => one.figures.excused),
    signIns: add((one) => one.figures.signIns),
    lapses: add((one) => one.report.lapses),
    orphans: add((one) => one.report.orphans),
    breaks: add((one) => one.report.breaks),
    seconds,
    cpuSeconds: add((one) => one.cpuSeconds),
    workers,
    storyHashes: lived.map((one) => one.report.storyHash),
  };
}
