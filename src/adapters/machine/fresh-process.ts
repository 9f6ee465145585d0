/** Starts this very program anew and hears what it signs in with; for Nolapse's own credential (design §4.7). */
import { type ChildProcess, spawn } from "node:child_process";
import { NolapseError } from "../../core/errors.ts";
import { type DurationMs, formatDuration, MINUTE } from "../../core/time.ts";
import type { FreshProcess, FreshReading } from "../../ports/fresh-process.ts";

/** The answer is one short line; whatever is longer is none. */
const MOST_OUTPUT = 16 * 1024;
const FINGERPRINT = /^[A-Za-z0-9_+/=:.-]{16,200}$/;

export interface FreshProcessOptions {
  /** Program and arguments in front of the holder's ids. No value may stand here: arguments are for everybody to see. */
  readonly command: readonly string[];
  readonly folder: string;
  /** The environment this process was started with; the credential may come from it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeout?: DurationMs;
}

export function createFreshProcess(options: FreshProcessOptions): FreshProcess {
  return {
    async read(holder, signal) {
      signal?.throwIfAborted();
      const [program = "", ...given] = options.command;
      const child = spawn(program, [...given, holder.type, holder.objectId, holder.appId], {
        cwd: options.folder,
        env: { ...options.env },
        stdio: ["ignore", "pipe", "pipe"],
        windowsHide: true,
      });
      const { code, stdout, stderr } = await ended(child, options.timeout ?? MINUTE, signal);
      if (code === 0) return answerOf(stdout);
      throw failed(stderr);
    },
  };
}

function answerOf(stdout: string): FreshReading {
  try {
    const { fingerprint } = JSON.parse(stdout) as { fingerprint?: unknown };
    if (typeof fingerprint === "string" && FINGERPRINT.test(fingerprint)) return { fingerprint };
  } catch {
    // said below
  }
  throw new NolapseError("unexpected", "the fresh process gave no answer that can be read");
}

/** Its own error lines, which never hold a value; the old credential stays meanwhile. */
function failed(stderr: string): NolapseError {
  const lines = stderr.split("\n");
  const said = lines.find((line) => line.startsWith("nolapse: "))?.slice("nolapse: ".length) ?? "it said nothing";
  const hint = lines.find((line) => line.startsWith("hint: "))?.slice("hint: ".length);
  return new NolapseError("sign-in-failed", `a fresh process could not read with Nolapse's credential: ${said}`, {
    next: hint ?? "the old credential stays; nolapse tries again by itself",
  });
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits for its end, at most so long; whatever happens, it does not outlive the wait. */
function ended(child: ChildProcess, timeout: DurationMs, signal: AbortSignal | undefined): Promise<Ended> {
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      said[name] = (said[name] + text).slice(0, MOST_OUTPUT);
    });
  }
  return new Promise<Ended>((resolve, reject) => {
    let stopped: NolapseError | null = null;
    const stop = (error: NolapseError) => {
      stopped = error;
      child.kill("SIGKILL");
    };
    const why = `a fresh process did not end within ${formatDuration(timeout)}`;
    const timer = setTimeout(() => stop(new NolapseError("directory-unreachable", why)), timeout);
    const abort = () => stop(new NolapseError("directory-unreachable", "the fresh process was ended with this one"));
    signal?.addEventListener("abort", abort, { once: true });
    const over = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    child.once("error", (cause) => {
      over();
      reject(new NolapseError("unexpected", "this program could not be started a second time", { cause }));
    });
    child.once("close", (code) => {
      over();
      if (stopped === null) resolve({ code, ...said });
      else reject(stopped);
    });
  });
}
