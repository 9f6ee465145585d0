import { readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { NolapseError } from "../../core/errors.ts";
import type { Surroundings } from "../context.ts";
import { type EnvironmentFormat, parseEnvironment, renderEnvironment } from "../render/environment.ts";
import type { ExitCode } from "../speak.ts";

export interface DirectoryOptions {
  readonly port: number;
  readonly proxyPort?: number;
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
export async function directory(context: Surroundings, options: DirectoryOptions): Promise<ExitCode> {
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
  const running = await context.startDirectory({
    port: options.port,
    proxyPort: options.proxyPort ?? null,
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
    if (globals.json === true) {
      const proxy = running.proxyUrl === null ? {} : { proxyUrl: running.proxyUrl };
      speaker.json({ url: running.url, tenantId: running.tenantId, ...proxy });
    }
    speaker.say(`nolapse: the directory listens on ${running.url}, tenant ${running.tenantId}`);
    if (running.proxyUrl !== null) speaker.say(`nolapse: its proxy listens on ${running.proxyUrl}`);
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
export async function directoryEnv({ speaker, cwd }: Surroundings, options: EnvOptions): Promise<ExitCode> {
  const variables = parseEnvironment(readRunning(join(resolve(cwd, options.data), ENVIRONMENT), cwd, options.data));
  const shown = options.throughProxy === true ? throughProxy(variables) : variables;
  speaker.data(renderEnvironment(options.format, shown));
  return 0;
}

export interface EnvOptions {
  readonly data: string;
  readonly format: EnvironmentFormat;
  readonly throughProxy?: boolean;
}

function readRunning(file: string, cwd: string, data: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new NolapseError("not-found", `no directory is running on the data folder ${resolve(cwd, data)}`, {
      cause,
      next: "start one: nolapse directory, or name its folder with --data",
    });
  }
}

/** The proxy and whom to trust, and nothing else: what such a client does not know cannot mislead it. */
function throughProxy(variables: Readonly<Record<string, string>>): Record<string, string> {
  const { HTTPS_PROXY_DIRECTORY: proxy, ...others } = variables;
  if (proxy === undefined) {
    throw new NolapseError("usage", "the running directory has no proxy", {
      next: "start it with --proxy-port, for instance nolapse directory --proxy-port 8444",
    });
  }
  const trust = ["NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"];
  return { HTTPS_PROXY: proxy, ...Object.fromEntries(trust.map((name) => [name, others[name] ?? ""])) };
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
