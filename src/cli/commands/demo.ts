import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NolapseError } from "../../core/errors.ts";
import type { Context, DirectoryRequest } from "../context.ts";
import { type Fleet, startFleet } from "../demo/fleet.ts";
import { createNarrator } from "../demo/narrate.ts";
import { buildPages } from "../demo/pages.ts";
import { openPortal } from "../demo/portal.ts";
import { prepareDemo } from "../demo/prepare.ts";
import { demoJson, demoLines } from "../demo/report.ts";
import { type DemoResult, runDemo } from "../demo/run.ts";
import { processStarted } from "../demo/timing.ts";
import { type ExitCode, when } from "../speak.ts";

export interface DemoOptions {
  readonly once?: boolean;
  readonly fresh?: boolean;
  readonly port: number;
}

/** The whole job on the embedded directory, with three sample applications that really sign in. */
export async function demo(context: Context, options: DemoOptions): Promise<ExitCode> {
  const { speaker, signal, globals } = context;
  const folder = join(context.cwd, ".nolapse", "demo");
  if (options.fresh === true) await forget(context, folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  speaker.say("nolapse: starting the embedded directory with the tenant contoso");
  const directory = await context.startDirectory(requestFor(folder, options.port));
  let fleet: Fleet | null = null;
  try {
    const prepared = await prepareDemo(context, directory, folder);
    try {
      fleet = startFleet(prepared.applications, prepared.environment);
      speaker.say(
        `nolapse: ${prepared.applications.length} sample applications sign in, over and over, at ${directory.url}`,
      );
      const narrator = createNarrator();
      const pages = options.once === true ? null : buildPages((line) => speaker.say(line));
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
      // what the portal goes on with is its own time
      const durationMs = processStarted();
      if (pages !== null && !signal.aborted) {
        await pages;
        hint(context, directory.url, prepared.configFile);
        const told = () => {
          for (const line of narrator.lines()) speaker.say(line);
        };
        await openPortal({ context, directory, prepared, fleet, folder, observe: narrator.observe, told });
      }
      await fleet.end();
      return finish(context, { result, fleet, before: prepared.before, durationMs });
    } finally {
      await prepared.close();
    }
  } finally {
    await fleet?.end();
    await directory.close();
    if (globals.json !== true && options.once !== true) speaker.say("nolapse: everything of the demo has ended");
  }
}

function requestFor(folder: string, port: number): DirectoryRequest {
  return {
    proxyPort: null,
    port,
    data: join(folder, "directory"),
    scenario: "contoso",
    clock: null,
    frozen: true,
    faults: null,
    strictAssertions: false,
    generate: 0,
  };
}

/**
 * Forgets the last demo, but never from under one that is still running: its directory opens for one process only. One
 * that is damaged cannot be opened either, and is what --fresh is for. @throws NolapseError `usage` when it is running.
 */
async function forget({ startDirectory }: Context, folder: string): Promise<void> {
  if (existsSync(join(folder, "directory"))) {
    const last = await startDirectory(requestFor(folder, 0)).catch((thrown: unknown) => {
      if (!(thrown instanceof NolapseError)) return null;
      throw new NolapseError("usage", `another demo is running in ${folder}`, {
        cause: thrown,
        next: "end it first (Ctrl-C), or start this one in another folder",
      });
    });
    await last?.close();
  }
  rmSync(folder, { recursive: true, force: true });
}

function hint({ speaker }: Context, url: string, configFile: string): void {
  speaker.say("nolapse: the job is done; the directory and the applications go on until Ctrl-C");
  speaker.say(
    `hint: in another terminal: set -a; . .nolapse/demo/directory.env; set +a; nolapse --config ${configFile} plan`,
  );
  speaker.say(
    `hint: move the clock: curl --cacert "$NODE_EXTRA_CA_CERTS" -X POST ${url}/_directory/clock/advance -H 'content-type: application/json' -d '{"by":"P30D"}'`,
  );
}

function finish(
  { speaker, globals }: Context,
  told: {
    readonly result: DemoResult;
    readonly fleet: Fleet;
    readonly before: Parameters<typeof demoJson>[0]["before"];
    /** Milliseconds in which `result` came about. */
    readonly durationMs: number;
  },
): ExitCode {
  const { fleet, ...rest } = told;
  const report = { ...rest, tally: fleet.tally };
  if (globals.json === true) speaker.json(demoJson(report));
  else for (const line of demoLines(report, speaker.style)) speaker.data(line);
  const { halted, lapses } = demoJson(report);
  return halted > 0 || lapses > 0 ? 4 : 0;
}
