import { resolve } from "node:path";
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
  readonly envFile?: string;
}

const NAMED: ReadonlySet<string> = new Set(["contoso", "empty"]);

/** Runs the embedded directory until a stop signal. */
export async function directory(context: Context, options: DirectoryOptions): Promise<ExitCode> {
  const { speaker, signal, cwd, globals } = context;
  const running = await context.composition.directory({
    port: options.port,
    data: options.inMemory === true ? null : resolve(cwd, options.data),
    scenario: NAMED.has(options.scenario) ? options.scenario : resolve(cwd, options.scenario),
    clock: options.clock ?? null,
    frozen: options.frozen ?? null,
    faults: options.faults === undefined ? null : resolve(cwd, options.faults),
  });
  try {
    if (options.envFile !== undefined) running.writeEnvironment(resolve(cwd, options.envFile));
    if (globals.json === true) speaker.json({ url: running.url, tenantId: running.tenantId });
    speaker.say(`nolapse: the directory listens on ${running.url}, tenant ${running.tenantId}`);
    if (options.envFile !== undefined) {
      speaker.say(`hint: in another terminal: set -a; . ./${options.envFile}; set +a; then nolapse scan`);
    } else {
      speaker.say("hint: --env-file directory.env writes the variables that clients need");
    }
    await untilAborted(signal);
  } finally {
    await running.close();
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
