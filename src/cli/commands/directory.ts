import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { NolapseError } from "../../core/errors.ts";
import type { Context } from "../context.ts";
import type { ExitCode } from "../speak.ts";

export interface DirectoryOptions {
  readonly port: number;
  readonly inMemory?: boolean;
  readonly data: string;
  readonly scenario: string;
  readonly clock?: string;
  readonly frozen?: boolean;
  readonly faults?: string;
  readonly strictAssertions?: boolean;
  readonly generate: number;
  readonly envFile?: string;
}

/** What a start reads back from disk in reasonable time. */
const MOST_ON_DISK = 100_000;
const NAMED: ReadonlySet<string> = new Set(["contoso", "empty"]);

/** Runs the embedded directory until a stop signal. */
export async function directory(context: Context, options: DirectoryOptions): Promise<ExitCode> {
  const { speaker, signal, cwd, globals } = context;
  const data = options.inMemory === true ? null : resolve(cwd, options.data);
  if (data !== null && options.generate > MOST_ON_DISK) {
    throw new NolapseError(
      "usage",
      `--generate ${options.generate} is more than a data folder holds (${MOST_ON_DISK})`,
      {
        next: "add --in-memory, or generate fewer",
      },
    );
  }
  const running = await context.composition.directory({
    port: options.port,
    data,
    scenario: NAMED.has(options.scenario) ? options.scenario : resolve(cwd, options.scenario),
    clock: options.clock ?? null,
    frozen: options.frozen ?? null,
    faults: options.faults === undefined ? null : resolve(cwd, options.faults),
    strictAssertions: options.strictAssertions === true,
    generate: options.generate,
  });
  try {
    if (data !== null) running.writeEnvironment(join(data, ENVIRONMENT));
    if (options.envFile !== undefined) running.writeEnvironment(resolve(cwd, options.envFile));
    if (globals.json === true) speaker.json({ url: running.url, tenantId: running.tenantId });
    speaker.say(`nolapse: the directory listens on ${running.url}, tenant ${running.tenantId}`);
    if (options.envFile !== undefined) {
      const file = resolve(cwd, options.envFile);
      speaker.say(`hint: in another terminal: set -a; . ${file}; set +a; then nolapse scan`);
    } else if (data !== null) {
      speaker.say(`hint: in another terminal: nolapse directory env --data ${data} prints the variables for clients`);
    } else {
      speaker.say("hint: --env-file directory.env writes the variables that clients need");
    }
    await untilAborted(signal);
  } finally {
    if (data !== null) rmSync(join(data, ENVIRONMENT), { force: true });
    await running.close();
  }
  return 0;
}

/** The variables of a running directory, in its data folder. */
const ENVIRONMENT = "directory.env";

/** Prints the variables that point programs at the directory running on a data folder; one is its administrator's secret. */
export async function directoryEnv({ speaker, cwd }: Context, options: { readonly data: string }): Promise<ExitCode> {
  const file = join(resolve(cwd, options.data), ENVIRONMENT);
  try {
    speaker.data(readFileSync(file, "utf8").trimEnd());
  } catch (cause) {
    throw new NolapseError("not-found", `no directory is running on the data folder ${resolve(cwd, options.data)}`, {
      cause,
      next: "start one: nolapse directory, or name its folder with --data",
    });
  }
  return 0;
}

/** Resolves when the signal aborts. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  // a signal alone does not keep the process alive
  const alive = setInterval(() => undefined, 3_600_000);
  return new Promise((resolve) => {
    signal.addEventListener(
      "abort",
      () => {
        clearInterval(alive);
        resolve();
      },
      { once: true },
    );
  });
}
