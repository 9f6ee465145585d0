/** `rehearse`: the future, on a copy of the tenant in the embedded directory. Reads names and dates; writes nothing there. */
import { readFileSync } from "node:fs";
import { NolapseError } from "../../core/errors.ts";
import type { FaultKind } from "../../core/fault-kinds.ts";
import { makePlan } from "../../engine/plan/plan.ts";
import { look } from "../../engine/scan/discover.ts";
import { foresee } from "../../rehearse/future.ts";
import type { FutureProgress } from "../../rehearse/future-progress.ts";
import { futurePage } from "../../rehearse/page.ts";
import { type Context, configOf, oneTenant, warn, withManager } from "../context.ts";
import { futureJson, futureLines } from "../render/rehearse.ts";
import { type ExitCode, exitCode } from "../speak.ts";
import { writePage } from "../write-page.ts";

export interface RehearseOptions {
  readonly days: number;
  readonly runs: number;
  readonly seed: number;
  readonly faults?: string;
  readonly without?: readonly FaultKind[];
  readonly html?: string;
}

/** How often progress is said where nobody watches, in percent. */
const SAID_EVERY = 10;

export async function rehearse(context: Context, options: RehearseOptions): Promise<ExitCode> {
  const { composition, speaker, globals, signal } = context;
  const config = configOf(context);
  const tenant = oneTenant(config, context);
  const faults = options.faults === undefined ? null : composition.faultRules(readPlan(options.faults));
  const snapshot = await withManager(context, config, tenant, async ({ deps }) => {
    const scan = await look(deps, signal);
    return { scan, plan: await makePlan(deps, scan) };
  });
  warn(context, config);
  speaker.say(`nolapse: rehearsing ${options.days} days of ${snapshot.scan.coverage.applications} applications`);
  const future = await foresee({
    plan: snapshot.plan,
    holders: snapshot.scan.holders,
    settings: tenant,
    days: options.days,
    runs: options.runs,
    seed: options.seed,
    ...(faults === null ? {} : { faults }),
    ...(options.without === undefined ? {} : { without: options.without }),
    ground: (asked) => composition.ground(asked),
    progress: progressTo(context),
    stopped: () => signal.aborted,
  });
  if (globals.json === true) speaker.json(futureJson(future));
  else for (const line of futureLines(future, speaker.style)) speaker.data(line);
  // after it: a page that cannot be written costs nothing of what took so long
  if (options.html !== undefined) {
    writePage(options.html, futurePage(future));
    speaker.say(`nolapse: wrote ${options.html}`);
  }
  if (!future.complete) speaker.say("nolapse: it was ended early; what was lived through is reported");
  const isWhole = snapshot.scan.coverage.complete && future.complete;
  const isFound = future.findings.length > 0 || future.with.some((one) => one.because === null);
  return exitCode(isWhole ? 0 : 4, isFound ? 3 : 0);
}

/** One line that is rewritten on a terminal, and a line now and then elsewhere. */
function progressTo({ speaker }: Context): (progress: FutureProgress) => void {
  let said = 0;
  return ({ done }) => {
    const percent = Math.floor(done * 100);
    if (process.stderr.isTTY === true && percent !== said) {
      process.stderr.write(`\rnolapse: ${percent} %${percent >= 100 ? "\n" : ""}`);
      said = percent;
    } else if (percent >= said + SAID_EVERY) {
      said = percent - (percent % SAID_EVERY);
      speaker.say(`nolapse: ${said} %`);
    }
  };
}

function readPlan(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (thrown) {
    throw new NolapseError(
      "usage",
      `--faults ${path} cannot be read: ${thrown instanceof Error ? thrown.message : ""}`,
      {
        next: 'write a plan of faults, such as {"rules":[{"on":"addPassword","fault":"lost-response","probability":0.2}]}',
      },
    );
  }
}
