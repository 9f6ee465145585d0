/**
 * `npm run mutants -- [--seeds N] [--only NAME] [--json] [--check]`: plants known mistakes of the peers, one at a time, and lives
 * through seeds until an invariant catches each. Exit code 3 when one is not caught, or when a world without a mistake
 * finds something. With `--check` only says whether every one still fits the sources (part of `npm run check`).
 */
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { HuntingWorld } from "./mutants/hunt.ts";
import { MUTANTS, type Mutant } from "./mutants/list.ts";
import { plantedIn } from "./mutants/plant.ts";
import { RULES } from "./mutants/rules.ts";
import type { HuntDone } from "./mutants/worker.ts";

export interface Hunted {
  readonly name: string;
  readonly mistake: string;
  readonly world: HuntingWorld;
  readonly caught: boolean;
  /** Which invariant: `lapse` (2), `orphan` (3), `break` (one of the others), `unannounced`. */
  readonly by: string | null;
  readonly what: string | null;
  readonly seeds: number;
  readonly told: string | null;
}

export interface HuntOptions {
  readonly seeds: number;
  readonly only?: string;
  readonly each?: (hunted: Hunted) => void;
}

/** A mutant that keeps its seeds busy for longer counts as not caught, real milliseconds. */
const LONGEST = 5 * 60_000;
const WORKERS = Math.min(2, availableParallelism());

/** One mutant in a process of its own; without a name nothing is planted. */
export function huntOne(mutant: Pick<Mutant, "name" | "mistake" | "world">, seeds: number): Promise<Hunted> {
  const world = mutant.world ?? "usual";
  const plant = new URL("./mutants/plant.ts", import.meta.url).href;
  const worker = fork(new URL("./mutants/worker.ts", import.meta.url), {
    execArgv: ["--import", plant],
    env: { ...process.env, NOLAPSE_MUTANT: mutant.name },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  return new Promise((resolve, reject) => {
    const { name, mistake } = mutant;
    const tooLong = setTimeout(() => {
      worker.removeAllListeners("exit").kill("SIGKILL");
      resolve({ name, mistake, world, caught: false, by: null, what: null, seeds: 0, told: "it took too long" });
    }, LONGEST);
    worker.once("exit", (code) => {
      clearTimeout(tooLong);
      reject(new Error(`the mutant ${mutant.name} ended with ${code}`));
    });
    worker.once("message", (message) => {
      clearTimeout(tooLong);
      const { found, seeds: lived } = message as HuntDone;
      resolve({
        name,
        mistake,
        world,
        caught: found !== null,
        by: found?.kind ?? null,
        what: found?.what ?? null,
        seeds: lived,
        told: found?.told ?? null,
      });
    });
    worker.send({ world, firstSeed: 1, seeds });
  });
}

/** Every mutant of the list, in its order. */
export async function huntAll({ seeds, only, each }: HuntOptions): Promise<readonly Hunted[]> {
  const wanted = MUTANTS.filter((one) => only === undefined || one.name === only);
  const hunted: Hunted[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < wanted.length; index = next++) {
      const mutant = wanted[index];
      if (mutant === undefined) return;
      const one = await huntOne(mutant, seeds);
      hunted[index] = one;
      each?.(one);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, lane));
  return hunted;
}

function row({ name, by, what, seeds, mistake }: Hunted): string {
  const found = what === null ? "NOT CAUGHT" : `${by}: ${what.replace(/[0-9a-f-]{36}/g, "…").slice(0, 90)}`;
  return `${name.padEnd(32)} ${String(seeds).padStart(3)} ${seeds === 1 ? "seed " : "seeds"}  ${found}\n${" ".repeat(4)}${mistake}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "40" },
      only: { type: "string" },
      json: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
    },
  });
  if (values.check) {
    for (const { name } of [...MUTANTS, ...RULES]) plantedIn(name);
    return;
  }
  const seeds = Number(values.seeds);
  const hunted = await huntAll({
    seeds,
    ...(values.only === undefined ? {} : { only: values.only }),
    each: (one) => process.stderr.write(`${row(one)}\n`),
  });
  const caught = hunted.filter((one) => one.caught).length;
  if (values.json) {
    const mutants = hunted.map(({ told: _, ...one }) => one);
    process.stdout.write(`${JSON.stringify({ planted: hunted.length, caught, mutants })}\n`);
  } else process.stdout.write(`${hunted.map(row).join("\n")}\n${caught} of ${hunted.length} planted mistakes caught\n`);
  if (caught < hunted.length) process.exitCode = 3;
}

if (import.meta.main) await main();
