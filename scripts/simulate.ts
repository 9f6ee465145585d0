/**
 * `npm run simulate -- [--seed N] [--years N | --days N] [--applications N] [--pace brisk|usual|lasting] [--pauses] [--json]`: one rehearsal on the embedded directory,
 * the Graph adapter, the SQLite store and the local sealing key. Exit code 3 when it found a lapse, an orphan or a break: their
 * story, in the smallest world of this seed that still shows it, is on stderr with the line that replays it.
 */
import { parseArgs } from "node:util";
import { DAY, epochMs } from "../src/core/time.ts";
import { directoryGround } from "../src/rehearsal-ground.ts";
import type { Pace } from "../src/rehearse/plan/plan.ts";
import { type RehearsalOptions, rehearse } from "../src/rehearse/rehearse.ts";
import { hasFindings, type Rehearsed } from "../src/rehearse/report.ts";
import { smallest, type WorldSize } from "../src/rehearse/smallest.ts";
import { type FindingKind, tell } from "../src/rehearse/watch/finding.ts";
import type { Watch } from "../src/rehearse/watch/invariants.ts";

const YEAR = 365;
const APPLICATIONS = 10;
/** When every simulation begins. */
const START = epochMs(Date.UTC(2026, 0, 1));

/** One run of the seed on the real parts. */
export async function simulate(
  seed: number,
  days: number,
  options: Partial<RehearsalOptions> = {},
): Promise<Rehearsed> {
  const ground = await directoryGround({ seed, start: START });
  try {
    return await rehearse(ground, { seed, duration: days * DAY, applications: APPLICATIONS, ...options });
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
    `words: ${wordsOf(figures.words)}`,
    `lapses ${lapses}, orphans ${orphans}, breaks ${breaks}`,
    `story ${storyHash}`,
  ].join("\n");
}

/** What persons asked for, and what came of it. */
function wordsOf(words: Readonly<Record<string, number>>): string {
  const said = Object.entries(words).sort(([one], [other]) => one.localeCompare(other));
  return said.length === 0 ? "none" : said.map(([what, times]) => `${what} ${times}`).join(", ");
}

/** Ends a run once it shows one of that kind: one of another kind, earlier, would hide it. */
export function shows(kind: FindingKind): (watch: Pick<Watch, "findings">) => boolean {
  return ({ findings }) => findings.some((one) => one.kind === kind);
}

/** A whole number from 1; the exit code for anything else is that of a usage mistake. */
function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  process.stderr.write(`--${name} is not a whole number: ${text}\n  npm run simulate -- --${name} 1\n`);
  process.exit(2);
}

function paceOf(text: string): Pace {
  if (text === "brisk" || text === "usual" || text === "lasting") return text;
  process.stderr.write(`--pace is brisk, usual or lasting, not ${text}\n  npm run simulate -- --pace usual\n`);
  process.exit(2);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      years: { type: "string", default: "1" },
      days: { type: "string" },
      applications: { type: "string", default: String(APPLICATIONS) },
      pace: { type: "string", default: "brisk" },
      pauses: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const seed = wholeNumber("seed", values.seed);
  const applications = wholeNumber("applications", values.applications);
  const years = wholeNumber("years", values.years);
  const days = values.days === undefined ? years * YEAR : wholeNumber("days", values.days);
  const pace = paceOf(values.pace);
  const { pauses } = values;
  const began = performance.now();
  const rehearsed = await simulate(seed, days, { applications, pace, pauses });
  const seconds = (performance.now() - began) / 1_000;
  process.stdout.write(`${values.json ? JSON.stringify(rehearsed.report) : say(rehearsed, seconds)}\n`);
  if (!hasFindings(rehearsed.report)) return;
  const live = ({ applications, duration }: WorldSize, kind: FindingKind) =>
    simulate(seed, duration / DAY, { applications, pace, pauses, enough: shows(kind) });
  const { size, rehearsed: shown } = await smallest(
    { size: { applications, duration: days * DAY }, rehearsed },
    START,
    live,
  );
  const again = `npm run simulate -- --seed ${seed} --applications ${size.applications} --pace ${pace} --days ${size.duration / DAY}${pauses ? " --pauses" : ""}`;
  process.stderr.write(`${shown.findings.map(tell).join("\n\n")}\n\n${again}\n`);
  process.exitCode = 3;
}

if (import.meta.main) await main();
