import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../context.ts";
import { type Fleet, startFleet } from "../demo/fleet.ts";
import { createNarrator } from "../demo/narrate.ts";
import { prepareDemo } from "../demo/prepare.ts";
import { demoJson, demoLines } from "../demo/report.ts";
import { type DemoResult, runDemo } from "../demo/run.ts";
import { processStarted } from "../demo/timing.ts";
import { type ExitCode, when } from "../speak.ts";
import { untilAborted } from "./directory.ts";

export interface DemoOptions {
  readonly once?: boolean;
  readonly fresh?: boolean;
  readonly port: number;
}

/** The whole job on the embedded directory, with three sample applications that really sign in. */
export async function demo(context: Context, options: DemoOptions): Promise<ExitCode> {
  const { speaker, composition, signal, globals } = context;
  const folder = join(context.cwd, ".nolapse", "demo");
  if (options.fresh === true) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  speaker.say("nolapse: starting the embedded directory with the tenant contoso");
  const directory = await composition.directory({
    proxyPort: null,
    port: options.port,
    data: join(folder, "directory"),
    scenario: "contoso",
    clock: null,
    frozen: true,
    faults: null,
    strictAssertions: false,
    generate: 0,
  });
  let fleet: Fleet | null = null;
  try {
    const prepared = await prepareDemo(context, directory, folder);
    try {
      fleet = startFleet(prepared.applications, prepared.environment);
      speaker.say(
        `nolapse: ${prepared.applications.length} sample applications sign in, over and over, at ${directory.url}`,
      );
      const narrator = createNarrator();
      const result = await runDemo(prepared.deps(narrator.observe), directory.clock, fleet, {
        signal,
        tell: (now, report) => {
          if (report.scan !== null) {
            const { applications, servicePrincipals } = report.scan.coverage;
            speaker.say(
              `${when(now)} scanned ${applications} applications and ${servicePrincipals} service principals; ${report.opened} secrets are due and bound to a target`,
            );
          }
          for (const line of narrator.lines()) speaker.say(line);
        },
      });
      if (options.once !== true && !signal.aborted) await carryOn(context, directory.url, prepared.configFile);
      await fleet.end();
      return finish(context, { result, fleet, before: prepared.before });
    } finally {
      await prepared.close();
    }
  } finally {
    await fleet?.end();
    await directory.close();
    if (globals.json !== true && options.once !== true) speaker.say("nolapse: everything of the demo has ended");
  }
}

async function carryOn({ speaker, signal }: Context, url: string, configFile: string): Promise<void> {
  speaker.say("nolapse: the job is done; the directory and the applications go on until Ctrl-C");
  speaker.say(
    `hint: in another terminal: set -a; . .nolapse/demo/directory.env; set +a; nolapse --config ${configFile} plan`,
  );
  speaker.say(
    `hint: move the clock: curl --cacert "$NODE_EXTRA_CA_CERTS" -X POST ${url}/_directory/clock/advance -H 'content-type: application/json' -d '{"by":"P30D"}'`,
  );
  await untilAborted(signal);
}

function finish(
  { speaker, globals }: Context,
  told: {
    readonly result: DemoResult;
    readonly fleet: Fleet;
    readonly before: Parameters<typeof demoJson>[0]["before"];
  },
): ExitCode {
  const { result, fleet, before } = told;
  const report = { result, tally: fleet.tally, before, durationMs: processStarted() };
  if (globals.json === true) speaker.json(demoJson(report));
  else for (const line of demoLines(report, speaker.style)) speaker.data(line);
  const { halted, lapses } = demoJson(report);
  return halted > 0 || lapses > 0 ? 4 : 0;
}
