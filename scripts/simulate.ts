/**
 * `npm run simulate -- [--seed N] [--years N] [--json]`: one rehearsal on the embedded directory, the Graph adapter, the
 * SQLite store and the local sealing key. Exit code 3 when it found a lapse, an orphan or a break; their story is on stderr.
 */
import { parseArgs } from "node:util";
import { DAY } from "../src/core/time.ts";
import { directoryGround } from "../src/rehearsal-ground.ts";
import { type RehearsalOptions, rehearse } from "../src/rehearse/rehearse.ts";
import { hasFindings, type Rehearsed, tell } from "../src/rehearse/report.ts";

const YEAR = 365 * DAY;

/** One run of the seed on the real parts. */
export async function simulate(
  seed: number,
  years: number,
  options: Partial<RehearsalOptions> = {},
): Promise<Rehearsed> {
  const ground = await directoryGround({ seed });
  try {
    return await rehearse(ground, { seed, duration: years * YEAR, ...options });
  } finally {
    await ground.end();
  }
}

function say({ report, figures }: Rehearsed, seconds: number): string {
  const { applicationYears, steps, lapses, orphans, breaks, storyHash, seed } = report;
  return [
    `seed ${seed}: ${applicationYears} application-years, ${steps} port calls, ${figures.crashes} crashes, ${seconds.toFixed(1)} s`,
    `${figures.rotations} rotations (${figures.retired} retired, ${figures.halted} halted), ${figures.signIns} sign-ins`,
    `${figures.troubles} troubles by other hands, ${figures.excused} refused sign-ins they caused`,
    `lapses ${lapses}, orphans ${orphans}, breaks ${breaks}`,
    `story ${storyHash}`,
  ].join("\n");
}

/** A whole number from 1; the exit code for anything else is that of a usage mistake. */
function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  process.stderr.write(`--${name} is not a whole number: ${text}\n  npm run simulate -- --${name} 1\n`);
  process.exit(2);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      years: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
    },
  });
  const seed = wholeNumber("seed", values.seed);
  const began = performance.now();
  const rehearsed = await simulate(seed, wholeNumber("years", values.years));
  const seconds = (performance.now() - began) / 1_000;
  process.stdout.write(`${values.json ? JSON.stringify(rehearsed.report) : say(rehearsed, seconds)}\n`);
  if (!hasFindings(rehearsed.report)) return;
  process.stderr.write(`${rehearsed.findings.map(tell).join("\n\n")}\n`);
  process.exitCode = 3;
}

if (import.meta.main) await main();
