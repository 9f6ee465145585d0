/** Starts the embedded directory for the command line: of all that the program has, its own parts and nothing else. */
import { readFileSync } from "node:fs";
import { createMachineClock } from "./adapters/machine/clock.ts";
import type { DirectoryRequest, RunningDirectory } from "./cli/context.ts";
import { NolapseError } from "./core/errors.ts";
import { parseDuration } from "./core/time.ts";
import type { FaultPlan } from "./directory/faults/fault-plan.ts";
import { freshSigningKeys } from "./directory/keys/keys.ts";
import { Random } from "./directory/random.ts";
import type { Scenario } from "./directory/scenarios/scenario.ts";

/** The embedded directory on a port of localhost. @throws NolapseError `usage`. */
export async function startDirectory(request: DirectoryRequest): Promise<RunningDirectory> {
  // keys that no folder has are made on other threads while the directory's parts are loaded on this one
  const keys = request.data === null ? freshSigningKeys(new Random()) : undefined;
  keys?.catch(() => undefined);
  const { openDirectory, writeEnvFile } = await import("./directory/start.ts");
  const named = request.scenario === "contoso" || request.scenario === "empty" ? request.scenario : null;
  const { directory } = await openDirectory({
    listen: { port: request.port },
    ...(request.proxyPort === null ? {} : { proxyPort: request.proxyPort }),
    scenario: named ?? (await readScenario(request.scenario)),
    clock: { ...(await startOf(request.clock)), ...(request.frozen === null ? {} : { frozen: request.frozen }) },
    ...(request.data === null ? {} : { dataDir: request.data }),
    ...(keys === undefined ? {} : { keys }),
    strictAssertions: request.strictAssertions,
    generate: request.generate,
    ...(request.faults === null ? {} : { faults: await readFaults(request.faults) }),
  }).catch((thrown: unknown) => {
    throw explainStart(thrown, request);
  });
  return {
    url: directory.url,
    proxyUrl: directory.proxyUrl ?? null,
    clock: directory.clock,
    tenantId: directory.admin.tenantId,
    environment: () => directory.environment(),
    writeEnvironment: (path) => writeEnvFile(directory, path),
    values: directory.values,
    close: () => directory.close(),
  };
}

/** `--clock`: an instant, or `+30d` and `-30d` from the machine's now. */
async function startOf(clock: string | null): Promise<{ now?: string | number }> {
  if (clock === null) return {};
  const relative = /^([+-])(.+)$/.exec(clock);
  const length = relative === null ? null : parseDuration(relative[2] ?? "");
  if (length !== null) return { now: (await createMachineClock().now()) + (relative?.[1] === "-" ? -length : length) };
  if (Number.isNaN(Date.parse(clock)) || !/Z$|[+-]\d\d:\d\d$/.test(clock)) {
    throw new NolapseError("usage", `--clock ${clock} is neither an instant nor a length of time`, {
      next: "use --clock 2027-01-31T12:00:00Z or --clock +30d",
    });
  }
  return { now: clock };
}

// what reads files that people write is loaded for the first of them
async function readScenario(path: string): Promise<Scenario> {
  const { parseScenario } = await import("./directory/scenarios/scenario-file.ts");
  return readDocument("--scenario", path, parseScenario);
}

async function readFaults(path: string): Promise<FaultPlan> {
  const { faultPlanSchema } = await import("./directory/faults/fault-plan.ts");
  return readDocument("--faults", path, (given) => faultPlanSchema.parse(given));
}

/** @throws NolapseError `usage` for a file that cannot be read, is no JSON, or is refused by `check` with a ZodError. */
async function readDocument<T>(option: string, path: string, check: (given: unknown) => T): Promise<T> {
  const { prettifyError, ZodError } = await import("zod");
  try {
    return check(JSON.parse(readFileSync(path, "utf8")));
  } catch (thrown) {
    const why = thrown instanceof ZodError ? prettifyError(thrown) : thrown instanceof Error ? thrown.message : "";
    throw new NolapseError("usage", `${option} ${path} cannot be used: ${why}`, {
      next: `correct the file, or leave ${option} out`,
    });
  }
}

function explainStart(thrown: unknown, { port, data }: DirectoryRequest): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === "EADDRINUSE" || code === "EACCES") {
    // the error itself knows which of the two ports it was
    const busy = (thrown as NodeJS.ErrnoException & { port?: number }).port ?? port;
    return new NolapseError("usage", `the directory cannot listen on port ${busy}: ${code}`, {
      next: "choose another one with --port, or --port 0 for any",
    });
  }
  if (data !== null && thrown.message.startsWith("the data folder")) {
    return new NolapseError("usage", thrown.message, { next: "end that process, or choose another --data folder" });
  }
  return thrown;
}
