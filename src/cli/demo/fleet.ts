/** The demo's sample applications as seen from outside: started as processes, counted, asked for a round, ended. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { NolapseError } from "../../core/errors.ts";
import type { SampleOrder, SampleReport, SampleSettings } from "./sample-application.ts";

/** Sign-ins so far, and the first failures by client id. */
export interface SignInTally {
  ok: number;
  failed: number;
  readonly failures: { readonly clientId: string; readonly error: string }[];
}

export interface Fleet {
  readonly tally: SignInTally;
  /** Resolves when every application has signed in with every identity, beginning after this call. */
  round(): Promise<void>;
  /** Ends the processes that were started here, and waits for them. */
  end(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL(`./sample-application${import.meta.url.slice(-3)}`, import.meta.url));

/** Starts one process per entry. `environment` is added to this process's own (the CA to trust, for one). */
export function startFleet(applications: readonly SampleSettings[], environment: Record<string, string>): Fleet {
  const tally: SignInTally = { ok: 0, failed: 0, failures: [] };
  const waiting = new Map<string, () => void>();
  let round = 0;
  let ending = false;
  let broken: NolapseError | null = null;
  const children = applications.map((settings, index) => {
    const child = fork(PROGRAM, [JSON.stringify(settings)], {
      env: { ...process.env, ...environment },
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.on("message", (report: SampleReport) => {
      if (report.type === "round-done") waiting.get(`${index}:${report.round}`)?.();
      else count(tally, report);
    });
    child.on("exit", (code) => {
      if (ending) return;
      broken = new NolapseError("unexpected", `sample application ${index + 1} ended with code ${code}`);
      for (const done of waiting.values()) done();
    });
    return child;
  });
  return {
    tally,
    async round() {
      round += 1;
      await Promise.all(children.map((child, index) => once(child, `${index}:${round}`, round, waiting)));
      if (broken !== null) throw broken;
    },
    async end() {
      ending = true;
      await Promise.all(children.map(ended));
    },
  };
}

function count(tally: SignInTally, report: Extract<SampleReport, { type: "signed-in" }>): void {
  if (report.ok) {
    tally.ok += 1;
    return;
  }
  tally.failed += 1;
  if (tally.failures.length < 10)
    tally.failures.push({ clientId: report.clientId, error: report.error ?? "no answer" });
}

function once(child: ChildProcess, key: string, round: number, waiting: Map<string, () => void>): Promise<void> {
  return new Promise((resolve) => {
    if (!child.connected) {
      resolve();
      return;
    }
    waiting.set(key, () => {
      waiting.delete(key);
      resolve();
    });
    child.send({ type: "round", round } satisfies SampleOrder);
  });
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    if (child.connected) child.send({ type: "end" } satisfies SampleOrder);
    else child.kill();
  });
}
