/**
 * `npm run prove -- [--application-years 100000] [--first-seed N] [--json]`: lives through seed after seed, a process for each
 * core, until so many application-years are lived, and appends seeds and result to docs/proof.md. Without a first seed it goes
 * on after the last one recorded there, so that no run repeats another. Ctrl-C ends it after the seeds in hand and records what
 * was lived. Exit code 3 when a seed found something; the line that replays it is printed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type SeedLived, simulateMany, type Total, worldOf } from "./prove/many.ts";

const PAGE = new URL("../docs/proof.md", import.meta.url);

/** The seed after the last one of the page's table; 1 where there is none. */
export function nextSeed(page: string): number {
  const seeds = [...page.matchAll(/^\| (\d+)–(\d+) \|/gm)].map((row) => Number(row[2]));
  return Math.max(0, ...seeds) + 1;
}

/** A line of the page's table. `on` is the day, ISO 8601. */
export function rowOf(total: Total, on: string): string {
  const { seeds, applicationYears, steps, rotations, crashes, troubles, signIns, lapses, orphans, breaks } = total;
  const perCore = (applicationYears / total.cpuSeconds).toFixed(1);
  const cells = [`${seeds.first}–${seeds.last}`, on, applicationYears, steps, rotations, crashes, troubles, signIns];
  return `| ${[...cells, lapses, orphans, breaks, perCore].join(" | ")} |\n`;
}

function say(total: Total, findings: readonly SeedLived[]): string {
  const { seeds, applicationYears, steps, rotations, crashes, signIns, lapses, orphans, breaks } = total;
  return [
    `seeds ${seeds.first} to ${seeds.last}: ${applicationYears} application-years, ${rotations} rotations, ${crashes} crashes`,
    `${steps} port calls, each followed by a look at the invariants; ${signIns} sign-ins of consumers`,
    `lapses ${lapses}, orphans ${orphans}, breaks ${breaks}`,
    `${total.seconds.toFixed(0)} s on ${total.workers} cores, ${(applicationYears / total.cpuSeconds).toFixed(1)} application-years a second and core`,
    ...findings.map(({ report }) => `seed ${report.seed} found something: ${replay(report.seed)}`),
  ].join("\n");
}

/** The line that lives through a seed once more. */
function replay(seed: number): string {
  const { applications, years, pace } = worldOf(seed);
  return `npm run simulate -- --seed ${seed} --applications ${applications} --years ${years} --pace ${pace}`;
}

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text) && Number(text) > 0) return Number(text);
  process.stderr.write(`--${name} is not a whole number: ${text}\n  npm run prove -- --${name} 100\n`);
  process.exit(2);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      "application-years": { type: "string", default: "100000" },
      "first-seed": { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const page = readFileSync(PAGE, "utf8");
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort()).once("SIGTERM", () => interrupted.abort());
  const { total, lived } = await simulateMany({
    firstSeed: wholeNumber("first-seed", values["first-seed"] ?? String(nextSeed(page))),
    applicationYears: wholeNumber("application-years", values["application-years"]),
    workers: availableParallelism(),
    signal: interrupted.signal,
    each: ({ report, cpuSeconds }) =>
      process.stderr.write(`seed ${report.seed}: ${report.steps} port calls, ${cpuSeconds.toFixed(1)} s\n`),
  });
  if (lived.length === 0) return;
  const findings = lived.filter((one) => one.findings.length > 0);
  writeFileSync(PAGE, page + rowOf(total, new Date().toISOString().slice(0, 10)));
  process.stdout.write(`${values.json ? JSON.stringify(total) : say(total, findings)}\n`);
  if (findings.length === 0) return;
  process.stderr.write(`${findings.flatMap((one) => one.findings.map(({ told }) => told)).join("\n\n")}\n`);
  process.exitCode = 3;
}

if (import.meta.main) await main();
